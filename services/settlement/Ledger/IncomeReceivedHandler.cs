using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;

namespace MedInsure.Settlement.Ledger;

/// <summary>Books what billing received, each income once and on the day on which it is heard of; takes effect when the money moved. A number that is missing stops the day's closing, not the booking.</summary>
internal sealed class IncomeReceivedHandler(ChinaCalendar calendar) : IEventHandler<IncomeReceived>
{
    public const string Kind = "income";

    public async Task Handle(EventContext context, IReadOnlyList<IncomeReceived> events, CancellationToken cancellation)
    {
        var head = await LedgerHead.Lock(context.Connection, context.Transaction, cancellation);
        var today = head.OpenDay(calendar.Today);
        await PostVouchers.Run(context.Connection, context.Transaction, context.Tenant.Code, head, [.. events.Select(e => (Of(e, context.Tenant.Code, today), today))], cancellation);
    }

    private static Voucher Of(IncomeReceived income, string county, DateOnly today)
    {
        var moved = DayNumber.ToDate(income.ValueOn);
        // A bank may date money into tomorrow; it is booked with what is known today.
        return new Voucher(Kind, $"{income.IncomeNo}", moved <= today ? moved : today, income.Period, $"{income.Channel} {income.Reference}".TrimEnd(), [], IncomeEntries.Of(income, county));
    }
}
