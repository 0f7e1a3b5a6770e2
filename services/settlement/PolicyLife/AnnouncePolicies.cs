using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>Tells again of all that was published: for a county that came later, or whose queue was lost. Who knows it already does nothing.</summary>
internal static class AnnouncePolicies
{
    /// <returns>How many publications were announced.</returns>
    public static async Task<Outcome<int>> Execute(NpgsqlDataSource city, string cityCode, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await PolicyBook.Begin(connection, cancellation);
        var events = new List<OutboxEvent>();
        foreach (var draft in (await PolicyBook.Read(connection, cancellation)).Where(d => d.Publication is not null).OrderBy(d => d.Publication!.No))
        {
            if (await PolicyBook.ReadText(connection, draft, draft.Latest, cancellation) is not { } text) return Refusals.PolicyTextTampered;
            events.Add(OutboxEvent.Of(cityCode, PublishPolicy.EventOf(cityCode, draft, draft.Publication!, text), now));
        }
        await Outbox.Add(connection, transaction, events, cancellation);
        await transaction.CommitAsync(cancellation);
        return events.Count;
    }
}
