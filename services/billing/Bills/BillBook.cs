using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Bills;

/// <summary>Bills, their lines and a payer's state as operators read them.</summary>
internal static class BillBook
{
    /// <param name="Kind">month, purchase, transfer_in.</param>
    /// <param name="SettledOn">When the money that settled it moved; null: open.</param>
    internal sealed record Bill(
        long BillNo, string Kind, string PayerNo, string PayerName, string Insutype, int Month, int Persons, string Employer, string Employee, string Maternity, string LateCharge, string Other, string Amount, string DueDate, string MadeAt,
        long? SettlementNo, string? SettledOn);

    /// <param name="Corrects">A month before the bill's: amounts are differences.</param>
    internal sealed record Line(string PsnNo, string PsnName, int Month, bool Corrects, string Wage, string Base, string Employer, string Employee, string Maternity, string Account);

    internal sealed record Charge(long OfBillNo, int OfMonth, int Days, string Amount);

    internal sealed record Whole(Bill Bill, IReadOnlyList<Charge> LateCharges);

    /// <param name="State">open, settled, all.</param>
    internal sealed record Filter(string? PayerNo, string? Insutype, int? Month, string? State, long? After, int? PageSize);

    internal sealed record Page(List<Bill> Bills, long? NextAfter);

    internal sealed record Lines(List<Line> Rows, string? NextAfter);

    /// <param name="Waiting">Money that does not cover the next bill.</param>
    /// <param name="AccruedLateCharge">Of open bills until today; billed when they are settled.</param>
    internal sealed record Payer(string PayerNo, string PayerName, string Billed, string Settled, string Open, string Waiting, string AccruedLateCharge, int LateBills, IReadOnlyList<Bill> OpenBills);

    private const string Columns = """
        b.bill_no, b.kind, b.payer_no, coalesce(e.employer_name, b.payer_no), b.insutype, b.month, b.persons, b.employer_fen, b.employee_fen, b.maternity_fen, b.late_charge_fen, b.other_fen, b.amount_fen, b.due_on, b.made_at, b.settlement_no, s.settled_on
        FROM bill b LEFT JOIN employer e ON e.employer_no = b.payer_no LEFT JOIN bill_settlement s USING (settlement_no)
        """;

    public static async Task<Outcome<Page>> List(NpgsqlDataSource database, Filter filter, CancellationToken cancellation)
    {
        if (filter.PageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var state = filter.State switch { "open" => "b.settlement_no IS NULL", "settled" => "b.settlement_no IS NOT NULL", null or "" or "all" => "true", _ => null };
        if (state is null) return BillRefusals.StateUnknown;
        var size = filter.PageSize ?? 100;
        await using var command = database.CreateCommand($"SELECT {Columns} WHERE b.bill_no > $1 AND ($2 = '' OR b.payer_no = $2) AND ($3 = '' OR b.insutype = $3) AND ($4 = 0 OR b.month = $4) AND {state} ORDER BY b.bill_no LIMIT $5");
        foreach (var value in (object[])[filter.After ?? 0, filter.PayerNo ?? "", filter.Insutype ?? "", filter.Month ?? 0, size]) command.Parameters.Add(new() { Value = value });
        var bills = await Read(command, cancellation);
        return new Page(bills, bills.Count == size ? bills[^1].BillNo : null);
    }

    public static async Task<Whole?> Find(NpgsqlDataSource database, long billNo, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} WHERE b.bill_no = $1");
        command.Parameters.Add(new() { Value = billNo });
        if ((await Read(command, cancellation)).SingleOrDefault() is not { } bill) return null;
        await using var charges = database.CreateCommand("SELECT c.of_bill_no, b.month, c.days, c.amount_fen FROM bill_charge c JOIN bill b ON b.bill_no = c.of_bill_no WHERE c.bill_no = $1 ORDER BY c.of_bill_no");
        charges.Parameters.Add(new() { Value = billNo });
        await using var reader = await charges.ExecuteReaderAsync(cancellation);
        var late = new List<Charge>();
        while (await reader.ReadAsync(cancellation)) late.Add(new Charge(reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2), BillingJson.Yuan(reader.GetInt64(3))));
        return new Whole(bill, late);
    }

    /// <param name="after">psn_no and month of the last row before, with a space between.</param>
    public static async Task<Outcome<Lines>> ReadLines(NpgsqlDataSource database, long billNo, string? psnNo, string? after, int? pageSize, CancellationToken cancellation)
    {
        if (pageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var (size, from) = (pageSize ?? 100, (after ?? "").Split(' '));
        await using var command = database.CreateCommand("""
            SELECT l.psn_no, coalesce(p.psn_name, ''), l.month, l.month <> b.month, l.wage_fen, l.base_fen, l.employer_fen, l.employee_fen, l.maternity_fen, l.account_employer_fen + l.account_employee_fen
            FROM bill_line l JOIN bill b USING (bill_no) LEFT JOIN insured_person p USING (psn_no) WHERE l.bill_no = $1 AND (l.psn_no, l.month) > ($2, $3) AND ($4 = '' OR l.psn_no = $4) ORDER BY l.psn_no, l.month LIMIT $5
            """);
        foreach (var value in (object[])[billNo, from[0], from.Length > 1 && int.TryParse(from[1], out var month) ? month : 0, psnNo ?? "", size]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<Line>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Line(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetBoolean(3), BillingJson.Yuan(reader.GetInt64(4)), BillingJson.Yuan(reader.GetInt64(5)), BillingJson.Yuan(reader.GetInt64(6)),
                BillingJson.Yuan(reader.GetInt64(7)), BillingJson.Yuan(reader.GetInt64(8)), BillingJson.Yuan(reader.GetInt64(9))));
        return new Lines(rows, rows.Count == size ? $"{rows[^1].PsnNo} {rows[^1].Month}" : null);
    }

    public static async Task<Outcome<Payer>> ReadPayer(NpgsqlDataSource database, string payerNo, DateOnly today, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await TakeBillPayment.NameOf(connection, null, payerNo, cancellation) is not { } name) return BillRefusals.PayerUnknown;
        await using var sums = new NpgsqlCommand("""
            SELECT coalesce(sum(amount_fen), 0)::bigint, coalesce(sum(amount_fen) FILTER (WHERE settlement_no IS NOT NULL), 0)::bigint,
                coalesce(sum(charge_a_day_fen * ($2 - due_on)) FILTER (WHERE settlement_no IS NULL AND due_on < $2), 0)::bigint, count(*) FILTER (WHERE settlement_no IS NULL AND due_on < $2)::int,
                (SELECT coalesce(sum(left_fen), 0)::bigint FROM suspense_item WHERE payer_no = $1 AND payer_no <> '' AND left_fen > 0)
            FROM bill WHERE payer_no = $1
            """, connection) { Parameters = { new() { Value = payerNo }, new() { Value = today } } };
        long billed, settled, accrued, waiting;
        int late;
        await using (var reader = await sums.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            (billed, settled, accrued, late, waiting) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt32(3), reader.GetInt64(4));
        }
        await using var command = new NpgsqlCommand($"SELECT {Columns} WHERE b.payer_no = $1 AND b.settlement_no IS NULL ORDER BY b.bill_no", connection) { Parameters = { new() { Value = payerNo } } };
        return new Payer(payerNo, name, BillingJson.Yuan(billed), BillingJson.Yuan(settled), BillingJson.Yuan(billed - settled), BillingJson.Yuan(waiting), BillingJson.Yuan(accrued), late, await Read(command, cancellation));
    }

    private static async Task<List<Bill>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        var bills = new List<Bill>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            bills.Add(new Bill(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetInt32(5), reader.GetInt32(6), BillingJson.Yuan(reader.GetInt64(7)), BillingJson.Yuan(reader.GetInt64(8)),
                BillingJson.Yuan(reader.GetInt64(9)), BillingJson.Yuan(reader.GetInt64(10)), BillingJson.Yuan(reader.GetInt64(11)), BillingJson.Yuan(reader.GetInt64(12)), BillingJson.Day(reader.GetFieldValue<DateOnly>(13)),
                BillingJson.Time(reader.GetDateTime(14)), reader.IsDBNull(15) ? null : reader.GetInt64(15), reader.IsDBNull(16) ? null : BillingJson.Day(reader.GetFieldValue<DateOnly>(16))));
        return bills;
    }
}
