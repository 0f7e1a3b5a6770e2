using Npgsql;

namespace MedInsure.Reporting.Facts;

/// <summary>A page's facts and the position after it, in one transaction: a crash repeats or loses nothing, and of two processes with the same page one writes it.</summary>
internal static class TakePage
{
    /// <returns>False: another process took it, or the build is not wanted any more; nothing was done.</returns>
    public static async Task<bool> Run(NpgsqlConnection connection, FeedBuild build, FeedPage page, DateTimeOffset now, CancellationToken cancellation)
    {
        var moved = IsMove(build.Position, page.Next);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await Advance(connection, transaction, build, page, moved, now, cancellation)) return false;
        if (moved) await page.Write(new FactWriter(connection, transaction, build.County, build.Build, cancellation));
        if (build.State == FeedBuild.Building && !page.More && page.Next.CopiedKey is null) await TakePlace(connection, transaction, build, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    public static bool IsMove(FeedPosition from, FeedPosition to) => (from.Seq, from.Idx, from.CopiedKey) != (to.Seq, to.Idx, to.CopiedKey);

    /// <summary>The first statement: it waits for who has the same page, and finds the position moved.</summary>
    private static async Task<bool> Advance(NpgsqlConnection connection, NpgsqlTransaction transaction, FeedBuild build, FeedPage page, bool moved, DateTimeOffset now, CancellationToken cancellation)
    {
        var behind = !page.More ? 0 : Math.Max(1, page.Behind ?? build.Behind - page.Events);
        await using var command = new NpgsqlCommand("""
            UPDATE feed_build SET seq = $7, idx = $8, copied_key = $9, told_sha256 = $10, at_seq = $11, behind = $12, behind_since = CASE WHEN $12 > 0 THEN coalesce($13, behind_since, $14) END, events = events + $15,
                read_at = $14, moved_at = CASE WHEN $16 THEN $14 ELSE moved_at END, caught_up_at = coalesce(caught_up_at, CASE WHEN $12 = 0 AND $9 IS NULL THEN $14 END), failing_since = NULL, failure = ''
            WHERE feed = $1 AND county = $2 AND build = $3 AND seq = $4 AND idx = $5 AND copied_key IS NOT DISTINCT FROM $6 AND state IN ('current', 'building')
            """, connection, transaction);
        foreach (var value in (object?[])
            [build.Feed, build.County, build.Build, build.Position.Seq, build.Position.Idx, build.Position.CopiedKey, page.Next.Seq, page.Next.Idx, page.Next.CopiedKey, page.Next.ToldSha256, page.AtSeq, behind, page.BehindSince?.UtcDateTime,
                now.UtcDateTime, (long)page.Events, moved]) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        (command.Parameters[5].NpgsqlDbType, command.Parameters[8].NpgsqlDbType, command.Parameters[12].NpgsqlDbType) = (NpgsqlTypes.NpgsqlDbType.Text, NpgsqlTypes.NpgsqlDbType.Text, NpgsqlTypes.NpgsqlDbType.TimestampTz);
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>It has caught up: from now on it is what readers see, unless the current one is ahead of it.</summary>
    private static async Task TakePlace(NpgsqlConnection connection, NpgsqlTransaction transaction, FeedBuild build, CancellationToken cancellation)
    {
        await using var replace = new NpgsqlCommand("""
            UPDATE feed_build o SET state = 'replaced' FROM feed_build n
            WHERE (n.feed, n.county, n.build) = ($1, $2, $3) AND (o.feed, o.county, o.state) = ($1, $2, 'current') AND (length(o.told_sha256) > 0 OR (o.seq, o.idx) <= (n.seq, n.idx))
            """, connection, transaction);
        await using var take = new NpgsqlCommand("UPDATE feed_build SET state = 'current' WHERE feed = $1 AND county = $2 AND build = $3", connection, transaction);
        foreach (var command in (NpgsqlCommand[])[replace, take])
            foreach (var value in (object[])[build.Feed, build.County, build.Build]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        if (await replace.ExecuteNonQueryAsync(cancellation) == 1) await take.ExecuteNonQueryAsync(cancellation);
    }
}
