using MedInsure.Kernel;
using MedInsure.Reporting.Reports;
using Npgsql;

namespace MedInsure.Reporting.Snapshots;

/// <summary>What is kept, the newest first.</summary>
internal static class ListSnapshots
{
    /// <param name="Report">Empty: all.</param>
    /// <param name="PeriodKind">day, month; empty: both.</param>
    /// <param name="Before">The last number seen; 0: from the newest.</param>
    internal sealed record Question(string Report, string PeriodKind, long Before, int PageSize);

    /// <param name="County">Empty: the whole city's.</param>
    internal sealed record Row(long No, string Report, string County, string PeriodKind, string Period, string MadeAt, string Sha256, string Positions);

    internal sealed record Page(IReadOnlyList<Row> Snapshots, bool More);

    public static async Task<Outcome<Page>> Run(NpgsqlDataSource database, Question question, CancellationToken cancellation)
    {
        if (question.PageSize is < 1 or > ReportingRefusals.PageMax) return ReportingRefusals.PageInvalid;
        await using var command = database.CreateCommand("""
            SELECT snapshot_no, report, county, period_kind, period, made_at, document_sha256, positions FROM report_snapshot
            WHERE ($1 = '' OR report = $1) AND ($2 = '' OR period_kind = $2) AND ($3 = 0 OR snapshot_no < $3) ORDER BY snapshot_no DESC LIMIT $4
            """);
        foreach (var value in (object[])[question.Report, question.PeriodKind, question.Before, question.PageSize + 1]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Row(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), ReportingJson.Time(reader.GetFieldValue<DateTimeOffset>(5)), Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(6)), reader.GetString(7)));
        return rows.Count > question.PageSize ? new Page(rows[..question.PageSize], true) : new Page(rows, false);
    }

    /// <summary>A snapshot's document, byte for byte; null: there is none.</summary>
    public static async Task<byte[]?> Document(NpgsqlDataSource database, long number, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT document FROM report_snapshot WHERE snapshot_no = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        return await command.ExecuteScalarAsync(cancellation) as byte[];
    }
}
