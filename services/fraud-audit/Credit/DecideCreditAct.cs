using MedInsure.FraudAudit.Sanctions;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Credit;

/// <summary>Another person approves or rejects a grade's effect. What an appeal changed since, or a day that has gone by, lets it only be rejected.</summary>
internal static class DecideCreditAct
{
    /// <param name="Remark">Needed to reject.</param>
    internal sealed record Decision(bool? Approved, string? Approver, string? Remark);

    public static async Task<Outcome<CreditActRow>> Execute(AuditRequest request, CreditTerms terms, long actNo, Decision decision, DateTimeOffset now)
    {
        var stop = request.Cancellation;
        if (decision.Approved is not { } approved) return Refusals.BodyMalformed.At("approved");
        if (TwoPeople.Name(decision.Approver, "approver") is { } nobody) return nobody;
        var remark = decision.Remark ?? "";
        if ((!approved && string.IsNullOrWhiteSpace(remark)) || remark.Length > 500 || remark.Contains('\0', StringComparison.Ordinal)) return Refusals.ReasonMissing.At("remark");

        await using var connection = await request.Database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if ((await CreditActRow.Read(connection, transaction, "act_no = $1", stop, actNo)).SingleOrDefault() is not { } found) return CreditRefusals.ActUnknown;
        await Turn(connection, transaction, found.FixmedinsCode, stop);
        var act = (await CreditActRow.Read(connection, transaction, "act_no = $1", stop, actNo))[0];
        var (state, approver) = (approved ? "approved" : "rejected", decision.Approver!.Trim());
        if (TwoPeople.Check(act.ProposedBy, "proposed_by", approver) is { } alone) return alone;
        if (act.State != "proposed") return (act.State, act.DecidedBy) == (state, approver) ? act : CreditRefusals.AlreadyDecided;
        if (approved)
        {
            var from = DateOnly.ParseExact(act.FromOn, "yyyy-MM-dd");
            if (from < ChinaCalendar.DayOf(now.ToUnixTimeMilliseconds())) return CreditRefusals.DayPast;
            if (terms.GradeOf(await CreditEntries.PointsOn(connection, transaction, terms, act.FixmedinsCode, from, stop)).Grade != act.Grade) return CreditRefusals.GradeAnother;
        }
        await using (var update = new NpgsqlCommand("UPDATE credit_act SET state = $2, decided_by = $3, decided_at = $4, remark = $5, effect = $6 WHERE act_no = $1", connection, transaction))
        {
            foreach (var value in (object[])[actNo, state, approver, now.UtcDateTime, remark.Trim(), approved ? "pending" : ""]) update.Parameters.Add(new() { Value = value });
            await update.ExecuteNonQueryAsync(stop);
        }
        act = (await CreditActRow.Read(connection, transaction, "act_no = $1", stop, actNo))[0];
        await transaction.CommitAsync(stop);
        return act;
    }

    /// <summary>One act on a provider's grade at a time.</summary>
    public static async Task Turn(NpgsqlConnection connection, NpgsqlTransaction transaction, string provider, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('credit ' || $1, 0))", connection, transaction) { Parameters = { new() { Value = provider } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
