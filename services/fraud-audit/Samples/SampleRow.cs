using Npgsql;

namespace MedInsure.FraudAudit.Samples;

/// <summary>A sample as it was drawn, with how far its review is.</summary>
/// <param name="FrameSha256">Of the list from which was drawn: <see cref="SampleDraw.FrameHash"/>.</param>
internal sealed record SampleRow(
    long SampleNo, string FromOn, string ToOn, string FixmedinsCode, string Strata, decimal Share, string Seed, int FrameBills, string FrameSha256, string DrawnBy, string Reason, string DrawnAt, int Drawn, int Reviewed)
{
    private const string Columns = """
        s.sample_no, from_on, to_on, fixmedins_code, strata, share_bp, seed, frame_bills, frame_sha256, drawn_by, reason, drawn_at,
        (SELECT count(*) FROM sample_item i WHERE i.sample_no = s.sample_no)::int,
        (SELECT count(*) FROM sample_item i WHERE i.sample_no = s.sample_no AND (i.arbitrated_at IS NOT NULL OR
            (SELECT count(*) = 2 AND min(o.wrong_fen) = max(o.wrong_fen) FROM sample_opinion o WHERE (o.sample_no, o.setl_id) = (i.sample_no, i.setl_id))))::int
        """;

    public static async Task<SampleRow?> Find(NpgsqlConnection connection, string where, object value, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM audit_sample s WHERE {where}", connection) { Parameters = { new() { Value = value } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Of(reader) : null;
    }

    public static async Task<List<SampleRow>> List(NpgsqlDataSource database, string provider, int page, int size, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM audit_sample s WHERE $1 = '' OR fixmedins_code = $1 ORDER BY sample_no DESC OFFSET $2 LIMIT $3");
        foreach (var value in (object[])[provider, (page - 1) * size, size]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var rows = new List<SampleRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) rows.Add(Of(reader));
        return rows;
    }

    private static SampleRow Of(NpgsqlDataReader r) => new(
        r.GetInt64(0), AuditJson.Day(r.GetFieldValue<DateOnly>(1)), AuditJson.Day(r.GetFieldValue<DateOnly>(2)), r.GetString(3), r.GetString(4), r.GetInt32(5) / 10_000m, r.GetString(6), r.GetInt32(7), r.GetString(8), r.GetString(9), r.GetString(10),
        AuditJson.Time(r.GetDateTime(11)), r.GetInt32(12), r.GetInt32(13));
}
