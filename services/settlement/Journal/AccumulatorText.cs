using System.Buffers;
using System.Text;
using System.Text.Json;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Journal;

/// <summary>Accumulators as the JSON object that the projection keeps, so that SQL can read single sums: {"basic.paid":12345}.</summary>
public static class AccumulatorText
{
    public static string Format(IEnumerable<KeyValuePair<string, long>> entries)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in entries) writer.WriteNumber(key, value);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static Accumulators Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        var entries = document.RootElement.EnumerateObject().ToArray();
        return Accumulators.Of(entries.Select(e => e.Name), entries.Select(e => e.Value.GetInt64()));
    }
}
