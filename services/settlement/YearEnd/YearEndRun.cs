using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.YearEnd;

/// <summary>
/// A run of one year-end rule of a scheme's pack for one year: {"insutype": "380", "year": 2026, "rule": "secondary"}. The version in force on the year's last day decides,
/// from the run's start to its last booking. In a year that has not ended the run grants what is due so far; a later one the rest.
/// </summary>
internal sealed class YearEndRun : IRunKind
{
    private const int FirstYear = 2000;

    private sealed record Asked(string? Insutype, int? Year, string? Rule);

    private sealed record Stored(string Insutype, int Year, string Rule, string NameZh, string NameEn, string Pack, string Version, string Sha256);

    public string Name => "year_end";

    public async Task<Outcome<RunTerms>> Read(RunPlace place, JsonElement terms, CancellationToken cancellation)
    {
        Asked? asked;
        try { asked = terms.Deserialize<Asked>(CountyDesk.Json); }
        catch (JsonException) { return Refusals.RunTermsInvalid; }
        if (asked?.Year is not { } year || year < FirstYear || year > place.Journal.LookingContext().Today.Year) return Refusals.YearInvalid;
        if (asked.Insutype is null || !place.Tenant.Packs.TryGetValue(asked.Insutype, out var pack)) return Refusals.NoPolicy.At("insutype");
        if ((await place.Journal.ReadPolicies(cancellation)).FindFor(pack, new DateOnly(year, 12, 31)) is not { } policy) return Refusals.NoPolicy.At("year");
        if (RuleOf(policy, year, asked.Rule ?? "") is not { } rule) return Refusals.YearEndRuleUnknown;
        var stored = new Stored(asked.Insutype, year, rule.Name.Id, rule.Name.Chinese, rule.Name.English, policy.Pack, policy.Version, Convert.ToHexStringLower(policy.ContentHash));
        return new RunTerms($"{asked.Insutype} {year} {rule.Name.Id}", JsonSerializer.SerializeToElement(stored, CountyDesk.Json));
    }

    private static YearEndRule? RuleOf(BenefitPolicy policy, int year, string id) => Array.Find(policy.At(new DateOnly(year, 12, 31)).YearEnd, r => r.Name.Id == id && !r.Amounts.IsEmpty);

    private static (Stored Terms, BenefitPolicy Policy, YearEndRule Rule) Of(RunPlace place, JsonElement terms)
    {
        var stored = terms.Deserialize<Stored>(CountyDesk.Json)!;
        var policy = place.Journal.Policies.FindByHash(Convert.FromHexString(stored.Sha256)) ?? throw new InvalidOperationException($"policy {stored.Pack} {stored.Version} is not known here");
        return (stored, policy, RuleOf(policy, stored.Year, stored.Rule) ?? throw new InvalidOperationException($"policy {stored.Pack} {stored.Version} has no year-end rule '{stored.Rule}'"));
    }

    public async Task<IReadOnlyCollection<string>> Affected(RunPlace place, JsonElement terms, CancellationToken cancellation)
    {
        var (stored, _, rule) = Of(place, terms);
        // Whoever has enough cost, reversals taken off; and whoever was granted something.
        await using var command = place.Database.CreateCommand($"""
            SELECT psn_no FROM claim WHERE insutype = $1
                AND mdtrt_id IN (SELECT mdtrt_id FROM claim WHERE insutype = $1 AND policy_on BETWEEN make_date($2, 1, 1) AND make_date($2, 12, 31))
            GROUP BY psn_no{(rule.Per == YearEndPer.Stay ? ", mdtrt_id" : "")} HAVING sum(total_fen) >= $3 AND sum(total_fen) > 0
            UNION
            SELECT psn_no FROM person_benefit WHERE kind = 'year_end' AND insutype = $1 AND year = $2 AND rule_id = $4
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stored.Insutype });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = stored.Year });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rule.LeastCost.Value });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = rule.Name.Id });
        var persons = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) persons.Add(reader.GetString(0));
        return persons;
    }

    public async Task<Outcome<RunPerson>> Compute(RunPlace place, string runNo, JsonElement terms, string psnNo, CancellationToken cancellation)
    {
        var (stored, policy, rule) = Of(place, terms);
        var year = await PersonYear.Read(place.Database, psnNo, stored.Insutype, stored.Year, cancellation);
        var (bills, before, benefits) = GrantBenefits.Compute(policy, rule, stored.Year, year);
        if (benefits.Count == 0) return new RunPerson(bills, before, before, new Dictionary<string, long>(), null);
        var difference = benefits.Sum(b => b.AmountFen);
        return new RunPerson(bills, before, before + difference, new Dictionary<string, long> { [rule.Fund] = difference },
            context => GrantBenefits.Decide(context, runNo, psnNo, year.SeenSeq, benefits));
    }

    public long BookedFen(JournalRecord record) => record.BenefitsGranted.Benefit.Sum(b => b.AmountFen);
}
