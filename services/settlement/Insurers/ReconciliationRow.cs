using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>Closed reconciliations, as they are stored: the numbers once and for all, the insurer's answers beside them.</summary>
internal static class ReconciliationRow
{
    private const string Sql = """
        SELECT r.doc, a.agrees, a.answer
        FROM insurer_reconciliation r
        LEFT JOIN LATERAL (SELECT agrees, answer FROM insurer_reconciliation_answer a WHERE a.contract_no = r.contract_no AND a.year = r.year AND a.version = r.version ORDER BY a.number DESC LIMIT 1) a ON true
        WHERE r.contract_no = $1 AND r.year = $2 ORDER BY r.version DESC LIMIT 1
        """;

    /// <summary>The version that counts. Null: the year was never closed.</summary>
    public static async Task<Reconciliation?> Latest(NpgsqlConnection connection, string contractNo, int year, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = contractNo }, new NpgsqlParameter<int> { TypedValue = year } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return null;
        var closed = Reconciliation.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0));
        if (!reader.IsDBNull(1)) (closed.State, closed.AnswerText) = (reader.GetBoolean(1) ? ReconciliationState.Agreed : ReconciliationState.Objected, reader.GetString(2));
        return closed;
    }
}
