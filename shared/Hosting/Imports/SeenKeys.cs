namespace MedInsure.Hosting.Imports;

/// <summary>
/// Which keys of a file may have come before, in 8 MiB whatever the file's length: never a false no; a false yes for about one key in a thousand of a
/// million, one in a hundred of five million. So the few rows that may contradict each other are found while the file is read, and only they are compared.
/// </summary>
public sealed class SeenKeys
{
    private const int WordsLog2 = 20;
    private readonly ulong[] bits = new ulong[1 << WordsLog2];

    /// <returns>True: this key may have been added before.</returns>
    public bool Add(ReadOnlySpan<char> key)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            foreach (var c in key) hash = (hash ^ c) * 1099511628211UL;
            // The product's low bits depend on the last characters only; the fold and the second product spread them.
            hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15UL;
            // Both bits lie in one line of the cache, eight words: two lines would cost more than the rest.
            var line = (uint)(hash >> (64 - (WordsLog2 - 3))) << 9;
            var first = Set(line | (uint)(hash >> 38) & 511);
            var second = Set(line | (uint)(hash >> 29) & 511);
            return first && second;
        }
    }

    private bool Set(uint place)
    {
        ref var word = ref bits[place >> 6];
        var bit = 1UL << (int)(place & 63);
        var was = (word & bit) != 0;
        word |= bit;
        return was;
    }
}
