using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Accounts;

/// <summary>A payee's share has left by the bank, paid by a third person.</summary>
internal static class PayPayee
{
    internal sealed record Order(string? Reference, string? PaidOn, string? Cashier);

    public static async Task<Outcome<PayoutRow>> Execute(NpgsqlDataSource database, long payoutNo, int lineNo, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoReference(order.Reference) is { } noReference) return noReference;
        if (!PaymentTexts.IsPastDay(order.PaidOn, calendar.Today, out var paidOn)) return PaymentRefusals.DayInvalid.At("paid_on");
        if (TwoPeople.Name(order.Cashier, "cashier") is { } nobody) return nobody;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await DecidePayout.Hold(connection, transaction, payoutNo, cancellation) is not { } payout) return AccountRefusals.PayoutUnknown;
        if (payout.Payees.Find(p => p.LineNo == lineNo) is not { HeirNo.Length: 0 } payee) return AccountRefusals.PayeeUnknown;
        if (TwoPeople.AreOne(order.Cashier, payout.ProposedBy) || TwoPeople.AreOne(order.Cashier, payout.DecidedBy)) return TwoPeople.SamePerson.At("cashier");
        if (payee.Reference.Length > 0) return (payee.Reference, payee.PaidOn) == (order.Reference, order.PaidOn) ? payout : AccountRefusals.StateForbids;
        // A share of less than a fen: nothing is to be paid.
        if (payout.State != "withdrawn" || payee.Amount == BillingJson.Yuan(0)) return AccountRefusals.StateForbids;
        try
        {
            await using var update = new NpgsqlCommand("UPDATE account_payee SET paid_on = $3, reference = $4, paid_by = $5 WHERE payout_no = $1 AND line_no = $2", connection, transaction)
            {
                Parameters = { new() { Value = payoutNo }, new() { Value = lineNo }, new() { Value = paidOn }, new() { Value = order.Reference }, new() { Value = order.Cashier!.Trim() } },
            };
            await update.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException e) when (e.ConstraintName == "a_reference_pays_one_payee") { return AccountRefusals.ReferenceUsed; }
        payout = (await PayoutRow.Find(connection, transaction, "payout_no = $1", payoutNo, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return payout;
    }
}
