using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;

namespace MedInsure.Settlement.Pooling;

/// <summary>At the county: what the city decided.</summary>
internal sealed class FundDecidedHandler(ChinaCalendar calendar) : IEventHandler<FundApplicationDecided>
{
    public async Task Handle(EventContext context, IReadOnlyList<FundApplicationDecided> events, CancellationToken cancellation)
    {
        foreach (var e in events.Where(e => !context.Tenant.IsCity && e.County == context.Tenant.Code))
        {
            if (await FundApplication.Find(context.Connection, context.Transaction, e.Number, cancellation) is not { } asked) throw new InvalidOperationException($"{e.Number} was not asked here");
            if (asked.State != FundApplication.Applied) continue;
            await (asked with { State = e.State, DecidedBy = e.People, Decision = e.Reason, GrantedFen = e.GrantedFen, Years = e.Years }).Keep(context.Connection, context.Transaction, calendar.UtcNow, cancellation);
        }
    }
}
