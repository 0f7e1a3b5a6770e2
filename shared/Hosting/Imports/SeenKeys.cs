using System.Runtime.InteropServices;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// Which keys of a file may have come before, in 8 MiB whatever the file's length: never a false no; a false yes for hardly one key of a million, and about one in a
/// thousand of five million. So the few rows that may contradict each other are found while the file is read, and only they are compared.
/// </summary>
public sealed class SeenKeys
{
    private const int LinesLog2 = 17, WordsPerLine = 8;
    private readonly ulong[] bits = new ulong[WordsPerLine << LinesLog2];

    /// <summary>Stands for the key in <see cref="Add(ulong)"/>.</summary>
    public static ulong Hash(ReadOnlySpan<char> key)
    {
        unchecked
        {
            // Four characters at a time; the length tells those that the last four are filled up with from a key's own.
            var hash = 14695981039346656037UL + (ulong)key.Length;
            for (; key.Length >= 4; key = key[4..]) hash = Fold(hash, MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(key)));
            var rest = 0UL;
            foreach (var c in key) rest = (rest << 16) | c;
            return Fold(hash, rest);
        }

        static ulong Fold(ulong hash, ulong part)
        {
            hash = unchecked((hash ^ part) * 0x9E3779B97F4A7C15UL);
            return hash ^ (hash >> 32);
        }
    }

    /// <summary>Many at once: each waits for memory, and so they wait together.</summary>
    /// <param name="seen">For each, whether it may have been added before.</param>
    public void Add(ReadOnlySpan<ulong> hashes, Span<bool> seen)
    {
        for (var i = 0; i < hashes.Length; i++) seen[i] = Add(hashes[i]);
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
