using Npgsql;

namespace MedInsure.Reporting.Reports;

/// <summary>The feeds that the facts have not wholly: behind their source, failing or never read.</summary>
internal static class FeedLags
{
    public static async Task<List<FeedLag>> Read(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT feed, county, behind, behind_since, read_at, failure FROM feed WHERE behind > 0 OR failure <> '' OR read_at IS NULL OR copied_key IS NOT NULL ORDER BY feed, county", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var lags = new List<FeedLag>();
        while (await reader.ReadAsync(cancellation)) lags.Add(new FeedLag(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), Time(3), Time(4), reader.GetString(5) is { Length: > 0 } failure ? failure : null));
        return lags;

        string? Time(int column) => reader.IsDBNull(column) ? null : ReportingJson.Time(reader.GetFieldValue<DateTimeOffset>(column));
    }
}
