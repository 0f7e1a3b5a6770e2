using Google.Protobuf;
using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Persons;
using MedInsure.Enrollment.Register;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Merging;

/// <summary>
/// One person's two records become one: proposed by one person, approved by another. The retired number leads to the surviving one from then on; its record stays,
/// without cover. Both records as they were are kept with the merge. Nobody can say that two different persons are one: then nothing is merged, for any reason.
/// </summary>
internal static class MergePersons
{
    private const int TextMax = 500;

    public sealed record Proposal(string? RequestKey, string? RetiredNo, string? SurvivingNo, string? Why, string? Proposer);
    public sealed record Decision(bool? Approve, string? Approver);
    public sealed record Merge(long MergeNo, string RetiredNo, string SurvivingNo, string Why, string State, string ProposedBy, DateTimeOffset ProposedAt, string? DecidedBy, DateTimeOffset? DecidedAt);

    private const string Columns = "merge_no, retired_no, surviving_no, why, state, proposed_by, proposed_at, decided_by, decided_at";

    public static async Task<Outcome<Merge>> Propose(NpgsqlDataSource database, Proposal proposal, DateTimeOffset at, CancellationToken cancellation)
    {
        if (!IsText(proposal.RequestKey, Refusals.RequestKeyMax)) return Refusals.RequestKeyMissing.At("request_key");
        if (!IsText(proposal.RetiredNo, 30)) return Refusals.NumberMissing.At("retired_no");
        if (!IsText(proposal.SurvivingNo, 30)) return Refusals.NumberMissing.At("surviving_no");
        if (!IsText(proposal.Why, TextMax)) return Refusals.ReasonMissing.At("why");
        if (TwoPeople.Name(proposal.Proposer, "proposer") is { } nobody) return nobody;
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await Find(held, "request_key = $1", proposal.RequestKey!, cancellation) is [var known])
            return known.RetiredNo == proposal.RetiredNo && known.SurvivingNo == proposal.SurvivingNo ? known : Refusals.RequestKeyReused.At("request_key");
        var pair = await Pair(held, proposal.RetiredNo!, proposal.SurvivingNo!, cancellation);
        if (pair.Refusal is { } refusal) return refusal;
        if ((await Find(held, "state = 'proposed' AND retired_no = $1", proposal.RetiredNo!, cancellation)).Count > 0) return Refusals.MergeProposedAlready.At("retired_no");
        var merge = (await held.Rows($"""
            INSERT INTO person_merge (request_key, retired_no, surviving_no, why, state, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, 'proposed', $5, $6) RETURNING {Columns}
            """, Of, cancellation, proposal.RequestKey, proposal.RetiredNo, proposal.SurvivingNo, proposal.Why, proposal.Proposer!.Trim(), at.UtcDateTime))[0];
        await held.Transaction.CommitAsync(cancellation);
        return merge;
    }

    /// <returns>The merge as it is now. The same decision again changes nothing.</returns>
    public static async Task<Outcome<Merge>> Decide(NpgsqlDataSource database, string county, long number, Decision decision, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (decision.Approve is not { } approve) return Refusals.DecisionMissing.At("approve");
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await Find(held, "merge_no = $1", number, cancellation) is not [var merge]) return Refusals.MergeUnknown;
        if (TwoPeople.Check(merge.ProposedBy, "proposer", decision.Approver) is { } unfit) return unfit;
        if (merge.State != "proposed") return merge.State == (approve ? "approved" : "rejected") ? merge : Refusals.MergeDecided;

        var at = calendar.UtcNow;
        var (state, approver) = (approve ? "approved" : "rejected", decision.Approver!.Trim());
        byte[]? retiredBefore = null, survivingBefore = null;
        if (approve)
        {
            // What was true when it was proposed may have changed since.
            var pair = await Pair(held, merge.RetiredNo, merge.SurvivingNo, cancellation);
            if (pair.Refusal is { } refusal) return refusal;
            var (retired, surviving) = pair.Value;
            (retiredBefore, survivingBefore) = (retired.ToByteArray(), surviving.ToByteArray());
            await Apply(held, county, merge, approver, retired, surviving, calendar, cancellation);
        }
        await held.Run("UPDATE person_merge SET state = $2, decided_by = $3, decided_at = $4, retired_before = $5::bytea, surviving_before = $6::bytea WHERE merge_no = $1", cancellation,
            number, state, approver, at.UtcDateTime, retiredBefore, survivingBefore);
        await held.Commit(county, bell, cancellation);
        return merge with { State = state, DecidedBy = approver, DecidedAt = at };
    }

    public static async Task<Outcome<List<Merge>>> List(NpgsqlDataSource database, string state, long after, int limit, CancellationToken cancellation)
    {
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        return await database.Rows($"SELECT {Columns} FROM person_merge WHERE ($1 = '' OR state = $1) AND merge_no > $2 ORDER BY merge_no LIMIT $3", Of, cancellation, state, after, limit);
    }

    /// <summary>Why the two records are not one person's; null: they may be.</summary>
    internal static Refusal? Differ(Person retired, Person surviving)
    {
        if (retired.PsnNo == surviving.PsnNo) return Refusals.MergeOfOne;
        if (retired.MergedInto.Length > 0) return Refusals.MergedAlready.At("retired_no");
        if (surviving.MergedInto.Length > 0) return Refusals.MergedAlready.At("surviving_no");
        var (oldKey, newKey) = (OldAndNewNumber.Key(retired.Certno), OldAndNewNumber.Key(surviving.Certno));
        if (oldKey is not null && newKey is not null ? oldKey != newKey : oldKey is null && newKey is null && retired.PsnCertType == surviving.PsnCertType && retired.Certno != surviving.Certno) return Refusals.MergeCertificatesDiffer;
        if (retired.PsnName != surviving.PsnName) return Refusals.MergeNamesDiffer;
        if (retired.BirthOn != surviving.BirthOn || retired.Gend != surviving.Gend) return Refusals.MergeBirthsDiffer;
        return retired.DiedOn != surviving.DiedOn ? Refusals.MergeDeathsDiffer : null;
    }

    private static async Task<Outcome<(Person Retired, Person Surviving)>> Pair(HeldCounty held, string retiredNo, string survivingNo, CancellationToken cancellation)
    {
        var found = (await PersonReader.Read(held.Connection, [retiredNo, survivingNo], cancellation)).ToDictionary(p => p.PsnNo);
        if (!found.TryGetValue(retiredNo, out var retired)) return Refusals.PersonUnknown.At("retired_no");
        if (!found.TryGetValue(survivingNo, out var surviving)) return Refusals.PersonUnknown.At("surviving_no");
        if (Differ(retired, surviving) is { } refusal) return refusal;
        return await EndEmployments.Overlap(held, retiredNo, survivingNo, cancellation) ? Refusals.MergeEmploymentsOverlap : (retired, surviving);
    }

    private static async Task Apply(HeldCounty held, string county, Merge merge, string approver, Person retired, Person surviving, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var (cover, twice) = MergedCover.Unite(surviving.Coverage, retired.Coverage);
        var categories = MergedCover.Unite(surviving.Category, retired.Category);
        var both = new[] { retired.PsnNo, surviving.PsnNo };
        await held.Run("DELETE FROM coverage WHERE psn_no = ANY ($1)", cancellation, (object)both);
        await held.Run("DELETE FROM category WHERE psn_no = ANY ($1)", cancellation, (object)both);
        foreach (var c in cover)
            await held.Run("INSERT INTO coverage (psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen) VALUES ($1, $2, $3, $4::date, $5, $6, $7)", cancellation,
                surviving.PsnNo, c.Insutype, DayNumber.ToDate(c.FromOn), DayNumber.ToOptionalDate(c.ToOn), c.PsnType, c.EmployerNo, c.AccountCreditFen);
        foreach (var c in categories)
            await held.Run("INSERT INTO category (psn_no, name, from_on, to_on) VALUES ($1, $2, $3, $4::date)", cancellation,
                surviving.PsnNo, c.Name, DayNumber.ToDate(c.FromOn), DayNumber.ToOptionalDate(c.ToOn));
        var at = calendar.UtcNow;
        await held.Run("UPDATE person SET version = version + 1, changed_at = $2, household_no = CASE household_no WHEN '' THEN $3 ELSE household_no END WHERE psn_no = $1", cancellation,
            surviving.PsnNo, at.UtcDateTime, retired.HouseholdNo);
        // Numbers that were merged into the retired one lead on to the same place.
        await held.Run("UPDATE person SET version = version + 1, changed_at = $3, merged_into = $2 WHERE psn_no = $1 OR merged_into = $1", cancellation, retired.PsnNo, surviving.PsnNo, at.UtcDateTime);

        await ApplyPersons.AddEvents(held.Connection, held.Transaction, both, at, cancellation);
        await EndEmployments.Merge(held, retired.PsnNo, surviving.PsnNo, approver, at, cancellation);
        var merged = new PersonMerged(retired.PsnNo, surviving.PsnNo, county, merge.MergeNo, DayNumber.Of(calendar.Today), merge.Why, [.. twice.Select(t => new CoveredTwice(t.Insutype, t.FromOn, t.ToOn))]);
        await Outbox.Add(held.Connection, held.Transaction, [OutboxEvent.Of(surviving.PsnNo, merged, at)], cancellation);
    }

    private static Task<List<Merge>> Find(HeldCounty held, string where, object value, CancellationToken cancellation) => held.Rows($"SELECT {Columns} FROM person_merge WHERE {where}", Of, cancellation, value);

    private static Merge Of(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetFieldValue<DateTimeOffset>(6),
        r.IsDBNull(7) ? null : r.GetString(7), r.IsDBNull(8) ? null : r.GetFieldValue<DateTimeOffset>(8));

    private static bool IsText(string? text, int lengthMax) => !string.IsNullOrWhiteSpace(text) && text.Length <= lengthMax && !text.Contains('\0', StringComparison.Ordinal);
}
