using MedInsure.Billing.Assessments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;

namespace MedInsure.Billing.Persons;

/// <summary>Keeps what enrollment announces, and assesses the changed persons anew in the same transaction, in the years that have been assessed and have not ended.</summary>
internal sealed class PersonChangedHandler(ChinaCalendar calendar) : IEventHandler<InsuredPersonChanged>
{
    public async Task Handle(EventContext context, IReadOnlyList<InsuredPersonChanged> events, CancellationToken cancellation)
    {
        var changed = await PersonCopy.Keep(context.Connection, context.Transaction, events, cancellation);
        if (changed.Length > 0) await ReassessPersons.Run(context.Connection, context.Transaction, changed, "person_changed", calendar, cancellation);
    }
}
