using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Changes;

/// <summary>
/// Certificate, name, birth and sex change by approval only: one person asks with evidence, another decides. Asked, granted and refused stay on file. What was asked for is held
/// against the record again when it is granted.
/// </summary>
internal static class ChangeKeyData
{
    private const int TextMax = 500;

    /// <summary>What is left out stays as it is.</summary>
    public sealed record Proposal(string? RequestKey, string? PsnNo, string? PsnCertType, string? Certno, string? PsnName, string? Gend, DateOnly? BirthOn, string? Why, string? Evidence, string? Proposer);
    /// <param name="Why">Needed of a refusal.</param>
    public sealed record Decision(bool? Approve, string? Approver, string? Why);

    public static async Task<Outcome<PersonChange>> Propose(NpgsqlDataSource database, Proposal proposal, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (EnrollmentTexts.NoKey(proposal.RequestKey) is { } noKey) return noKey;
        if (EnrollmentTexts.NoReason(proposal.Why) is { } noReason) return noReason;
        if ((EnrollmentTexts.Check(proposal.Evidence, TextMax, "evidence") ?? TwoPeople.Name(proposal.Proposer, "proposer")) is { } bad) return bad;
        await using var held = await HeldCounty.Take(database, cancellation);
        var known = await PersonChange.Find(held, "request_key = $1", proposal.RequestKey!, cancellation);
        if (known.Count > 0 && known[0].PsnNo != proposal.PsnNo) return Refusals.RequestKeyReused.At("request_key");

        var person = await held.Find(proposal.PsnNo, cancellation);
        if (person.Refusal is { } refusal) return refusal;
        var before = KeyData.Of(person.Value);
        // Asked again after it was granted, it is compared with the record as it was.
        if (known is [var asked]) before = before.With(asked.Before);
        var after = new KeyData(
            proposal.PsnCertType ?? before.PsnCertType, proposal.Certno ?? before.Certno, proposal.PsnName ?? before.PsnName, proposal.Gend ?? before.Gend, proposal.BirthOn ?? before.BirthOn);
        // Stored with a capital X (PersonRow).
        if (after.PsnCertType == "01") after = after with { Certno = after.Certno.ToUpperInvariant() };
        if (known is [var same]) return same.Kind == "key_data" && PersonChange.AreSame(same.After, after.Beside(before)) ? same : Refusals.RequestKeyReused.At("request_key");
        if (after == before) return ChangeRefusals.NothingChanges;
        if (after.Check(person.Value, calendar.Today) is { } wrong) return wrong;
        if ((await PersonChange.Find(held, "state = 'proposed' AND psn_no = $1", proposal.PsnNo!, cancellation)).Count > 0) return ChangeRefusals.Waits;

        await PersonChange.Add(held, proposal.RequestKey, proposal.PsnNo!, "key_data", before.Beside(after), after.Beside(before), proposal.Why!, proposal.Evidence!, proposal.Proposer!, null, calendar.UtcNow, cancellation);
        var change = (await PersonChange.Find(held, "request_key = $1", proposal.RequestKey!, cancellation))[0];
        await held.Transaction.CommitAsync(cancellation);
        return change;
    }

    /// <returns>The change as it is now. The same decision again changes nothing.</returns>
    public static async Task<Outcome<PersonChange>> Decide(NpgsqlDataSource database, string county, long number, Decision decision, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (decision.Approve is not { } approve) return Refusals.DecisionMissing.At("approve");
        if ((!approve || decision.Why is not null) && EnrollmentTexts.NoReason(decision.Why) is { } noReason) return noReason;
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await PersonChange.Find(held, "kind = 'key_data' AND change_no = $1", number, cancellation) is not [var change]) return ChangeRefusals.Unknown;
        if (TwoPeople.Check(change.ProposedBy, "proposer", decision.Approver) is { } unfit) return unfit;
        var state = approve ? "approved" : "rejected";
        if (change.State != "proposed") return change.State == state ? change : ChangeRefusals.Decided;
        var at = calendar.UtcNow;
        if (approve)
        {
            var person = await held.Find(change.PsnNo, cancellation);
            if (person.Refusal is { } refusal) return refusal;
            var before = KeyData.Of(person.Value);
            if (before.With(change.Before) != before) return ChangeRefusals.Outdated;
            var after = before.With(change.After);
            if (after.Check(person.Value, calendar.Today) is { } wrong) return wrong;
            await PersonChange.WriteKeyData(held, change.PsnNo, after, cancellation);
            await held.Tell([change.PsnNo], at, cancellation);
        }
        await held.Run("UPDATE person_change SET state = $2, decided_by = $3, decided_at = $4, decided_why = $5 WHERE change_no = $1", cancellation, number, state, decision.Approver!.Trim(), at.UtcDateTime, decision.Why);
        await held.Commit(county, bell, cancellation);
        return change with { State = state, DecidedBy = decision.Approver.Trim(), DecidedAt = at, DecidedWhy = decision.Why };
    }

    /// <param name="state">Empty: any.</param>
    public static async Task<Outcome<List<PersonChange>>> List(NpgsqlDataSource database, string? psnNo, string? state, long after, int limit, CancellationToken cancellation)
    {
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        return await database.Rows($"SELECT {PersonChange.Columns} FROM person_change WHERE ($1 = '' OR psn_no = $1) AND ($2 = '' OR state = $2) AND kind = 'key_data' AND change_no > $3 ORDER BY change_no LIMIT $4",
            PersonChange.Of, cancellation, psnNo ?? "", state ?? "", after, limit);
    }
}
