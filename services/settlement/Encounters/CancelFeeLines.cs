using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Encounters;

/// <summary>Takes back unsettled fee lines: of a charge batch (2205) or by number (2302); "0000" means all of them.</summary>
public static class CancelFeeLines
{
    private const string All = "0000";

    public static JournalCommand Command(CancelFeeLinesRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request)) { MdtrtId = request.MdtrtId };

    /// <summary>In order: the encounter is the caller's, not finally settled, the lines exist and are unsettled, no code is left below zero.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, CancelFeeLinesRequest request)
    {
        var own = EncounterChecks.Own(context, request.MdtrtId, request.FixmedinsCode, request.PsnNo);
        if (own.Refusal is { } refusal) return refusal;
        var encounter = own.Value;
        if (encounter.IsFinallySettled) return Refusals.EncounterSettled;
        var unsettled = encounter.Lines.FindAll(l => l.SettledBy is null);
        List<LineState> chosen;
        if (request.ChargeBatch.Length > 0)
        {
            chosen = request.ChargeBatch == All ? unsettled : unsettled.FindAll(l => l.Priced.Line.ChargeBatch == request.ChargeBatch);
        }
        else if (request.FeedetlSn.Contains(All))
        {
            chosen = unsettled;
        }
        else
        {
            chosen = unsettled.FindAll(l => request.FeedetlSn.Contains(l.Priced.Line.FeedetlSn));
            if (chosen.Count != request.FeedetlSn.Distinct().Count()) return Refusals.LineUnknown;
        }
        if (chosen.Count == 0) return Refusals.LineUnknown;
        foreach (var code in chosen.GroupBy(l => l.Priced.Line.MedListCode, StringComparer.Ordinal))
            if (EncounterState.IsBelowZero(code.Aggregate(encounter.SumOfCode(code.Key), (sum, l) => EncounterState.Plus(sum, l.Share, -1)))) return Refusals.CorrectionExceeds;
        var record = EncounterChecks.RecordOf(encounter);
        record.FeeLinesCancelled = new FeeLinesCancelled();
        record.FeeLinesCancelled.FeedetlSn.AddRange(chosen.Select(l => l.Priced.Line.FeedetlSn));
        return record;
    }
}
