using MedInsure.Enrollment.Covers;
using MedInsure.Enrollment.Persons;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>Somebody is not enrolled after all, as long as no day of the cover has come: cover that was opened for later goes, and billing pays back what was paid.</summary>
internal static class WithdrawEnrolment
{
    public sealed record Order(string? Why, string? By);

    /// <returns>The enrolment as it is now. The same again changes nothing.</returns>
    public static async Task<Outcome<ListEnrolments.Enrolment>> Execute(NpgsqlDataSource database, string county, long enrolmentNo, Order order, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.By, "by") is { } nobody) return nobody;
        if (EnrollmentTexts.NoReason(order.Why) is { } noReason) return noReason;
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await ListEnrolments.Find(held, enrolmentNo, cancellation) is not { } enrolment) return EnrolRefusals.EnrolmentUnknown;
        if (enrolment.State == "withdrawn") return enrolment;
        var facts = await CoverFacts.Read(held, [enrolment.PsnNo], cancellation);
        var at = calendar.UtcNow;
        var opened = await held.Rows("SELECT from_on, to_on FROM contribution WHERE psn_no = $1 AND insutype = $2 AND period = $3 AND state = 'opened'", r => new DatePeriod(r.GetFieldValue<DateOnly>(0), r.GetFieldValue<DateOnly>(1)), cancellation,
            enrolment.PsnNo, enrolment.Insutype, enrolment.Year);
        foreach (var days in opened)
        {
            if (days.From <= calendar.Today) return EnrolRefusals.CoverBegun;
            if (facts.Survivor(enrolment.PsnNo) is { } person) facts.Cover.Remove(person.PsnNo, enrolment.Insutype, days);
        }
        await WriteCover.Run(held, facts.Cover, at, cancellation);
        // What was paid back meanwhile stays with the worker, which takes its cover away.
        await held.Run("""
            WITH gone AS (UPDATE contribution SET state = 'closed', refusal = '', changed_at = $4 WHERE psn_no = $1 AND insutype = $2 AND period = $3 AND is_paid AND state IN ('opened', 'covered', 'waiting', 'refused', 'pending') RETURNING psn_no, insutype, period)
            INSERT INTO contribution_step (psn_no, insutype, period, state, acted_by, why, at) SELECT psn_no, insutype, period, 'closed', $5, $6, $4 FROM gone
            """, cancellation, enrolment.PsnNo, enrolment.Insutype, enrolment.Year, at.UtcDateTime, order.By!.Trim(), order.Why);
        await held.Run("UPDATE enrolment SET withdrawn_by = $2, withdrawn_at = $3, withdrawn_why = $4 WHERE enrolment_no = $1", cancellation, enrolmentNo, order.By.Trim(), at.UtcDateTime, order.Why);
        await Outbox.Add(held.Connection, held.Transaction, [OutboxEvent.Of(enrolment.PsnNo, new CoverRequested(
            enrolment.PsnNo, enrolment.Insutype, enrolment.Year, enrolment.PsnType, enrolment.Who, DayNumber.Of(enrolment.RequestedOn), DayNumber.Of(enrolment.EventOn), Withdrawn: true), at)], cancellation);
        var now = (await ListEnrolments.Find(held, enrolmentNo, cancellation))!;
        await held.Commit(county, bell, cancellation);
        return now;
    }
}
