using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Queries;

/// <summary>A person's filings (5301), those in force on a day or all, the newest first.</summary>
public static class ListFilings
{
    public static async Task<Outcome<ListFilingsReply>> Query(TenantJournal journal, NpgsqlDataSource database, ListFilingsRequest request, CancellationToken cancellation)
    {
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;
        var reply = new ListFilingsReply();
        await using var command = database.CreateCommand("SELECT doc FROM filing WHERE psn_no = $1 ORDER BY filing_id DESC");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.PsnNo });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var filing = Filing.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0));
            if (request.Kind != FilingKind.Unspecified && filing.Kind != request.Kind) continue;
            if (request.InForceOn > 0 && (filing.Withdrawn || filing.FromOn > request.InForceOn || (filing.ToOn != 0 && filing.ToOn < request.InForceOn))) continue;
            reply.Filing.Add(filing);
        }
        return reply;
    }
}
