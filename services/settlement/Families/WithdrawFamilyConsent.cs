using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.Families;

/// <summary>An account pays of a relative's bills no more. What it paid stays; a reversal gives it back all the same.</summary>
public static class WithdrawFamilyConsent
{
    private const int ReasonLengthMax = 200;

    public static async Task<Outcome<WithdrawFamilyConsentReply>> Run(TenantJournal journal, WithdrawFamilyConsentRequest request, CancellationToken cancellation)
    {
        if (request.Reason.Length > ReasonLengthMax || !StorableText.Holds(request.Reason)) return Refusals.EvidenceTooLong.At("reason");
        if (request.PsnNo.Length == 0) return Refusals.PersonUnknown;
        var outcome = await journal.Submit(Command(request), cancellation);
        return outcome.Refusal is { } refusal && refusal != Refusals.ConsentUnchanged ? refusal : new WithdrawFamilyConsentReply { Ended = !outcome.IsRefused };
    }

    internal static JournalCommand Command(WithdrawFamilyConsentRequest request) => new(ConsentKey.New(), request.PsnNo, context =>
        context.State.Person(request.PsnNo).Family.FirstOrDefault(c => context.State.Survivor(c.PayerNo) == context.State.Survivor(request.PayerNo) && !c.Withdrawn) is not { } consent ? Refusals.ConsentUnchanged
            : new JournalRecord { PsnNo = request.PsnNo, FamilyConsentWithdrawn = new FamilyConsentWithdrawn { PayerNo = consent.PayerNo, Reason = request.Reason } }) { NeedsCatalog = false };
}
