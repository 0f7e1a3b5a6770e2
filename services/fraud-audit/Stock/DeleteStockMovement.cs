using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;

namespace MedInsure.FraudAudit.Stock;

/// <summary>3507: movements of a number no longer count. An own row says so; the movement stays as it was told.</summary>
internal sealed class DeleteStockMovement(AuditedCounties counties, TimeProvider time)
{
    public async Task<Outcome<DeleteStockMovementReply>> Run(string county, DeleteStockMovementRequest request, CancellationToken cancellation)
    {
        string[] kinds = request.DataType switch { "1" => ["count"], "2" => ["change"], "3" => ["purchase", "purchase_return"], "4" => ["sale", "sale_return"], _ => [] };
        if (kinds.Length == 0) return StockRefusals.TypeUnknown;
        if (request.FixmedinsBchno.Length is 0 or > 50 || request.FixmedinsBchno.Contains('\0')) return StockRefusals.KeyMissing;
        try
        {
            await using var connection = await counties.Database(county).OpenConnectionAsync(cancellation);
            await using var command = new NpgsqlCommand("""
                WITH told AS (SELECT fixmedins_code, kind, fixmedins_bchno, round FROM stock_movement WHERE fixmedins_code = $1 AND fixmedins_bchno = $2 AND kind = ANY($3)),
                    gone AS (INSERT INTO stock_deletion (fixmedins_code, kind, fixmedins_bchno, round, operator, deleted_at) SELECT *, $4, $5 FROM told ON CONFLICT DO NOTHING RETURNING 1)
                SELECT (SELECT count(*) FROM told)::int, (SELECT count(*) FROM gone)::int
                """, connection)
            {
                Parameters = { new() { Value = request.FixmedinsCode }, new() { Value = request.FixmedinsBchno }, new() { Value = kinds }, new() { Value = request.Operator }, new() { Value = time.GetUtcNow().UtcDateTime } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            return reader.GetInt32(0) == 0 ? StockRefusals.Unknown : new DeleteStockMovementReply { Deleted = reader.GetInt32(1) };
        }
        catch (NpgsqlException e) when (e.IsTransient && !cancellation.IsCancellationRequested) { return Hosting.Rpc.RefusalStatus.Unavailable; }
    }
}
