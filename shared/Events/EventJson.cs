using System.Text.Encodings.Web;
using System.Text.Json;

namespace MedInsure.Events;

/// <summary>The JSON form of event records: camelCase. A reader ignores fields it does not know and takes the default for those that are missing,
/// so that publisher and consumer may be of different releases.</summary>
public static class EventJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <exception cref="JsonException">Not the JSON form of <typeparamref name="T"/>.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException($"null is no {typeof(T).Name}");
}
