using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Persons;

/// <summary>Keeps what enrollment announces, in the table and in the writer's memory.</summary>
public sealed class InsuredPersonHandler(TenantJournals journals) : IEventHandler<InsuredPersonChanged>
{
    public async Task Handle(EventContext context, IReadOnlyList<InsuredPersonChanged> events, CancellationToken cancellation)
    {
        var persons = events.Select(InsuredPersons.PersonOf).ToList();
        await InsuredPersons.Keep(context.Connection, context.Transaction, persons, cancellation);
        // Memory may be ahead of the table if the transaction fails now; the event comes again and the version decides.
        if (journals.Find(context.Tenant.Code) is { } journal)
            foreach (var person in persons) journal.Replace(person);
    }
}
