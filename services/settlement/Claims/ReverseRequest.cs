using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Claims;

/// <summary>
/// Reverses by message id (2601), for a caller who does not know what became of it: a settlement is cancelled, a cancellation undone, an admission taken
/// back. A message that never came is made void, so that it takes no effect if it comes late.
/// </summary>
public static class ReverseRequest
{
    /// <param name="original">What is known of the original message; null = nothing.</param>
    public static JournalCommand Command(ReverseRequestRequest request, KnownRequest? original) =>
        new(request.Key, original?.PsnNo ?? "", context => Decide(context, request, original)) { MdtrtId = original?.MdtrtId ?? "" };

    /// <summary>In order: not itself; the transaction number fits; the transaction can be reversed; what it made is still as it was.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, ReverseRequestRequest request, KnownRequest? found)
    {
        if (request.OriginalMessageId == request.Key.MessageId) return Refusals.ReversesItself;
        // The original may have been decided since it was looked for: then memory holds it.
        var original = context.State.Requests.GetValueOrDefault((request.FixmedinsCode, request.OriginalMessageId)) ?? found;
        if (original is null)
            return new JournalRecord { RequestVoided = new RequestVoided { Sender = request.FixmedinsCode, MessageId = request.OriginalMessageId } };
        var record = original.Record;
        if (record.RequestVoided is { } voided && voided.MessageId == request.OriginalMessageId) return Refusals.AlreadyReversed.At("omsgid");
        if (request.OriginalTransaction.Length > 0 && request.OriginalTransaction != original.Transaction) return Refusals.OriginalOfOtherTransaction;
        if (request.PsnNo.Length > 0 && request.PsnNo != original.PsnNo) return Refusals.EncounterOfOtherPerson;
        var encounter = context.State.FindEncounter(record.MdtrtId);
        var outcome = encounter is null ? Refusals.OriginalNotReversible : record.BodyCase switch
        {
            JournalRecord.BodyOneofCase.SettledClaim => Newest(encounter, record.SettledClaim.SetlId) is { } s ? ReverseSettlement.Reverse(context, encounter, s) : Refusals.AlreadyReversed.At("omsgid"),
            JournalRecord.BodyOneofCase.ReversedClaim => Undo(context, encounter, record.ReversedClaim),
            JournalRecord.BodyOneofCase.EncounterOpened when encounter.IsStay => encounter.Stage == EncounterStage.Cancelled ? Refusals.AlreadyReversed.At("omsgid") : CancelEncounter.Cancel(encounter),
            _ => Refusals.OriginalNotReversible,
        };
        if (!outcome.IsRefused) outcome.Value.ByRequestReversal = true;
        return outcome;
    }

    /// <summary>The settlement whose newest row is the given one; an older row was reversed already.</summary>
    private static SettlementState? Newest(EncounterState encounter, string setlId) => encounter.Settlements.Find(s => s.LatestId == setlId);

    private static Outcome<JournalRecord> Undo(DecisionContext context, EncounterState encounter, ReversedClaim reversal)
    {
        if (Newest(encounter, reversal.SetlId) is not { } settlement) return Refusals.AlreadyReversed.At("omsgid");
        return reversal.Restores ? ReverseSettlement.Reverse(context, encounter, settlement) : ReverseSettlement.Restore(context, encounter, settlement);
    }

    public static ReverseRequestReply Reply(JournalRecord record) => new() { SetlId = TenantState.SettlementIdOf(record), Voided = record.RequestVoided is not null };
}
