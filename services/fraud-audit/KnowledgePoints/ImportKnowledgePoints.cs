using MedInsure.FraudAudit.Rules;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.KnowledgePoints;

/// <summary>knowledge-points.csv, whole or not at all: one batch of the rows that say something new. Nothing new, no batch.</summary>
internal sealed class ImportKnowledgePoints(NpgsqlDataSource database, RuleBook book, ImportKnowledgePoints.Order order, DateTimeOffset now) : CsvImport<KnowledgePointFileRow>
{
    internal sealed record Order(string? Title, string? Reason, string? ImportedBy, string? Approver)
    {
        private const int TitleMax = 200;

        public Refusal? Refusal =>
            !AuditTexts.IsText(Title, TitleMax) ? TitleMissing
            : !AuditTexts.IsReason(Reason) ? Refusals.ReasonMissing
            : TwoPeople.Check(ImportedBy, "imported_by", Approver);
    }

    public static readonly Refusal TitleMissing = new(RefusalKind.Invalid, "knowledge.title_missing", "未注明知识点批次名称，或超过200个字符", "the batch's title is missing, or longer than 200 characters", "title");

    private const string Values = "rule, point_no, item_name, codes, others, diagnoses, gend, age_min, age_max, insutypes, med_types, level_min, limit_value, window_text, basis, from_on, to_on";
    private const string Stage = "CREATE TEMP TABLE staged (line bigint NOT NULL, LIKE knowledge_point) ON COMMIT DROP; ALTER TABLE staged DROP COLUMN batch_no, DROP COLUMN valid_to";
    private const string Copy = $"COPY staged (line, {Values}) FROM STDIN (FORMAT BINARY)";

    // A row that says what the newest one of its point says already is no news.
    private const string Known = $"""
        DELETE FROM staged s USING (SELECT DISTINCT ON (rule, point_no) {Values} FROM knowledge_point ORDER BY rule, point_no, batch_no DESC) k
        WHERE (s.rule, s.point_no) = (k.rule, k.point_no)
            AND (s.item_name, s.codes, s.others, s.diagnoses, s.gend, s.age_min, s.age_max, s.insutypes, s.med_types, s.level_min, s.limit_value, s.window_text, s.basis, s.from_on, s.to_on)
            IS NOT DISTINCT FROM (k.item_name, k.codes, k.others, k.diagnoses, k.gend, k.age_min, k.age_max, k.insutypes, k.med_types, k.level_min, k.limit_value, k.window_text, k.basis, k.from_on, k.to_on)
        """;

    /// <summary>0 until it is stored, and where nothing was new.</summary>
    public long BatchNo { get; private set; }

    public override IReadOnlyList<string> Columns => KnowledgePointFile.Columns;

    public override KnowledgePointFileRow? Parse(CsvRow row) => KnowledgePointFile.Parse(row, book);

    public override async Task<long> Store(IAsyncEnumerable<KnowledgePointFileRow> rows, ImportRun run, CancellationToken cancellation)
    {
        await using var staging = new TenantStaging(_ => database, Stage, Copy, "fraud-audit knowledge points");
        await foreach (var row in rows)
        {
            var writer = await staging.Writer("", cancellation);
            await writer.StartRowAsync(cancellation);
            await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellation);
            foreach (var text in (string[])[row.Rule, row.PointNo, row.ItemName]) await writer.WriteAsync(text, NpgsqlDbType.Text, cancellation);
            foreach (var list in (IReadOnlyList<string>[])[row.Codes, row.Others, row.Diagnoses]) await writer.WriteAsync(list.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.Gend, NpgsqlDbType.Text, cancellation);
            await writer.WriteOrNull(row.AgeMin, NpgsqlDbType.Integer, cancellation);
            await writer.WriteOrNull(row.AgeMax, NpgsqlDbType.Integer, cancellation);
            foreach (var list in (IReadOnlyList<string>[])[row.Insutypes, row.MedTypes]) await writer.WriteAsync(list.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.LevelMin, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.Limit, NpgsqlDbType.Bigint, cancellation);
            foreach (var text in (string[])[row.Window, row.Basis]) await writer.WriteAsync(text, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.From, NpgsqlDbType.Date, cancellation);
            await writer.WriteOrNull(row.To, NpgsqlDbType.Date, cancellation);
        }
        await staging.Close(cancellation);
        if (staging.Tenants.SingleOrDefault() is not { } staged) return 0;
        await staged.Reject("SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY rule, point_no) AS first_line FROM staged) keyed WHERE line <> first_line", "staged", run,
            (line, first) => new(line, "point_no", "knowledge.repeated_point", $"与第{first}行的规则和知识点编号相同", $"has the same rule and point as line {first}"), cancellation);
        if (!run.MayCommit) return 0;

        await staged.Run(Known, cancellation);
        var changed = await staged.Scalar("SELECT count(*) FROM staged", cancellation);
        if (changed == 0) return 0;
        BatchNo = await staged.Scalar("INSERT INTO knowledge_batch (title, reason, imported_by, approved_by, imported_at, rows, changed) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING batch_no", cancellation,
            order.Title!.Trim(), order.Reason!.Trim(), order.ImportedBy!.Trim(), order.Approver!.Trim(), now.UtcDateTime, run.Rows, changed);
        await staged.Run("UPDATE knowledge_point k SET valid_to = LEAST(k.valid_to, s.from_on - 1) FROM staged s WHERE (k.rule, k.point_no) = (s.rule, s.point_no)", cancellation);
        await staged.Run($"INSERT INTO knowledge_point ({Values}, batch_no, valid_to) SELECT {Values}, $1, to_on FROM staged", cancellation, BatchNo);
        await staging.Commit(cancellation);
        return changed;
    }
}
