using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.BillChecks;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Supplements;

/// <summary>Settles the bill of a consented person: asks the insurer while the patient waits, within the contract's deadline, and settles with or without its answer.</summary>
public sealed class AskedSettlement(AuthorizeBill insurers, TimeProvider time)
{
    // A second time where another settlement of the person came between.
    private const int AsksMax = 2;

    /// <param name="begun">Timestamp of the call: what passed since counts against the deadline.</param>
    public async Task<Outcome<Committed>> Finish(TenantJournal journal, SettleClaimRequest request, SupplementTurn turn, long begun, CancellationToken cancellation, CheckTurn? check = null)
    {
        for (var asks = 1; ; asks++)
        {
            var question = turn.Question ?? throw new InvalidOperationException("the decision asks nothing");
            var (decision, _) = await insurers.Ask(question, null, question.Contract.Supplement!.Deadline - time.GetElapsedTime(begun), cancellation);
            turn.Answer(decision, last: asks == AsksMax);
            var outcome = await journal.Submit(SettleClaim.Command(request, turn, check), cancellation);
            if (outcome.Refusal != Refusals.SupplementNotAsked) return outcome;
        }
    }
}
