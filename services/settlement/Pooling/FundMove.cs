using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <param name="Account">Of what a county remits, whence: revenue_account or fiscal_account, by its counterparty; else empty.</param>
internal readonly record struct MoveLine(string Fund, string Account, string Counterparty, long AmountFen);

/// <summary>Money, or a claim on it, between a county and its city, as one of the two has it.</summary>
/// <param name="Own">Begun here; else heard of.</param>
/// <param name="RequestNo">Null of what was heard of.</param>
/// <param name="BookedOn">In this ledger; <paramref name="PeerBookedOn"/> in the other one.</param>
internal sealed record FundMove(string Number, string Kind, string County, bool Own, string? RequestNo, string State, int Year, string Reason, IReadOnlyList<MoveLine> Lines, IReadOnlyList<string> People, string BankReference,
    DateOnly? MovedOn, DateOnly? BookedOn, DateOnly? PeerBookedOn)
{
    public const string Proposed = "proposed", Sent = "sent", Arrived = "arrived", Withdrawn = "withdrawn";
    public static readonly string[] States = [Proposed, Sent, Arrived, Withdrawn];

    private const string Columns = "SELECT number, kind, county, own, request_no, state, year, reason, fund, account, counterparty, fen, people, bank_reference, moved_on, booked_on, peer_booked_on FROM fund_move";

    public long AmountFen => Lines.Sum(l => l.AmountFen);

    public List<LedgerEntry> Entries(Tenant at) => at.IsCity ? MoveEntries.AtCity(Kind, at.Code, County, Lines) : MoveEntries.AtCounty(Kind, at.Code, Lines);

    public FundMoved Event => new(Number, Kind, County, Year, Reason, People, BankReference, DayNumber.Of(MovedOn!.Value), DayNumber.Of(BookedOn!.Value), [.. Lines.Select(l => new FundMovedLine(l.Fund, l.AmountFen))]);

    /// <summary>The next number of what begins here. The caller holds the ledger's head.</summary>
    public static async Task<string> NextNumber(NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) + 1 FROM fund_move WHERE own", connection, transaction);
        var number = (long)(await command.ExecuteScalarAsync(cancellation))!;
        return CountyNumber.Of(tenant, CountyNumber.FundMove, number);
    }

    public static async Task<FundMove?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, string number, CancellationToken cancellation) =>
        (await Read(connection, transaction, "WHERE number = $1", cancellation, number)).SingleOrDefault();

    public static async Task<FundMove?> FindRequest(NpgsqlConnection connection, NpgsqlTransaction? transaction, string requestNo, string kind, CancellationToken cancellation) =>
        (await Read(connection, transaction, "WHERE request_no = $1 AND kind = $2", cancellation, requestNo, kind)).SingleOrDefault();

    public static async Task<List<FundMove>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string tail, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"{Columns} {tail}", connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var moves = new List<FundMove>();
        while (await reader.ReadAsync(cancellation))
        {
            var (funds, accounts, counterparties, fen) = (reader.GetFieldValue<string[]>(8), reader.GetFieldValue<string[]>(9), reader.GetFieldValue<string[]>(10), reader.GetFieldValue<long[]>(11));
            moves.Add(new FundMove(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetString(5), reader.GetInt32(6), reader.GetString(7),
                [.. funds.Select((fund, i) => new MoveLine(fund, accounts[i], counterparties[i], fen[i]))], reader.GetFieldValue<string[]>(12), reader.GetString(13), Day(reader, 14), Day(reader, 15), Day(reader, 16)));
        }
        return moves;
    }

    private static DateOnly? Day(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);

    /// <summary>Writes the row, new or as it is now.</summary>
    public async Task Keep(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO fund_move (number, kind, county, own, request_no, state, year, reason, fund, account, counterparty, fen, people, bank_reference, moved_on, booked_on, peer_booked_on, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            ON CONFLICT (number) DO UPDATE SET state = $6, people = $13, bank_reference = $14, moved_on = $15, booked_on = $16, peer_booked_on = $17
            """, connection, transaction);
        foreach (var value in (object?[])[Number, Kind, County, Own, RequestNo, State, Year, Reason, Lines.Select(l => l.Fund).ToArray(), Lines.Select(l => l.Account).ToArray(), Lines.Select(l => l.Counterparty).ToArray(),
            Lines.Select(l => l.AmountFen).ToArray(), People.ToArray(), BankReference, MovedOn, BookedOn, PeerBookedOn, now])
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Books this side's voucher and keeps the row. The caller holds the head.</summary>
    /// <param name="also">Entries that go with it: suspense that was found.</param>
    public async Task<FundMove> Book(NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant at, LedgerHead head, DateOnly effectiveOn, string state, ChinaCalendar calendar, CancellationToken cancellation, params IReadOnlyList<LedgerEntry> also)
    {
        var today = head.OpenDay(calendar.Today);
        var entries = Entries(at);
        foreach (var entry in also) SettlementEntries.Add(entries, entry);
        var voucher = new Voucher(MoveEntries.VoucherKind(Kind), Number, effectiveOn <= today ? effectiveOn : today, Year, Reason, [.. People], entries);
        await PostVouchers.Run(connection, transaction, at.Code, head, [(voucher, today)], cancellation);
        var booked = this with { State = state, BookedOn = today, MovedOn = MovedOn ?? effectiveOn };
        await booked.Keep(connection, transaction, calendar.UtcNow, cancellation);
        return booked;
    }

    /// <summary>Tells the other side, with the transaction. The same fact has the same id.</summary>
    public static Task Tell<T>(NpgsqlConnection connection, NpgsqlTransaction transaction, string number, T e, DateTimeOffset now, CancellationToken cancellation) =>
        Outbox.Add(connection, transaction, [OutboxEvent.Of(FundEventId.Of<T>(number), number, e, now)], cancellation);

    public object Shown() => new
    {
        Number, Kind, County, Direction = Own ? "out" : "in", RequestNo, State, Year = Year == 0 ? (int?)null : Year, Reason, Amount = Yuan.Of(AmountFen), People, BankReference = BankReference.Length > 0 ? BankReference : null,
        MovedOn = Said(MovedOn), BookedOn = Said(BookedOn), PeerBookedOn = Said(PeerBookedOn),
        Lines = Lines.Select(l => new { l.Fund, Account = l.Account.Length > 0 ? l.Account : null, Counterparty = l.Counterparty.Length > 0 ? l.Counterparty : null, Amount = Yuan.Of(l.AmountFen) }),
    };

    private static string? Said(DateOnly? day) => day is { } d ? LedgerText.Day(d) : null;
}
