namespace MedInsure.Hosting.Imports;

/// <summary>
/// Which keys of a file may have come before, in 8 MiB whatever the file's length: never a false no; a false yes for hardly one key of a million, and about one in a
/// thousand of five million. So the few rows that may contradict each other are found while the file is read, and only they are compared.
/// </summary>
public sealed class SeenKeys
{
    private const int LinesLog2 = 17, WordsPerLine = 8;
    private readonly ulong[] bits = new ulong[WordsPerLine << LinesLog2];

    /// <returns>True: this key may have been added before.</returns>
    public bool Add(ReadOnlySpan<char> key)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            foreach (var c in key) hash = (hash ^ c) * 1099511628211UL;
            return Add(hash);
        }
    }

    /// <param name="hash">Stands for the key; its bits need not be mixed well.</param>
    /// <returns>True: this key may have been added before.</returns>
    public bool Add(ulong hash)
    {
        unchecked
        {
            // A product's low bits depend on its factors' low bits only: folded before and after, all bits depend on all.
            hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15UL;
            hash ^= hash >> 29;
            // A key has one bit in each word of one line of the cache: reaching for a second line would cost more than all eight bits.
            var line = bits.AsSpan((int)(hash >> (64 - LinesLog2)) * WordsPerLine, WordsPerLine);
            var seen = true;
            for (var i = 0; i < line.Length; i++)
            {
                var bit = 1UL << (int)(hash >> (6 * i));
                seen &= (line[i] & bit) != 0;
                line[i] |= bit;
            }
            return seen;
        }
    }
}
