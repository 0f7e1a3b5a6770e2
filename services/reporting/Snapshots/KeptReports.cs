using System.Text.Json;
using MedInsure.Reporting.Reports;
using Npgsql;

namespace MedInsure.Reporting.Snapshots;

/// <summary>Reports of days and months as they were made, never changed since.</summary>
internal static class KeptReports
{
    /// <summary>Null: none is kept.</summary>
    public static async Task<ReportDocument?> Find(NpgsqlDataSource database, GetReport.Named named, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT snapshot_no, document, made_at, document_sha256 FROM report_snapshot WHERE report = $1 AND county = $2 AND period_kind = $3 AND period = $4");
        foreach (var value in (string[])[named.Report.Code, named.County ?? "", named.Period.Kind, named.Period.Text]) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return null;
        var mark = new SnapshotMark(reader.GetInt64(0), ReportingJson.Time(reader.GetFieldValue<DateTimeOffset>(2)), Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(3)));
        return Read(reader.GetFieldValue<byte[]>(1)) with { Snapshot = mark };
    }

    public static byte[] Write(ReportDocument document) => JsonSerializer.SerializeToUtf8Bytes(document, ReportingJson.Options);

    public static ReportDocument Read(byte[] document) => JsonSerializer.Deserialize<ReportDocument>(document, ReportingJson.Options) ?? throw new InvalidOperationException("a snapshot holds no document");
}
