namespace MedInsure.Benchmarks;

/// <summary>
/// Reference, subject, reference, subject, …, reference: a machine's speed drifts by half within minutes, so each run of the subject is
/// divided by the mean of the two reference runs beside it, and the median of those ratios counts.
/// </summary>
public static class Alternation
{
    /// <typeparam name="T">What one run of the subject gives.</typeparam>
    /// <param name="rate">Of a run, in the unit of <paramref name="reference"/> (per second).</param>
    public static async Task<Alternated<T>> Run<T>(int rounds, Func<Task<double>> reference, Func<Task<T>> subject, Func<T, double> rate, TextWriter log)
    {
        List<double> references = [await reference()];
        var runs = new List<T>();
        for (var round = 1; round <= rounds; round++)
        {
            runs.Add(await subject());
            references.Add(await reference());
            await log.WriteLineAsync($"round {round} of {rounds}: {rate(runs[^1]):F0} per second, reference {references[^2]:F0} and {references[^1]:F0}");
        }
        var ratios = runs.Select((run, i) => rate(run) / ((references[i] + references[i + 1]) / 2)).ToList();
        return new Alternated<T>(runs, references, ratios);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? throw new ArgumentException("no values", nameof(values)) : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

public sealed record Alternated<T>(IReadOnlyList<T> Runs, IReadOnlyList<double> References, IReadOnlyList<double> Ratios)
{
    public double MedianRatio => Alternation.Median(Ratios);
    public double MedianReference => Alternation.Median(References);
}
