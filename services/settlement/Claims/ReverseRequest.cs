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
    /// <param name="original">What is known of the original message.</param>
    public static JournalCommand Command(ReverseRequestRequest request, FoundRequest original) =>
        new(request.Key, original.Request?.PsnNo ?? "", context => Decide(context, request, original.Request)) { MdtrtId = original.Request?.MdtrtId ?? "", LookedIn = original.Epoch };

    /// <summary>In order: a message id; not its own; not void already; the transaction number fits; the person is the original's; the transaction can be reversed; what it made is still as it was.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, ReverseRequestRequest request, KnownRequest? found)
    {
        if (request.OriginalMessageId.Length is 0 or > JournalCommand.MessageIdLengthMax) return Refusals.RequestKeyMissing.At("omsgid");
        if (request.OriginalMessageId == request.Key.MessageId) return Refusals.ReversesItself;
        // The original may have been decided since it was looked for: then memory holds it.
        var original = context.State.Requests.GetValueOrDefault((request.FixmedinsCode, request.OriginalMessageId)) ?? found;
        if (original is null)
            return new JournalRecord { RequestVoided = new RequestVoided { Sender = request.FixmedinsCode, MessageId = request.OriginalMessageId } };
        var record = original.Record;
        if (record.RequestVoided is { } voided && voided.MessageId == request.OriginalMessageId) return AlreadyReversed;
        if (request.OriginalTransaction.Length > 0 && !IsSameTransaction(request.OriginalTransaction, original.Transaction)) return Refusals.OriginalOfOtherTransaction;
        if (request.PsnNo.Length > 0 && context.State.Survivor(request.PsnNo) != context.State.Survivor(original.PsnNo)) return Refusals.EncounterOfOtherPerson;
        // A 2601 is not among the reversible transactions (national-interface.md 2.6): the sender of an uncertain one sends it again.
        var encounter = record.ByRequestReversal ? null : context.State.FindEncounter(record.MdtrtId);
        var outcome = encounter is null ? Refusals.OriginalNotReversible : record.BodyCase switch
        {
            JournalRecord.BodyOneofCase.SettledClaim => ReverseSettled(context, encounter, record.SettledClaim.SetlId),
            JournalRecord.BodyOneofCase.ReversedClaim => Restore(context, encounter, record.ReversedClaim.SetlId),
            JournalRecord.BodyOneofCase.EncounterOpened when encounter.IsStay => encounter.Stage == EncounterStage.Cancelled ? AlreadyReversed : CancelEncounter.Cancel(encounter),
            _ => Refusals.OriginalNotReversible,
        };
        if (!outcome.IsRefused) outcome.Value.ByRequestReversal = true;
        return outcome;
    }

    private static Refusal AlreadyReversed => Refusals.AlreadyReversed.At("omsgid");

    // 2207A is 2207 in a newer form, and oinfno has room for four characters (national-interface.md 2.6).
    private static bool IsSameTransaction(string one, string other) => one.AsSpan().TrimEnd('A').SequenceEqual(other.AsSpan().TrimEnd('A'));

    /// <summary>A settlement whose cancellation was undone stands as if that had never been, and can be reversed.</summary>
    private static Outcome<JournalRecord> ReverseSettled(DecisionContext context, EncounterState encounter, string setlId) =>
        encounter.FindSettlement(setlId) is { Standing: true } settlement ? ReverseSettlement.Reverse(context, encounter, settlement) : AlreadyReversed;

    /// <summary>An older row than the newest was undone already.</summary>
    private static Outcome<JournalRecord> Restore(DecisionContext context, EncounterState encounter, string reversalId) =>
        encounter.Settlements.Find(s => s.LatestId == reversalId) is { } settlement ? ReverseSettlement.Restore(context, encounter, settlement) : AlreadyReversed;

    public static ReverseRequestReply Reply(JournalRecord record) => new() { SetlId = TenantState.SettlementIdOf(record), Voided = record.RequestVoided is not null };
}
