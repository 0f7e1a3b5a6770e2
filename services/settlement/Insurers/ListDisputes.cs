using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>Disputes of a contract, newest first; a page goes on below the number of the last one, so that new ones move nothing.</summary>
internal static class ListDisputes
{
    private const int PageSizeDefault = 100, PageSizeMax = 500;

    private const string Sql = $"""
        SELECT {DisputeRow.Columns} FROM insurer_dispute
        WHERE contract_no = $1 AND number < $2 AND ($3 = '' OR state = $3) AND ($4 = '' OR setl_id = $4)
        ORDER BY number DESC LIMIT $5
        """;

    public static async Task<Outcome<ListDisputesReply>> Query(NpgsqlDataSource city, InsurerContract contract, ListDisputesRequest request, CancellationToken cancellation)
    {
        var below = long.MaxValue;
        if (request.PageSize is < 0 or > PageSizeMax) return Refusals.PageInvalid.At("page_size");
        if (request.PageToken.Length > 0 && !long.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out below)) return Refusals.PageInvalid.At("page_token");
        var reply = new ListDisputesReply();
        // A state of a later release: no dispute has it.
        var state = "";
        if (request.State != DisputeState.Unspecified && !DisputeRow.Names.TryGetValue(request.State, out state)) return reply;
        if (request.SetlId.Contains('\0', StringComparison.Ordinal)) return reply;
        var size = request.PageSize == 0 ? PageSizeDefault : request.PageSize;
        await using var command = city.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Number });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = below });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.SetlId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size + 1 });
        var last = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (reply.Dispute.Count == size)
            {
                reply.NextPageToken = last.ToString(CultureInfo.InvariantCulture);
                break;
            }
            var row = DisputeRow.Read(reader);
            last = row.Number;
            reply.Dispute.Add(row.Dispute);
        }
        return reply;
    }
}
