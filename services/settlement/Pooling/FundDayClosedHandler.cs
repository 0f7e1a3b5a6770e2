using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>At the city: what its counties booked, day by day, and the hash that their ledgers had then. A day that another one is missing before, or that was closed otherwise, goes to the error queue for a person.</summary>
internal sealed class FundDayClosedHandler : IEventHandler<FundDayClosed>
{
    public async Task Handle(EventContext context, IReadOnlyList<FundDayClosed> events, CancellationToken cancellation)
    {
        foreach (var e in events)
        {
            var day = DayNumber.ToDate(e.Day);
            var known = await Last(context, day, cancellation);
            if (known is { } closed && closed.Day == day)
            {
                if (closed.Hash != e.HeadHash) throw new InvalidOperationException($"{context.Source} closed {day:yyyy-MM-dd} before with another ledger");
                continue;
            }
            if ((known is { } last ? DayNumber.Of(last.Day) : 0) != e.PreviousDay) throw new InvalidOperationException($"the closing of {context.Source} before {day:yyyy-MM-dd} has not come");
            await using var batch = new NpgsqlBatch(context.Connection, context.Transaction);
            batch.BatchCommands.Add(new("INSERT INTO county_day (county, day, voucher_no, head_hash) VALUES ($1, $2, $3, $4)")
            {
                Parameters = { new() { Value = context.Source }, new() { Value = day }, new() { Value = e.VoucherNo }, new() { Value = e.HeadHash } },
            });
            var insert = new SetInsert().Text(e.Flows, _ => context.Source).Date(e.Flows, _ => day).Text(e.Flows, f => f.Purpose).Text(e.Flows, f => f.Fund).Text(e.Flows, f => f.Counterparty).Int(e.Flows, f => f.Year)
                .Column(e.Flows, NpgsqlTypes.NpgsqlDbType.Boolean, f => f.Carried).Bigint(e.Flows, f => f.DebitFen).Bigint(e.Flows, f => f.CreditFen);
            if (e.Flows.Count > 0) batch.BatchCommands.Add(insert.Command("INSERT INTO county_flow (county, day, purpose, fund, counterparty, year, carried, debit_fen, credit_fen) SELECT * FROM {unnest}"));
            await batch.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>The day itself, or the last one that is known.</summary>
    private static async Task<(DateOnly Day, string Hash)?> Last(EventContext context, DateOnly day, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT day, head_hash FROM county_day WHERE county = $1 ORDER BY day = $2 DESC, day DESC LIMIT 1", context.Connection, context.Transaction)
        {
            Parameters = { new() { Value = context.Source }, new() { Value = day } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetFieldValue<DateOnly>(0), reader.GetString(1)) : null;
    }
}
