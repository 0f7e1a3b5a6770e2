using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Corrections;

/// <summary>
/// A run that computes settlements anew: {"pack": "harbin/resident", "version": "2026.2"}, a version that the county adopted, for all policy dates that it can decide; or
/// {"from": "2026-01-01", "to": "2026-06-30"}. It chooses the persons; each is then computed wholly, by what decides now (<see cref="CorrectionPlan"/>).
/// </summary>
internal sealed class ResettlementRun : IRunKind
{
    private sealed record Asked(string? Pack, string? Version, DateOnly? From, DateOnly? To);

    private sealed record Stored(string? Pack, string? Version, string? Insutype, DateOnly From, DateOnly To, string Cause);

    public string Name => "resettlement";

    /// <summary>In order: terms of one of the two forms; the version is adopted; the period has days that have been.</summary>
    public async Task<Outcome<RunTerms>> Read(RunPlace place, JsonElement terms, CancellationToken cancellation)
    {
        Asked? asked;
        try { asked = terms.Deserialize<Asked>(CountyDesk.Json); }
        catch (JsonException) { return Refusals.RunTermsInvalid; }
        var today = place.Journal.LookingContext().Today;
        Stored stored;
        if (asked is { Pack: { } pack, Version: { } version, From: null, To: null })
        {
            if ((await place.Journal.ReadPolicies(cancellation)).Adopted.FirstOrDefault(a => a.Policy.Pack == pack && a.Policy.Version == version) is not { } adopted) return Refusals.PolicyNotAdopted;
            var to = adopted.Policy.InForce.To is { } last && last < today ? last : today;
            stored = new Stored(pack, version, adopted.Policy.Insutype, adopted.EffectiveOn, to, $"待遇政策 {pack} {version} 自{adopted.EffectiveOn:yyyy-MM-dd}起执行，追溯重算");
        }
        else if (asked is { Pack: null, Version: null, From: { } from, To: { } to }) stored = new Stored(null, null, null, from, to, $"{from:yyyy-MM-dd}至{to:yyyy-MM-dd}结算追溯重算");
        else return Refusals.RunTermsInvalid;
        if (stored.From > stored.To || stored.To > today) return Refusals.DayInvalid.At("terms");
        return new RunTerms(stored.Pack is null ? $"{stored.From:yyyy-MM-dd} {stored.To:yyyy-MM-dd}" : $"{stored.Pack} {stored.Version}", JsonSerializer.SerializeToElement(stored, CountyDesk.Json));
    }

    /// <summary>Whoever has a settlement of these days, reversed ones too: what came between may have seen it.</summary>
    public async Task<IReadOnlyCollection<string>> Affected(RunPlace place, JsonElement terms, CancellationToken cancellation)
    {
        var stored = Of(terms);
        await using var command = place.Database.CreateCommand("SELECT DISTINCT psn_no FROM claim WHERE policy_on BETWEEN $1 AND $2 AND ($3 = '' OR insutype = $3)");
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = stored.From });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = stored.To });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stored.Insutype ?? "" });
        var persons = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) persons.Add(reader.GetString(0));
        return persons;
    }

    public async Task<Outcome<RunPerson>> Compute(RunPlace place, string runNo, JsonElement terms, string psnNo, CancellationToken cancellation)
    {
        Outcome<CorrectionPlan> planned;
        // One person's bills that cannot be computed must not stop the others': the run shows who.
        try { planned = await CorrectPerson.Plan(place.Journal, place.Database, psnNo, cancellation); }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException) { return Refusals.CannotRecompute; }
        if (planned.Refusal is { } refusal) return refusal;
        var plan = planned.Value;
        if (plan.Corrections.Count == 0) return RunPerson.Nothing;
        var before = plan.Corrections.Sum(c => c.Booked.FundTotalFen);
        var byFund = plan.Corrections.SelectMany(c => c.Difference.Share).Where(s => s.FundPayType is not (SettlementEntries.AccountFund or SettlementEntries.HospitalFund))
            .GroupBy(s => s.FundPayType).ToDictionary(g => g.Key, g => g.Sum(s => s.AmountFen));
        var cause = new CorrectionCause(CorrectionCause.Policy, Of(terms).Cause, runNo);
        return new RunPerson(plan.Corrections.Count, before, before + plan.Corrections.Sum(c => c.Difference.Amounts.FundTotalFen), byFund, context => CorrectClaims.Decide(context, plan, cause));
    }

    public long BookedFen(JournalRecord record) => record.ClaimsCorrected.Correction.Sum(c => c.Difference.Amounts.FundTotalFen);

    private static Stored Of(JsonElement terms) => terms.Deserialize<Stored>(CountyDesk.Json)!;
}
