using Google.Protobuf;
using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Projections;

/// <summary>A correction, or what a reversal or restoration does to the corrections of its settlement: the signed amounts that count.</summary>
internal sealed record CorrectionRow(JournalRecord Record, long Seq, int Index, string SetlId, string RootSetlId, string Kind, Correction Document, Difference Difference)
{
    public const string Corrected = "corrected", TakenBack = "taken_back", BroughtBack = "brought_back";

    public Amounts Amounts => Difference.Amounts;
    public string MdtrtId => Document.MdtrtId;

    public static IEnumerable<CorrectionRow> Of(JournalRecord record, long seq, int index)
    {
        if (record.ClaimsCorrected is { } corrected)
        {
            foreach (var correction in corrected.Correction) yield return new CorrectionRow(record, seq, index, correction.SetlId, correction.RootSetlId, Corrected, correction, correction.Difference);
            yield break;
        }
        if (record.ReversedClaim is not { Corrected: { } whole } reversal) yield break;
        var root = reversal.Negated;
        var difference = Differences.Sum(null, whole, reversal.Restores ? 1 : -1);
        var document = new Correction
        {
            MdtrtId = record.MdtrtId,
            Facts = root.Facts,
            PolicyPack = root.PolicyPack,
            PolicyVersion = root.PolicyVersion,
            Difference = difference,
            FixmedinsCode = root.FixmedinsCode,
            ProviderCounty = root.ProviderCounty,
        };
        yield return new CorrectionRow(record, seq, index, reversal.SetlId, reversal.RootSetlId, reversal.Restores ? BroughtBack : TakenBack, document, difference);
    }
}

/// <summary>Writes claim_correction, and says what is owed and told of it.</summary>
internal static class CorrectionRows
{
    public static NpgsqlBatchCommand Command(List<CorrectionRow> rows) => new SetInsert()
        .Text(rows, r => r.SetlId).Bigint(rows, r => r.Seq).Int(rows, r => r.Index).Text(rows, r => r.Kind).Text(rows, r => r.RootSetlId).Text(rows, r => r.MdtrtId).Text(rows, r => r.Record.PsnNo)
        .Text(rows, r => r.Document.Facts.Insutype).Date(rows, r => DayNumber.ToDate(r.Document.Facts.PolicyOn))
        .Column(rows, NpgsqlDbType.TimestampTz, r => DateTimeOffset.FromUnixTimeMilliseconds(r.Record.AtMs).UtcDateTime)
        .Text(rows, r => r.Record.ClaimsCorrected?.Cause ?? "").Text(rows, r => r.Record.ClaimsCorrected?.Text ?? "").Text(rows, r => r.Record.ClaimsCorrected?.RunNo ?? "")
        .Text(rows, r => r.Document.PolicyPack).Text(rows, r => r.Document.PolicyVersion)
        .Bigint(rows, r => r.Amounts.DeductibleFen).Bigint(rows, r => r.Amounts.BasicFundFen).Bigint(rows, r => r.Amounts.CivilServantFen).Bigint(rows, r => r.Amounts.EnterpriseFen)
        .Bigint(rows, r => r.Amounts.CriticalIllnessFen).Bigint(rows, r => r.Amounts.LargeSumFen).Bigint(rows, r => r.Amounts.AssistanceFen).Bigint(rows, r => r.Amounts.OtherFundsFen)
        .Bigint(rows, r => r.Amounts.SupplementFen).Bigint(rows, r => r.Amounts.FundTotalFen).Bigint(rows, r => r.Amounts.PersonShareFen).Bigint(rows, r => r.Amounts.AccountFen)
        .Bigint(rows, r => r.Amounts.CashFen).Bytes(rows, r => r.Document.ToByteArray()).Bigint(rows, r => r.Amounts.FamilyAccountFen)
        .Command("""
            INSERT INTO claim_correction (setl_id, seq, idx, kind, root_setl_id, mdtrt_id, psn_no, insutype, policy_on, booked_at, cause, cause_text, run_no, policy_pack, policy_version,
                deductible_fen, basic_fund_fen, civil_servant_fen, enterprise_fen, critical_illness_fen, large_sum_fen, assistance_fen, other_funds_fen, supplement_fen, fund_total_fen,
                person_share_fen, account_fen, cash_fen, doc, family_account_fen)
            SELECT * FROM {unnest}
            """);

    /// <summary>Of a correction itself: a reversal's entries are booked with its own.</summary>
    public static List<LedgerEntry> EntriesOf(CorrectionRow row, string county) =>
        row.Kind == CorrectionRow.Corrected ? CorrectionEntries.Of(row.Difference, 1, CorrectionEntries.InsurerOf(row.Document.Facts), county) : [];

    /// <summary>What the person is owed directly; null: nothing but the account's or another payer's part changes.</summary>
    public static PersonBenefit? OwedBy(CorrectionRow row) => row.Amounts.CashFen == 0 ? null : new PersonBenefit(
        row.SetlId, row.Record.PsnNo, PersonBenefit.Correction, row.Document.Facts.Insutype, row.Document.Facts.PolicyOn / 10_000, "", "", "待遇更正", row.Kind switch
        {
            CorrectionRow.TakenBack => "原结算撤销，其更正随同撤销",
            CorrectionRow.BroughtBack => "原结算恢复，其更正随同恢复",
            _ => row.Record.ClaimsCorrected.Text,
        }, row.RootSetlId, row.MdtrtId, row.Record.ClaimsCorrected?.RunNo ?? "", -row.Amounts.CashFen, DayNumber.ToDate(row.Document.Facts.PolicyOn), row.Record.AtMs, row.Seq);

    public static ClaimCorrected EventOf(Tenant tenant, CorrectionRow row)
    {
        var (facts, a, booked, record) = (row.Document.Facts, row.Amounts, row.Document.Booked ?? new Amounts(), row.Record);
        return new ClaimCorrected(row.SetlId, row.RootSetlId, row.Kind, row.MdtrtId, record.PsnNo, tenant.Code, row.Document.FixmedinsCode, row.Document.ProviderCounty, facts.ProviderLevel,
            facts.Insutype, facts.PsnType, [.. facts.Category], facts.MedType, facts.PolicyOn, record.AtMs, record.ClaimsCorrected?.Cause ?? "", record.ClaimsCorrected?.RunNo ?? "",
            a.DeductibleFen, a.BasicFundFen, a.CivilServantFen, a.EnterpriseFen, a.CriticalIllnessFen, a.LargeSumFen, a.AssistanceFen, a.OtherFundsFen,
            a.FundTotalFen, a.PersonShareFen, a.AccountFen, a.CashFen, booked.CriticalIllnessFen, booked.LargeSumFen, row.Document.PolicyPack, row.Document.PolicyVersion, row.Seq,
            facts.Supplement is { } s ? new ClaimSupplement(s.ContractNo, s.PolicyNo, s.BillId, s.DecisionNo.Length > 0 ? s.DecisionNo : null, a.SupplementFen, 0, Pending: false) : null, a.FamilyAccountFen);
    }
}
