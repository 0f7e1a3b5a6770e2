using System.Security.Cryptography;
using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Rules;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;

namespace MedInsure.FraudAudit.TestResults;

/// <summary>
/// test-results.csv of a provider of the county: good rows are kept, the others refused each by itself. The same file again changes nothing; one with refused rows is read again, since what
/// they lacked (a settlement, a knowledge point) may have come.
/// </summary>
internal sealed class ImportTestResults : CsvImport<TestResultFileRow>
{
    /// <summary>Of the statistic whose knowledge points say which items are large tests.</summary>
    public const string Rule = "MI10000205053000";

    /// <summary>About 200,000 rows.</summary>
    public const int FileBytesMax = 16 << 20;

    private readonly NpgsqlDataSource database;
    private readonly HashSet<string> items;
    private readonly Order order;
    private readonly byte[] digest;
    private readonly DateTimeOffset now;
    private readonly List<RowError> errors = [];

    private ImportTestResults(NpgsqlDataSource database, HashSet<string> items, Order order, byte[] digest, DateTimeOffset now) => (this.database, this.items, this.order, this.digest, this.now) = (database, items, order, digest, now);

    internal sealed record Order(string? FixmedinsCode, string? Reason, string? ImportedBy);

    /// <summary>In order: why, who; the provider, and that it is this county's; the file as a whole.</summary>
    public static async Task<Outcome<TestResultFileSeen>> Execute(AuditRequest request, CaseOffice office, RuleSet rules, Order order, byte[] file)
    {
        if (!AuditTexts.IsReason(order.Reason)) return Refusals.ReasonMissing;
        if (TwoPeople.Name(order.ImportedBy, "imported_by") is { } nobody) return nobody;
        var provider = office.Provider(request.County.CityCode, order.FixmedinsCode ?? "");
        if (provider.Refusal is { } away) return away;
        if (provider.Value is not { } known) return CaseRefusals.ProviderUnknown.At("fixmedins_code");
        if (known.County != request.County.Code) return TestResultRefusals.ProviderElsewhere;

        var digest = SHA256.HashData(file);
        if (await TestResultFileSeen.Find(request.Database, order.FixmedinsCode!, digest, request.Cancellation) is { Rejected: 0 } seen) return seen;
        var import = new ImportTestResults(request.Database, [.. rules.Points.Where(p => p.Rule == Rule).SelectMany(p => p.Codes)], order, digest, office.Calendar.UtcNow);
        var outcome = await CsvFile.Import(new MemoryStream(file, writable: false), import, new ImportRun(acceptPartial: true, import.errors.Add), cancellation: request.Cancellation);
        if (outcome.Refusal is { } whole) return whole;
        return (await TestResultFileSeen.Find(request.Database, order.FixmedinsCode!, digest, request.Cancellation))!;
    }

    public override IReadOnlyList<string> Columns => TestResultFile.Columns;

    public override TestResultFileRow? Parse(CsvRow row) => TestResultFile.Parse(row, items, now);

    public override async Task<long> Store(IAsyncEnumerable<TestResultFileRow> rows, ImportRun run, CancellationToken cancellation)
    {
        var read = new List<TestResultFileRow>();
        await foreach (var row in rows) read.Add(row);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await Run(connection, transaction, "SELECT pg_advisory_xact_lock(hashtextextended('test results ' || $1, 0))", cancellation, order.FixmedinsCode);

        var told = await Known(connection, transaction, await Encountered(connection, transaction, read, run, cancellation), run, cancellation);
        var fileNo = await Kept(connection, transaction, run, told.Count, cancellation);
        await Run(connection, transaction, """
            INSERT INTO test_result (file_no, fixmedins_code, line, mdtrt_id, setl_id, med_list_code, feedetl_sn, performed_at, positive, doctor_code) SELECT $1, $2, * FROM unnest($3, $4, $5, $6, $7, $8, $9, $10)
            """, cancellation, fileNo, order.FixmedinsCode, told.Select(r => r.Line).ToArray(), Texts(r => r.MdtrtId), Texts(r => r.SetlId), Texts(r => r.Item), Texts(r => r.FeedetlSn), told.Select(r => r.PerformedAt).ToArray(),
            told.Select(r => r.Positive).ToArray(), Texts(r => r.DoctorCode));
        await Run(connection, transaction, "DELETE FROM test_result_refusal WHERE file_no = $1", cancellation, fileNo);
        await Run(connection, transaction, "INSERT INTO test_result_refusal (file_no, line, column_name, code, chinese, english) SELECT $1, * FROM unnest($2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", cancellation, fileNo,
            errors.Select(e => e.Line).ToArray(), errors.Select(e => e.Column).ToArray(), errors.Select(e => e.Code).ToArray(), errors.Select(e => e.Chinese).ToArray(), errors.Select(e => e.English).ToArray());
        await transaction.CommitAsync(cancellation);
        return told.Count;

        string[] Texts(Func<TestResultFileRow, string> of) => [.. told.Select(of)];
    }

    /// <summary>Rows with their encounter; refused: a settlement that is not known and no encounter beside it, one of another encounter, an item that the settlement did not charge.</summary>
    private async Task<List<TestResultFileRow>> Encountered(NpgsqlConnection connection, NpgsqlTransaction transaction, List<TestResultFileRow> read, ImportRun run, CancellationToken cancellation)
    {
        var bills = new Dictionary<string, (string MdtrtId, HashSet<(string, string)> Lines)>(StringComparer.Ordinal);
        var wanted = read.Where(r => r.SetlId.Length > 0).ToLookup(r => r.SetlId);
        await using (var command = FieldRows.Command(connection, transaction, "SELECT psn_no, doc FROM audit_claim WHERE setl_id = ANY($1) AND fixmedins_code = $2", [wanted.Select(w => w.Key).ToArray(), order.FixmedinsCode]))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                AuditClaim bill = ClaimStore.Read(reader, 0);
                bills[bill.SetlId] = (bill.MdtrtId, [.. bill.Line.SelectMany(l => (string[])["", l.FeedetlSn], (l, sn) => (l.MedListCode, sn))]);
            }
        var rows = new List<TestResultFileRow>(read.Count);
        foreach (var row in read)
        {
            if (row.SetlId.Length == 0) rows.Add(row);
            else if (!bills.TryGetValue(row.SetlId, out var bill))
            {
                // Of another county's person the settlement is not known here.
                if (row.MdtrtId.Length > 0) rows.Add(row);
                else run.Reject(row.Line, "setl_id", "test_result.settlement_unknown", "本县区没有该机构的此结算，请填就诊编号", "is no settlement of the provider here; name the encounter");
            }
            else if (row.MdtrtId.Length > 0 && row.MdtrtId != bill.MdtrtId) run.Reject(row.Line, "mdtrt_id", "test_result.other_encounter", "与结算的就诊编号不符", "is not the settlement's encounter");
            else if (!bill.Lines.Contains((row.Item, row.FeedetlSn))) run.Reject(row.Line, "med_list_codg", "test_result.not_billed", "该结算没有收取此项检查", "was not charged by the settlement");
            else rows.Add(row with { MdtrtId = bill.MdtrtId });
        }
        return rows;
    }

    /// <summary>Rows that say something new; refused: a result twice in the file, or told otherwise before.</summary>
    private async Task<List<TestResultFileRow>> Known(NpgsqlConnection connection, NpgsqlTransaction transaction, List<TestResultFileRow> rows, ImportRun run, CancellationToken cancellation)
    {
        var known = (await FieldRows.Read(connection, transaction, "SELECT mdtrt_id, med_list_code, feedetl_sn, performed_at, positive, doctor_code FROM test_result WHERE fixmedins_code = $1 AND mdtrt_id = ANY($2) AND withdrawn_by = ''",
            r => (Key: (r.GetString(0), r.GetString(1), r.GetString(2), r.GetDateTime(3)), Said: (r.GetBoolean(4), r.GetString(5))), cancellation, order.FixmedinsCode, rows.Select(r => r.MdtrtId).Distinct().ToArray())).ToDictionary(k => k.Key, k => k.Said);
        var (first, fresh) = (new Dictionary<(string, string, string, DateTime), long>(), new List<TestResultFileRow>());
        foreach (var row in rows)
        {
            if (!first.TryAdd(row.Key, row.Line)) run.Reject(row.Line, "", "test_result.repeated", $"与第{first[row.Key]}行是同一检查", $"is the test of line {first[row.Key]}");
            else if (!known.TryGetValue(row.Key, out var said)) fresh.Add(row);
            else if (said != (row.Positive, row.DoctorCode)) run.Reject(row.Line, "positive", "test_result.told_otherwise", "该检查已报告不同的结果，须先撤回", "was told otherwise before; withdraw that first");
        }
        return fresh;
    }

    private async Task<long> Kept(NpgsqlConnection connection, NpgsqlTransaction transaction, ImportRun run, int told, CancellationToken cancellation) =>
        (await FieldRows.Read(connection, transaction, """
            INSERT INTO test_result_file (fixmedins_code, sha256, rows, rejected, told, imported_by, reason, imported_at, read_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
            ON CONFLICT (fixmedins_code, sha256) DO UPDATE SET rejected = EXCLUDED.rejected, told = test_result_file.told + EXCLUDED.told, read_at = EXCLUDED.read_at RETURNING file_no
            """, r => r.GetInt64(0), cancellation, order.FixmedinsCode, digest, run.Rows, run.Rejected, (long)told, order.ImportedBy!.Trim(), order.Reason!.Trim(), now.UtcDateTime))[0];

    private static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellation, params object?[] values)
    {
        await using var command = FieldRows.Command(connection, transaction, sql, values);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
