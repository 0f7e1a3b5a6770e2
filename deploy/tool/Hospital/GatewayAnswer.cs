using System.Text;
using System.Text.Json;

namespace MedInsure.Tool.Hospital;

/// <summary>What came back: infcode 0 accepted, -1 outcome unknown, -2 refused, 9 accepted with a warning.</summary>
/// <param name="Code">err_code, the stable code of a refusal.</param>
public sealed record GatewayAnswer(string Infno, string Infcode, string Code, string Message, JsonElement Output)
{
    public bool Accepted => Infcode is "0" or "9";

    public static GatewayAnswer Read(string infno, byte[] body)
    {
        try
        {
            var root = JsonSerializer.Deserialize<JsonElement>(body);
            return new GatewayAnswer(infno, Text(root, "infcode"), Text(root, "err_code"), Text(root, "err_msg"), root.TryGetProperty("output", out var output) ? output : default);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new HttpRequestException($"{infno}: the answer is not of the interface's form: {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(200, body.Length)))}", e);
        }
    }

    /// <summary>Texts and numbers alike: the interface's samples have both. Missing: empty.</summary>
    public static string Text(JsonElement node, string name) => !node.TryGetProperty(name, out var value) ? "" : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => "",
    };
}
