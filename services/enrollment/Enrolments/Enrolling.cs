using MedInsure.Enrollment.Covers;
using MedInsure.Enrollment.Persons;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>For which scheme and year, by which window, and with whom.</summary>
/// <param name="HouseholdNo">Empty: none is said.</param>
internal sealed record Enrolling(string County, string Insutype, int Year, string Who, DateOnly? EventOn, string HouseholdNo, string GroupName, EnrolmentPlan Plan)
{
    /// <summary>One who was enrolled, or why not.</summary>
    /// <param name="IsRepeated">Enrolled the same way before: nothing changed.</param>
    internal sealed record Result(Applicant Applicant, string PsnNo, string PsnName, bool IsNew, bool IsRepeated, Refusal? Refusal);

    /// <summary>Enrols those who can be, within the caller's transaction: new persons, their households, the enrolments, and what is told of both.</summary>
    /// <param name="isList">Of a list: who is enrolled the same way already is no error, and nothing changes.</param>
    public async Task<List<Result>> Run(HeldCounty held, long requestNo, IReadOnlyList<Applicant> applicants, bool isList, DateOnly today, DateTimeOffset at, string by, CancellationToken cancellation)
    {
        var known = await Find(held, applicants, cancellation);
        var (numbers, enrolled) = (known.Values.OfType<Person>().Select(p => p.PsnNo).Distinct().ToArray(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var psnNo in await held.Rows("SELECT psn_no FROM enrolment WHERE psn_no = ANY ($1) AND insutype = $2 AND year = $3 AND withdrawn_at IS NULL", r => r.GetString(0), cancellation, numbers, Insutype, Year)) enrolled.Add(psnNo);
        var cover = new CoverLedger(known.Values.OfType<Person>().DistinctBy(p => p.PsnNo));

        var (results, seen) = (new List<Result>(), new HashSet<string>(StringComparer.Ordinal));
        var (fresh, rows, moved) = (new List<(string PsnNo, Applicant Applicant)>(), new List<(string PsnNo, string PsnType)>(), new List<string>());
        var numbersLeft = await NextNumbers(held, applicants.Count(a => known[a] is null), cancellation);
        foreach (var applicant in applicants)
        {
            var person = known[applicant];
            var psnType = string.IsNullOrEmpty(applicant.PsnType) && person is not null ? cover.Last(person.PsnNo, Insutype, DateOnly.MaxValue)?.PsnType ?? "" : applicant.PsnType ?? "";
            var repeated = person is not null && isList && enrolled.Contains(person.PsnNo);
            if (!seen.Add(person?.PsnNo ?? $"{applicant.CertType}:{applicant.Number}")) { Refuse(EnrolRefusals.PersonTwice); continue; }
            if (Check(applicant, person, psnType, cover, !repeated && person is not null && enrolled.Contains(person.PsnNo), repeated, today) is { } refusal) { Refuse(refusal); continue; }
            var psnNo = person?.PsnNo ?? numbersLeft.Dequeue();
            results.Add(new Result(applicant, psnNo, person?.PsnName ?? applicant.PsnName!, person is null, repeated, null));
            if (repeated) continue;
            if (person is null) fresh.Add((psnNo, applicant));
            else if (HouseholdNo.Length > 0 && person.HouseholdNo.Length == 0) moved.Add(psnNo);
            rows.Add((psnNo, psnType));

            void Refuse(Refusal why) => results.Add(new Result(applicant, person?.PsnNo ?? "", person?.PsnName ?? applicant.PsnName ?? "", false, false, why));
        }
        await Write(held, requestNo, fresh, rows, moved, today, at, by, cancellation);
        return results;
    }

    private Refusal? Check(Applicant applicant, Person? person, string psnType, CoverLedger cover, bool isEnrolled, bool isRepeated, DateOnly today)
    {
        if (person is null)
        {
            if (!string.IsNullOrEmpty(applicant.PsnNo)) return CoverRefusals.PersonUnknown.At("psn_no");
            // A child that has no certificate yet was looked at by its own use case.
            if (Who is not (EnrolmentWindows.Newborn or EnrolmentWindows.Foetus) && applicant.CheckNew(today) is { } unfit) return unfit;
        }
        else
        {
            if (applicant.CheckKnown(person) is { } differs) return differs;
            if (person.DiedOn != 0) return CoverRefusals.PersonDead;
            if (HouseholdNo.Length > 0 && person.HouseholdNo.Length > 0 && person.HouseholdNo != HouseholdNo) return EnrolRefusals.OtherHousehold;
        }
        if (!Applicant.IsType(psnType, Insutype)) return EnrolRefusals.TypeInvalid;
        if (isEnrolled) return EnrolRefusals.EnrolledAlready;
        if (person is null || isRepeated) return null;
        if (cover.IsCoveredElsewhere(person.PsnNo, Insutype, Plan.Days)) return CoverRefusals.OtherScheme;
        return cover.Add(person.PsnNo, Insutype, Plan.Days, psnType) ? null : EnrolRefusals.CoveredAlready;
    }

    /// <summary>Who is on file, by number or certificate; of two records of one person the one changed last, of a merged one the survivor.</summary>
    private static async Task<Dictionary<Applicant, Person?>> Find(HeldCounty held, IReadOnlyList<Applicant> applicants, CancellationToken cancellation)
    {
        var byNumber = applicants.Where(a => !string.IsNullOrEmpty(a.PsnNo)).Select(a => a.PsnNo!).Distinct().ToArray();
        var byCertificate = applicants.Where(a => string.IsNullOrEmpty(a.PsnNo) && a.Number.Length > 0).Select(a => a.Number).Distinct().ToArray();
        var leads = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, psnNo) in await held.Rows("""
            SELECT psn_no, coalesce(merged_into, psn_no) FROM person WHERE psn_no = ANY ($1)
            UNION ALL
            SELECT DISTINCT ON (psn_cert_type, certno) psn_cert_type || ':' || certno, coalesce(merged_into, psn_no) FROM (
                SELECT * FROM person WHERE hashtext(certno) = ANY (ARRAY(SELECT hashtext(c) FROM unnest($2) AS c)) AND certno = ANY ($2) ORDER BY psn_cert_type, certno, merged_into IS NULL DESC, changed_at DESC, psn_no DESC
            ) found
            """, r => (r.GetString(0), r.GetString(1)), cancellation, byNumber, byCertificate)) leads[key] = psnNo;
        var persons = (await PersonReader.Read(held.Connection, [.. leads.Values.Distinct()], cancellation)).ToDictionary(p => p.PsnNo);
        var all = new Dictionary<Applicant, Person?>(ReferenceEqualityComparer.Instance);
        foreach (var applicant in applicants)
            all[applicant] = leads.TryGetValue(string.IsNullOrEmpty(applicant.PsnNo) ? $"{applicant.CertType}:{applicant.Number}" : applicant.PsnNo, out var psnNo) ? persons.GetValueOrDefault(psnNo) : null;
        return all;
    }

    /// <summary>Numbers that nobody has: an old system's files may hold any.</summary>
    private async Task<Queue<string>> NextNumbers(HeldCounty held, int count, CancellationToken cancellation)
    {
        var free = new Queue<string>(count);
        while (free.Count < count)
            foreach (var psnNo in await held.Rows("""
                SELECT n.psn_no FROM (SELECT $1 || 'E' || lpad(nextval('person_number')::text, 10, '0') AS psn_no FROM generate_series(1, $2)) n
                WHERE NOT EXISTS (SELECT FROM person p WHERE p.psn_no = n.psn_no) ORDER BY n.psn_no
                """, r => r.GetString(0), cancellation, County, count - free.Count)) free.Enqueue(psnNo);
        return free;
    }

    private async Task Write(HeldCounty held, long requestNo, List<(string PsnNo, Applicant Applicant)> fresh, List<(string PsnNo, string PsnType)> rows, List<string> moved, DateOnly today, DateTimeOffset at, string by, CancellationToken cancellation)
    {
        if (rows.Count == 0) return;
        var household = HouseholdNo;
        await held.Run("""
            INSERT INTO person (psn_no, psn_cert_type, certno, psn_name, gend, birth_on, county, household_no, version, changed_at)
            SELECT psn_no, psn_cert_type, CASE certno WHEN '' THEN psn_no ELSE certno END, psn_name, gend, birth_on, $7, $8, 1, $9 FROM unnest($1, $2, $3, $4, $5, $6) AS n (psn_no, psn_cert_type, certno, psn_name, gend, birth_on)
            """, cancellation, fresh.ConvertAll(f => f.PsnNo), fresh.ConvertAll(f => f.Applicant.CertType), fresh.ConvertAll(f => f.Applicant.Number), fresh.ConvertAll(f => f.Applicant.PsnName!),
            fresh.ConvertAll(f => f.Applicant.Gend!), fresh.ConvertAll(f => f.Applicant.BirthOn!.Value), County, household, at.UtcDateTime);
        await ApplyPersons.AddEvents(held.Connection, held.Transaction, [.. fresh.Select(f => f.PsnNo)], at, cancellation);
        if (moved.Count > 0)
        {
            await held.Run("""
                INSERT INTO person_change (psn_no, kind, before, after, why, evidence, state, proposed_by, proposed_at, decided_by, decided_at)
                SELECT psn_no, 'other_data', '{"household_no": ""}', jsonb_build_object('household_no', $2::text), 'enrolled with the household', '', 'approved', $3, $4, $3, $4 FROM unnest($1) AS m (psn_no)
                """, cancellation, moved, household, by, at.UtcDateTime);
            await held.Run("UPDATE person SET household_no = $2 WHERE psn_no = ANY ($1)", cancellation, moved, household);
            await held.Tell([.. moved], at, cancellation);
        }
        await held.Run("""
            INSERT INTO enrolment (request_no, psn_no, insutype, year, psn_type, who, event_on, group_name, requested_on) SELECT $1, psn_no, $4, $5, psn_type, $6, $7::date, $8, $9 FROM unnest($2, $3) AS e (psn_no, psn_type)
            """, cancellation, requestNo, rows.ConvertAll(r => r.PsnNo), rows.ConvertAll(r => r.PsnType), Insutype, Year, Who, EventOn, GroupName, today);
        // Withdrawn before and not paid back: what was paid counts again.
        await OpenCover.Again(held, "psn_no = ANY ($4) AND insutype = $5 AND period = $6 AND is_paid AND state = 'closed'", by, "enrolled again", at, cancellation, rows.ConvertAll(r => r.PsnNo), Insutype, Year);
        await Outbox.Add(held.Connection, held.Transaction,
            [.. rows.Select(r => OutboxEvent.Of(r.PsnNo, new CoverRequested(r.PsnNo, Insutype, Year, r.PsnType, Who, DayNumber.Of(today), DayNumber.Of(EventOn)), at))], cancellation);
    }
}
