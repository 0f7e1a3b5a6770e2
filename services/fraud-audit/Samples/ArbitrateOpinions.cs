using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Samples;

/// <summary>Where two experts differ a third person decides, within what was in scope.</summary>
internal static class ArbitrateOpinions
{
    internal sealed record Order(string? Arbiter, decimal? Wrong, string? Reason);

    public static async Task<Outcome<SampleItem>> Execute(AuditRequest request, long sampleNo, string setlId, Order order, ChinaCalendar calendar)
    {
        if (!AuditTexts.IsReason(order.Reason)) return Refusals.ReasonMissing;
        if (TwoPeople.Name(order.Arbiter, "arbiter") is { } nobody) return nobody;
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(request.Cancellation);
        if (await GiveOpinion.Lock(connection, transaction, sampleNo, setlId, request.Cancellation) is not { } inScope) return SampleRefusals.ItemUnknown;
        if (order.Wrong is not { } wrong || wrong < 0 || wrong * 100 != decimal.Truncate(wrong * 100) || wrong * 100 > inScope) return SampleRefusals.WrongInvalid;
        var item = (await SampleItem.Read(connection, sampleNo, setlId, "", 0, 1, request.Cancellation))[0];
        if (item.State == "arbitrated") return (item.ArbitratedBy, item.Outcome, item.ArbitratedWhy) == (order.Arbiter!.Trim(), AuditJson.Yuan((long)(wrong * 100)), order.Reason.Trim()) ? item : SampleRefusals.Arbitrated;
        if (item.State != "differs") return SampleRefusals.NothingToArbitrate;
        if (TwoPeople.Another(order.Arbiter, "arbiter", item.Opinions[0].Expert, item.Opinions[1].Expert) is { } same) return same;
        await using (var update = new NpgsqlCommand("UPDATE sample_item SET arbitrated_fen = $3, arbitrated_by = $4, arbitrated_why = $5, arbitrated_at = $6 WHERE sample_no = $1 AND setl_id = $2", connection, transaction))
        {
            foreach (var value in (object[])[sampleNo, setlId, (long)(wrong * 100), order.Arbiter!.Trim(), order.Reason.Trim(), calendar.UtcNow.UtcDateTime]) update.Parameters.Add(new NpgsqlParameter { Value = value });
            await update.ExecuteNonQueryAsync(request.Cancellation);
        }
        item = (await SampleItem.Read(connection, sampleNo, setlId, "", 0, 1, request.Cancellation))[0];
        await transaction.CommitAsync(request.Cancellation);
        return item;
    }
}
