using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>A transfer between two counties that the city ordered.</summary>
internal sealed record TransferRow(string OrderNo, int Month, string Payer, string Payee, string[] Funds, long[] FundFen, long AmountFen, DateOnly? PaidOn, string Reference, string[] PaidBy, DateOnly? ArrivedOn, string[] ArrivedBy)
{
    private const string Columns = "SELECT order_no, month, payer, payee, fund, fund_fen, amount_fen, paid_on, reference, paid_by, arrived_on, arrived_by FROM clearing_transfer";

    public string State => ArrivedOn is not null ? "arrived" : PaidOn is not null ? "paid" : "ordered";

    public static string NumberOf(int month, string payer, string payee) => $"{month}-{payer}-{payee}";

    public static async Task<TransferRow?> Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, string orderNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"{Columns} WHERE order_no = $1 FOR UPDATE", connection, transaction) { Parameters = { new NpgsqlParameter<string> { TypedValue = orderNo } } };
        return (await Read(command, cancellation)).SingleOrDefault();
    }

    /// <param name="month">0: all, the newest first.</param>
    public static async Task<List<TransferRow>> List(NpgsqlDataSource database, int month, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Columns} WHERE $1 = 0 OR month = $1 ORDER BY month DESC, order_no LIMIT 10000");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = month });
        return await Read(command, cancellation);
    }

    /// <summary>Those that are not done.</summary>
    public static async Task<List<TransferRow>> Open(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"{Columns} WHERE arrived_on IS NULL ORDER BY order_no", connection);
        return await Read(command, cancellation);
    }

    /// <summary>Puts an order into the table, once.</summary>
    public static NpgsqlBatchCommand Insert(string orderNo, int month, string payer, string payee, IReadOnlyList<FundAmount> funds) =>
        new("INSERT INTO clearing_transfer (order_no, month, payer, payee, fund, fund_fen, amount_fen) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (order_no) DO NOTHING")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = orderNo }, new NpgsqlParameter<int> { TypedValue = month }, new NpgsqlParameter<string> { TypedValue = payer }, new NpgsqlParameter<string> { TypedValue = payee },
                new NpgsqlParameter<string[]> { TypedValue = [.. funds.Select(f => f.Fund)] }, new NpgsqlParameter<long[]> { TypedValue = [.. funds.Select(f => f.AmountFen)] },
                new NpgsqlParameter<long> { TypedValue = funds.Sum(f => f.AmountFen) },
            },
        };

    /// <summary>Notes the payment or the arrival where it is not known yet.</summary>
    public static NpgsqlBatchCommand Note(ClearingTransfer t) => new("""
        UPDATE clearing_transfer SET paid_on = coalesce(paid_on, $2), reference = CASE WHEN paid_on IS NULL THEN $3 ELSE reference END, paid_by = CASE WHEN paid_on IS NULL THEN $4 ELSE paid_by END,
            arrived_on = coalesce(arrived_on, $5), arrived_by = CASE WHEN arrived_on IS NULL THEN $6 ELSE arrived_by END WHERE order_no = $1
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = t.OrderNo }, new() { Value = DayNumber.ToOptionalDate(t.PaidOn) is { } paid ? paid : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date },
            new NpgsqlParameter<string> { TypedValue = t.Reference }, new NpgsqlParameter<string[]> { TypedValue = [.. t.PaidBy] },
            new() { Value = DayNumber.ToOptionalDate(t.ArrivedOn) is { } arrived ? arrived : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date }, new NpgsqlParameter<string[]> { TypedValue = [.. t.ArrivedBy] },
        },
    };

    public ClearingTransfer Message()
    {
        var message = new ClearingTransfer { OrderNo = OrderNo, Month = Month, Payer = Payer, Payee = Payee, PaidOn = DayNumber.Of(PaidOn), Reference = Reference, ArrivedOn = DayNumber.Of(ArrivedOn) };
        message.Fund.AddRange(Funds.Zip(FundFen, (fund, fen) => new FundAmount { Fund = fund, AmountFen = fen }));
        message.PaidBy.AddRange(PaidBy);
        message.ArrivedBy.AddRange(ArrivedBy);
        return message;
    }

    /// <summary>The ledger's side of a county: purpose is county_payable where it pays, county_receivable where it is paid.</summary>
    public List<LedgerEntry> Entries(string county)
    {
        var pays = county == Payer;
        var (purpose, other, sign) = pays ? (SettlementEntries.CountyPayable, Payee, 1) : (LedgerPurposes.CountyReceivable, Payer, -1);
        return [.. Funds.Zip(FundFen).SelectMany(f => (LedgerEntry[])
        [
            new(new LedgerAccount(purpose, f.First, county, other), sign * f.Second), new(new LedgerAccount(LedgerPurposes.ExpenditureAccount, f.First, county, ""), -sign * f.Second),
        ])];
    }

    private static async Task<List<TransferRow>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        var rows = new List<TransferRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new TransferRow(reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<string[]>(4), reader.GetFieldValue<long[]>(5), reader.GetInt64(6), Day(reader, 7), reader.GetString(8),
                reader.GetFieldValue<string[]>(9), Day(reader, 10), reader.GetFieldValue<string[]>(11)));
        return rows;
    }

    private static DateOnly? Day(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);

    public object Shown() => new
    {
        OrderNo, Month = ClearingJson.Month(Month), Payer, Payee, State, Amount = Yuan.Of(AmountFen), Funds = Funds.Zip(FundFen).ToDictionary(f => f.First, f => Yuan.Of(f.Second)),
        PaidOn = PaidOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Reference, PaidBy, ArrivedOn = ArrivedOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ArrivedBy,
    };
}
