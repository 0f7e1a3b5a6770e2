using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.OffCounty;

/// <summary>What a provider's county is told of a settlement or reversal: from the journal's records alone, so that it is the same whenever it is made.</summary>
internal static class OffCountyDocument
{
    /// <param name="record">The settlement's or reversal's.</param>
    /// <param name="visit">What was recorded of its encounter before it, in order.</param>
    /// <param name="root">Of a reversal, the settlement at its root.</param>
    public static OffCountyClaim Of(JournalRecord record, IReadOnlyList<JournalRecord> visit, SettledClaim? root, string homeCounty)
    {
        var claim = record.SettledClaim ?? record.ReversedClaim.Negated;
        var (amounts, settledOn) = (claim.Amounts, DayNumber.Of(ChinaCalendar.DayOf(record.AtMs)));
        var (diagnosis, operation) = ClinicalCodes((root ?? claim).InlineEncounter, visit);
        var told = new OffCountyClaim
        {
            SetlId = claim.SetlId, MdtrtId = record.MdtrtId, PsnNo = record.PsnNo, FixmedinsCode = claim.FixmedinsCode, Insutype = claim.Facts.Insutype, MedType = claim.Facts.MedType,
            ClearingType = MedTypes.ClearingType(claim.Facts.MedType), SettledAtMs = record.AtMs, IsStay = MedTypes.IsInpatient(claim.Facts.MedType), BeginOn = claim.BeginOn == 0 ? claim.Facts.BeginOn : claim.BeginOn,
            EndOn = claim.EndOn == 0 ? settledOn : claim.EndOn, EffectiveOn = claim.Facts.PolicyOn, MessageId = record.Key.MessageId, ReversesSetlId = record.ReversedClaim?.OriginalSetlId ?? "",
            TotalFen = amounts.TotalFen, FullSelfPayFen = amounts.FullSelfPayFen, InScopeFen = amounts.InScopeFen, FundTotalFen = amounts.FundTotalFen, HospitalShareFen = amounts.HospitalShareFen,
            PersonShareFen = amounts.PersonShareFen, AccountFen = amounts.AccountFen, FamilyAccountFen = amounts.FamilyAccountFen, CashFen = amounts.CashFen,
            DiseaseCode = claim.DiseaseCode, DiagnosisCode = diagnosis, OperationCode = operation,
        };
        told.Fund.AddRange(Owed(claim, homeCounty));
        return told;
    }

    /// <summary>By fund, as the ledger books it against the provider's county.</summary>
    private static IEnumerable<FundAmount> Owed(SettledClaim claim, string homeCounty) =>
        SettlementEntries.Of(claim, homeCounty).Where(e => e.Account.Purpose == SettlementEntries.CountyPayable && e.AmountFen != 0).Select(e => new FundAmount { Fund = e.Account.Fund, AmountFen = -e.AmountFen });

    private static (string Diagnosis, string Operation) ClinicalCodes(EncounterOpened? inline, IReadOnlyList<JournalRecord> visit)
    {
        var (diagnosis, operation) = ("", "");
        if (inline is not null) Take(inline.Details, inline.Diagnosis);
        foreach (var record in visit)
        {
            if (record.EncounterOpened is { } opened) Take(opened.Details, opened.Diagnosis);
            if (record.EncounterChanged is { } changed) Take(changed.Details, changed.Diagnosis);
            if (record.EncounterDischarged is { } discharged) Take(discharged.Details, discharged.Diagnosis);
        }
        return (diagnosis, operation);

        void Take(EncounterDetails? details, IReadOnlyCollection<Diagnosis> diagnoses)
        {
            if (details is { OperationCode.Length: > 0 }) operation = details.OperationCode;
            if (diagnoses.Count > 0) diagnosis = (diagnoses.FirstOrDefault(d => d.Main) ?? diagnoses.First()).Code;
        }
    }
}
