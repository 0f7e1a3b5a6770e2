namespace MedInsure.Settlement.Journal;

/// <summary>
/// Says of a key "certainly new" or "perhaps seen" (a Bloom filter), so that a new request or visit number costs no read. It forgets nothing:
/// when it holds more keys than it was sized for, it only answers "perhaps" more often.
/// </summary>
public sealed class KeyFilter
{
    private const int BitsPerKey = 16, Probes = 6;
    private readonly ulong[] words;
    private readonly ulong mask;
    private readonly Lock gate = new();

    /// <param name="expectedKeys">How many keys it should hold with about one wrong "perhaps" in two thousand.</param>
    public KeyFilter(long expectedKeys)
    {
        var bits = System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1 << 20, expectedKeys * BitsPerKey));
        words = new ulong[bits / 64];
        mask = bits - 1;
    }

    public void Add(string first, string second)
    {
        var (at, step) = Hash(first, second);
        lock (gate)
            for (var i = 0; i < Probes; i++, at = unchecked(at + step)) words[(at & mask) >> 6] |= 1UL << (int)(at & 63);
    }

    public bool MayContain(string first, string second)
    {
        var (at, step) = Hash(first, second);
        for (var i = 0; i < Probes; i++, at = unchecked(at + step))
            if ((Volatile.Read(ref words[(at & mask) >> 6]) & (1UL << (int)(at & 63))) == 0) return false;
        return true;
    }

    /// <summary>FNV-1a over the characters, finished as MurmurHash3 does, for two nearly independent values.</summary>
    private static (ulong At, ulong Step) Hash(string first, string second)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            foreach (var c in first) hash = (hash ^ c) * 1099511628211UL;
            hash = (hash ^ 0xFFFF) * 1099511628211UL;
            foreach (var c in second) hash = (hash ^ c) * 1099511628211UL;
            hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDUL;
            hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53UL;
            hash ^= hash >> 33;
            return (hash, (hash >> 32 | hash << 32) | 1);
        }
    }
}
