using MedInsure.Enrollment.Enrolments;
using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Covers;

/// <summary>
/// Cover without contributions, by the agency's act: retired veteran cadres (离休干部) have a pool, accounts and ledger of their own (000_55dbde39a5535a1d.txt). Granted, or ended from a
/// day on, by two people with evidence; of schemes that nobody pays for by the year or month.
/// </summary>
internal static class GrantCover
{
    /// <summary>National insutype: retired veteran cadres, disabled soldiers, veteran Red Army.</summary>
    private static readonly string[] Granted = ["340", "350", "360"];

    /// <param name="Kind">grant, end.</param>
    /// <param name="FromOn">The first day covered, or the first one not covered any more.</param>
    public sealed record Proposal(string? RequestKey, string? Kind, string? PsnNo, string? Insutype, string? PsnType, DateOnly? FromOn, DateOnly? ToOn, string? Evidence, string? Why, string? Proposer);
    public sealed record Decision(bool? Approve, string? Approver);
    public sealed record Grant(
        long GrantNo, string Kind, string PsnNo, string Insutype, string PsnType, DateOnly FromOn, DateOnly? ToOn, string Evidence, string Why, string State, string ProposedBy, DateTimeOffset ProposedAt, string? DecidedBy, DateTimeOffset? DecidedAt);

    private const string Columns = "grant_no, kind, psn_no, insutype, psn_type, from_on, to_on, evidence, why, state, proposed_by, proposed_at, decided_by, decided_at";

    public static async Task<Outcome<Grant>> Propose(NpgsqlDataSource database, Proposal proposal, DateTimeOffset at, CancellationToken cancellation)
    {
        if (EnrollmentTexts.NoKey(proposal.RequestKey) is { } noKey) return noKey;
        if (proposal.Kind is not ("grant" or "end")) return CoverRefusals.GrantKindUnknown;
        if (!Granted.Contains(proposal.Insutype)) return CoverRefusals.NotGranted;
        if (proposal.FromOn is not { } from || proposal.ToOn < from) return CoverRefusals.GrantDaysInvalid;
        if ((EnrollmentTexts.Check(proposal.Evidence, 500, "evidence") ?? TwoPeople.Name(proposal.Proposer, "proposer")) is { } bad) return bad;
        if (EnrollmentTexts.NoReason(proposal.Why) is { } noReason) return noReason;
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await Find(held, "request_key = $1", proposal.RequestKey!, cancellation) is [var known])
            return (known.Kind, known.PsnNo, known.Insutype, known.FromOn, known.ToOn) == (proposal.Kind, proposal.PsnNo, proposal.Insutype, from, proposal.ToOn) ? known : Refusals.RequestKeyReused.At("request_key");
        var psnType = proposal.PsnType ?? "";
        if (proposal.Kind == "grant" && !Applicant.IsType(psnType, proposal.Insutype!)) return EnrolRefusals.TypeInvalid;
        if (await Fits(held, proposal.Kind, proposal.PsnNo, proposal.Insutype!, new DatePeriod(from, proposal.ToOn), cancellation) is { Refusal: { } unfit }) return unfit;
        if ((await Find(held, "state = 'proposed' AND psn_no || insutype = $1", proposal.PsnNo + proposal.Insutype, cancellation)).Count > 0) return CoverRefusals.GrantWaits;
        await held.Run("""
            INSERT INTO cover_grant (request_key, kind, psn_no, insutype, psn_type, from_on, to_on, evidence, why, state, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7::date, $8, $9, 'proposed', $10, $11)
            """, cancellation, proposal.RequestKey, proposal.Kind, proposal.PsnNo, proposal.Insutype, psnType, from, proposal.ToOn, proposal.Evidence, proposal.Why, proposal.Proposer!.Trim(), at.UtcDateTime);
        var grant = (await Find(held, "request_key = $1", proposal.RequestKey!, cancellation))[0];
        await held.Transaction.CommitAsync(cancellation);
        return grant;
    }

    /// <returns>The grant as it is now. The same decision again changes nothing.</returns>
    public static async Task<Outcome<Grant>> Decide(NpgsqlDataSource database, string county, long number, Decision decision, DateTimeOffset at, OutboxBell bell, CancellationToken cancellation)
    {
        if (decision.Approve is not { } approve) return Refusals.DecisionMissing.At("approve");
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await Find(held, "grant_no = $1", number, cancellation) is not [var grant]) return CoverRefusals.GrantUnknown;
        if (TwoPeople.Check(grant.ProposedBy, "proposer", decision.Approver) is { } unfit) return unfit;
        var state = approve ? "approved" : "rejected";
        if (grant.State != "proposed") return grant.State == state ? grant : CoverRefusals.GrantDecided;
        if (approve)
        {
            // What was true when it was proposed may have changed since.
            var days = new DatePeriod(grant.FromOn, grant.ToOn);
            var fits = await Fits(held, grant.Kind, grant.PsnNo, grant.Insutype, days, cancellation);
            if (fits.Refusal is { } refusal) return refusal;
            if (grant.Kind == "grant") fits.Value.Add(grant.PsnNo, grant.Insutype, days, grant.PsnType);
            else fits.Value.Remove(grant.PsnNo, grant.Insutype, days);
            await WriteCover.Run(held, fits.Value, at, cancellation);
        }
        await held.Run("UPDATE cover_grant SET state = $2, decided_by = $3, decided_at = $4 WHERE grant_no = $1", cancellation, number, state, decision.Approver!.Trim(), at.UtcDateTime);
        await held.Commit(county, bell, cancellation);
        return grant with { State = state, DecidedBy = decision.Approver.Trim(), DecidedAt = at };
    }

    public static async Task<Outcome<List<Grant>>> List(NpgsqlDataSource database, string? psnNo, string? state, long after, int limit, CancellationToken cancellation)
    {
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        return await database.Rows($"SELECT {Columns} FROM cover_grant WHERE ($1 = '' OR psn_no = $1) AND ($2 = '' OR state = $2) AND grant_no > $3 ORDER BY grant_no LIMIT $4", Of, cancellation, psnNo ?? "", state ?? "", after, limit);
    }

    /// <returns>The person's periods, or why the cover is not given or ended.</returns>
    private static async Task<Outcome<CoverLedger>> Fits(HeldCounty held, string kind, string? psnNo, string insutype, DatePeriod days, CancellationToken cancellation)
    {
        var person = await held.Find(psnNo, cancellation);
        if (person.Refusal is { } refusal) return refusal;
        var cover = new CoverLedger([person.Value]);
        if (kind == "end") return cover.IsCovered(psnNo!, insutype, days) ? cover : CoverRefusals.NothingToEnd;
        if (person.Value.DiedOn != 0) return CoverRefusals.PersonDead;
        if (days.From < DayNumber.ToDate(person.Value.BirthOn)) return CoverRefusals.GrantDaysInvalid;
        if (cover.IsCoveredElsewhere(psnNo!, insutype, days)) return CoverRefusals.OtherScheme;
        return cover.IsCovered(psnNo!, insutype, days) ? EnrolRefusals.CoveredAlready : cover;
    }

    private static Task<List<Grant>> Find(HeldCounty held, string where, object value, CancellationToken cancellation) => held.Rows($"SELECT {Columns} FROM cover_grant WHERE {where}", Of, cancellation, value);

    private static Grant Of(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetFieldValue<DateOnly>(5), r.IsDBNull(6) ? null : r.GetFieldValue<DateOnly>(6), r.GetString(7), r.GetString(8),
        r.GetString(9), r.GetString(10), r.GetFieldValue<DateTimeOffset>(11), r.IsDBNull(12) ? null : r.GetString(12), r.IsDBNull(13) ? null : r.GetFieldValue<DateTimeOffset>(13));
}
