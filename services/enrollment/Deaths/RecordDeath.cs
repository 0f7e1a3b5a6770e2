using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Deaths;

/// <summary>
/// A person's death, by command with evidence, or as the answer to a finding: all cover and recognitions end with the day of death, employments with its month; later ones never held.
/// What it ended is kept with it, so that a mistake can be undone; findings that call the person dead are settled by it.
/// </summary>
internal static class RecordDeath
{
    private const int EvidenceMax = 500;

    /// <param name="FindingNo">Beside psn_no, or in its place.</param>
    public sealed record Order(string? RequestKey, string? PsnNo, long? FindingNo, DateOnly? DiedOn, string? Evidence, string? By);
    public sealed record Death(long DeathNo, string PsnNo, DateOnly DiedOn, long? FindingNo, string Evidence, string RecordedBy, DateTimeOffset RecordedAt, bool IsUndone);

    public const string Columns = "death_no, psn_no, died_on, finding_no, evidence, recorded_by, recorded_at, is_undone";

    public static async Task<Outcome<Death>> Execute(NpgsqlDataSource database, string county, Order order, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (EnrollmentTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if ((EnrollmentTexts.Check(order.Evidence, EvidenceMax, "evidence") ?? TwoPeople.Name(order.By, "by")) is { } bad) return bad;
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await Find(held, "request_key = $1", order.RequestKey!, cancellation) is [var known])
            return known.DiedOn == order.DiedOn && known.FindingNo == order.FindingNo && (known.PsnNo == order.PsnNo || order.PsnNo is null) ? known : Refusals.RequestKeyReused.At("request_key");

        var psnNo = order.PsnNo;
        if (order.FindingNo is { } finding)
        {
            var named = await held.Rows("SELECT psn_no FROM finding WHERE finding_no = $1 AND kind = 'dead' AND state IN ('open', 'confirmed') AND psn_no IS NOT NULL", r => r.GetString(0), cancellation, finding);
            if (named is not [var of] || (psnNo ?? of) != of) return DeathRefusals.FindingUnfit;
            psnNo = of;
        }
        var person = await held.Find(psnNo, cancellation);
        if (person.Refusal is { } refusal) return refusal;
        if (order.DiedOn is not { } died || died > calendar.Today || DayNumber.Of(died) < person.Value.BirthOn) return DeathRefusals.DayInvalid;
        if (person.Value.DiedOn != 0) return DeathRefusals.Recorded;
        if ((await EndCover.Homeless(held, [psnNo!], [died], "", cancellation)).Count > 0) return DeathRefusals.CreditsHomeless;

        var at = calendar.UtcNow;
        await held.Run("""
            INSERT INTO person_death (request_key, psn_no, died_on, finding_no, evidence, recorded_by, recorded_at) VALUES ($1, $2, $3, $4::bigint, $5, $6, $7)
            """, cancellation, order.RequestKey, psnNo, died, order.FindingNo, order.Evidence, order.By!.Trim(), at.UtcDateTime);
        await Apply(held, [psnNo!], [died], order.By, at, cancellation);
        var death = (await Find(held, "request_key = $1", order.RequestKey!, cancellation))[0];
        await held.Commit(county, bell, cancellation);
        return death;
    }

    /// <summary>What follows from the standing deaths of these persons that were just written; each number once, in any number.</summary>
    internal static async Task Apply(HeldCounty held, string[] psnNos, DateOnly[] days, string by, DateTimeOffset at, CancellationToken cancellation)
    {
        const string standing = "JOIN person_death d ON d.psn_no = c.psn_no AND NOT d.is_undone WHERE c.psn_no = ANY ($1)";
        await held.Run($"""
            INSERT INTO death_cover SELECT d.death_no, c.insutype, c.from_on, c.to_on, c.psn_type, c.employer_no, c.account_credit_fen FROM coverage c {standing} AND (c.to_on IS NULL OR c.to_on > d.died_on)
            """, cancellation, (object)psnNos);
        await EndCover.Run(held, psnNos, days, "", cancellation);
        await EndEmployments.Run(held, psnNos, days, "died", by, at, cancellation);
        await held.Run($"INSERT INTO death_category SELECT d.death_no, c.name, c.from_on, c.to_on, c.recognised_by FROM category c {standing} AND (c.to_on IS NULL OR c.to_on > d.died_on)", cancellation, (object)psnNos);
        await held.Run("DELETE FROM category c USING person_death d WHERE d.psn_no = c.psn_no AND NOT d.is_undone AND c.psn_no = ANY ($1) AND c.from_on > d.died_on", cancellation, (object)psnNos);
        await held.Run("UPDATE category c SET to_on = d.died_on FROM person_death d WHERE d.psn_no = c.psn_no AND NOT d.is_undone AND c.psn_no = ANY ($1) AND (c.to_on IS NULL OR c.to_on > d.died_on)", cancellation, (object)psnNos);
        await held.Run("UPDATE person p SET died_on = d.died_on FROM person_death d WHERE d.psn_no = p.psn_no AND NOT d.is_undone AND p.psn_no = ANY ($1)", cancellation, (object)psnNos);
        await held.Run("""
            WITH settled AS (
                UPDATE finding f SET state = 'resolved', changed_at = $2 FROM (
                    SELECT finding_no, state AS before FROM finding WHERE psn_no = ANY ($1) AND kind = 'dead' AND state IN ('open', 'confirmed')
                ) o WHERE o.finding_no = f.finding_no RETURNING f.finding_no, o.before, f.psn_no
            )
            INSERT INTO finding_step (finding_no, step_no, at, decided_by, from_state, to_state, why)
            SELECT s.finding_no, (SELECT count(*) + 1 FROM finding_step e WHERE e.finding_no = s.finding_no), $2, d.recorded_by, s.before, 'resolved', 'death ' || d.death_no || ' recorded'
            FROM settled s JOIN person_death d ON d.psn_no = s.psn_no AND NOT d.is_undone
            """, cancellation, psnNos, at.UtcDateTime);
        await held.Tell(psnNos, at, cancellation);
    }

    public static async Task<Outcome<List<Death>>> List(NpgsqlDataSource database, string? psnNo, long after, int limit, CancellationToken cancellation)
    {
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        return await database.Rows($"SELECT {Columns} FROM person_death WHERE ($1 = '' OR psn_no = $1) AND death_no > $2 ORDER BY death_no LIMIT $3", Of, cancellation, psnNo ?? "", after, limit);
    }

    internal static Task<List<Death>> Find(HeldCounty held, string where, object value, CancellationToken cancellation) =>
        held.Rows($"SELECT {Columns} FROM person_death WHERE {where}", Of, cancellation, value);

    private static Death Of(NpgsqlDataReader r) =>
        new(r.GetInt64(0), r.GetString(1), r.GetFieldValue<DateOnly>(2), r.IsDBNull(3) ? null : r.GetInt64(3), r.GetString(4), r.GetString(5), r.GetFieldValue<DateTimeOffset>(6), r.GetBoolean(7));
}
