using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Encounters;

/// <summary>Takes back a visit (2202) or an admission (2404). A stay must have no fee lines left; a visit's unsettled lines go with it.</summary>
public static class CancelEncounter
{
    public static JournalCommand Command(EncounterCommand request) => new(request.Key, request.PsnNo, context => Decide(context, request)) { MdtrtId = request.MdtrtId };

    private static Outcome<JournalRecord> Decide(DecisionContext context, EncounterCommand request)
    {
        var own = EncounterChecks.Own(context, request.MdtrtId, request.FixmedinsCode, request.PsnNo);
        if (own.Refusal is { } refusal) return refusal;
        if (request.VisitNo.Length > 0 && request.VisitNo != own.Value.Details.VisitNo) return Refusals.VisitNumberMismatch;
        return Cancel(own.Value);
    }

    /// <summary>In order: nothing settled, not discharged, a stay without lines.</summary>
    internal static Outcome<JournalRecord> Cancel(EncounterState encounter)
    {
        if (encounter.HasStandingSettlement) return Refusals.EncounterSettled;
        if (encounter.Stage == EncounterStage.Discharged) return Refusals.EncounterDischarged;
        if (encounter.IsStay && encounter.Lines.Count > 0) return Refusals.EncounterHasLines;
        var record = EncounterChecks.RecordOf(encounter);
        record.EncounterCancelled = new EncounterCancelled();
        return record;
    }
}
