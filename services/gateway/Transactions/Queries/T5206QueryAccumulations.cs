using System.Globalization;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Queries;

/// <summary>
/// What a person has used in a year, by scheme. Sums that the national list names carry its cum_type_code; the policy's others have it
/// empty; cum_type_name is the policy's own name of all.
/// </summary>
public sealed class T5206QueryAccumulations : Transaction
{
    private static readonly Field Month = C("cum_ym", "累计年月", 6);
    private static readonly Node Data = Node.One("data", "累计查询条件", VisitShape.PsnNo.Y, Month, VisitShape.Insutype);

    public override IReadOnlyList<string> Numbers => ["5206"];
    public override string Title => "人员累计信息查询";
    public override string Service => "fsiIntegratedQueryService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "cuminfo[]";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var asked = data.Text("cum_ym");
        if (asked.Length > 0 && !IsYearOrMonth(asked)) return GatewayRefusals.FieldBadDay(Month);
        var reply = await call.Ask(o => call.Backends.Settlement.GetAccumulatorsAsync(new GetAccumulatorsRequest
        {
            PsnNo = data.Text("psn_no"),
            Insutype = data.Text("insutype"),
            Year = asked.Length == 0 ? 0 : int.Parse(asked.AsSpan(0, 4), CultureInfo.InvariantCulture),
        }, o));

        var json = call.Output;
        json.WriteStartArray("cuminfo");
        foreach (var sum in reply.Accumulator)
        {
            var (name, month) = Split(sum.Key);
            if (asked.Length == 6 && month.Length > 0 && month != asked[4..]) continue;
            json.WriteStartObject();
            json.WriteString("insutype", sum.Insutype);
            json.WriteString("year", sum.Year.ToString(CultureInfo.InvariantCulture));
            json.WriteString("cum_ym", sum.Year.ToString(CultureInfo.InvariantCulture) + month);
            json.WriteString("cum_type_code", NationalCode(name, sum.Insutype));
            if (IsCount(name)) json.Count("cum", sum.Value); else json.Fen("cum", sum.Value);
            json.WriteString("cum_type_name", name);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return null;
    }

    // national-interface.md section 3, cum_type_code.
    private static string NationalCode(string name, string insutype) => name switch
    {
        "stays" => "C0000",
        "basic.paid" => insutype == "310" ? "D310101" : "D390101",
        "critical.paid" => "D390201",
        "large_sum.paid" => "D330101",
        "assistance.paid" => "D610101",
        _ => "",
    };

    private static bool IsCount(string name) => name == "stays" || name.EndsWith(".count", StringComparison.Ordinal);

    /// <summary>A month's sum is named like the year's with .m01 to .m12 at the end.</summary>
    private static (string Name, string Month) Split(string key) =>
        key.Length > 4 && key[^4] == '.' && key[^3] == 'm' && char.IsAsciiDigit(key[^2]) && char.IsAsciiDigit(key[^1]) ? (key[..^4], key[^2..]) : (key, "");

    private static bool IsYearOrMonth(string text) =>
        text.Length == 4
            ? DateOnly.TryParseExact(text + "0101", "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            : DateOnly.TryParseExact(text + "01", "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
