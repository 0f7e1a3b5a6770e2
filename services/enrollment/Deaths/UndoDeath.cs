using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Deaths;

/// <summary>A death that was recorded by mistake: one person asks that it be undone, another approves. What it ended goes on as before; credits stay where they moved.</summary>
internal static class UndoDeath
{
    private const int TextMax = 500;

    public sealed record Proposal(string? RequestKey, string? Why, string? Evidence, string? Proposer);
    public sealed record Decision(bool? Approve, string? Approver);
    public sealed record Undoing(long UndoingNo, long DeathNo, string Why, string Evidence, string State, string ProposedBy, DateTimeOffset ProposedAt, string? DecidedBy, DateTimeOffset? DecidedAt);

    private const string Columns = "undoing_no, death_no, why, evidence, state, proposed_by, proposed_at, decided_by, decided_at";

    public static async Task<Outcome<Undoing>> Propose(NpgsqlDataSource database, long deathNo, Proposal proposal, DateTimeOffset at, CancellationToken cancellation)
    {
        if (EnrollmentTexts.NoKey(proposal.RequestKey) is { } noKey) return noKey;
        if (EnrollmentTexts.NoReason(proposal.Why) is { } noReason) return noReason;
        if ((EnrollmentTexts.Check(proposal.Evidence, TextMax, "evidence") ?? TwoPeople.Name(proposal.Proposer, "proposer")) is { } bad) return bad;
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await Find(held, "request_key = $1", proposal.RequestKey!, cancellation) is [var known])
            return known.DeathNo == deathNo && known.Why == proposal.Why ? known : Refusals.RequestKeyReused.At("request_key");
        if (await RecordDeath.Find(held, "death_no = $1", deathNo, cancellation) is not [var death]) return DeathRefusals.Unknown;
        if (death.IsUndone) return DeathRefusals.UndoneAlready;
        var person = await held.Find(death.PsnNo, cancellation);
        if (person.Refusal is { } refusal) return refusal;
        if ((await Find(held, "state = 'proposed' AND death_no = $1", deathNo, cancellation)).Count > 0) return DeathRefusals.UndoingWaits;
        await held.Run("INSERT INTO death_undoing (request_key, death_no, why, evidence, state, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, 'proposed', $5, $6)", cancellation,
            proposal.RequestKey, deathNo, proposal.Why, proposal.Evidence, proposal.Proposer!.Trim(), at.UtcDateTime);
        var undoing = (await Find(held, "request_key = $1", proposal.RequestKey!, cancellation))[0];
        await held.Transaction.CommitAsync(cancellation);
        return undoing;
    }

    /// <returns>The undoing as it is now. The same decision again changes nothing.</returns>
    public static async Task<Outcome<Undoing>> Decide(NpgsqlDataSource database, string county, long number, Decision decision, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (decision.Approve is not { } approve) return Refusals.DecisionMissing.At("approve");
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await Find(held, "undoing_no = $1", number, cancellation) is not [var undoing]) return DeathRefusals.UndoingUnknown;
        if (TwoPeople.Check(undoing.ProposedBy, "proposer", decision.Approver) is { } unfit) return unfit;
        var state = approve ? "approved" : "rejected";
        if (undoing.State != "proposed") return undoing.State == state ? undoing : DeathRefusals.UndoingDecided;
        var at = calendar.UtcNow;
        if (approve)
        {
            var death = (await RecordDeath.Find(held, "death_no = $1", undoing.DeathNo, cancellation))[0];
            var person = await held.Find(death.PsnNo, cancellation);
            if (person.Refusal is { } refusal) return refusal;
            await Restore(held, death, cancellation);
            await EndEmployments.UndoDeath(held, death.PsnNo, decision.Approver!, at, cancellation);
            await held.Tell([death.PsnNo], at, cancellation);
        }
        await held.Run("UPDATE death_undoing SET state = $2, decided_by = $3, decided_at = $4 WHERE undoing_no = $1", cancellation, number, state, decision.Approver!.Trim(), at.UtcDateTime);
        await held.Commit(county, bell, cancellation);
        return undoing with { State = state, DecidedBy = decision.Approver.Trim(), DecidedAt = at };
    }

    private static async Task Restore(HeldCounty held, RecordDeath.Death death, CancellationToken cancellation)
    {
        await held.Run("UPDATE person_death SET is_undone = true WHERE death_no = $1", cancellation, death.DeathNo);
        await held.Run("UPDATE person SET died_on = NULL WHERE psn_no = $1", cancellation, death.PsnNo);
        await held.Run("""
            UPDATE coverage c SET to_on = b.to_on FROM death_cover b
            WHERE b.death_no = $1 AND c.psn_no = $2 AND c.insutype = b.insutype AND c.from_on = b.from_on AND c.to_on = $3 AND b.from_on <= $3
            """, cancellation, death.DeathNo, death.PsnNo, death.DiedOn);
        // Whatever was opened in the meantime stands.
        await held.Run("""
            INSERT INTO coverage (psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen)
            SELECT $2, b.insutype, b.from_on, b.to_on, b.psn_type, b.employer_no, 0 FROM death_cover b
            WHERE b.death_no = $1 AND b.from_on > $3 AND NOT EXISTS (
                SELECT FROM coverage o WHERE o.psn_no = $2 AND o.insutype = b.insutype AND o.from_on <= coalesce(b.to_on, 'infinity') AND coalesce(o.to_on, 'infinity') >= b.from_on)
            """, cancellation, death.DeathNo, death.PsnNo, death.DiedOn);
        await held.Run("""
            UPDATE category c SET to_on = b.to_on FROM death_category b
            WHERE b.death_no = $1 AND c.psn_no = $2 AND c.name = b.name AND c.from_on = b.from_on AND c.to_on = $3 AND b.from_on <= $3
            """, cancellation, death.DeathNo, death.PsnNo, death.DiedOn);
        await held.Run("""
            INSERT INTO category (psn_no, name, from_on, to_on, recognised_by) SELECT $2, b.name, b.from_on, b.to_on, b.recognised_by FROM death_category b WHERE b.death_no = $1 AND b.from_on > $3
            ON CONFLICT (psn_no, name, from_on) DO NOTHING
            """, cancellation, death.DeathNo, death.PsnNo, death.DiedOn);
    }

    public static async Task<Outcome<List<Undoing>>> List(NpgsqlDataSource database, string? state, long after, int limit, CancellationToken cancellation)
    {
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        return await database.Rows($"SELECT {Columns} FROM death_undoing WHERE ($1 = '' OR state = $1) AND undoing_no > $2 ORDER BY undoing_no LIMIT $3", Of, cancellation, state ?? "", after, limit);
    }

    private static Task<List<Undoing>> Find(HeldCounty held, string where, object value, CancellationToken cancellation) =>
        held.Rows($"SELECT {Columns} FROM death_undoing WHERE {where}", Of, cancellation, value);

    private static Undoing Of(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetFieldValue<DateTimeOffset>(6),
        r.IsDBNull(7) ? null : r.GetString(7), r.IsDBNull(8) ? null : r.GetFieldValue<DateTimeOffset>(8));
}
