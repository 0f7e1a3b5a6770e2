using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>Books what billing received, each income once on the day on which it is heard of; takes effect when the money moved. A number that is missing stops the day's closing, not the booking; one that is told again changes nothing.</summary>
internal sealed class IncomeReceivedHandler(ChinaCalendar calendar) : IEventHandler<IncomeReceived>
{
    public const string Kind = "income";

    public async Task Handle(EventContext context, IReadOnlyList<IncomeReceived> events, CancellationToken cancellation)
    {
        var head = await LedgerHead.Lock(context.Connection, context.Transaction, cancellation);
        var today = head.OpenDay(calendar.Today);
        var known = await Known(context, events, cancellation);
        foreach (var income in events)
            if (known.TryGetValue($"{income.IncomeNo}", out var booked) && (booked.Period != income.Period || !booked.Entries.SequenceEqual(IncomeEntries.Of(income, context.Tenant.Code))))
                throw new InvalidOperationException($"income {income.IncomeNo} is booked with other content");
        await PostVouchers.Run(context.Connection, context.Transaction, context.Tenant.Code, head, [.. events.Where(e => !known.ContainsKey($"{e.IncomeNo}")).DistinctBy(e => e.IncomeNo).Select(e => (Of(e, context.Tenant.Code, today), today))], cancellation);
    }

    private static async Task<Dictionary<string, Voucher>> Known(EventContext context, IReadOnlyList<IncomeReceived> events, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT document FROM voucher WHERE kind = 'income' AND number = ANY ($1)", context.Connection, context.Transaction)
        {
            Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. events.Select(e => $"{e.IncomeNo}")] } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var known = new Dictionary<string, Voucher>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            var voucher = LedgerText.Read(reader.GetFieldValue<byte[]>(0)).Voucher;
            known.Add(voucher.Number, voucher);
        }
        return known;
    }

    private static Voucher Of(IncomeReceived income, string county, DateOnly today)
    {
        var moved = DayNumber.ToDate(income.ValueOn);
        // A bank may date money into tomorrow; it is booked with what is known today.
        return new Voucher(Kind, $"{income.IncomeNo}", moved <= today ? moved : today, income.Period, $"{income.Channel} {income.Reference}".TrimEnd(), [], IncomeEntries.Of(income, county));
    }
}
