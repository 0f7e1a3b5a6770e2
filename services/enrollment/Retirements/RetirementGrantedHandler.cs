using MedInsure.Enrollment.Persons;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Retirements;

/// <summary>Opens the cover of those whose years of contribution suffice.</summary>
internal sealed class RetirementGrantedHandler(ChinaCalendar calendar) : IEventHandler<RetirementGranted>
{
    public async Task Handle(EventContext context, IReadOnlyList<RetirementGranted> events, CancellationToken cancellation)
    {
        await using var held = new HeldCounty(context.Connection, context.Transaction);
        await held.Lock(cancellation);
        foreach (var granted in events) await RetirePerson.Run(held, granted, calendar.UtcNow, cancellation);
    }
}
