using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Encounters;

/// <summary>Ends a stay (2402). Its day selects policy and benefit year of the settlement.</summary>
public static class DischargeEncounter
{
    public static JournalCommand Command(DischargeEncounterRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request)) { MdtrtId = request.MdtrtId };

    /// <summary>In order: the encounter is the caller's, a stay, not discharged, not settled; end not before admission, not in the future, not before a line.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, DischargeEncounterRequest request)
    {
        var own = EncounterChecks.Own(context, request.MdtrtId, request.FixmedinsCode, request.PsnNo);
        if (own.Refusal is { } refusal) return refusal;
        var encounter = own.Value;
        if (!encounter.IsStay) return Refusals.EncounterIsNoStay;
        if (encounter.Stage == EncounterStage.Discharged) return Refusals.EncounterDischarged;
        if (encounter.IsFinallySettled) return Refusals.EncounterSettled;
        if (request.EndAtMs < encounter.Details.BeginAtMs) return Refusals.DischargeBeforeAdmission;
        if (request.EndAtMs > context.NowMs) return Refusals.DischargeInFuture;
        var day = ChinaCalendar.DayOf(request.EndAtMs);
        if (encounter.Lines.Exists(l => ChinaCalendar.DayOf(l.Priced.Line.OccurredAtMs) > day)) return Refusals.DischargeBeforeLines;
        var details = request.Details?.Clone() ?? new EncounterDetails();
        (details.BeginAtMs, details.MedType, details.VisitNo) = (0, "", "");
        var record = EncounterChecks.RecordOf(encounter);
        record.EncounterDischarged = new EncounterDischarged { EndAtMs = request.EndAtMs, Way = request.Way, Details = details };
        record.EncounterDischarged.Diagnosis.AddRange(request.Diagnosis);
        return record;
    }
}
