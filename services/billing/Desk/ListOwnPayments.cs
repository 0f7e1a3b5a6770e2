using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.Desk;

/// <summary>Payments with a person's part in them. Of a household's payment the others' parts, and who paid, are not shown.</summary>
internal static class ListOwnPayments
{
    private const int PageSize = 100;

    public static async Task<Outcome<ListOwnPaymentsReply>> Read(NpgsqlDataSource database, string county, IReadOnlyList<string> psnNos, ListOwnPaymentsRequest request, CancellationToken cancellation)
    {
        if (request.PageSize is < 0 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var size = request.PageSize == 0 ? PageSize : request.PageSize;
        await using var command = database.CreateCommand("""
            WITH page AS (
                SELECT payment_no, channel, value_on FROM payment p
                WHERE ($2 = 0 OR payment_no < $2) AND payment_no IN (SELECT payment_no FROM allocation WHERE psn_no = ANY ($1)) ORDER BY payment_no DESC LIMIT $3
            )
            SELECT p.payment_no, p.channel, p.value_on, a.insutype, a.year, a.amount_fen, a.cause, a.receipt_no, r.issued_at
            FROM page p JOIN allocation a ON a.payment_no = p.payment_no AND a.psn_no = ANY ($1) LEFT JOIN receipt r USING (receipt_no) ORDER BY p.payment_no DESC, a.allocation_no
            """);
        foreach (var value in (object[])[psnNos.ToArray(), request.BeforePaymentNo, size]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var reply = new ListOwnPaymentsReply();
        while (await reader.ReadAsync(cancellation))
        {
            if (reply.Payment.Count == 0 || reply.Payment[^1].PaymentNo != reader.GetInt64(0))
                reply.Payment.Add(new OwnPayment { PaymentNo = reader.GetInt64(0), Channel = reader.GetString(1), ValueOn = DayNumber.Of(reader.GetFieldValue<DateOnly>(2)) });
            reply.Payment[^1].Share.Add(new OwnShare
            {
                Insutype = reader.GetString(3), Year = reader.GetInt32(4), AmountFen = reader.GetInt64(5), Cause = reader.GetString(6),
                Receipt = reader.IsDBNull(7) ? "" : PaymentBook.Number(county, reader.GetInt64(7), reader.GetDateTime(8)),
            });
        }
        if (reply.Payment.Count == size) reply.NextBeforePaymentNo = reply.Payment[^1].PaymentNo;
        return reply;
    }
}
