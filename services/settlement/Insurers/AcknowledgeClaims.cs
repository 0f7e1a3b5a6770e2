using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>Everything up to a cursor is booked at the insurer. Only ever forward: a late repeat of an earlier one changes nothing.</summary>
public static class AcknowledgeClaims
{
    public static async Task<Outcome<AcknowledgeClaimsReply>> Command(InsurerContract contract, NpgsqlDataSource database, AcknowledgeClaimsRequest request, CancellationToken cancellation)
    {
        if (request.Cursor < 0) return Refusals.CursorUnknown;
        await using var command = database.CreateCommand("""
            WITH moved AS (
                UPDATE insurer_stream SET acknowledged_cursor = $2, acknowledged_at = now()
                WHERE contract_no = $1 AND acknowledged_cursor < $2 AND last_cursor >= $2
                RETURNING acknowledged_cursor
            )
            SELECT coalesce((SELECT acknowledged_cursor FROM moved), acknowledged_cursor), last_cursor FROM insurer_stream WHERE contract_no = $1
            """);
        command.Parameters.Add(new() { Value = contract.Number });
        command.Parameters.Add(new() { Value = request.Cursor });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (acknowledged, last) = await reader.ReadAsync(cancellation) ? (reader.GetInt64(0), reader.GetInt64(1)) : (0, 0);
        if (request.Cursor > last) return Refusals.CursorUnknown;
        return new AcknowledgeClaimsReply { AcknowledgedCursor = acknowledged };
    }
}
