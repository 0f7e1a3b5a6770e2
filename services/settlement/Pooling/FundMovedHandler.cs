using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Pooling;

/// <summary>On the other side of a move: money that is on its way is awaited (and found, where it was there before its announcement); a move without money is booked at once, once.</summary>
internal sealed class FundMovedHandler(ChinaCalendar calendar) : IEventHandler<FundMoved>
{
    public async Task Handle(EventContext context, IReadOnlyList<FundMoved> events, CancellationToken cancellation)
    {
        var at = context.Tenant;
        foreach (var e in events.Where(e => context.Source != at.Code && (at.IsCity || e.County == at.Code)))
        {
            if (at.IsCity && e.County != context.Source) throw new InvalidOperationException($"{e.Number} comes from {context.Source} and is of {e.County}");
            var head = await LedgerHead.Lock(context.Connection, context.Transaction, cancellation);
            var lines = e.Lines.Select(l => new MoveLine(l.Fund, "", "", l.AmountFen)).ToList();
            var heard = new FundMove(e.Number, e.Kind, e.County, false, null, FundMove.Sent, e.Year, e.Reason, lines, e.People, e.BankReference, DayNumber.ToDate(e.MovedOn), null, DayNumber.ToDate(e.BookedOn));
            if (await FundMove.Find(context.Connection, context.Transaction, e.Number, cancellation) is { } known)
            {
                if (known.Own || (known.Kind, known.County, known.BankReference) != (heard.Kind, heard.County, heard.BankReference) || !known.Lines.SequenceEqual(lines)) throw new InvalidOperationException($"{e.Number} is known with other content");
                continue;
            }
            if (MoveEntries.IsTransfer(e.Kind))
            {
                await heard.Keep(context.Connection, context.Transaction, calendar.UtcNow, cancellation);
                var early = await FundArrival.Read(context.Connection, context.Transaction, "WHERE move_number = $1 AND state = 'unmatched' AND amount_fen = $2 ORDER BY confirmed_at LIMIT 1", cancellation, e.Number, heard.AmountFen);
                if (early.SingleOrDefault() is { } arrival && !heard.People.Any(p => TwoPeople.AreOne(p, arrival.ConfirmedBy)))
                    await arrival.Match(context.Connection, context.Transaction, at, head, heard, inSuspense: true, calendar, cancellation);
            }
            else
            {
                var booked = await heard.Book(context.Connection, context.Transaction, at, head, heard.MovedOn!.Value, FundMove.Arrived, calendar, cancellation);
                var day = DayNumber.Of(booked.BookedOn!.Value);
                await FundMove.Tell(context.Connection, context.Transaction, e.Number, new FundMirrored(e.Number, e.County, day, "", day), calendar.UtcNow, cancellation);
            }
        }
    }
}
