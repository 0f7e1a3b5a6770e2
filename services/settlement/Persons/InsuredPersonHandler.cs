using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Settlement.Corrections;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Persons;

/// <summary>Keeps what enrollment announces in the table, and queues who was recognised for days gone by: once, in whichever replica the bus gives it to.</summary>
public sealed class InsuredPersonHandler(TenantJournals journals, TimeProvider time) : IEventHandler<InsuredPersonChanged>
{
    public async Task Handle(EventContext context, IReadOnlyList<InsuredPersonChanged> events, CancellationToken cancellation)
    {
        var persons = events.Select(InsuredPersons.PersonOf).ToList();
        var now = time.GetUtcNow();
        await RevaluationQueue.Note(context.Connection, context.Transaction, persons, ChinaCalendar.DayOf(now.ToUnixTimeMilliseconds()), now, cancellation);
        await InsuredPersons.Keep(context.Connection, context.Transaction, persons, cancellation);
        // Memory may be ahead of the table if the transaction fails now; the event comes again and the version decides.
        if (journals.Find(context.Tenant.Code) is { } journal)
            foreach (var person in persons) journal.Replace(person);
    }
}

/// <summary>Takes it into the memory of every replica: the writer may be another one than the handler's.</summary>
public sealed class InsuredPersonListener(TenantJournals journals) : IEventListener<InsuredPersonChanged>
{
    public Task Hear(string source, IReadOnlyList<InsuredPersonChanged> events, CancellationToken cancellation)
    {
        if (journals.Find(source) is { } journal)
            foreach (var changed in events) journal.Replace(InsuredPersons.PersonOf(changed));
        return Task.CompletedTask;
    }
}
