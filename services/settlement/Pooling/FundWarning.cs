using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>A month's position of a pool that calls for attention (基金预警), and who was told of it.</summary>
/// <param name="County">Or the city's code: of the city's whole pool.</param>
/// <param name="Month">yyyyMM.</param>
internal sealed record FundWarning(string County, string Pool, int Month, string Level, string Text, string ToldTo, string ToldBy, DateTimeOffset? ToldAt)
{
    public static async Task<List<FundWarning>> Read(NpgsqlConnection connection, string tail, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"SELECT county, pool, month, level, text, told_to, told_by, told_at FROM fund_warning {tail}", connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var warnings = new List<FundWarning>();
        while (await reader.ReadAsync(cancellation))
            warnings.Add(new FundWarning(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7)));
        return warnings;
    }

    /// <summary>A warning is found once; who was told stays with it.</summary>
    public async Task Keep(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("INSERT INTO fund_warning (county, pool, month, level, text, found_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", connection);
        foreach (var value in (object[])[County, Pool, Month, Level, Text, now]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Records who was told; the first time counts.</summary>
    public static async Task<Outcome<FundWarning>> Tell(NpgsqlDataSource database, string county, string pool, int month, string? toldTo, string? toldBy, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(toldBy, "told_by") is { } nobody) return nobody;
        if (TwoPeople.Name(toldTo, "told_to") is not null) return PoolRefusals.ToldMissing;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using (var command = new NpgsqlCommand("UPDATE fund_warning SET told_to = $4, told_by = $5, told_at = $6 WHERE county = $1 AND pool = $2 AND month = $3 AND told_at IS NULL", connection))
        {
            foreach (var value in (object[])[county, pool, month, toldTo!.Trim(), toldBy!.Trim(), now]) command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        return (await Read(connection, "WHERE county = $1 AND pool = $2 AND month = $3", cancellation, county, pool, month)).SingleOrDefault() is { } warning ? warning : PoolRefusals.WarningUnknown;
    }

    public object Shown() => new { County, Pool, Month, Level, Text, ToldTo = ToldTo.Length > 0 ? ToldTo : null, ToldBy = ToldBy.Length > 0 ? ToldBy : null, ToldAt = CountyDesk.Time(ToldAt) };
}
