using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>Money that the receiver's bank reports. What cannot be matched stays on the list, and in the ledger as suspense, until people say what it is.</summary>
/// <param name="Finding">Why it is not matched: number_unknown, arrived_before, amount_differs.</param>
internal sealed record FundArrival(string BankReference, string Number, long AmountFen, DateOnly ArrivedOn, string ConfirmedBy, string State, string Finding, IReadOnlyList<string> ResolvedBy, string Resolution)
{
    public const string Matched = "matched", Unmatched = "unmatched", Returned = "returned";
    public static readonly string[] States = [Matched, Unmatched, Returned];

    public static async Task<List<FundArrival>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string tail, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"SELECT bank_reference, move_number, amount_fen, arrived_on, confirmed_by, state, finding, resolved_by, resolution FROM fund_arrival {tail}", connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var arrivals = new List<FundArrival>();
        while (await reader.ReadAsync(cancellation))
            arrivals.Add(new FundArrival(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetFieldValue<DateOnly>(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetFieldValue<string[]>(7), reader.GetString(8)));
        return arrivals;
    }

    public async Task Keep(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO fund_arrival (bank_reference, move_number, amount_fen, arrived_on, confirmed_by, confirmed_at, state, finding, resolved_by, resolution) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (bank_reference) DO UPDATE SET move_number = $2, state = $7, finding = $8, resolved_by = $9, resolution = $10
            """, connection, transaction);
        foreach (var value in (object[])[BankReference, Number, AmountFen, ArrivedOn, ConfirmedBy, now, State, Finding, ResolvedBy.ToArray(), Resolution]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>What an arrival of this amount is to a move; empty: it is its money.</summary>
    public static string Judge(FundMove? move, long amountFen) => move switch
    {
        null or { Own: true } => "number_unknown",
        { State: not FundMove.Sent } => "arrived_before",
        _ => move.AmountFen == amountFen ? "" : "amount_differs",
    };

    /// <summary>The move's money is there: booked here, and its sender hears of it. The caller holds the head.</summary>
    /// <param name="inSuspense">It was booked as suspense before.</param>
    public async Task<FundArrival> Match(NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant at, LedgerHead head, FundMove move, bool inSuspense, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var booked = await move.Book(connection, transaction, at, head, ArrivedOn, FundMove.Arrived, calendar, cancellation, inSuspense ? Suspense(at, -AmountFen) : []);
        await FundMove.Tell(connection, transaction, move.Number, new Events.FundMirrored(move.Number, move.County, DayNumber.Of(ArrivedOn), BankReference, DayNumber.Of(booked.BookedOn!.Value)), calendar.UtcNow, cancellation);
        var matched = this with { Number = move.Number, State = Matched, Finding = "" };
        await matched.Keep(connection, transaction, calendar.UtcNow, cancellation);
        return matched;
    }

    /// <summary>It is in the account, and nobody knows whose it is: of no fund.</summary>
    public async Task Suspend(NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant at, LedgerHead head, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await Book(connection, transaction, at, head, "", AmountFen, [ConfirmedBy], ArrivedOn, calendar, cancellation);
        await Keep(connection, transaction, calendar.UtcNow, cancellation);
    }

    /// <summary>The bank took it back, or sent it to whose it is.</summary>
    public async Task<FundArrival> GiveBack(NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant at, LedgerHead head, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await Book(connection, transaction, at, head, " returned", -AmountFen, ResolvedBy, head.OpenDay(calendar.Today), calendar, cancellation);
        await Keep(connection, transaction, calendar.UtcNow, cancellation);
        return this;
    }

    private async Task Book(NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant at, LedgerHead head, string what, long fen, IReadOnlyList<string> by, DateOnly effectiveOn, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var today = head.OpenDay(calendar.Today);
        await PostVouchers.Run(connection, transaction, at.Code, head, [(new Voucher(at.IsCity ? "remittance" : "allocation", $"suspense {BankReference}{what}", effectiveOn <= today ? effectiveOn : today, 0, Finding, by, Suspense(at, fen)), today)], cancellation);
    }

    private static List<LedgerEntry> Suspense(Tenant at, long fen) =>
    [
        new(new(at.IsCity ? LedgerPurposes.FiscalAccount : LedgerPurposes.ExpenditureAccount, "", at.Code, ""), fen), new(new(LedgerPurposes.Suspense, "", at.Code, ""), -fen),
    ];

    public object Shown() => new
    {
        BankReference, Number, Amount = Yuan.Of(AmountFen), ArrivedOn = LedgerText.Day(ArrivedOn), ConfirmedBy, State, Finding = Finding.Length > 0 ? Finding : null, ResolvedBy = ResolvedBy.Count > 0 ? ResolvedBy : null,
        Resolution = Resolution.Length > 0 ? Resolution : null,
    };
}
