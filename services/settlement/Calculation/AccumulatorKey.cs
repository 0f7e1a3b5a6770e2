namespace MedInsure.Settlement.Calculation;

/// <summary>
/// The name of an accumulator, numbered for the life of the process: the calculation finds a sum by comparing numbers. Documents and tables hold the name, never the number.
/// Packs bring a few dozen names each, so the list only grows.
/// </summary>
public readonly record struct AccumulatorKey
{
    private static readonly Lock Adding = new();
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, AccumulatorKey> Known = new(StringComparer.Ordinal) { [""] = default };
    private static volatile string[] names = [""];

    private readonly int number;

    private AccumulatorKey(int number) => this.number = number;

    public string Name => names[number];

    public static AccumulatorKey Of(string name)
    {
        if (Known.TryGetValue(name, out var known)) return known;
        lock (Adding)
        {
            if (Known.TryGetValue(name, out known)) return known;
            // The name is there before anybody can have its number.
            names = [.. names, name];
            return Known[name] = new AccumulatorKey(names.Length - 1);
        }
    }

    public override string ToString() => Name;
}
