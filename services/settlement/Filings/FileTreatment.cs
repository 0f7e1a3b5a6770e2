using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Filings;

/// <summary>Files a special or chronic disease (2503) or a referral or off-site care (2501).</summary>
public static class FileTreatment
{
    public static JournalCommand Command(FileTreatmentRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request));

    /// <summary>In order: period, kind, provider, person; of a special or chronic disease, ever covered under the scheme and listed; no filing of the same in the period
    /// (of a referral: to the same provider and area).</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, FileTreatmentRequest request)
    {
        if (!DayNumber.IsDay(request.FromOn) || (request.ToOn != 0 && (!DayNumber.IsDay(request.ToOn) || request.ToOn < request.FromOn))) return Refusals.FilingPeriodInvalid;
        if (request.Kind == FilingKind.Unspecified) return Refusals.FilingKindMissing;
        if (EncounterChecks.ProviderInAgreement(context, request.FixmedinsCode, context.Today).Refusal is { } noProvider) return noProvider;
        var person = context.State.Person(request.PsnNo);
        if (person.Insured is null) return Refusals.PersonUnknown;
        if (request.Kind == FilingKind.ChronicSpecial)
        {
            if (!person.Insured.Coverage.Any(c => c.Insutype == request.Insutype)) return Refusals.NotCovered;
            // The lists are dated; a filing may begin before a disease was listed and still count from then on, so today's list decides.
            if (!OutpatientLists.Hold(context.Reference, request.DiseaseCode, request.Insutype, context.Today)) return Refusals.DiseaseNotListed;
        }
        foreach (var filing in person.Filings)
            if (!filing.Withdrawn && filing.Kind == request.Kind && filing.DiseaseCode == request.DiseaseCode && filing.Insutype == request.Insutype
                && (filing.Kind == FilingKind.ChronicSpecial || (filing.OtherFixmedinsCode == request.OtherFixmedinsCode && filing.OtherArea == request.OtherArea)) && (filing.ToOn == 0 || filing.ToOn >= request.FromOn) && (request.ToOn == 0 || request.ToOn >= filing.FromOn))
                return Refusals.FilingOverlaps;
        var filed = new TreatmentFiled
        {
            Filing = new Filing
            {
                FilingId = context.State.NextFilingId,
                PsnNo = person.PsnNo,
                Insutype = request.Insutype,
                Kind = request.Kind,
                DiseaseCode = request.DiseaseCode,
                DiseaseName = request.DiseaseName,
                FromOn = request.FromOn,
                ToOn = request.ToOn,
                OtherFixmedinsCode = request.OtherFixmedinsCode,
                OtherArea = request.OtherArea,
            },
        };
        filed.Particulars.Add(request.Particulars);
        return new JournalRecord { PsnNo = request.PsnNo, TreatmentFiled = filed };
    }

    public static Filing Reply(JournalRecord record) => record.TreatmentFiled.Filing;
}
