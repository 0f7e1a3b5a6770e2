using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Projections;

/// <summary>An amount that the fund owes to a person directly, as the journal says it.</summary>
/// <param name="BenefitNo">From the numbers of settlements; of a paper bill, the settlement's and its fund.</param>
/// <param name="RuleId">Empty where it comes from no single rule, as <paramref name="FundPayType"/> from no single fund.</param>
/// <param name="Name">Chinese, for lists and bills.</param>
/// <param name="Cause">Why: the clause, or what was corrected.</param>
/// <param name="SetlId">The settlement at the start of its chain; empty: it is about none.</param>
/// <param name="RunNo">Empty: no run booked it.</param>
/// <param name="AmountFen">Cash, not zero; negative: the person owes it.</param>
internal sealed record PersonBenefit(
    string BenefitNo, string PsnNo, string Kind, string Insutype, int Year, string RuleId, string FundPayType, string Name, string Cause, string SetlId, string MdtrtId, string RunNo,
    long AmountFen, DateOnly EffectiveOn, long BookedAtMs, long Seq)
{
    public const string YearEnd = "year_end", Correction = "correction", Manual = "manual";

    public static PersonBenefit Of(JournalRecord record, GrantedBenefit b, long seq) => new(
        b.BenefitNo, record.PsnNo, YearEnd, b.Insutype, b.Year, b.RuleId, b.FundPayType, b.NameZh, b.Clause, "", b.MdtrtId, record.BenefitsGranted.RunNo,
        b.AmountFen, DayNumber.ToDate(b.EffectiveOn), record.AtMs, seq);

    /// <summary>A paper bill's: one for each fund that pays, so that the payment is booked in every fund; a reversal's are negative. None of a bill of the window.</summary>
    public static IEnumerable<PersonBenefit> OfPaper(JournalRecord record, SettledClaim claim, string county, long seq) => claim.Paper is not { } paper ? [] :
        SettlementEntries.Of(claim, county).Where(e => e.Account.Purpose == SettlementEntries.PersonPayable).Select(e => new PersonBenefit(
            $"{claim.SetlId}.{e.Account.Fund}", record.PsnNo, Manual, claim.Facts.Insutype, claim.Facts.PolicyOn / 10_000, "", e.Account.Fund, "零星报销",
            record.ReversedClaim is { Restores: false } ? $"{paper.ClaimNo} 撤销" : paper.ClaimNo, record.ReversedClaim?.RootSetlId ?? claim.SetlId, record.MdtrtId, "",
            -e.AmountFen, DayNumber.ToDate(claim.Facts.PolicyOn), record.AtMs, seq));
}

/// <summary>Writes <c>person_benefit</c>, whatever an amount's cause: payment lists take from there.</summary>
internal static class PersonBenefitRows
{
    public static void Write(NpgsqlBatch batch, IReadOnlyList<PersonBenefit> rows)
    {
        if (rows.Count == 0) return;
        batch.BatchCommands.Add(new SetInsert()
            .Text(rows, r => r.BenefitNo).Text(rows, r => r.PsnNo).Text(rows, r => r.Kind).Text(rows, r => r.Insutype).Int(rows, r => r.Year).Text(rows, r => r.RuleId).Text(rows, r => r.FundPayType)
            .Text(rows, r => r.Name).Text(rows, r => r.Cause).Text(rows, r => r.SetlId).Text(rows, r => r.MdtrtId).Text(rows, r => r.RunNo).Bigint(rows, r => r.AmountFen).Date(rows, r => r.EffectiveOn)
            .Column(rows, NpgsqlDbType.TimestampTz, r => DateTimeOffset.FromUnixTimeMilliseconds(r.BookedAtMs).UtcDateTime).Bigint(rows, r => r.Seq)
            .Command("""
                INSERT INTO person_benefit (benefit_no, psn_no, kind, insutype, year, rule_id, fund_pay_type, name, cause, setl_id, mdtrt_id, run_no, amount_fen, effective_on, booked_at, seq)
                SELECT * FROM {unnest}
                """));
    }
}
