using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace MedInsure.Benchmarks;

/// <summary>What a benchmark found, in the order it was added: the last line of --json, and a table for people.</summary>
public sealed class BenchmarkReport(string name)
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
    private readonly List<(string Field, object Value)> fields = [("benchmark", name), ("cores", Environment.ProcessorCount)];

    /// <param name="field">snake_case with its unit last: settle_per_second, latency_p99_ms.</param>
    /// <param name="value">A number, a text, or a list of numbers.</param>
    public BenchmarkReport Add(string field, object value)
    {
        fields.Add((field, value is double number ? Math.Round(number, 3) : value is IEnumerable<double> list ? list.Select(v => Math.Round(v, 3)).ToArray() : value));
        return this;
    }

    public string ToJson() => JsonSerializer.Serialize(fields.ToDictionary(f => f.Field, f => f.Value), Options);

    public string ToTable() => string.Join('\n', fields.Select(f => $"  {f.Field,-32} {(f.Value is double[] list ? string.Join(" ", list) : f.Value)}"));
}
