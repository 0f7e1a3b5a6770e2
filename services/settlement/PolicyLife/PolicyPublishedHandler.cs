using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>At a county: keeps what the city published for it until the county's writer has adopted it (<see cref="AdoptionWorker"/>), in whichever replica the bus gives it to.</summary>
public sealed class PolicyPublishedHandler(TimeProvider time) : IEventHandler<PolicyPublished>
{
    public async Task Handle(EventContext context, IReadOnlyList<PolicyPublished> events, CancellationToken cancellation)
    {
        if (context.Tenant.IsCity) return;
        foreach (var published in events.Where(e => e.Scope == context.Tenant.Code || e.Scope == context.Tenant.CityCode))
        {
            await using var command = new NpgsqlCommand("""
                WITH added AS (INSERT INTO policy_to_adopt (publication_no, event, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING event)
                SELECT event FROM added UNION ALL SELECT event FROM policy_to_adopt WHERE publication_no = $1
                """, context.Connection, context.Transaction)
            {
                Parameters =
                {
                    new NpgsqlParameter<long> { TypedValue = published.PublicationNo },
                    new NpgsqlParameter<byte[]> { TypedValue = EventJson.Write(published) },
                    new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
                },
            };
            var kept = EventJson.Read<PolicyPublished>((byte[])(await command.ExecuteScalarAsync(cancellation))!);
            // To the error queue, for a person: a city that lost its latest publications gives their numbers out again.
            if ((kept.Scope, kept.ContentHash, kept.EffectiveOn) != (published.Scope, published.ContentHash, published.EffectiveOn)) throw new InvalidOperationException($"publication {published.PublicationNo} of {context.Source} came before as {kept.Pack} {kept.Version} with other content");
        }
    }
}
