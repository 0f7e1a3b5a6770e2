using Google.Protobuf;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Clearing;

/// <summary>At the city: two counties in a month.</summary>
/// <param name="AOwes">Null until both say the same.</param>
internal sealed record ClearingPair(
    int Month, string CountyA, string CountyB, string State, string Reason, DateTimeOffset? LookedAt, PairSum? AOwes, PairSum? BOwes, string Explanation, string[] ExplainedBy, string[] AConfirmedBy, string[] BConfirmedBy,
    bool ABooked, bool BBooked, string[] OrderedBy)
{
    /// <summary>Both have not said the same yet.</summary>
    public static readonly string[] Waiting = ["open", "missing", "differs"];

    private const string Columns = """
        SELECT month, county_a, county_b, state, reason, looked_at, a_owes, b_owes, explanation, explained_by, a_confirmed_by, b_confirmed_by, a_booked, b_booked, ordered_by FROM clearing_pair
        """;

    /// <summary>A transaction on the city's database in which nobody else changes clearing.</summary>
    public static async Task<NpgsqlTransaction> Begin(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('clearing', 0))", connection, transaction);
        await command.ExecuteNonQueryAsync(cancellation);
        return transaction;
    }

    public static Task<List<ClearingPair>> OfMonth(NpgsqlConnection connection, int month, CancellationToken cancellation) => Read(new NpgsqlCommand($"{Columns} WHERE month = $1 ORDER BY county_a, county_b", connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = month } } }, cancellation);

    /// <summary>Of all months.</summary>
    public static Task<List<ClearingPair>> InState(NpgsqlConnection connection, string[] states, CancellationToken cancellation) =>
        Read(new NpgsqlCommand($"{Columns} WHERE state = ANY($1) ORDER BY month, county_a, county_b", connection) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = states } } }, cancellation);

    /// <summary>Up to which bill each direction is fixed in earlier months, by home and provider's county.</summary>
    public static async Task<Dictionary<(string Home, string Provider), long>> FixedBefore(NpgsqlConnection connection, int month, CancellationToken cancellation)
    {
        var before = new Dictionary<(string, string), long>();
        await using var command = new NpgsqlCommand("SELECT county_a, county_b, max(a_to_no), max(b_to_no) FROM clearing_pair WHERE month < $1 AND a_to_no IS NOT NULL GROUP BY county_a, county_b", connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = month } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            before[(reader.GetString(0), reader.GetString(1))] = reader.GetInt64(2);
            before[(reader.GetString(1), reader.GetString(0))] = reader.GetInt64(3);
        }
        return before;
    }

    public PairClearing Message(bool confirmed) => new() { Month = Month, CountyA = CountyA, CountyB = CountyB, AOwes = AOwes, BOwes = BOwes, Confirmed = confirmed };

    /// <summary>Writes what a look found, unless the pair waits no more.</summary>
    public NpgsqlBatchCommand Look(DateTimeOffset now) => new("""
        UPDATE clearing_pair SET state = $4, reason = $5, looked_at = $6, a_to_no = $7, b_to_no = $8, a_owes = $9, b_owes = $10, explanation = $11, explained_by = $12
        WHERE month = $1 AND county_a = $2 AND county_b = $3 AND state IN ('open', 'missing', 'differs')
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<int> { TypedValue = Month }, new NpgsqlParameter<string> { TypedValue = CountyA }, new NpgsqlParameter<string> { TypedValue = CountyB }, new NpgsqlParameter<string> { TypedValue = State },
            new NpgsqlParameter<string> { TypedValue = Reason }, new NpgsqlParameter<DateTimeOffset> { TypedValue = now }, Of(AOwes?.ToNo, NpgsqlDbType.Bigint), Of(BOwes?.ToNo, NpgsqlDbType.Bigint),
            Of(AOwes?.ToByteArray(), NpgsqlDbType.Bytea), Of(BOwes?.ToByteArray(), NpgsqlDbType.Bytea), new NpgsqlParameter<string> { TypedValue = Explanation }, new NpgsqlParameter<string[]> { TypedValue = ExplainedBy },
        },
    };

    /// <summary>Writes what the two counties did.</summary>
    public NpgsqlBatchCommand Exchanged() => new("""
        UPDATE clearing_pair SET state = $4, reason = $5, a_confirmed_by = $6, b_confirmed_by = $7, a_booked = $8, b_booked = $9, ordered_by = $10
        WHERE month = $1 AND county_a = $2 AND county_b = $3 AND state IN ('agreed', 'confirmed', 'ordered')
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<int> { TypedValue = Month }, new NpgsqlParameter<string> { TypedValue = CountyA }, new NpgsqlParameter<string> { TypedValue = CountyB }, new NpgsqlParameter<string> { TypedValue = State },
            new NpgsqlParameter<string> { TypedValue = Reason }, new NpgsqlParameter<string[]> { TypedValue = AConfirmedBy }, new NpgsqlParameter<string[]> { TypedValue = BConfirmedBy },
            new NpgsqlParameter<bool> { TypedValue = ABooked }, new NpgsqlParameter<bool> { TypedValue = BBooked }, new NpgsqlParameter<string[]> { TypedValue = OrderedBy },
        },
    };

    private static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static async Task<List<ClearingPair>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var _ = command;
        var pairs = new List<ClearingPair>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            pairs.Add(new ClearingPair(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5), Sum(reader, 6), Sum(reader, 7),
                reader.GetString(8), reader.GetFieldValue<string[]>(9), reader.GetFieldValue<string[]>(10), reader.GetFieldValue<string[]>(11), reader.GetBoolean(12), reader.GetBoolean(13), reader.GetFieldValue<string[]>(14)));
        return pairs;
    }

    private static PairSum? Sum(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : PairSum.Parser.ParseFrom(row.GetFieldValue<byte[]>(column));
}
