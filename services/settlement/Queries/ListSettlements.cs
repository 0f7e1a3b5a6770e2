using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Queries;

/// <summary>Settlements and reversals of a person, a provider, an encounter or by number (5203), newest first.</summary>
public static class ListSettlements
{
    public static async Task<Outcome<ListSettlementsReply>> Query(TenantJournal journal, NpgsqlDataSource database, ListSettlementsRequest request, CancellationToken cancellation)
    {
        var page = SettlementRows.Page(request.PageNumber, request.PageSize);
        if (page.Refusal is { } badPage) return badPage;
        if (SettlementRows.Days(request.SettledFromOn, request.SettledToOn) is { } badDay) return badDay;
        var filter = new RowFilter().Equal("c.setl_id", request.SetlId).Equal("c.mdtrt_id", request.MdtrtId).Equal("c.psn_no", request.PsnNo).Equal("c.fixmedins_code", request.FixmedinsCode);
        if (filter.IsEmpty) return Refusals.QueryTooWide;
        filter.Days("c.settled_at", request.SettledFromOn, request.SettledToOn);
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;

        var reply = new ListSettlementsReply();
        await using (var count = filter.Command(database, "SELECT count(*) FROM claim c" + filter.Where))
            reply.Total = (int)(long)(await count.ExecuteScalarAsync(cancellation))!;
        await using var command = filter.Command(database, $"SELECT {SettlementRows.Columns}{SettlementRows.From}{filter.Where} ORDER BY c.setl_id DESC OFFSET {page.Value.Offset} LIMIT {page.Value.Size}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) reply.Settlement.Add(SettlementRows.Read(reader).Reply);
        return reply;
    }
}
