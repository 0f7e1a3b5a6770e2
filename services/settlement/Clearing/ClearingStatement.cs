using System.Globalization;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>At a county: what the city says that this county and another agree on for a month.</summary>
internal sealed record ClearingStatement(int Month, string OtherCounty, PairSum Owes, PairSum Owed, DateTimeOffset ReceivedAt, string[] ConfirmedBy, DateTimeOffset? ConfirmedAt, DateTimeOffset? BookedAt)
{
    private const string Columns = "SELECT month, other_county, owes, owed, received_at, confirmed_by, confirmed_at, booked_at FROM clearing_statement";

    public static async Task<ClearingStatement?> Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, int month, string otherCounty, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"{Columns} WHERE month = $1 AND other_county = $2 FOR UPDATE", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = month }, new NpgsqlParameter<string> { TypedValue = otherCounty } },
        };
        return (await Read(command, cancellation)).SingleOrDefault();
    }

    /// <param name="month">0: all, the newest first.</param>
    public static async Task<List<ClearingStatement>> List(NpgsqlDataSource database, int month, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Columns} WHERE $1 = 0 OR month = $1 ORDER BY month DESC, other_county LIMIT 1000");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = month });
        return await Read(command, cancellation);
    }

    private static async Task<List<ClearingStatement>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        var rows = new List<ClearingStatement>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new ClearingStatement(reader.GetInt32(0), reader.GetString(1), PairSum.Parser.ParseFrom(reader.GetFieldValue<byte[]>(2)), PairSum.Parser.ParseFrom(reader.GetFieldValue<byte[]>(3)),
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<string[]>(5), At(reader, 6), At(reader, 7)));
        return rows;
    }

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    public object Shown() => new
    {
        Month = ClearingJson.Month(Month), OtherCounty, State = BookedAt is not null ? "booked" : ConfirmedAt is not null ? "confirmed" : "received",
        Owes = ClearingJson.Of(Owes), Owed = ClearingJson.Of(Owed), ReceivedAt = CountyDesk.Time(ReceivedAt), ConfirmedBy, ConfirmedAt = CountyDesk.Time(ConfirmedAt), BookedAt = CountyDesk.Time(BookedAt),
    };
}

/// <summary>Parts of clearing's JSON.</summary>
internal static class ClearingJson
{
    public static string Month(int month) => string.Create(CultureInfo.InvariantCulture, $"{month / 100:D4}-{month % 100:D2}");

    public static object Of(PairSum sum) => new { Bills = sum.ToNo - sum.AfterNo, sum.AfterNo, sum.ToNo, Amount = Yuan.Of(sum.Fund.Sum(f => f.AmountFen)), Funds = sum.Fund.ToDictionary(f => f.Fund, f => Yuan.Of(f.AmountFen)) };
}
