using System.Security.Cryptography;
using System.Text;

namespace MedInsure.FraudAudit.Samples;

/// <summary>One of those from which is drawn.</summary>
/// <param name="Key">A bill's setl_id; of a prescription its own key.</param>
internal sealed record Drawable(string Key, string Stratum, long InScopeFen);

/// <summary>A stratum as it was drawn.</summary>
/// <param name="InScopeFen">Of all its bills.</param>
internal sealed record DrawnStratum(string Stratum, int Bills, long InScopeFen, IReadOnlyList<Drawable> Drawn);

/// <summary>
/// A random sample that anyone can draw again: within each stratum the bills with the smallest SHA-256 of "seed:setl_id". The seed is recorded before anyone can know the
/// order that it makes, and a hash of the list from which was drawn shows that no bill was taken out of it.
/// </summary>
internal static class SampleDraw
{
    /// <summary>Of one alone nobody knows how much the others vary.</summary>
    public const int StratumMin = 2;

    /// <param name="least">Of each stratum, where it has as many.</param>
    /// <param name="shareBp">Of each stratum at least, ten-thousandths: 1,000 = 10 % (seed-facts.md 5.2, Yd).</param>
    public static IReadOnlyList<DrawnStratum> Draw(IEnumerable<Drawable> frame, string seed, int shareBp, int least = StratumMin) =>
    [
        .. frame.GroupBy(b => b.Stratum).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
        {
            var bills = g.ToList();
            var count = Math.Min(bills.Count, Math.Max(least, (int)((bills.Count * (long)shareBp + 9_999) / 10_000)));
            return new DrawnStratum(g.Key, bills.Count, bills.Sum(b => b.InScopeFen), [.. bills.OrderBy(b => Rank(seed, b.Key), StringComparer.Ordinal).Take(count)]);
        }),
    ];

    public static string Rank(string seed, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}:{key}")));

    /// <summary>The whole list, in the order of its keys: "key stratum fen", a line each.</summary>
    public static IEnumerable<string> FrameLines(IEnumerable<Drawable> frame) => frame.OrderBy(b => b.Key, StringComparer.Ordinal).Select(b => $"{b.Key} {b.Stratum} {b.InScopeFen}\n");

    public static string FrameHash(IEnumerable<Drawable> frame)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in FrameLines(frame)) hash.AppendData(Encoding.UTF8.GetBytes(line));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
