using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Accounts;

/// <summary>Money leaves an account without a bill: to heirs, to another area, to the person. In the journal's order with settlements, so that no fen is spent twice.</summary>
public static class WithdrawFromAccount
{
    public static readonly IReadOnlyList<string> Causes = ["inheritance", "transfer_out", "pay_out"];

    public static JournalCommand Command(WithdrawFromAccountRequest request) => new(request.Key, request.PsnNo, context => Decide(context, request)) { NeedsCatalog = false };

    public static WithdrawFromAccountReply Reply(JournalRecord record) => new() { WithdrawalNo = record.AccountWithdrawn.WithdrawalNo, AmountFen = record.AccountWithdrawn.AmountFen };

    /// <summary>In order: the person; cause, amount; the account holds it.</summary>
    private static Outcome<JournalRecord> Decide(DecisionContext context, WithdrawFromAccountRequest request)
    {
        if (request.PsnNo.Length == 0 || context.State.Person(request.PsnNo) is not { Insured: not null } person) return Refusals.PersonUnknown;
        if (!Causes.Contains(request.Cause)) return Refusals.WithdrawalCauseUnknown;
        if (request.AmountFen < 0) return Refusals.WithdrawalAmountInvalid;
        var balance = person.AccountBalanceFen;
        var amount = request.AmountFen == 0 ? balance : request.AmountFen;
        if (amount <= 0 || amount > balance) return Refusals.AccountBalanceShort;
        return new JournalRecord
        {
            PsnNo = request.PsnNo,
            AccountWithdrawn = new AccountWithdrawn { WithdrawalNo = context.State.NextSettlementId, AmountFen = amount, Cause = request.Cause, AccountPaidBeforeFen = person.AccountPaidFen },
        };
    }
}
