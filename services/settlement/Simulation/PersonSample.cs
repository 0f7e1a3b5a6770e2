using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MedInsure.Settlement.Simulation;

/// <summary>
/// Draws persons at random without putting back: those whose hash with the seed is smallest. So the same seed draws the same persons, in whatever order they come, and the
/// memory is that of the persons drawn.
/// </summary>
public sealed class PersonSample(int size, long seed)
{
    private readonly PriorityQueue<(string County, string PsnNo), ulong> drawn = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));
    private readonly string prefix = $"{seed}:";

    public void Offer(string county, string psnNo)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{prefix}{county}:{psnNo}"), hash);
        var order = BinaryPrimitives.ReadUInt64BigEndian(hash);
        if (drawn.Count < size) drawn.Enqueue((county, psnNo), order);
        else drawn.EnqueueDequeue((county, psnNo), order);
    }

    /// <summary>By county, each in the order of the numbers.</summary>
    public ILookup<string, string> Drawn() => drawn.UnorderedItems.Select(i => i.Element).OrderBy(p => p.PsnNo, StringComparer.Ordinal).ToLookup(p => p.County, p => p.PsnNo);
}
