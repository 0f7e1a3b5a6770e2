using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;
using Npgsql;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>Agreed figures, method by method (README.md lists them).</summary>
internal static class TermReader
{
    public static readonly string[] Methods =
        ["fee_for_service", "per_disease", "bed_day", "service_unit", "capitation", "global_prepayment", "global_budget", "township_outpatient", "consultation_fee", "drg", "dip"];

    private const long HeadsMax = 10_000_000, VisitsMax = 1_000_000_000;

    /// <summary>Of a point method that its table is there and has a group for every stay.</summary>
    public static async Task<Outcome<PaymentMethod>> Method(NpgsqlConnection connection, string method, JsonElement terms, IReadOnlyList<string> providers, CancellationToken cancellation)
    {
        var read = Figures(method, terms, providers);
        if (read.IsRefused || await WithGroups(connection, null, read.Value, cancellation) is not Points { Table: var table }) return read;
        return table.Groups.Count == 0 ? PaymentTermRefusals.GroupTableUnknown : table.IsComplete ? read : PaymentTermRefusals.GroupTableIncomplete;
    }

    /// <summary>With the groups of a point method's table.</summary>
    public static async Task<PaymentMethod> WithGroups(NpgsqlConnection connection, NpgsqlTransaction? transaction, PaymentMethod method, CancellationToken cancellation) =>
        method is Points points ? points with { Table = new GroupTable(await Groups(connection, transaction, points.TableNo, cancellation)) } : method;

    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <returns>Of a point method with an empty table.</returns>
    public static Outcome<PaymentMethod> Figures(string method, JsonElement terms, IReadOnlyList<string> providers)
    {
        var fields = new TermFields(terms, "terms");
        PaymentMethod read = method switch
        {
            "fee_for_service" => new FeeForService(),
            "per_disease" => new PerDisease(CoversWhole(fields), [.. fields.Items("prices").Select(p => new DiseasePrice(p.Text("disease", 50), p.Text("name"), p.Money("price")))]),
            "bed_day" => new BedDay(CoversWhole(fields), [.. fields.Items("classes", 100).Select(Class)]),
            "service_unit" => new ServiceUnit(CoversWhole(fields), fields.Choice("unit", "case", "day") == "day", fields.Money("price")),
            "capitation" => new Capitation(fields.Count("heads", 1, HeadsMax), fields.Money("per_head"), Lead(fields, providers)),
            "global_prepayment" => new GlobalPrepayment(fields.Money("budget"), Lead(fields, providers)),
            "global_budget" => new GlobalBudget(fields.Money("year_before_last"), fields.Money("last_year"), fields.Ratio("growth", -0.9999m, 10), fields.Ratio("surplus_share", 0, 1), fields.Ratio("overspend_share", 0, 1),
                Lead(fields, providers)),
            "township_outpatient" => new TownshipOutpatient(fields.Count("heads", 1, HeadsMax), fields.Money("per_head"), fields.Ratio("overspend_borne", 0, 1), fields.Ratio("surplus_paid", 0, 1), Lead(fields, providers)),
            "consultation_fee" => new ConsultationFee(fields.Count("heads", 1, HeadsMax), fields.Ratio("visit_rate", 0, 100), fields.Has("last_year_visits") ? fields.Count("last_year_visits", 0, VisitsMax) : null,
                fields.Money("fee")),
            "drg" or "dip" => new Points(method, fields.Text("group_table", 40), new GroupTable([]), fields.Money("budget"), fields.Money("reserve"), fields.Ratios("coefficients", 0.0001m, 10),
                fields.Has("provisional_share") ? fields.Ratio("provisional_share", 0, 1) : BasisPoints.Full),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "no method"),
        };
        if (fields.Fault is null) Check(read, fields, providers);
        return fields.End() is { } fault ? fault : read;
    }

    private static bool CoversWhole(TermFields fields) => fields.Choice("covers", "fund", "whole") == "whole";

    private static string Lead(TermFields fields, IReadOnlyList<string> providers)
    {
        if (!fields.Has("lead")) return "";
        var lead = fields.Text("lead", 50);
        if (!providers.Contains(lead)) fields.Fail("lead", "不在机构名单内", "is none of the providers");
        return lead;
    }

    private static IllnessClass Class(TermFields fields) => new(fields.Text("name"), fields.Texts("diseases"),
        [.. fields.Items("stages", 50).Select(s => new BedDayStage(s.Has("to_day") ? (int)s.Count("to_day", 1, 1_000) : null, s.Money("price")))]);

    /// <summary>What fields say together.</summary>
    private static void Check(PaymentMethod method, TermFields fields, IReadOnlyList<string> providers)
    {
        switch (method)
        {
            case PerDisease { Prices: var prices } when prices.DistinctBy(p => p.Disease, StringComparer.Ordinal).Count() != prices.Count: fields.Fail("prices", "病种重复", "names a disease twice"); break;
            case BedDay { Classes: var classes } when classes.Count(c => c.Diseases.Count == 0) != 1: fields.Fail("classes", "须有且仅有一个不列病种的类别", "needs exactly one class without diseases, that of all others"); break;
            case BedDay { Classes: var classes } when classes.SelectMany(c => c.Diseases).GroupBy(d => d, StringComparer.Ordinal).Any(g => g.Count() > 1): fields.Fail("classes", "病种重复", "names a disease twice"); break;
            case BedDay { Classes: var classes } when !classes.All(c => InOrder(c.Stages)): fields.Fail("classes", "分段须按天数递增，末段不设终止日", "has stages out of order, or a last one with an end"); break;
            case Points { ReserveFen: var reserve, BudgetFen: var budget } when reserve > budget: fields.Fail("reserve", "预留超过预算", "is more than the budget"); break;
            case Points { Coefficients: var coefficients } when coefficients.Keys.Except(providers, StringComparer.Ordinal).Any(): fields.Fail("coefficients", "含有名单外的机构", "names somebody who is none of the providers"); break;
        }
    }

    private static bool InOrder(IReadOnlyList<BedDayStage> stages)
    {
        var last = 0;
        for (var i = 0; i < stages.Count; i++)
        {
            if (stages[i].ToDay is null != (i == stages.Count - 1) || stages[i].ToDay <= last) return false;
            last = stages[i].ToDay ?? last;
        }
        return true;
    }

    public static async Task<List<PaymentGroup>> Groups(NpgsqlConnection connection, NpgsqlTransaction? transaction, string tableNo, CancellationToken cancellation)
    {
        var groups = new List<PaymentGroup>();
        await using var command = new NpgsqlCommand("SELECT code, name, diagnosis, operation, points_e4 FROM payment_group WHERE table_no = $1", connection, transaction) { Parameters = { new() { Value = tableNo } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) groups.Add(new PaymentGroup(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4)));
        return groups;
    }
}
