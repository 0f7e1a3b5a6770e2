using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Queries;

/// <summary>Encounters of a person or a provider (5201), the latest begin first.</summary>
public static class ListEncounters
{
    public static async Task<Outcome<ListEncountersReply>> Query(TenantJournal journal, NpgsqlDataSource database, ListEncountersRequest request, CancellationToken cancellation)
    {
        var page = SettlementRows.Page(request.PageNumber, request.PageSize);
        if (page.Refusal is { } badPage) return badPage;
        if (SettlementRows.Days(request.BeginFromOn, request.BeginToOn) is { } badDay) return badDay;
        var filter = new RowFilter().Equal("mdtrt_id", request.MdtrtId).Equal("psn_no", request.PsnNo).Equal("fixmedins_code", request.FixmedinsCode);
        if (filter.IsEmpty) return Refusals.QueryTooWide;
        filter.Equal("med_type", request.MedType);
        if (request.BeginFromOn > 0) filter.Add("begin_on >= ", DayNumber.ToDate(request.BeginFromOn));
        if (request.BeginToOn > 0) filter.Add("begin_on <= ", DayNumber.ToDate(request.BeginToOn));
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;

        var reply = new ListEncountersReply();
        await using (var count = filter.Command(database, "SELECT count(*) FROM encounter" + filter.Where))
            reply.Total = (int)(long)(await count.ExecuteScalarAsync(cancellation))!;
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var command = filter.Command(database, $"SELECT mdtrt_id, state FROM encounter{filter.Where} ORDER BY begin_on DESC, mdtrt_id DESC OFFSET {page.Value.Offset} LIMIT {page.Value.Size}"))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) states.Add(reader.GetString(0), reader.GetString(1));
        foreach (var mdtrtId in states.Keys)
        {
            if (await journal.ReadEncounter(mdtrtId, cancellation) is not { } e) continue;
            var encounter = new Encounter
            {
                MdtrtId = e.MdtrtId, PsnNo = e.PsnNo, Insutype = e.Insutype, FixmedinsCode = e.FixmedinsCode, State = states[mdtrtId],
                Details = e.Details, EndAtMs = e.EndAtMs, DischargeWay = e.DischargeWay,
            };
            encounter.Diagnosis.AddRange(e.Diagnoses);
            reply.Encounter.Add(encounter);
        }
        return reply;
    }
}
