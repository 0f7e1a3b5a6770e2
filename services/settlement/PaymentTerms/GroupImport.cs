using MedInsure.Hosting.Imports;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>A table of groups as CSV: group_code, group_name, diagnosis, operation (code beginnings; empty: any), points (at most four decimals). Stored whole or not at all; the same file again changes nothing.</summary>
internal sealed class GroupImport(NpgsqlDataSource database, string tableNo) : CsvImport<GroupImport.Row>
{
    internal sealed record Row(long Line, PaymentGroup Group);

    public override IReadOnlyList<string> Columns => ["group_code", "group_name", "diagnosis", "operation", "points"];

    public override Row? Parse(CsvRow row) =>
        new(row.Line, new(row.Text("group_code", 40), row.Text("group_name", 200), row.Text("diagnosis", 50, required: false), row.Text("operation", 50, required: false), row.Amount("points")?.TenThousandths ?? 0));

    public override async Task<long> Store(IAsyncEnumerable<Row> rows, ImportRun run, CancellationToken cancellation)
    {
        var groups = new Dictionary<(string, string), PaymentGroup>();
        await foreach (var row in rows.WithCancellation(cancellation))
            if (!groups.TryAdd((row.Group.Diagnosis, row.Group.Operation), row.Group)) run.Reject(new RowError(row.Line, "diagnosis", "import.repeated_key", "诊断与手术的组合重复", "repeats diagnosis and operation of another row"));
        // A group that is left out changes what every other one is worth: part of a table is none.
        if (run.Rejected > 0) return 0;
        PaymentGroup[] all = [.. groups.Values];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var one = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('payment_group ' || $1, 0))", connection, transaction) { Parameters = { new() { Value = tableNo } } }) await one.ExecuteNonQueryAsync(cancellation);
        var before = await TermReader.Groups(connection, transaction, tableNo, cancellation);
        if (before.Count > 0)
        {
            if (before.ToHashSet().SetEquals(all)) return 0;
            throw new FileRefusedException(PaymentTermRefusals.GroupTableExists);
        }
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new SetInsert().Text(all, _ => tableNo).Text(all, g => g.Code).Text(all, g => g.Name).Text(all, g => g.Diagnosis).Text(all, g => g.Operation).Bigint(all, g => g.PointsE4)
            .Command("INSERT INTO payment_group (table_no, code, name, diagnosis, operation, points_e4) SELECT * FROM {unnest}"));
        if (all.Length > 0) await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return all.Length;
    }
}
