using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Queries;

/// <summary>A person's running sums of a calendar year (5206).</summary>
public static class GetAccumulators
{
    public static async Task<Outcome<GetAccumulatorsReply>> Query(TenantJournal journal, NpgsqlDataSource database, GetAccumulatorsRequest request, DateOnly today, CancellationToken cancellation)
    {
        if (await SettlementRows.Current(journal, cancellation) is { } lag) return lag;
        var filter = new RowFilter().Add("psn_no = ", request.PsnNo).Equal("insutype", request.Insutype).Add("year = ", request.Year == 0 ? today.Year : request.Year);
        var reply = new GetAccumulatorsReply();
        await using var command = filter.Command(database, $"SELECT insutype, year, sums::text FROM accumulator{filter.Where} ORDER BY insutype, year");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            foreach (var (key, value) in AccumulatorText.Parse(reader.GetString(2)).Entries.OrderBy(e => e.Key, StringComparer.Ordinal))
                reply.Accumulator.Add(new Accumulator { Insutype = reader.GetString(0), Year = reader.GetInt32(1), Key = key, Value = value });
        return reply;
    }
}
