using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Accounts;

/// <summary>
/// Another person approves or rejects. Approved, settlement takes the money from the account, in one order with bills, and the payees get their shares: heirs with an account at once, the
/// others by the bank. The approval is kept before settlement is asked, under a request of its own: whatever breaks, the same decision sent again goes on where it stopped.
/// </summary>
internal static class DecidePayout
{
    /// <param name="Remark">Needed to reject.</param>
    internal sealed record Decision(bool? Approved, string? Approver, string? Remark);

    public static async Task<Outcome<PayoutRow>> Execute(Tenant county, NpgsqlDataSource database, Settlement.SettlementClient settlement, long payoutNo, Decision decision, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (decision.Approved is not { } approved) return Refusals.BodyMalformed;
        if (TwoPeople.Name(decision.Approver, "approver") is { } nobody) return nobody;
        if (!approved && RequestTexts.NoReason(decision.Remark) is { } noReason) return noReason.At("remark");
        var decided = await Decide(database, payoutNo, approved, decision, calendar, cancellation);
        if (decided.Refusal is not null || decided.Value.State != "approved") return decided;

        var payout = decided.Value;
        WithdrawFromAccountReply taken;
        try
        {
            taken = await settlement.WithdrawFromAccountAsync(
                new WithdrawFromAccountRequest { Key = KeyOf(payout), PsnNo = payout.PsnNo, AmountFen = payout.AskedFen, Cause = payout.Cause }, CallTenant.For(county.Code), cancellationToken: cancellation);
        }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal)
        {
            // Settlement said no: so does this. Where it said nothing the approval stands.
            if (refusal.Kind != RefusalKind.Unavailable) await Reject(database, payoutNo, refusal, cancellation);
            return refusal;
        }
        return await Divide(database, payoutNo, taken, calendar, cancellation);
    }

    private static async Task<Outcome<PayoutRow>> Decide(NpgsqlDataSource database, long payoutNo, bool approved, Decision decision, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await Hold(connection, transaction, payoutNo, cancellation) is not { } payout) return AccountRefusals.PayoutUnknown;
        if (TwoPeople.Check(payout.ProposedBy, "proposed_by", decision.Approver) is { } alone) return alone;
        if (payout.State != "proposed") return TwoPeople.AreOne(payout.DecidedBy, decision.Approver) && (payout.State == "rejected") != approved ? payout : AccountRefusals.StateForbids;
        await using (var update = new NpgsqlCommand("UPDATE account_payout SET state = $2, decided_by = $3, decided_at = $4, remark = $5 WHERE payout_no = $1", connection, transaction)
        {
            Parameters = { new() { Value = payoutNo }, new() { Value = approved ? "approved" : "rejected" }, new() { Value = decision.Approver!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime }, new() { Value = decision.Remark ?? "" } },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        payout = (await PayoutRow.Find(connection, transaction, "payout_no = $1", payoutNo, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return payout;
    }

    private static RequestKey KeyOf(PayoutRow payout) => new()
    {
        Sender = BillingModule.Service,
        MessageId = $"payout {payout.PayoutNo}",
        Transaction = "payout",
        ContentHash = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes($"{payout.PsnNo} {payout.Cause} {payout.AskedFen}")).AsSpan(0, 16)),
    };

    private static async Task Reject(NpgsqlDataSource database, long payoutNo, Refusal refusal, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("UPDATE account_payout SET state = 'rejected', remark = $2 WHERE payout_no = $1 AND state = 'approved'");
        command.Parameters.Add(new() { Value = payoutNo });
        command.Parameters.Add(new() { Value = $"{refusal.Code} {refusal.Chinese}" });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Each share is cut to whole fen; the last payee has what that leaves.</summary>
    private static async Task<Outcome<PayoutRow>> Divide(NpgsqlDataSource database, long payoutNo, WithdrawFromAccountReply taken, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var payout = (await Hold(connection, transaction, payoutNo, cancellation))!;
        if (payout.State == "withdrawn") return payout;
        var amounts = payout.Payees.Select(p => (long)((Int128)taken.AmountFen * p.ShareBp / BasisPoints.Whole)).ToArray();
        amounts[^1] += taken.AmountFen - amounts.Sum();
        await using (var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("UPDATE account_payout SET state = 'withdrawn', amount_fen = $2, withdrawal_no = $3 WHERE payout_no = $1") { Parameters = { new() { Value = payoutNo }, new() { Value = taken.AmountFen }, new() { Value = taken.WithdrawalNo } } },
                new("UPDATE account_payee p SET amount_fen = a.amount_fen FROM unnest($2, $3) AS a (line_no, amount_fen) WHERE p.payout_no = $1 AND p.line_no = a.line_no")
                {
                    Parameters = { new() { Value = payoutNo }, new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, Value = payout.Payees.Select(p => p.LineNo).ToArray() }, new() { Value = amounts } },
                },
            },
        })
            await batch.ExecuteNonQueryAsync(cancellation);
        var on = DayNumber.Of(calendar.Today);
        await PostToAccounts.Run(connection, transaction, [.. payout.Payees.Zip(amounts).Where(p => p.First.HeirNo.Length > 0)
            .Select(p => new AccountPosting(p.First.HeirNo, PostToAccounts.Inheritance, p.Second, on, $"{payoutNo} {p.First.LineNo}"))], calendar.UtcNow, cancellation);
        payout = (await PayoutRow.Find(connection, transaction, "payout_no = $1", payoutNo, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return payout;
    }

    internal static async Task<PayoutRow?> Hold(NpgsqlConnection connection, NpgsqlTransaction transaction, long payoutNo, CancellationToken cancellation)
    {
        await using (var command = new NpgsqlCommand("SELECT FROM account_payout WHERE payout_no = $1 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = payoutNo } } }) await command.ExecuteNonQueryAsync(cancellation);
        return await PayoutRow.Find(connection, transaction, "payout_no = $1", payoutNo, cancellation);
    }
}
