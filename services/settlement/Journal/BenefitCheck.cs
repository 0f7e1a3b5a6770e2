using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Projections;
using MedInsure.Settlement.YearEnd;
using Npgsql;

namespace MedInsure.Settlement.Journal;

/// <summary>What a verification knows of granted benefits as it walks: each must follow from what is stored with it and from what was granted before.</summary>
internal sealed class BenefitCheck
{
    private readonly Dictionary<string, Dictionary<(string Insutype, int Year, string RuleId, string MdtrtId), long>> granted = new(StringComparer.Ordinal);

    /// <summary>Rows that person_benefit must hold.</summary>
    public long Count { get; private set; }

    /// <returns>What is wrong, in one text each.</returns>
    public IEnumerable<string> Follows(string psnNo, GrantedBenefit benefit, CountyPolicies known)
    {
        var (own, unit) = (Of(psnNo), (benefit.Insutype, benefit.Year, benefit.RuleId, benefit.MdtrtId));
        var before = own.GetValueOrDefault(unit);
        if (benefit.GrantedBeforeFen != before) yield return $"{benefit.BenefitNo} found {benefit.GrantedBeforeFen} granted before, not {before}";
        if (benefit.AmountFen != benefit.DueFen - benefit.GrantedBeforeFen) yield return $"{benefit.BenefitNo} is not the difference of what is due and what was granted";
        own[unit] = before + benefit.AmountFen;
        if (Recomputed(benefit, known) is { } wrong) yield return wrong;
    }

    /// <summary>What was granted to a number that retired counts for the surviving one.</summary>
    public void Merge(string retiredNo, string survivingNo)
    {
        if (!granted.Remove(retiredNo, out var retired)) return;
        var own = Of(survivingNo);
        foreach (var (unit, fen) in retired) own[unit] = own.GetValueOrDefault(unit) + fen;
    }

    private Dictionary<(string Insutype, int Year, string RuleId, string MdtrtId), long> Of(string psnNo) => granted.TryGetValue(psnNo, out var own) ? own : granted[psnNo] = [];

    private static string? Recomputed(GrantedBenefit benefit, CountyPolicies known)
    {
        if (known.FindByHash(benefit.PolicyHash.Span) is not { } policy) return $"{benefit.BenefitNo}: policy {benefit.PolicyPack} {benefit.PolicyVersion} with its content is not known here";
        try { return GrantBenefits.Recompute(benefit, policy).Amount.Value == benefit.DueFen ? null : $"{benefit.BenefitNo}: recomputing from what is stored gives another amount"; }
        catch (InvalidOperationException e) { return e.Message; }
    }

    /// <summary>A projected benefit in its table and in the ledger.</summary>
    public IEnumerable<string> IsBooked(PersonBenefit expected, GrantedBenefit benefit, string county, PersonBenefit? stored, IEnumerable<LedgerEntry> entries)
    {
        Count++;
        if (stored != expected) yield return $"{benefit.BenefitNo} is otherwise in the table";
        var booked = SettlementEntries.Of(benefit, county).OrderBy(e => e.ToString(), StringComparer.Ordinal);
        if (!booked.SequenceEqual(entries.OrderBy(e => e.ToString(), StringComparer.Ordinal))) yield return $"{benefit.BenefitNo} is booked otherwise in the ledger";
    }

    public static async Task<Dictionary<string, PersonBenefit>> Stored(NpgsqlConnection connection, string[] numbers, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT benefit_no, psn_no, kind, insutype, year, rule_id, fund_pay_type, name, cause, setl_id, mdtrt_id, run_no, amount_fen, effective_on, booked_at, seq FROM person_benefit WHERE benefit_no = ANY($1)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = numbers });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new Dictionary<string, PersonBenefit>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
            rows.Add(reader.GetString(0), new PersonBenefit(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetString(5), reader.GetString(6),
                reader.GetString(7), reader.GetString(8), reader.GetString(9), reader.GetString(10), reader.GetString(11), reader.GetInt64(12), reader.GetFieldValue<DateOnly>(13),
                reader.GetFieldValue<DateTimeOffset>(14).ToUnixTimeMilliseconds(), reader.GetInt64(15)));
        return rows;
    }
}
