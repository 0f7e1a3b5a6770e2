using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;

namespace MedInsure.Settlement.Pooling;

/// <summary>Whoever began a move learns that the other side has it in its ledger.</summary>
internal sealed class FundMirroredHandler(ChinaCalendar calendar) : IEventHandler<FundMirrored>
{
    public async Task Handle(EventContext context, IReadOnlyList<FundMirrored> events, CancellationToken cancellation)
    {
        foreach (var e in events.Where(e => context.Source != context.Tenant.Code && e.Number.StartsWith(context.Tenant.Code, StringComparison.Ordinal)))
        {
            if (await FundMove.Find(context.Connection, context.Transaction, e.Number, cancellation) is not { Own: true } move) throw new InvalidOperationException($"{e.Number} was not begun here");
            if (move.State == FundMove.Arrived && move.PeerBookedOn is not null) continue;
            await (move with { State = FundMove.Arrived, PeerBookedOn = DayNumber.ToDate(e.BookedOn) }).Keep(context.Connection, context.Transaction, calendar.UtcNow, cancellation);
        }
    }
}
