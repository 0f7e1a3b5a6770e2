using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.KnowledgePoints;

/// <summary>Points by rule, code, part of the item's name, batch, and day of validity; without a day all that ever were.</summary>
internal static class ListKnowledgePoints
{
    internal sealed record Wanted(string? Rule, string? Code, string? Item, long? BatchNo, string? Day, int? Page, int? PageSize);
    internal sealed record Page(long Total, List<KnowledgePointRow> Points);

    private const string Where = """
        ($1::text IS NULL OR rule = $1) AND ($2::text IS NULL OR codes @> ARRAY[$2]) AND ($3::text IS NULL OR strpos(item_name, $3) > 0) AND ($4::bigint IS NULL OR batch_no = $4)
            AND ($5::date IS NULL OR (from_on <= $5 AND (valid_to IS NULL OR valid_to >= $5)))
        """;

    public static async Task<Outcome<Page>> Execute(NpgsqlDataSource database, RuleBook book, Wanted wanted, CancellationToken cancellation)
    {
        DateOnly? day = null;
        if (!string.IsNullOrEmpty(wanted.Day))
        {
            if (!DateOnly.TryParseExact(wanted.Day, "yyyy-MM-dd", out var read)) return Refusals.DayInvalid.At("day");
            day = read;
        }
        var (page, size) = (wanted.Page ?? 1, wanted.PageSize ?? 100);
        if (!AuditTexts.IsPage(page, size)) return Refusals.PageInvalid;

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT count(*) FROM knowledge_point WHERE {Where}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT {KnowledgePointRow.Columns} FROM knowledge_point WHERE {Where} ORDER BY rule, point_no, batch_no LIMIT {size} OFFSET {(page - 1L) * size}"));
        foreach (var command in batch.BatchCommands)
        {
            foreach (var text in (string?[])[wanted.Rule, wanted.Code, wanted.Item]) command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = string.IsNullOrEmpty(text) || text.Contains('\0', StringComparison.Ordinal) ? DBNull.Value : text });
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = (object?)wanted.BatchNo ?? DBNull.Value });
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Date, Value = (object?)day ?? DBNull.Value });
        }
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var total = reader.GetInt64(0);
        await reader.NextResultAsync(cancellation);
        var rows = new List<KnowledgePointRow>();
        while (await reader.ReadAsync(cancellation)) rows.Add(KnowledgePointRow.Read(reader, book));
        return new Page(total, rows);
    }
}
