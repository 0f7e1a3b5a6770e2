using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>Gives up a list that is not paid: what stands on it is open again.</summary>
internal static class WithdrawPaymentList
{
    internal sealed record Withdrawal(string? WithdrawnBy, string? Reason);

    public static async Task<Outcome<PaymentList>> Execute(RunPlace place, long number, Withdrawal withdrawal, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(withdrawal.WithdrawnBy, "withdrawn_by") is { } nobody) return nobody;
        if (!CountyDesk.IsReason(withdrawal.Reason)) return Refusals.RunReasonInvalid;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var list = new NpgsqlCommand(
            "UPDATE payment_list SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = $3, reason = $4 WHERE number = $1 AND state IN ('prepared', 'approved')", connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = number }, new NpgsqlParameter<string> { TypedValue = withdrawal.WithdrawnBy!.Trim() },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToUniversalTime() }, new NpgsqlParameter<string> { TypedValue = withdrawal.Reason! },
            },
        };
        var withdrawn = await list.ExecuteNonQueryAsync(cancellation) == 1;
        if (withdrawn)
        {
            await using var rows = new NpgsqlCommand("UPDATE payment_list_benefit SET withdrawn = true WHERE number = $1", connection, transaction) { Parameters = { new NpgsqlParameter<long> { TypedValue = number } } };
            await rows.ExecuteNonQueryAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }
        if (await PaymentList.Find(place, number, cancellation) is not { } found) return Refusals.PaymentListUnknown;
        return withdrawn || found.State == "withdrawn" && TwoPeople.AreOne(found.WithdrawnBy, withdrawal.WithdrawnBy) ? found : Refusals.PaymentListPaid;
    }
}
