namespace MedInsure.Settlement.Calculation;

/// <summary>What one settlement adds to one accumulator; a reversal adds the same with the sign turned.</summary>
public readonly record struct AccumulatorChange(AccumulatorKey Of, long Delta)
{
    public AccumulatorChange(string key, long delta) : this(AccumulatorKey.Of(key), delta) { }

    public string Key => Of.Name;
}

/// <summary>
/// One person's running sums of one scheme in one calendar year, in fen or counts. Keys are the policy's. Everything is a sum of deltas,
/// so that a reversal gives back exactly what the settlement took, in any order. A key never seen reads as 0.
/// </summary>
public sealed class Accumulators
{
    // A handful of keys per person: a linear scan beats hashing, and millions of persons fit in memory.
    private AccumulatorKey[] keys;
    private long[] values;
    private int count;

    public Accumulators() => (keys, values) = ([], []);

    private Accumulators(AccumulatorKey[] keys, long[] values) => (this.keys, this.values, count) = (keys, values, keys.Length);

    /// <summary>The number of stays that began to be settled in the year: the ordinal of a new stay is this plus 1.</summary>
    public static readonly AccumulatorKey Stays = AccumulatorKey.Of("stays");

    public long this[AccumulatorKey key] => Find(key) is var at and >= 0 ? values[at] : 0;

    public long this[string key] => this[AccumulatorKey.Of(key)];

    /// <summary>Keys whose sum is not zero.</summary>
    public IEnumerable<KeyValuePair<string, long>> Entries
    {
        get
        {
            for (var i = 0; i < count; i++) if (values[i] != 0) yield return new(keys[i].Name, values[i]);
        }
    }

    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static Accumulators Of(IEnumerable<string> keys, IEnumerable<long> values)
    {
        AccumulatorKey[] k = [.. keys.Select(AccumulatorKey.Of)];
        long[] v = [.. values];
        if (k.Length != v.Length) throw new ArgumentException($"{k.Length} keys, {v.Length} values", nameof(values));
        return new Accumulators(k, v);
    }

    public void Apply(IReadOnlyList<AccumulatorChange> changes)
    {
        // A settlement's own changes are an array; an interface call for each would cost more than the sum.
        if (changes is AccumulatorChange[] array) foreach (ref readonly var change in array.AsSpan()) Add(change.Of, change.Delta);
        else for (var i = 0; i < changes.Count; i++) Add(changes[i].Of, changes[i].Delta);
    }

    /// <summary>The same sums, whatever the order in which the keys came.</summary>
    public bool HasSameSums(Accumulators other)
    {
        for (var i = 0; i < count; i++) if (other[keys[i]] != values[i]) return false;
        for (var i = 0; i < other.count; i++) if (this[other.keys[i]] != other.values[i]) return false;
        return true;
    }

    /// <summary>As new, with the room that was there: for whoever goes through many persons.</summary>
    public void Clear() => count = 0;

    public Accumulators Copy() => new(keys[..count], values[..count]);

    private int Find(AccumulatorKey key)
    {
        var known = keys.AsSpan(0, count);
        for (var i = 0; i < known.Length; i++) if (known[i] == key) return i;
        return -1;
    }

    private void Add(AccumulatorKey key, long delta)
    {
        if (Find(key) is var at and >= 0)
        {
            values[at] += delta;
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
