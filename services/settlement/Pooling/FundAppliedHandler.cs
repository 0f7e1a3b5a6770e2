using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;

namespace MedInsure.Settlement.Pooling;

/// <summary>At the city: what its counties ask waits for a decision.</summary>
internal sealed class FundAppliedHandler(ChinaCalendar calendar) : IEventHandler<FundApplied>
{
    public async Task Handle(EventContext context, IReadOnlyList<FundApplied> events, CancellationToken cancellation)
    {
        foreach (var e in events)
        {
            if (!e.Number.StartsWith(context.Source, StringComparison.Ordinal)) throw new InvalidOperationException($"{e.Number} comes from {context.Source}");
            if (await FundApplication.Find(context.Connection, context.Transaction, e.Number, cancellation) is not null) continue;
            var asked = new FundApplication(e.Number, e.Kind, context.Source, null, FundApplication.Applied, e.Year, e.Month, e.Reason, [.. e.Lines.Select(l => new ApplicationLine(l.Fund, l.Line, l.AmountFen))], e.People, [], "", 0, 1);
            await asked.Keep(context.Connection, context.Transaction, calendar.UtcNow, cancellation);
        }
    }
}
