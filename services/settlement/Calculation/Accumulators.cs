namespace MedInsure.Settlement.Calculation;

/// <summary>What one settlement adds to one accumulator; a reversal adds the same with the sign turned.</summary>
public readonly record struct AccumulatorChange(string Key, long Delta);

/// <summary>
/// One person's running sums of one scheme in one calendar year, in fen or counts. Keys are the policy's. Everything is a sum of deltas,
/// so that a reversal gives back exactly what the settlement took, in any order. A key never seen reads as 0.
/// </summary>
public sealed class Accumulators
{
    // A handful of keys per person: a linear scan beats hashing, and a million persons fit in memory.
    private string[] keys;
    private long[] values;
    private int count;

    public Accumulators() => (keys, values) = ([], []);

    private Accumulators(string[] keys, long[] values) => (this.keys, this.values, count) = (keys, values, keys.Length);

    /// <summary>The number of stays that began to be settled in the year: the ordinal of a new stay is this plus 1.</summary>
    public const string Stays = "stays";

    public long this[string key]
    {
        get
        {
            for (var i = 0; i < count; i++) if (keys[i] == key) return values[i];
            return 0;
        }
    }

    /// <summary>Keys whose sum is not zero.</summary>
    public IEnumerable<KeyValuePair<string, long>> Entries
    {
        get
        {
            for (var i = 0; i < count; i++) if (values[i] != 0) yield return new(keys[i], values[i]);
        }
    }

    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static Accumulators Of(IEnumerable<string> keys, IEnumerable<long> values)
    {
        string[] k = [.. keys.Select(string.Intern)];
        long[] v = [.. values];
        if (k.Length != v.Length) throw new ArgumentException($"{k.Length} keys, {v.Length} values", nameof(values));
        return new Accumulators(k, v);
    }

    public void Apply(IReadOnlyList<AccumulatorChange> changes)
    {
        for (var i = 0; i < changes.Count; i++) Add(changes[i].Key, changes[i].Delta);
    }

    /// <summary>The same sums, whatever the order in which the keys came.</summary>
    public bool HasSameSums(Accumulators other)
    {
        foreach (var (key, value) in Entries) if (other[key] != value) return false;
        foreach (var (key, value) in other.Entries) if (this[key] != value) return false;
        return true;
    }

    /// <summary>As new, with the room that was there: for whoever goes through many persons.</summary>
    public void Clear() => count = 0;

    public Accumulators Copy() => new(keys[..count], values[..count]);

    private void Add(string key, long delta)
    {
        for (var i = 0; i < count; i++)
        {
            if (keys[i] != key) continue;
            values[i] += delta;
            return;
        }
        if (count == keys.Length)
        {
            Array.Resize(ref keys, count + 4);
            Array.Resize(ref values, count + 4);
        }
        (keys[count], values[count]) = (key, delta);
        count++;
    }
}
