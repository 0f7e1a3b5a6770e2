using Npgsql;

namespace MedInsure.Settlement.OffCounty;

/// <summary>How far each provider's county has been told, and how far each home county has told this one.</summary>
internal static class OffCountyLinks
{
    /// <param name="LastNo">How many are counted for it.</param>
    /// <param name="OldestUntoldAt">Null: all is told.</param>
    /// <param name="FailingSince">Null: the last page was taken.</param>
    internal sealed record Link(string ProviderCounty, long LastNo, long ToldNo, DateTimeOffset? ToldAt, DateTimeOffset? OldestUntoldAt, DateTimeOffset? FailingSince, string Failure);

    /// <param name="KnownNo">How many the home county had counted when it sent its last page.</param>
    internal sealed record Source(string HomeCounty, long HeldNo, long KnownNo, DateTimeOffset? TakenAt, DateTimeOffset? ContradictedAt, string Contradiction);

    public static async Task<List<Link>> Told(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT l.provider_county, coalesce(n.last_no, 0), l.told_no, l.told_at, s.settled_at, l.failing_since, l.failure
            FROM off_county_link l
            LEFT JOIN LATERAL (SELECT max(pair_no) AS last_no FROM off_county_settlement WHERE provider_county = l.provider_county) n ON true
            LEFT JOIN off_county_settlement s ON s.provider_county = l.provider_county AND s.pair_no = l.told_no + 1
            ORDER BY l.provider_county
            """);
        var links = new List<Link>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) links.Add(new Link(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), At(reader, 3), At(reader, 4), At(reader, 5), reader.GetString(6)));
        return links;
    }

    public static async Task<List<Source>> Heard(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT s.home_county, coalesce((SELECT max(pair_no) FROM off_county_claim WHERE home_county = s.home_county), 0), s.known_no, s.taken_at, s.contradicted_at, s.contradiction FROM off_county_source s ORDER BY s.home_county
            """);
        var sources = new List<Source>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) sources.Add(new Source(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), At(reader, 3), At(reader, 4), reader.GetString(5)));
        return sources;
    }

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
