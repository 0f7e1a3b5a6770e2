using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.OwnBills;

internal static class ListEmployerPayments
{
    public static async Task<Outcome<ListEmployerPaymentsReply>> Read(NpgsqlDataSource database, string employerNo, ListEmployerPaymentsRequest request, CancellationToken cancellation)
    {
        if (request.PageSize is < 0 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var size = request.PageSize == 0 ? ListEmployerBills.PageSize : request.PageSize;
        // A payment is the employer's by the bills that it settled, or by the name under which it waits.
        await using var command = database.CreateCommand("""
            WITH own AS (
                SELECT a.payment_no, sum(a.amount_fen)::bigint AS settled_fen, 0::bigint AS waiting_fen FROM bill_settlement s JOIN allocation a USING (settlement_no) WHERE s.payer_no = $1 GROUP BY a.payment_no
                UNION ALL
                SELECT payment_no, 0, left_fen FROM suspense_item WHERE payer_no = $1 AND payer_no <> ''
            )
            SELECT p.payment_no, p.channel, p.reference, p.amount_fen, p.value_on, sum(o.settled_fen)::bigint, sum(o.waiting_fen)::bigint,
                ARRAY (SELECT receipt_no FROM receipt r WHERE r.payment_no = p.payment_no ORDER BY receipt_no)
            FROM own o JOIN payment p USING (payment_no) WHERE $2 = 0 OR p.payment_no < $2 GROUP BY p.payment_no ORDER BY p.payment_no DESC LIMIT $3
            """);
        foreach (var value in (object[])[employerNo, request.BeforePaymentNo, size]) command.Parameters.Add(new() { Value = value });
        await using var r = await command.ExecuteReaderAsync(cancellation);
        var reply = new ListEmployerPaymentsReply();
        while (await r.ReadAsync(cancellation))
        {
            var payment = new EmployerPayment
            {
                PaymentNo = r.GetInt64(0), Channel = r.GetString(1), Reference = r.GetString(2), AmountFen = r.GetInt64(3), ValueOn = DayNumber.Of(r.GetFieldValue<DateOnly>(4)), SettledFen = r.GetInt64(5), WaitingFen = r.GetInt64(6),
            };
            payment.ReceiptNo.AddRange(r.GetFieldValue<long[]>(7));
            reply.Payment.Add(payment);
        }
        if (reply.Payment.Count == size) reply.NextBeforePaymentNo = reply.Payment[^1].PaymentNo;
        return reply;
    }
}
