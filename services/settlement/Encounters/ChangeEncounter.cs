using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Encounters;

/// <summary>Completes or corrects a visit (2203, 2203A) or a stay (2403) that is not settled. A visit may be settled in several bills, and corrected between them.</summary>
public static class ChangeEncounter
{
    public static JournalCommand Command(ChangeEncounterRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request)) { MdtrtId = request.MdtrtId };

    /// <summary>In order: the encounter is the caller's, its stay not finally settled, begin a real time, not in the future, not after a line, not after the discharge; kind of
    /// visit and visit number unchanged.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, ChangeEncounterRequest request)
    {
        var own = EncounterChecks.Own(context, request.MdtrtId, request.FixmedinsCode, request.PsnNo);
        if (own.Refusal is { } refusal) return refusal;
        var encounter = own.Value;
        if (encounter.IsFinallySettled) return Refusals.EncounterSettled;
        var details = request.Details ?? new EncounterDetails();
        if (details.BeginAtMs < 0) return Refusals.BeginMissing;
        if (details.BeginAtMs > context.NowMs) return Refusals.BeginInFuture;
        if (details.BeginAtMs > 0 && encounter.Lines.Exists(l => ChinaCalendar.DayOf(l.Priced.Line.OccurredAtMs) < ChinaCalendar.DayOf(details.BeginAtMs)))
            return Refusals.LineBeforeBegin.At("begntime");
        if (details.BeginAtMs > 0 && encounter.EndAtMs > 0 && details.BeginAtMs > encounter.EndAtMs) return Refusals.DischargeBeforeAdmission.At("begntime");
        if (details.MedType.Length > 0 && MedTypes.ClearingType(details.MedType) != MedTypes.ClearingType(encounter.Details.MedType)) return Refusals.KindMayNotChange;
        if (details.VisitNo.Length > 0 && details.VisitNo != encounter.Details.VisitNo) return Refusals.VisitNumberMismatch;
        var record = EncounterChecks.RecordOf(encounter);
        record.EncounterChanged = new EncounterChanged { Details = details };
        record.EncounterChanged.Diagnosis.AddRange(request.Diagnosis);
        return record;
    }
}
