using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Reporting.Facts;

/// <summary>A feed of one county, built once from its start: what readers see (current), or what is to take its place (building).</summary>
internal sealed record FeedBuild(
    string Feed, string County, int Build, string State, FeedPosition Position, long AtSeq, long Behind, DateTimeOffset? BehindSince, long Events, DateTimeOffset BegunAt, DateTimeOffset? ReadAt, DateTimeOffset? MovedAt, DateTimeOffset? CaughtUpAt,
    string AskedBy, string Reason, DateTimeOffset? FailingSince, string Failure)
{
    public const string Current = "current", Building = "building", Replaced = "replaced", Cancelled = "cancelled";

    public const string Columns = """
        SELECT feed, county, build, state, seq, idx, copied_key, told_sha256, at_seq, behind, behind_since, events, begun_at, read_at, moved_at, caught_up_at, asked_by, reason, failing_since, failure FROM feed_build
        """;

    public static async Task<List<FeedBuild>> List(NpgsqlConnection connection, string tail, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"{Columns} {tail}", connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var builds = new List<FeedBuild>();
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            builds.Add(new FeedBuild(r.GetString(0), r.GetString(1), r.GetInt32(2), r.GetString(3), new FeedPosition(r.GetInt64(4), r.GetInt32(5), r.IsDBNull(6) ? null : r.GetString(6), r.GetFieldValue<byte[]>(7)),
                r.GetInt64(8), r.GetInt64(9), Time(r, 10), r.GetInt64(11), Time(r, 12)!.Value, Time(r, 13), Time(r, 14), Time(r, 15), r.GetString(16), r.GetString(17), Time(r, 18), r.GetString(19)));
        return builds;
    }

    /// <summary>Begins one; that there is none of this state already is the table's to say.</summary>
    public static async Task<int> Begin(NpgsqlConnection connection, NpgsqlTransaction? transaction, Feed feed, string county, string state, string by, string reason, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO feed_build (feed, county, build, state, seq, idx, copied_key, begun_at, asked_by, reason)
            SELECT $1, $2, coalesce(max(build), 0) + 1, $3, $4, $5, $6, $7, $8, $9 FROM feed_build WHERE feed = $1 AND county = $2
            ON CONFLICT DO NOTHING
            """, connection, transaction);
        foreach (var value in (object[])[feed.Name, county, state, feed.Start.Seq, feed.Start.Idx, (object?)feed.Start.CopiedKey ?? DBNull.Value, now.UtcDateTime, by, reason]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        command.Parameters[5].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text;
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : new DateTimeOffset(r.GetDateTime(at));
}
