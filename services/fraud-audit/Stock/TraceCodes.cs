using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.Rules.Stock;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Stock;

/// <summary>Which whole packs settlements sold: taken from their lines once, in the journal's order, so that a code is found again after years.</summary>
internal static class TraceCodes
{
    private const int ClaimsPerRead = 2_000;

    /// <summary>Takes what settlements came since it was last done.</summary>
    public static async Task CatchUp(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        (long Seq, int Index) at;
        await using (var command = new NpgsqlCommand("SELECT seq, idx FROM trace_position FOR UPDATE", connection, transaction))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            at = (reader.GetInt64(0), reader.GetInt32(1));
        }
        while (true)
        {
            var (codes, count) = (new List<(string Code, string SetlId, string Serial, DateOnly On)>(), 0);
            await using (var command = new NpgsqlCommand("SELECT psn_no, doc FROM audit_claim WHERE (journal_seq, idx) > ($1, $2) ORDER BY journal_seq, idx LIMIT $3", connection, transaction) { Parameters = { new() { Value = at.Seq }, new() { Value = at.Index }, new() { Value = ClaimsPerRead } } })
            await using (var reader = await command.ExecuteReaderAsync(cancellation))
                while (await reader.ReadAsync(cancellation))
                {
                    var claim = ClaimStore.Read(reader, 0);
                    (at, count) = ((claim.JournalSeq, claim.Idx), count + 1);
                    foreach (var line in NetLines.Of(claim.Line))
                        if (line.QuantityE4 > 0)
                            foreach (var code in line.TraceCode.Distinct(StringComparer.Ordinal)) codes.Add((code, claim.SetlId, line.FeedetlSn, DayNumber.ToDate(line.OccurredOn)));
                }
            if (count == 0) return;
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand("INSERT INTO trace_sale (trace_code, setl_id, feedetl_sn, occurred_on) SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT DO NOTHING")
                    {
                        Parameters = { Texts(codes.ConvertAll(c => c.Code)), Texts(codes.ConvertAll(c => c.SetlId)), Texts(codes.ConvertAll(c => c.Serial)), new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date, Value = codes.ConvertAll(c => c.On).ToArray() } },
                    },
                    new NpgsqlBatchCommand("UPDATE trace_position SET seq = $1, idx = $2") { Parameters = { new() { Value = at.Seq }, new() { Value = at.Index } } },
                },
            };
            await batch.ExecuteNonQueryAsync(cancellation);
        }
    }

    private const string OfMonth = "SELECT t.trace_code FROM audit_claim c JOIN trace_sale t USING (setl_id) WHERE c.settled_at >= $1 AND c.settled_at < $2 AND c.reversed_by IS NULL";

    /// <summary>Codes sold in a month of settlements [from, to) that were sold otherwise too.</summary>
    public static async Task<IReadOnlyList<TraceCodeSales>> SoldOtherwise(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTime from, DateTime to, CancellationToken cancellation)
    {
        // A sale that stock tells of at the bill's own provider is the bill's, unless it was to somebody not insured on another day. What was brought back, and bills taken back, are no sales.
        var told = new List<(string Code, TraceSale Sale)>();
        await using (var command = new NpgsqlCommand($"""
            WITH month AS MATERIALIZED (SELECT DISTINCT * FROM ({OfMonth}) AS m),
                sold AS MATERIALIZED (SELECT t.trace_code, t.occurred_on, c.fixmedins_code FROM month JOIN trace_sale t USING (trace_code) JOIN audit_claim c USING (setl_id) WHERE c.reversed_by IS NULL)
            SELECT DISTINCT code, s.fixmedins_code, s.moved_on FROM standing_stock s CROSS JOIN unnest(s.trace_codes) AS code
            WHERE s.kind = 'sale' AND NOT s.split AND s.trace_codes <> '{"{}"}' AND s.moved_at < $2 AND code IN (SELECT trace_code FROM month)
                AND NOT EXISTS (SELECT FROM standing_stock r WHERE r.kind = 'sale_return' AND r.fixmedins_code = s.fixmedins_code AND r.trace_codes <> '{"{}"}' AND r.trace_codes @> ARRAY[code] AND r.moved_at >= s.moved_at)
                AND NOT EXISTS (SELECT FROM audit_claim a WHERE a.setl_id = s.setl_id AND a.reversed_by IS NOT NULL)
                AND NOT EXISTS (SELECT FROM sold b WHERE b.trace_code = code AND b.fixmedins_code = s.fixmedins_code AND (s.settle_kind <> '0' OR b.occurred_on = s.moved_on))
            ORDER BY 1, 3, 2
            """, connection, transaction) { CommandTimeout = 0, Parameters = { new() { Value = from }, new() { Value = to } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) told.Add((reader.GetString(0), new TraceSale(null, null, reader.GetString(1), DayNumber.Of(reader.GetFieldValue<DateOnly>(2)))));
        var byStock = told.ToLookup(t => t.Code, t => t.Sale, StringComparer.Ordinal);

        var sales = new Dictionary<string, List<TraceSale>>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand($"""
            WITH sold AS MATERIALIZED (
                SELECT t.trace_code, t.setl_id, t.feedetl_sn, t.occurred_on FROM (SELECT DISTINCT * FROM ({OfMonth}) AS m) AS month JOIN trace_sale t USING (trace_code) JOIN audit_claim c USING (setl_id)
                WHERE c.reversed_by IS NULL AND c.settled_at < $2)
            SELECT c.psn_no, c.doc, s.trace_code, s.feedetl_sn, s.occurred_on FROM sold s JOIN audit_claim c USING (setl_id)
            WHERE s.trace_code = ANY($3) OR s.trace_code IN (SELECT trace_code FROM sold GROUP BY 1 HAVING count(*) > 1)
            ORDER BY s.trace_code, c.settled_at, c.journal_seq, c.idx, s.feedetl_sn
            """, connection, transaction) { CommandTimeout = 0, Parameters = { new() { Value = from }, new() { Value = to }, Texts([.. byStock.Select(g => g.Key)]) } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                var claim = ClaimStore.Read(reader, 0);
                var (code, serial) = (reader.GetString(2), reader.GetString(3));
                if (!sales.TryGetValue(code, out var of)) sales.Add(code, of = []);
                of.Add(new TraceSale(claim, NetLines.Of(claim.Line).First(l => l.FeedetlSn == serial && l.QuantityE4 > 0), claim.FixmedinsCode, DayNumber.Of(reader.GetFieldValue<DateOnly>(4))));
            }
        return [.. sales.Select(s => new TraceCodeSales(s.Key, [.. s.Value, .. byStock[s.Key]]))];
    }

    private static NpgsqlParameter Texts(List<string> texts) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = texts.ToArray() };
}
