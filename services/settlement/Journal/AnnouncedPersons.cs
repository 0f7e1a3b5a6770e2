using System.Collections.Concurrent;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Settlement.Journal;

/// <summary>
/// Persons as enrollment announced them lately. Their change reaches the table only with the commit of the transaction that took the event, and a command
/// may have read the table before: without this, memory would keep the older state for as long as the person is busy.
/// </summary>
internal sealed class AnnouncedPersons
{
    // Longer than an event's transaction and a command's look into the tables may take together.
    private static readonly long KeptMs = 60_000;

    private readonly ConcurrentDictionary<string, (Person Person, long At)> persons = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string PsnNo, long At)> order = new();

    public void Add(Person person)
    {
        var now = Environment.TickCount64;
        persons.AddOrUpdate(person.PsnNo, (person, now), (_, known) => known.Person.Version < person.Version ? (person, now) : known);
        order.Enqueue((person.PsnNo, now));
        while (order.TryPeek(out var oldest) && now - oldest.At > KeptMs && order.TryDequeue(out oldest))
            if (persons.TryGetValue(oldest.PsnNo, out var known) && now - known.At > KeptMs) persons.TryRemove(oldest.PsnNo, out _);
    }

    /// <summary>The newer one of what is given and what was announced.</summary>
    public Person? Newest(string psnNo, Person? insured) =>
        persons.TryGetValue(psnNo, out var known) && (insured is null || insured.Version < known.Person.Version) ? known.Person : insured;
}
