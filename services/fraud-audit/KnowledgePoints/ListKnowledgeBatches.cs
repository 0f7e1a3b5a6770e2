using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.KnowledgePoints;

/// <summary>The batches, the newest first: who brought which points in, why, and how many said something new.</summary>
internal static class ListKnowledgeBatches
{
    internal sealed record Batch(long BatchNo, string Title, string Reason, string ImportedBy, string ApprovedBy, string ImportedAt, long Rows, long Changed);
    internal sealed record Page(List<Batch> Batches);

    public static async Task<Outcome<Page>> Execute(NpgsqlDataSource database, int? page, int? pageSize, CancellationToken cancellation)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        await using var command = database.CreateCommand("SELECT batch_no, title, reason, imported_by, approved_by, imported_at, rows, changed FROM knowledge_batch ORDER BY batch_no DESC LIMIT $1 OFFSET $2");
        command.Parameters.Add(new() { Value = size });
        command.Parameters.Add(new() { Value = (number - 1L) * size });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var batches = new List<Batch>();
        while (await reader.ReadAsync(cancellation))
            batches.Add(new Batch(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), AuditJson.Time(reader.GetDateTime(5)), reader.GetInt64(6), reader.GetInt64(7)));
        return new Page(batches);
    }
}
