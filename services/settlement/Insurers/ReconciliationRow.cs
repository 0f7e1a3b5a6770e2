using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>Closed reconciliations, as they are stored: the numbers once and for all, the insurer's answers beside them.</summary>
internal static class ReconciliationRow
{
    private const string Sql = """
        SELECT r.doc, a.agrees, a.answer, (SELECT coalesce(sum(amount_fen), 0)::bigint FROM insurer_transfer t WHERE t.contract_no = r.contract_no AND t.period = r.year)
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
        closed.OutcomePaidFen = reader.GetInt64(3);
        return closed;
    }

    /// <summary>Who closed a version, and what an earlier one that was agreed left booked of the outcome.</summary>
    public static async Task<(string Reviewer, string Approver, long BookedFen)> Booking(NpgsqlConnection connection, string contractNo, int year, int version, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT r.version, r.doc, r.reviewer, r.approver FROM insurer_reconciliation r
            WHERE r.contract_no = $1 AND r.year = $2 AND (r.version = $3 OR r.version < $3 AND EXISTS (SELECT FROM insurer_reconciliation_answer a WHERE a.contract_no = r.contract_no AND a.year = r.year AND a.version = r.version AND a.agrees))
            ORDER BY r.version DESC LIMIT 2
            """, connection) { Parameters = { new() { Value = contractNo }, new() { Value = year }, new() { Value = version } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation) || reader.GetInt32(0) != version) throw new InvalidOperationException($"{contractNo} {year} has no version {version}");
        var (reviewer, approver) = (reader.GetString(2), reader.GetString(3));
        return (reviewer, approver, await reader.ReadAsync(cancellation) ? Reconciliation.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)).ToFundFen : 0);
    }
}
