using MedInsure.Billing.Bills;
using MedInsure.Billing.Flexible;
using MedInsure.Billing.Incomes;
using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Refunds;

/// <summary>Another person approves or rejects. Approved, a person's money leaves the year for suspense, held until it is paid out, and enrollment hears of it.</summary>
internal static class DecideRefund
{
    /// <param name="Remark">Needed to reject.</param>
    internal sealed record Decision(bool? Approved, string? Approver, string? Remark);

    public static async Task<Outcome<RefundRow>> Execute(NpgsqlDataSource database, long refundNo, Decision decision, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (decision.Approved is not { } approved) return Refusals.BodyMalformed;
        if (TwoPeople.Name(decision.Approver, "approver") is { } nobody) return nobody;
        if (!approved && RequestTexts.NoReason(decision.Remark) is { } noReason) return noReason.At("remark");

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await RefundRow.Find(connection, transaction, "refund_no = $1", refundNo, cancellation) is not { } seen) return RefundRefusals.RefundUnknown;
        if (seen.Insutype.Length > 0) await OwedYears.LockYears(connection, transaction, [(seen.Insutype, seen.Year)], cancellation);
        await ProposeRefund.LockPayment(connection, transaction, seen.PaymentNo, cancellation);
        var refund = (await RefundRow.Find(connection, transaction, "refund_no = $1", refundNo, cancellation))!;
        if (TwoPeople.Check(refund.ProposedBy, "proposed_by", decision.Approver) is { } alone) return alone;
        var state = approved ? "approved" : "rejected";
        if (refund.State != "proposed") return (refund.State, refund.DecidedBy) == (state, decision.Approver!.Trim()) ? refund : RefundRefusals.StateForbids;

        var (suspenseNo, incomes) = (refund.SuspenseNo, new List<IncomePosting>());
        if (approved && suspenseNo is null)
        {
            if (await ProposeRefund.Refundable(connection, transaction, refund.PaymentNo, refund.PsnNo, refund.Insutype, refund.Year, refund.Cause, cancellation, refundNo) < refund.AmountFen) return RefundRefusals.NotRefundable;
            (suspenseNo, var channel) = await TakeBack(connection, transaction, refund, calendar, cancellation);
            incomes.Add(new IncomePosting("personal", refund.Insutype, refund.Year, -refund.AmountFen, 0, calendar.Today, channel, "", ""));
            incomes.Add(IncomePosting.Suspense(refund.AmountFen, calendar.Today, channel));
            if (Month.IsMonth(refund.Year)) await SettleFlexibleMonths.Run(connection, transaction, [refund.PsnNo], incomes, calendar.Today, calendar.UtcNow, cancellation);
        }
        if (!approved && suspenseNo is not null)
        {
            await using var release = new NpgsqlCommand("UPDATE suspense_item SET held_fen = held_fen - $2 WHERE suspense_no = $1", connection, transaction) { Parameters = { new() { Value = suspenseNo.Value }, new() { Value = refund.AmountFen } } };
            await release.ExecuteNonQueryAsync(cancellation);
        }
        await using (var update = new NpgsqlCommand("UPDATE refund SET state = $2, decided_by = $3, decided_at = $4, remark = $5, suspense_no = $6 WHERE refund_no = $1", connection, transaction)
        {
            Parameters =
            {
                new() { Value = refundNo }, new() { Value = state }, new() { Value = decision.Approver!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime }, new() { Value = decision.Remark ?? "" },
                new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint, Value = (object?)suspenseNo ?? DBNull.Value },
            },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        refund = (await RefundRow.Find(connection, transaction, "refund_no = $1", refundNo, cancellation))!;
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return refund;
    }

    /// <returns>The suspense item that holds the money now, and the channel by which it came.</returns>
    private static async Task<(long SuspenseNo, string Channel)> TakeBack(NpgsqlConnection connection, NpgsqlTransaction transaction, RefundRow refund, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO suspense_item (payment_no, reason, psn_no, insutype, year, amount_fen, left_fen, held_fen, created_at) VALUES ($1, 'refund', $2, $3, $4, $5, $5, $5, $6) RETURNING suspense_no")
                {
                    Parameters = { new() { Value = refund.PaymentNo }, new() { Value = refund.PsnNo }, new() { Value = refund.Insutype }, new() { Value = refund.Year }, new() { Value = refund.AmountFen }, new() { Value = calendar.UtcNow.UtcDateTime } },
                },
                new("INSERT INTO allocation (payment_no, psn_no, insutype, year, amount_fen, cause, made_at) VALUES ($1, $2, $3, $4, -$5::bigint, 'refund', $6)")
                {
                    Parameters = { new() { Value = refund.PaymentNo }, new() { Value = refund.PsnNo }, new() { Value = refund.Insutype }, new() { Value = refund.Year }, new() { Value = refund.AmountFen }, new() { Value = calendar.UtcNow.UtcDateTime } },
                },
                new("UPDATE payment SET allocated_fen = allocated_fen - $2, suspense_fen = suspense_fen + $2 WHERE payment_no = $1 RETURNING channel") { Parameters = { new() { Value = refund.PaymentNo }, new() { Value = refund.AmountFen } } },
            },
        };
        long suspenseNo;
        string channel;
        await using (var reader = await batch.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            suspenseNo = reader.GetInt64(0);
            await reader.NextResultAsync(cancellation);
            await reader.ReadAsync(cancellation);
            channel = reader.GetString(0);
        }
        await using var update = new NpgsqlCommand("UPDATE assessment SET paid_fen = paid_fen - $4 WHERE psn_no = $1 AND insutype = $2 AND year = $3 RETURNING paid_fen >= due_fen AND NOT withdrawn", connection, transaction)
        {
            Parameters = { new() { Value = refund.PsnNo }, new() { Value = refund.Insutype }, new() { Value = refund.Year }, new() { Value = refund.AmountFen } },
        };
        var stillPaid = (bool)(await update.ExecuteScalarAsync(cancellation))!;
        await Outbox.Add(connection, transaction, [OutboxEvent.Of(refund.PsnNo, new ContributionRefunded(refund.PsnNo, refund.Insutype, refund.Year, DayNumber.Of(calendar.Today), refund.Cause, stillPaid), calendar.UtcNow)], cancellation);
        return (suspenseNo, channel);
    }
}
