using System.Globalization;
using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Persons;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Transfers;

/// <summary>
/// A person comes from another pooling area with what counts from there, or goes to one: proposed with the papers by one person, approved by another, told to billing, which carries
/// months and money. Whoever goes is covered to the day of the move. Whether stays are open is not asked: what begins later is not covered, what began before is settled as ever.
/// </summary>
internal static class TransferPerson
{
    private const int PapersMax = 500;
    private const string EmployeeScheme = "310", MaternityScheme = "510";

    /// <param name="Account">In: yuan that the other area sends of the personal account; empty: none.</param>
    public sealed record Proposal(
        string? RequestKey, string? PsnNo, string? Insutype, string? Direction, string? OtherArea, DateOnly? TransferredOn, int? PaidMonths, int? DeemedMonths, string? Account, string? Papers, string? Proposer);
    public sealed record Decision(bool? Approve, string? Approver);
    public sealed record Transfer(
        long TransferNo, string PsnNo, string Insutype, string Direction, string OtherArea, DateOnly TransferredOn, int PaidMonths, int DeemedMonths, string Account, string Papers, string State,
        string ProposedBy, DateTimeOffset ProposedAt, string? DecidedBy, DateTimeOffset? DecidedAt);

    private const string Columns = "transfer_no, psn_no, insutype, direction, other_area, transferred_on, paid_months, deemed_months, account_fen, papers, state, proposed_by, proposed_at, decided_by, decided_at";

    public static async Task<Outcome<Transfer>> Propose(NpgsqlDataSource database, Tenant county, Proposal proposal, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (EnrollmentTexts.NoKey(proposal.RequestKey) is { } noKey) return noKey;
        if (!PersonRow.Schemes.Contains(proposal.Insutype ?? "")) return TransferRefusals.SchemeUnknown;
        if (proposal.Direction is not ("in" or "out")) return TransferRefusals.DirectionUnknown;
        if (!DivisionCode.TryParse(proposal.OtherArea, out var area)) return TransferRefusals.AreaInvalid;
        if (area.Value == county.Code || area.Value == county.CityCode || area.City.Value == county.CityCode) return TransferRefusals.SameArea;
        if (proposal.TransferredOn is not { } on || on > calendar.Today) return TransferRefusals.DayInvalid;
        var (paid, deemed, account) = (proposal.PaidMonths ?? 0, proposal.DeemedMonths ?? 0, Fen.Zero);
        if (paid is < 0 or > TransferRefusals.MonthsMax) return TransferRefusals.MonthsInvalid;
        if (deemed is < 0 or > TransferRefusals.MonthsMax) return TransferRefusals.MonthsInvalid.At("deemed_months");
        if (!string.IsNullOrEmpty(proposal.Account) && (!Fen.TryParseYuan(proposal.Account, out account) || account.IsNegative)) return TransferRefusals.AmountInvalid;
        if (!account.IsZero && proposal.Insutype != EmployeeScheme) return TransferRefusals.NoAccount;
        if (proposal.Direction == "out" && (paid, deemed, account.Value) != (0, 0, 0L)) return TransferRefusals.BillingSays;
        if ((EnrollmentTexts.Check(proposal.Papers, PapersMax, "papers") ?? TwoPeople.Name(proposal.Proposer, "proposer")) is { } bad) return bad;

        await using var held = await HeldCounty.Take(database, cancellation);
        if (await Find(held, "request_key = $1", proposal.RequestKey!, cancellation) is [var known])
            return (known.PsnNo, known.Insutype, known.Direction, known.OtherArea, known.TransferredOn, known.PaidMonths, known.DeemedMonths, known.Account)
                == (proposal.PsnNo, proposal.Insutype, proposal.Direction, proposal.OtherArea, on, paid, deemed, account.ToString()) ? known : Refusals.RequestKeyReused.At("request_key");
        if (await Unfit(held, proposal.PsnNo, proposal.Insutype!, proposal.Direction, on, cancellation) is { } unfit) return unfit;
        if ((await held.Rows("SELECT transfer_no FROM area_transfer WHERE psn_no = $1 AND insutype = $2 AND direction = $3 AND other_area = $4 AND transferred_on = $5 AND state <> 'rejected'",
            r => r.GetInt64(0), cancellation, proposal.PsnNo, proposal.Insutype, proposal.Direction, area.Value, on)).Count > 0) return TransferRefusals.Recorded;

        await held.Run("""
            INSERT INTO area_transfer (request_key, psn_no, insutype, direction, other_area, transferred_on, paid_months, deemed_months, account_fen, papers, state, proposed_by, proposed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'proposed', $11, $12)
            """, cancellation, proposal.RequestKey, proposal.PsnNo, proposal.Insutype, proposal.Direction, area.Value, on, paid, deemed, account.Value, proposal.Papers, proposal.Proposer!.Trim(), calendar.UtcNow.UtcDateTime);
        var transfer = (await Find(held, "request_key = $1", proposal.RequestKey!, cancellation))[0];
        await held.Transaction.CommitAsync(cancellation);
        return transfer;
    }

    /// <returns>The transfer as it is now. The same decision again changes nothing.</returns>
    public static async Task<Outcome<Transfer>> Decide(NpgsqlDataSource database, string county, long number, Decision decision, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (decision.Approve is not { } approve) return Refusals.DecisionMissing.At("approve");
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await Find(held, "transfer_no = $1", number, cancellation) is not [var transfer]) return TransferRefusals.Unknown;
        if (TwoPeople.Check(transfer.ProposedBy, "proposer", decision.Approver) is { } samePerson) return samePerson;
        var state = approve ? "approved" : "rejected";
        if (transfer.State != "proposed") return transfer.State == state ? transfer : TransferRefusals.Decided;
        var (at, approver) = (calendar.UtcNow, decision.Approver!.Trim());
        if (approve)
        {
            if (await Unfit(held, transfer.PsnNo, transfer.Insutype, transfer.Direction, transfer.TransferredOn, cancellation) is { } unfit) return unfit;
            if (transfer.Direction == "out") await EndHere(held, transfer, approver, at, cancellation);
            var account = Fen.FromYuan(decimal.Parse(transfer.Account, CultureInfo.InvariantCulture));
            await Outbox.Add(held.Connection, held.Transaction, [OutboxEvent.Of(transfer.PsnNo, new PersonTransferred(transfer.TransferNo, transfer.PsnNo, transfer.Insutype, transfer.Direction, transfer.OtherArea,
                DayNumber.Of(transfer.TransferredOn), transfer.PaidMonths, transfer.DeemedMonths, account.Value), at)], cancellation);
        }
        await held.Run("UPDATE area_transfer SET state = $2, decided_by = $3, decided_at = $4 WHERE transfer_no = $1", cancellation, number, state, approver, at.UtcDateTime);
        await held.Commit(county, bell, cancellation);
        return transfer with { State = state, DecidedBy = approver, DecidedAt = at };
    }

    public static async Task<Outcome<List<Transfer>>> List(NpgsqlDataSource database, string? psnNo, string? state, long after, int limit, CancellationToken cancellation)
    {
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        return await database.Rows($"SELECT {Columns} FROM area_transfer WHERE ($1 = '' OR psn_no = $1) AND ($2 = '' OR state = $2) AND transfer_no > $3 ORDER BY transfer_no LIMIT $4", Of, cancellation, psnNo ?? "", state ?? "", after, limit);
    }

    private static async Task<Refusal?> Unfit(HeldCounty held, string? psnNo, string insutype, string direction, DateOnly on, CancellationToken cancellation)
    {
        var person = await held.Find(psnNo, cancellation);
        if (person.Refusal is { } refusal) return refusal;
        if (person.Value.DiedOn != 0) return TransferRefusals.PersonDead;
        if (DayNumber.Of(on) < person.Value.BirthOn) return TransferRefusals.DayInvalid;
        return direction == "out" && !person.Value.Coverage.Any(c => c.Insutype == insutype && c.FromOn <= DayNumber.Of(on)) ? TransferRefusals.NotInsured : null;
    }

    private static async Task EndHere(HeldCounty held, Transfer transfer, string approver, DateTimeOffset at, CancellationToken cancellation)
    {
        string[] who = [transfer.PsnNo];
        DateOnly[] on = [transfer.TransferredOn];
        var ended = await EndCover.Run(held, who, on, transfer.Insutype, cancellation);
        if (transfer.Insutype == EmployeeScheme)
        {
            // Maternity insurance goes with the employment.
            ended += await EndCover.Run(held, who, on, MaternityScheme, cancellation);
            await EndEmployments.Run(held, who, on, "transferred", approver, at, cancellation);
        }
        if (ended > 0) await held.Tell(who, at, cancellation);
    }

    private static Task<List<Transfer>> Find(HeldCounty held, string where, object value, CancellationToken cancellation) =>
        held.Rows($"SELECT {Columns} FROM area_transfer WHERE {where}", Of, cancellation, value);

    private static Transfer Of(NpgsqlDataReader r) => new(
        r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetFieldValue<DateOnly>(5), r.GetInt32(6), r.GetInt32(7), new Fen(r.GetInt64(8)).ToString(), r.GetString(9), r.GetString(10),
        r.GetString(11), r.GetFieldValue<DateTimeOffset>(12), r.IsDBNull(13) ? null : r.GetString(13), r.IsDBNull(14) ? null : r.GetFieldValue<DateTimeOffset>(14));
}
