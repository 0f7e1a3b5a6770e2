using MedInsure.Enrollment.Changes;
using MedInsure.Enrollment.Covers;
using MedInsure.Enrollment.Persons;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>
/// A child that was enrolled before its birth is born: the record becomes the newborn's, by two people and with evidence as every change of key data. What was paid covers it
/// from the birth; not paid for, it is a newborn like others from now on. Or the pregnancy has ended: it is enrolled no more, and billing pays back what was paid.
/// </summary>
internal static class RegisterBirth
{
    /// <summary>Around the expected day (assumed: from the 24th week to two weeks after it).</summary>
    private const int DaysEarlyMax = 120, DaysLateMax = 30;

    public sealed record Birth(string? RequestKey, string? PsnName, string? Gend, DateOnly? BirthOn, string? PsnCertType, string? Certno, string? Evidence, string? By, string? Approver);
    public sealed record End(string? RequestKey, string? Why, string? By);
    public sealed record Answer(string PsnNo, string MotherNo, DateOnly ExpectedOn, DateOnly? BornOn, DateOnly? EndedOn, bool IsPaid);

    public static async Task<Outcome<Answer>> Born(NpgsqlDataSource database, string county, string psnNo, Birth birth, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (EnrolmentRequests.Check(birth.RequestKey, birth.By, "") is { } unfit) return unfit;
        if (TwoPeople.Check(birth.By, "by", birth.Approver) is { } alone) return alone;
        if (EnrollmentTexts.Check(birth.Evidence, 500, "evidence") is { } noEvidence) return noEvidence;
        if (birth.BirthOn is not { } bornOn || bornOn > calendar.Today) return EnrolRefusals.BirthInvalid;
        var child = EnrolNewborn.Child(birth.PsnCertType, birth.Certno, birth.PsnName, birth.Gend, bornOn);
        if (EnrolNewborn.Check(child, calendar.Today) is { } wrong) return wrong;

        return await Settle(database, county, psnNo, "birth", birth.RequestKey!, birth, birth.By!, birth.Evidence!, calendar, bell, async (held, person, foetus, at) =>
        {
            if (bornOn < foetus.ExpectedOn.AddDays(-DaysEarlyMax) || bornOn > foetus.ExpectedOn.AddDays(DaysLateMax)) return EnrolRefusals.BirthInvalid;
            var (before, after) = (KeyData.Of(person), new KeyData(child.CertType, child.Number.Length == 0 ? psnNo : child.Number, child.PsnName!, child.Gend!, bornOn));
            await PersonChange.Add(held, null, psnNo, "key_data", before.Beside(after), after.Beside(before), "born", birth.Evidence!, birth.By!, birth.Approver, at, cancellation);
            await PersonChange.WriteKeyData(held, psnNo, after, cancellation);
            await held.Run("UPDATE foetus SET born_on = $2 WHERE psn_no = $1", cancellation, psnNo, bornOn);
            await held.Tell([psnNo], at, cancellation);
            // What was paid waits for this day.
            await OpenCover.Again(held, "psn_no = $4 AND state = 'waiting'", birth.By!.Trim(), "born", at, cancellation, psnNo);
            return null;
        }, cancellation);
    }

    public static Task<Outcome<Answer>> Ended(NpgsqlDataSource database, string county, string psnNo, End end, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (EnrolmentRequests.Check(end.RequestKey, end.By, "") is { } unfit) return Task.FromResult<Outcome<Answer>>(unfit);
        if (EnrollmentTexts.NoReason(end.Why) is { } noReason) return Task.FromResult<Outcome<Answer>>(noReason);
        return Settle(database, county, psnNo, "foetus_end", end.RequestKey!, end, end.By!, end.Why!, calendar, bell, async (held, _, _, at) =>
        {
            await held.Run("UPDATE foetus SET ended_on = $2 WHERE psn_no = $1", cancellation, psnNo, calendar.Today);
            return null;
        }, cancellation);
    }

    private static async Task<Outcome<Answer>> Settle(
        NpgsqlDataSource database, string county, string psnNo, string kind, string requestKey, object content, string by, string why, ChinaCalendar calendar, OutboxBell bell,
        Func<HeldCounty, Protos.Enrollment.V1.Person, CoverFacts.Unborn, DateTimeOffset, Task<Refusal?>> act, CancellationToken cancellation)
    {
        var digest = EnrolmentRequests.Digest($"{kind} {psnNo}", content);
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await EnrolmentRequests.Known<Answer>(held, requestKey, digest, cancellation) is { } known) return known;
        var person = await held.Find(psnNo, cancellation);
        if (person.Refusal is { } refusal) return refusal;
        if (await CoverFacts.Foetuses(held, [psnNo], cancellation) is not [var (_, foetus)]) return EnrolRefusals.FoetusUnknown;
        if (foetus.BornOn is not null || foetus.EndedOn is not null) return EnrolRefusals.FoetusSettled;
        var (requestNo, at) = (await EnrolmentRequests.Next(held, cancellation), calendar.UtcNow);
        if (await act(held, person.Value, foetus, at) is { } refused) return refused;

        var paid = (await held.Rows("SELECT 1 FROM contribution WHERE psn_no = $1 AND is_paid LIMIT 1", _ => true, cancellation, psnNo)).Count > 0;
        var (_, now) = (await CoverFacts.Foetuses(held, [psnNo], cancellation))[0];
        if (now.EndedOn is not null || !paid) await Reenrol(held, requestNo, psnNo, now, calendar.Today, at, by, why, cancellation);
        var answer = new Answer(psnNo, now.MotherNo, now.ExpectedOn, now.BornOn, now.EndedOn, paid);
        await EnrolmentRequests.Write(held, requestNo, requestKey, kind, digest, answer, by, why, at, cancellation);
        await held.Commit(county, bell, cancellation);
        return answer;
    }

    /// <summary>The enrolment as a foetus ends; a child that was not paid for is enrolled as a newborn for the year of its birth, the others for none.</summary>
    private static async Task Reenrol(HeldCounty held, long requestNo, string psnNo, CoverFacts.Unborn foetus, DateOnly today, DateTimeOffset at, string by, string why, CancellationToken cancellation)
    {
        var gone = await held.Rows("UPDATE enrolment SET withdrawn_by = $2, withdrawn_at = $3, withdrawn_why = $4 WHERE psn_no = $1 AND who = 'foetus' AND withdrawn_at IS NULL RETURNING insutype, year, psn_type",
            r => (Insutype: r.GetString(0), Year: r.GetInt32(1), PsnType: r.GetString(2)), cancellation, psnNo, by.Trim(), at.UtcDateTime, why);
        foreach (var (insutype, year, psnType) in gone)
        {
            await Tell(new CoverRequested(psnNo, insutype, year, psnType, EnrolmentWindows.Foetus, DayNumber.Of(today), DayNumber.Of(foetus.ExpectedOn), Withdrawn: true));
            if (foetus.BornOn is not { } bornOn) continue;
            await held.Run("INSERT INTO enrolment (request_no, psn_no, insutype, year, psn_type, who, event_on, group_name, requested_on) VALUES ($1, $2, $3, $4, $5, 'newborn', $6, '', $7)", cancellation, requestNo, psnNo, insutype, bornOn.Year, psnType, bornOn, today);
            await Tell(new CoverRequested(psnNo, insutype, bornOn.Year, psnType, EnrolmentWindows.Newborn, DayNumber.Of(today), DayNumber.Of(bornOn)));
        }

        Task Tell(CoverRequested told) => Outbox.Add(held.Connection, held.Transaction, [OutboxEvent.Of(psnNo, told, at)], cancellation);
    }
}
