using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>Persons, new or known, enrolled together for a covered year: one, a household, a group. All of them, or none.</summary>
internal static class EnrolPersons
{
    /// <param name="Who">Empty: everyone. Else as the pack's windows name kinds: migrant_worker, married_in, moved_in, recognised.</param>
    /// <param name="HouseholdNo">Of a household on file; the persons are of it, or come to it.</param>
    /// <param name="NewHousehold">In its place: the persons are a household that gets a number.</param>
    /// <param name="Group">A school or another group that sent them.</param>
    public sealed record Order(
        string? RequestKey, string? Insutype, int Year, string? Who, DateOnly? EventOn, string? HouseholdNo, bool NewHousehold, string? Group, string? Why, string? By, IReadOnlyList<Applicant>? Persons);

    /// <param name="CoveredFrom">If paid at once, or when the window opens.</param>
    public sealed record Answer(long RequestNo, string HouseholdNo, string Window, DateOnly PayFrom, DateOnly PayUntil, DateOnly CoveredFrom, DateOnly CoveredTo, IReadOnlyList<Enrolled> Persons);
    public sealed record Enrolled(string PsnNo, string PsnName, bool IsNew);

    public static async Task<Outcome<Answer>> Execute(NpgsqlDataSource database, string county, Settlement.SettlementClient settlement, Order order, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (EnrolmentRequests.Check(order.RequestKey, order.By, order.Why) is { } unfit) return unfit;
        if (order.Persons is not { Count: >= 1 and <= EnrolRefusals.PersonsMax } persons || persons.Contains(null!)) return EnrolRefusals.PersonsInvalid;
        var who = string.IsNullOrEmpty(order.Who) ? Covers.EnrolmentWindows.Everyone : order.Who;
        // Those are enrolled with their mother.
        if (who is Covers.EnrolmentWindows.Newborn or Covers.EnrolmentWindows.Foetus) return EnrolRefusals.WhoUnknown;
        if ((order.Group ?? "").Length > 200) return EnrolRefusals.GroupMissing.At("group");
        return await Enrol(database, county, settlement, "persons", order, order with { Who = who }, calendar, bell, persons, null, cancellation);
    }

    /// <param name="content">What the request key stands for.</param>
    /// <param name="order">Names who.</param>
    /// <param name="prepare">Looks at the county before anybody is enrolled; its refusal refuses all.</param>
    internal static async Task<Outcome<Answer>> Enrol(
        NpgsqlDataSource database, string county, Settlement.SettlementClient settlement, string kind, object content, Order order, ChinaCalendar calendar, OutboxBell bell,
        IReadOnlyList<Applicant> persons, Func<HeldCounty, Task<Outcome<string>>>? prepare, CancellationToken cancellation, Func<HeldCounty, string, Task>? after = null)
    {
        var digest = EnrolmentRequests.Digest(kind, content);
        if (await EnrolmentRequests.Known<Answer>(database, order.RequestKey!, digest, cancellation) is { } known) return known;
        var (who, householdNo) = (order.Who!, order.HouseholdNo ?? "");
        // Settlement is asked while nobody waits for the county.
        var plan = await EnrolmentPlan.Make(settlement, county, order.Insutype ?? "", order.Year, who, order.EventOn, calendar.Today, cancellation);
        if (plan.Refusal is { } closed) return closed;

        await using var held = await HeldCounty.Take(database, cancellation);
        if (await EnrolmentRequests.Known<Answer>(held, order.RequestKey!, digest, cancellation) is { } again) return again;
        if (prepare is not null)
        {
            var prepared = await prepare(held);
            if (prepared.Refusal is { } refused) return refused;
            householdNo = prepared.Value;
        }
        else if (order.NewHousehold) householdNo = await NewHousehold(held, county, cancellation);
        else if (householdNo.Length > 0 && !await IsHousehold(held, householdNo, cancellation)) return EnrolRefusals.HouseholdUnknown;

        var (requestNo, at) = (await EnrolmentRequests.Next(held, cancellation), calendar.UtcNow);
        var results = await new Enrolling(county, order.Insutype!, order.Year, who, order.EventOn, householdNo, order.Group ?? "", plan.Value)
            .Run(held, requestNo, persons, isList: false, calendar.Today, at, order.By!.Trim(), cancellation);
        for (var i = 0; i < results.Count; i++)
            if (results[i].Refusal is { } refusal) return refusal.At(prepare is null ? $"persons[{i}]{(refusal.Field is null ? "" : $".{refusal.Field}")}" : refusal.Field ?? "");
        if (after is not null) await after(held, results[0].PsnNo);
        var answer = new Answer(requestNo, householdNo, plan.Value.Window, plan.Value.PayFrom, plan.Value.PayUntil, plan.Value.Days.From, plan.Value.Days.To!.Value, [.. results.Select(r => new Enrolled(r.PsnNo, r.PsnName, r.IsNew))]);
        await EnrolmentRequests.Write(held, requestNo, order.RequestKey!, kind, digest, answer, order.By!, order.Why, at, cancellation);
        await held.Commit(county, bell, cancellation);
        return answer;
    }

    internal static async Task<bool> IsHousehold(HeldCounty held, string householdNo, CancellationToken cancellation) =>
        (await held.Rows("SELECT 1 FROM person WHERE household_no = $1 AND merged_into IS NULL LIMIT 1", _ => true, cancellation, householdNo)).Count > 0;

    private static async Task<string> NewHousehold(HeldCounty held, string county, CancellationToken cancellation)
    {
        while (true)
        {
            var householdNo = $"{county}H{(await held.Rows("SELECT nextval('person_number')", r => r.GetInt64(0), cancellation))[0]:D10}";
            if (!await IsHousehold(held, householdNo, cancellation)) return householdNo;
        }
    }
}
