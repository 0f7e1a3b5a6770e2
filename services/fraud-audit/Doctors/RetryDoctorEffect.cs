using MedInsure.FraudAudit.Cases;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Doctors;

/// <summary>What provider-registry refused is told again once its cause is gone, or given up; by whom and why is kept. The work list is GET /doctors/acts?effect=refused.</summary>
internal static class RetryDoctorEffect
{
    internal sealed record Order(string? RequestKey, string? By, string? Reason, bool GiveUp = false) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the act; the same request before; refused; nothing told since.</summary>
    public static async Task<Outcome<DoctorActRow>> Execute(AuditRequest request, long actNo, Order order, DateTimeOffset now)
    {
        if (order.Unfit is { } unfit) return unfit;
        var stop = request.Cancellation;
        await using var connection = await request.Database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if ((await DoctorActRow.Read(connection, transaction, "act_no = $1", stop, actNo)).SingleOrDefault() is not { } found) return DoctorRefusals.Unknown;
        await DecideDoctorAct.Turn(connection, transaction, found.DoctorCode, stop);
        var act = (await DoctorActRow.Read(connection, transaction, "act_no = $1", stop, actNo))[0];
        var (by, reason) = (order.By!.Trim(), order.Reason!.Trim());
        await using (var before = Command("SELECT (act_no, gives_up, retried_by, reason) = ($2, $3, $4, $5) FROM doctor_effect_retry WHERE request_key = $1", order.RequestKey!, actNo, order.GiveUp, by, reason))
            if (await before.ExecuteScalarAsync(stop) is bool same) return same ? act : Refusals.RequestKeyReused;

        if (act.Effect != "refused") return DoctorRefusals.NotRefused;
        // Told now, it would undo what was decided and done after it.
        if (!order.GiveUp && (await DoctorActRow.Read(connection, transaction, "doctor_code = $1 AND act_no > $2 AND effect IN ('pending', 'done') LIMIT 1", stop, act.DoctorCode, actNo)).Count > 0) return DoctorRefusals.Overtaken;
        await using (var keep = Command("INSERT INTO doctor_effect_retry (request_key, act_no, gives_up, retried_by, reason, refusal, retried_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING", order.RequestKey!, actNo, order.GiveUp, by, reason, act.EffectNote, now.UtcDateTime))
            if (await keep.ExecuteNonQueryAsync(stop) == 0) return Refusals.RequestKeyReused;
        await using (var update = Command("UPDATE doctor_act SET effect = $2 WHERE act_no = $1", actNo, order.GiveUp ? "given_up" : "pending")) await update.ExecuteNonQueryAsync(stop);
        act = (await DoctorActRow.Read(connection, transaction, "act_no = $1", stop, actNo))[0];
        await transaction.CommitAsync(stop);
        return act;

        NpgsqlCommand Command(string sql, params object[] values)
        {
            var command = new NpgsqlCommand(sql, connection, transaction);
            foreach (var value in values) command.Parameters.Add(new() { Value = value });
            return command;
        }
    }
}
