using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>The insurer takes an open dispute back; it changes no amount, so the stream does not speak of it.</summary>
internal static class WithdrawDispute
{
    public static async Task<Outcome<Dispute>> Execute(NpgsqlDataSource city, InsurerContract contract, WithdrawDisputeRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!DisputeRow.IsNumber(request.DisputeNo)) return Refusals.DisputeUnknown;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        if (await DisputeRow.Find(connection, contract.Number, request.DisputeNo, cancellation) is not { } row) return Refusals.DisputeUnknown;
        if (row.Dispute.State == DisputeState.Withdrawn) return row.Dispute;
        if (row.Dispute.State != DisputeState.Open) return Refusals.DisputeDecided;
        (row.Dispute.State, row.Dispute.DecidedAtMs) = (DisputeState.Withdrawn, now.ToUnixTimeMilliseconds());
        await DisputeRow.End(connection, row, cancellation);
        await transaction.CommitAsync(cancellation);
        return row.Dispute;
    }
}
