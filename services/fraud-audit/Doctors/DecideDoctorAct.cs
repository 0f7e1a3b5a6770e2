using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Doctors;

/// <summary>Another person approves or rejects. Approved points that reach a threshold bring what the terms say with them: a warning, a suspension to the year's end, the proposal to end it.</summary>
internal static class DecideDoctorAct
{
    /// <param name="Remark">Needed to reject.</param>
    internal sealed record Decision(bool? Approved, string? Approver, string? Remark);

    public static async Task<Outcome<DoctorActRow>> Execute(AuditRequest request, DoctorTerms terms, long actNo, Decision decision, DateTimeOffset now)
    {
        var stop = request.Cancellation;
        if (decision.Approved is not { } approved) return Refusals.BodyMalformed.At("approved");
        if (TwoPeople.Name(decision.Approver, "approver") is { } nobody) return nobody;
        var remark = decision.Remark ?? "";
        if ((!approved && string.IsNullOrWhiteSpace(remark)) || remark.Length > 500 || remark.Contains('\0', StringComparison.Ordinal)) return Refusals.ReasonMissing.At("remark");

        await using var connection = await request.Database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if ((await DoctorActRow.Read(connection, transaction, "act_no = $1", stop, actNo)).SingleOrDefault() is not { } found) return DoctorRefusals.Unknown;
        await Turn(connection, transaction, found.DoctorCode, stop);
        var act = (await DoctorActRow.Read(connection, transaction, "act_no = $1", stop, actNo))[0];
        var (state, approver) = (approved ? "approved" : "rejected", decision.Approver!.Trim());
        if (TwoPeople.Check(act.ProposedBy, "proposed_by", approver) is { } alone) return alone;
        if (act.State != "proposed") return (act.State, act.DecidedBy) == (state, approver) ? act : DoctorRefusals.AlreadyDecided;

        var year = DateOnly.ParseExact(act.FromOn, "yyyy-MM-dd").Year;
        var before = await Points(connection, transaction, act.DoctorCode, year, stop);
        await using (var update = new NpgsqlCommand("UPDATE doctor_act SET state = $2, decided_by = $3, decided_at = $4, remark = $5, effect = $6 WHERE act_no = $1", connection, transaction)
        {
            Parameters = { new() { Value = actNo }, new() { Value = state }, new() { Value = approver }, new() { Value = now.UtcDateTime }, new() { Value = remark.Trim() }, new() { Value = approved && act.Kind is ("suspend" or "restore" or "terminate") ? "pending" : "" } },
        })
            await update.ExecuteNonQueryAsync(stop);
        if (approved && act.Kind == "deduct") await Follow(connection, transaction, terms, act, approver, year, before, now, stop);
        act = (await DoctorActRow.Read(connection, transaction, "act_no = $1", stop, actNo))[0];
        await transaction.CommitAsync(stop);
        return act;
    }

    private static async Task Follow(NpgsqlConnection connection, NpgsqlTransaction transaction, DoctorTerms terms, DoctorActRow act, string approver, int year, int before, DateTimeOffset now, CancellationToken stop)
    {
        var (after, today, yearEnd) = (before + act.Points, ChinaCalendar.DayOf(now.ToUnixTimeMilliseconds()), new DateOnly(year, 12, 31));
        bool Reaches(int threshold) => before < threshold && after >= threshold;
        var reason = $"{year}年度累计记分{after}分（满分{terms.PointsAYear}分）";
        Task<long> Add(string kind, DateOnly? to, string state, string effect) => ProposeDoctorAct.Insert(connection, transaction, null, kind, act.DoctorCode, act.FixmedinsCode, "", 0, today, to, act.ActNo, "", "",
            reason, act.ProposedBy, now, state, state == "approved" ? approver : "", effect, stop);

        if (Reaches(terms.WarnFrom)) await Add("warn", null, "approved", "");
        // Points of a year that is over suspend nobody any more: the new year began without them.
        if (Reaches(terms.SuspendFrom) && yearEnd >= today) await Add("suspend", yearEnd, "approved", "pending");
        if (Reaches(terms.TerminateFrom)) await Add("terminate", null, "proposed", "");
    }

    /// <summary>What stands of a year's points.</summary>
    private static async Task<int> Points(NpgsqlConnection connection, NpgsqlTransaction transaction, string doctor, int year, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(sum(points), 0)::int FROM doctor_act WHERE doctor_code = $1 AND state = 'approved' AND from_on BETWEEN $2 AND $3", connection, transaction)
        {
            Parameters = { new() { Value = doctor }, new() { Value = new DateOnly(year, 1, 1) }, new() { Value = new DateOnly(year, 12, 31) } },
        };
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>One act on a doctor at a time.</summary>
    public static async Task Turn(NpgsqlConnection connection, NpgsqlTransaction transaction, string doctor, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('doctor ' || $1, 0))", connection, transaction) { Parameters = { new() { Value = doctor } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
