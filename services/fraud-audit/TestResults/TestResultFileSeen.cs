using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.TestResults;

/// <summary>A file as it was read last.</summary>
/// <param name="Told">New results that came with it, over all its readings.</param>
internal sealed record TestResultFileSeen(long FileNo, string FixmedinsCode, string Sha256, long Rows, long Accepted, long Rejected, long Told, string ImportedBy, string Reason, string ImportedAt, string ReadAt)
{
    private const string Columns = "SELECT file_no, fixmedins_code, sha256, rows, rejected, told, imported_by, reason, imported_at, read_at FROM test_result_file";

    public static async Task<TestResultFileSeen?> Find(NpgsqlDataSource database, string provider, byte[] sha256, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await FieldRows.Read(connection, null, $"{Columns} WHERE fixmedins_code = $1 AND sha256 = $2", Of, cancellation, provider, sha256)).SingleOrDefault();
    }

    public static async Task<Outcome<object>> List(AuditRequest request, string? provider, int? page, int? pageSize)
    {
        var rows = await FieldRows.Page(request, page, pageSize, $"{Columns} WHERE $1 = '' OR fixmedins_code = $1 ORDER BY file_no DESC OFFSET $2 LIMIT $3", Of, provider ?? "");
        return rows.Refusal is { } refusal ? refusal : new { Files = rows.Value };
    }

    /// <summary>Rows that were refused when the file was read last.</summary>
    public static async Task<Outcome<object>> Errors(AuditRequest request, long fileNo, int? page, int? pageSize)
    {
        var rows = await FieldRows.Page(request, page, pageSize, "SELECT line, column_name, code, chinese, english FROM test_result_refusal WHERE file_no = $1 ORDER BY line, column_name, code OFFSET $2 LIMIT $3",
            r => new { Line = r.GetInt64(0), Column = r.GetString(1), Code = r.GetString(2), Chinese = r.GetString(3), English = r.GetString(4) }, fileNo);
        return rows.Refusal is { } refusal ? refusal : new { Errors = rows.Value };
    }

    private static TestResultFileSeen Of(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), Convert.ToHexStringLower(r.GetFieldValue<byte[]>(2)), r.GetInt64(3), r.GetInt64(3) - r.GetInt64(4), r.GetInt64(4), r.GetInt64(5), r.GetString(6), r.GetString(7),
        AuditJson.Time(r.GetDateTime(8)), AuditJson.Time(r.GetDateTime(9)));
}
