namespace MedInsure.Local.Sample;

/// <summary>Deterministic numbers from a seed and a name (SplitMix64), the same on every machine and runtime. Each part of the sample has
/// its own, so that a change of one leaves the others as they were.</summary>
public sealed class SampleRandom
{
    private ulong state;

    public SampleRandom(int seed, string part)
    {
        state = (uint)seed;
        foreach (var c in part) state = unchecked((state ^ c) * 0x100000001B3UL + 0x9E3779B97F4A7C15UL);
    }

    /// <summary>From 0 to <paramref name="limit"/> - 1.</summary>
    public int Next(int limit)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15UL;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            z ^= z >> 31;
            return (int)(z % (ulong)limit);
        }
    }

    /// <summary>Both ends included.</summary>
    public int Between(int from, int to) => from + Next(to - from + 1);

    public bool Chance(int perMille) => Next(1000) < perMille;

    public T Pick<T>(IReadOnlyList<T> list) => list[Next(list.Count)];

    /// <summary>An index drawn by weight.</summary>
    public int Weighted(params ReadOnlySpan<int> weights)
    {
        var sum = 0;
        foreach (var weight in weights) sum += weight;
        var left = Next(sum);
        for (var i = 0; ; i++)
            if ((left -= weights[i]) < 0) return i;
    }

    public DateOnly Day(DateOnly from, DateOnly to) => from.AddDays(Next(to.DayNumber - from.DayNumber + 1));
}
