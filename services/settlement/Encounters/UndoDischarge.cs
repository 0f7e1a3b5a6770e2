using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Encounters;

/// <summary>Opens a discharged stay again (2405), unless its final settlement stands.</summary>
public static class UndoDischarge
{
    public static JournalCommand Command(EncounterCommand request) => new(request.Key, request.PsnNo, context => Decide(context, request)) { MdtrtId = request.MdtrtId };

    private static Outcome<JournalRecord> Decide(DecisionContext context, EncounterCommand request)
    {
        var own = EncounterChecks.Own(context, request.MdtrtId, request.FixmedinsCode, request.PsnNo);
        if (own.Refusal is { } refusal) return refusal;
        if (own.Value.IsFinallySettled) return Refusals.EncounterSettled;
        if (own.Value.Stage != EncounterStage.Discharged) return Refusals.EncounterNotDischarged;
        var record = EncounterChecks.RecordOf(own.Value);
        record.DischargeUndone = new DischargeUndone();
        return record;
    }
}
