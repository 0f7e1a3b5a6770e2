using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Payments;

/// <summary>Payments, receipts and the sums of days as operators read them.</summary>
internal static class PaymentBook
{
    internal sealed record Payment(
        long PaymentNo, string Channel, string Reference, string Amount, string ValueDate, string Payer, string TakenBy, string ReceivedAt, string Allocated, string Suspense, string Refunded,
        IReadOnlyList<Allocation> Allocations, IReadOnlyList<long> Receipts);

    internal sealed record Allocation(long? ReceiptNo, string PsnNo, string PsnName, string Insutype, int Year, string Amount, string Cause, string MadeAt);

    internal sealed record Receipt(long ReceiptNo, string Number, string IssuedBy, string IssuedAt, string Channel, string Payer, string Amount, IReadOnlyList<Allocation> Lines);

    internal sealed record DaySum(string ValueDate, string Channel, long Payments, string Received, string Allocated, string Suspense, string Refunded);

    /// <param name="PsnNo">For whom money was allocated.</param>
    internal sealed record Filter(string? Channel, DateOnly? Day, string? PsnNo, long? After, int? PageSize);

    internal sealed record Page(List<Payment> Payments, long? NextAfter);

    public static Task<List<Payment>> Find(NpgsqlDataSource database, long[] paymentNos, CancellationToken cancellation) => Read(database, "payment_no = ANY ($1)", [paymentNos], cancellation);

    public static async Task<Payment?> Find(NpgsqlDataSource database, long paymentNo, CancellationToken cancellation) => (await Read(database, "payment_no = $1", [paymentNo], cancellation)).SingleOrDefault();

    public static async Task<Outcome<Page>> List(NpgsqlDataSource database, Filter filter, CancellationToken cancellation)
    {
        if (filter.PageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var size = filter.PageSize ?? 100;
        var rows = await Read(database, """
            payment_no > $1 AND ($2 = '' OR channel = $2) AND ($3::date IS NULL OR value_on = $3)
              AND ($4 = '' OR EXISTS (SELECT FROM allocation a WHERE a.payment_no = p.payment_no AND a.psn_no = $4)) ORDER BY payment_no LIMIT $5
            """, [filter.After ?? 0, filter.Channel ?? "", (object?)filter.Day ?? DBNull.Value, filter.PsnNo ?? "", size], cancellation);
        return new Page(rows, rows.Count == size ? rows[^1].PaymentNo : null);
    }

    public static async Task<Receipt?> FindReceipt(NpgsqlDataSource database, string county, long receiptNo, CancellationToken cancellation)
    {
        Receipt? receipt = null;
        await using (var command = database.CreateCommand("SELECT r.receipt_no, r.issued_by, r.issued_at, p.channel, p.payer FROM receipt r JOIN payment p USING (payment_no) WHERE r.receipt_no = $1"))
        {
            command.Parameters.Add(new() { Value = receiptNo });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            if (await reader.ReadAsync(cancellation))
                receipt = new Receipt(reader.GetInt64(0), Number(county, reader.GetInt64(0), reader.GetDateTime(2)), reader.GetString(1), BillingJson.Time(reader.GetDateTime(2)), reader.GetString(3), reader.GetString(4), "", []);
        }
        if (receipt is null) return null;
        var lines = await Allocations(database, "receipt_no", [receiptNo], cancellation);
        return receipt with { Amount = BillingJson.Yuan(lines.Sum(l => l.AmountFen)), Lines = [.. lines.Select(l => l.Line)] };
    }

    /// <summary>As printed: county, year of issue, ten digits.</summary>
    public static string Number(string county, long receiptNo, DateTime issuedAt) => $"{county}{ChinaCalendar.ToLocal(new DateTimeOffset(DateTime.SpecifyKind(issuedAt, DateTimeKind.Utc))).Year}{receiptNo:D10}";

    /// <summary>What came each day by each channel, and where it is now: received = allocated + suspense + refunded.</summary>
    public static async Task<List<DaySum>> Days(NpgsqlDataSource database, DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT value_on, channel, count(*), sum(amount_fen)::bigint, sum(allocated_fen)::bigint, sum(suspense_fen)::bigint, sum(refunded_fen)::bigint
            FROM payment WHERE value_on BETWEEN $1 AND $2 GROUP BY value_on, channel ORDER BY value_on, channel
            """);
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var days = new List<DaySum>();
        while (await reader.ReadAsync(cancellation))
            days.Add(new DaySum(BillingJson.Day(reader.GetFieldValue<DateOnly>(0)), reader.GetString(1), reader.GetInt64(2), BillingJson.Yuan(reader.GetInt64(3)), BillingJson.Yuan(reader.GetInt64(4)),
                BillingJson.Yuan(reader.GetInt64(5)), BillingJson.Yuan(reader.GetInt64(6))));
        return days;
    }

    private static async Task<List<Payment>> Read(NpgsqlDataSource database, string where, object[] values, CancellationToken cancellation)
    {
        var payments = new List<Payment>();
        await using (var command = database.CreateCommand($"""
            SELECT payment_no, channel, reference, amount_fen, value_on, payer, taken_by, received_at, allocated_fen, suspense_fen, refunded_fen,
                ARRAY(SELECT receipt_no FROM receipt r WHERE r.payment_no = p.payment_no ORDER BY receipt_no)
            FROM payment p WHERE {where}
            """))
        {
            foreach (var value in values) command.Parameters.Add(new() { Value = value });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                payments.Add(new Payment(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), BillingJson.Yuan(reader.GetInt64(3)), BillingJson.Day(reader.GetFieldValue<DateOnly>(4)), reader.GetString(5), reader.GetString(6),
                    BillingJson.Time(reader.GetDateTime(7)), BillingJson.Yuan(reader.GetInt64(8)), BillingJson.Yuan(reader.GetInt64(9)), BillingJson.Yuan(reader.GetInt64(10)), [], reader.GetFieldValue<long[]>(11)));
        }
        var allocations = (await Allocations(database, "payment_no", [.. payments.Select(p => p.PaymentNo)], cancellation)).ToLookup(a => a.Of, a => a.Line);
        return payments.ConvertAll(p => p with { Allocations = [.. allocations[p.PaymentNo]] });
    }

    /// <param name="by">payment_no or receipt_no.</param>
    private static async Task<List<(long Of, long AmountFen, Allocation Line)>> Allocations(NpgsqlDataSource database, string by, long[] numbers, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"""
            SELECT a.receipt_no, a.psn_no, coalesce(p.psn_name, ''), a.insutype, a.year, a.amount_fen, a.cause, a.made_at, a.{by} FROM allocation a LEFT JOIN insured_person p USING (psn_no) WHERE a.{by} = ANY ($1) ORDER BY a.allocation_no
            """);
        command.Parameters.Add(new() { Value = numbers });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var lines = new List<(long, long, Allocation)>();
        while (await reader.ReadAsync(cancellation))
            lines.Add((reader.GetInt64(8), reader.GetInt64(5), new Allocation(reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4),
                BillingJson.Yuan(reader.GetInt64(5)), reader.GetString(6), BillingJson.Time(reader.GetDateTime(7)))));
        return lines;
    }
}
