using System.Buffers;
using System.Globalization;
using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Calls;

/// <summary>The answer's envelope (national-interface.md section 1); err_code and err_field are additions of ours.</summary>
public static class CallAnswer
{
    public const int Ok = 0, UnknownOutcome = -1, Refused = -2, Warned = 9;
    private const int TextLengthMax = 200;

    private static long sequence = Random.Shared.NextInt64(10_000_000_000);

    /// <summary>-1 where nothing is known of the outcome or of the request, -2 where the request is answered with a no.</summary>
    public static int InfcodeOf(Refusal? refusal, string warning) => refusal switch
    {
        null => warning.Length > 0 ? Warned : Ok,
        { Kind: RefusalKind.Unavailable } => UnknownOutcome,
        _ => Refused,
    };

    /// <param name="hint">warn_msg of an answer that is done all the same.</param>
    /// <param name="output">The rendered output object; empty = null.</param>
    public static void Write(IBufferWriter<byte> to, Refusal? refusal, string warning, string hint, ReadOnlySpan<byte> output, string county, DateTimeOffset receivedAt, DateTimeOffset answeredAt)
    {
        using var json = new Utf8JsonWriter(to, NationalJson.Options);
        var received = ChinaCalendar.ToLocal(receivedAt);
        json.WriteStartObject();
        json.WriteNumber("infcode", InfcodeOf(refusal, warning));
        json.WriteString("inf_refmsgid", string.Create(CultureInfo.InvariantCulture,
            $"{(county.Length == 6 ? county : "000000")}{received:yyyyMMddHHmmss}{(ulong)Interlocked.Increment(ref sequence) % 10_000_000_000UL:D10}"));
        json.WriteString("refmsg_time", received.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture));
        json.WriteString("respond_time", ChinaCalendar.ToLocal(answeredAt).ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture));
        json.WriteString("enctype", "");
        json.WriteString("signtype", "");
        json.WriteString("cainfo", "");
        json.WriteString("warn_msg", Cut(warning.Length > 0 ? warning : hint));
        json.WriteString("err_msg", Cut(refusal?.Chinese ?? ""));
        json.WriteString("err_code", refusal?.Code ?? "");
        json.WriteString("err_field", refusal?.Field ?? "");
        json.WritePropertyName("output");
        if (refusal is not null || output.IsEmpty) json.WriteNullValue();
        else json.WriteRawValue(output, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static string Cut(string text) => text.Length <= TextLengthMax ? text : string.Concat(text.AsSpan(0, TextLengthMax - 1), "…");
}
