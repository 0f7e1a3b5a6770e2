using MedInsure.Kernel;
using MedInsure.Reference;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Doctors;

/// <summary>Somebody proposes to take points off a doctor, to give them back, to suspend, restore or end. It holds when another person approves it.</summary>
internal static class ProposeDoctorAct
{
    /// <param name="FromOn">yyyy-MM-dd: of points the day of the violation.</param>
    /// <param name="OfActNo">Of a return, the points that are given back.</param>
    /// <param name="EvidenceKind">finding, case, review …, with its number; may be empty.</param>
    internal sealed record Order(
        string? RequestKey, string? Kind, string? DoctorCode, string? FixmedinsCode, string? Violation, string? FromOn, string? ToOn, long? OfActNo, string? EvidenceKind, string? EvidenceNo, string? Reason, string? ProposedBy);

    public static async Task<Outcome<DoctorActRow>> Execute(AuditRequest request, DoctorTerms terms, CityReference reference, Order order, DateTimeOffset now)
    {
        var stop = request.Cancellation;
        if (!AuditTexts.IsKey(order.RequestKey)) return Refusals.RequestKeyMissing;
        if (order.Kind is not ("deduct" or "return" or "suspend" or "restore" or "terminate")) return DoctorRefusals.KindUnknown;
        if (order.DoctorCode is not { Length: > 0 and <= 30 } doctor) return DoctorRefusals.DoctorMissing;
        if (reference.FindDoctor(doctor) is null) return DoctorRefusals.DoctorUnknown;
        var violation = terms.Violations.FirstOrDefault(v => v.Code == order.Violation);
        if (order.Kind == "deduct" && violation is null) return DoctorRefusals.ViolationUnknown;
        if (!DateOnly.TryParseExact(order.FromOn, "yyyy-MM-dd", out var from)) return Refusals.DayInvalid.At("from_on");
        if (order.Kind is "deduct" or "return" && from > ChinaCalendar.DayOf(now.ToUnixTimeMilliseconds())) return DoctorRefusals.DayInFuture;
        DateOnly? to = null;
        if (!string.IsNullOrEmpty(order.ToOn))
        {
            if (!DateOnly.TryParseExact(order.ToOn, "yyyy-MM-dd", out var last)) return Refusals.DayInvalid.At("to_on");
            if (order.Kind != "suspend" || last < from) return DoctorRefusals.EndInvalid;
            to = last;
        }
        foreach (var (text, field, most) in ((string?, string, int)[])[(order.FixmedinsCode, "fixmedins_code", 12), (order.EvidenceKind, "evidence_kind", 30), (order.EvidenceNo, "evidence_no", 50)])
            if (text is not null && (text.Length > most || text.Contains('\0', StringComparison.Ordinal))) return Refusals.BodyMalformed.At(field);
        if (!AuditTexts.IsReason(order.Reason)) return Refusals.ReasonMissing;
        if (TwoPeople.Name(order.ProposedBy, "proposed_by") is { } nobody) return nobody;

        await using var connection = await request.Database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await DecideDoctorAct.Turn(connection, transaction, doctor, stop);
        if ((await DoctorActRow.Read(connection, transaction, "request_key = $1", stop, order.RequestKey)).SingleOrDefault() is { } before)
            return (before.Kind, before.DoctorCode, before.Violation, before.FromOn, before.ToOn, before.OfActNo, before.Reason, before.ProposedBy)
                == (order.Kind, doctor, violation?.Code ?? "", AuditJson.Day(from), to is { } day ? AuditJson.Day(day) : null, order.Kind == "return" ? order.OfActNo : null, order.Reason.Trim(), order.ProposedBy!.Trim()) ? before : Refusals.RequestKeyReused;

        var points = order.Kind == "deduct" ? violation!.Points : 0;
        if (order.Kind == "return")
        {
            var taken = (await DoctorActRow.Read(connection, transaction, "act_no = $1 AND doctor_code = $2 AND kind = 'deduct' AND state = 'approved' AND NOT EXISTS (SELECT FROM doctor_act r WHERE r.of_act_no = $1 AND r.kind = 'return' AND r.state <> 'rejected')", stop, order.OfActNo ?? 0, doctor)).SingleOrDefault();
            if (taken is null) return DoctorRefusals.NotReturnable;
            // Of the year in which they were taken.
            (points, from) = (-taken.Points, DateOnly.ParseExact(taken.FromOn, "yyyy-MM-dd"));
        }
        var number = await Insert(connection, transaction, order.RequestKey, order.Kind, doctor, order.FixmedinsCode ?? "", order.Kind == "deduct" ? violation!.Code : "", points, from, to, order.Kind == "return" ? order.OfActNo : null,
            order.EvidenceKind ?? "", order.EvidenceNo ?? "", order.Reason.Trim(), order.ProposedBy!.Trim(), now, "proposed", "", "", stop);
        var row = (await DoctorActRow.Read(connection, transaction, "act_no = $1", stop, number))[0];
        await transaction.CommitAsync(stop);
        return row;
    }

    public static async Task<long> Insert(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string? key, string kind, string doctor, string provider, string violation, int points, DateOnly from, DateOnly? to, long? ofAct, string evidenceKind, string evidenceNo,
        string reason, string proposedBy, DateTimeOffset now, string state, string decidedBy, string effect, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO doctor_act (request_key, kind, doctor_code, fixmedins_code, violation, points, from_on, to_on, of_act_no, evidence_kind, evidence_no, reason, proposed_by, proposed_at, state, decided_by, decided_at, effect)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING act_no
            """, connection, transaction)
        {
            Parameters =
            {
                new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)key ?? DBNull.Value }, new() { Value = kind }, new() { Value = doctor }, new() { Value = provider }, new() { Value = violation }, new() { Value = points },
                new() { Value = from }, new() { NpgsqlDbType = NpgsqlDbType.Date, Value = (object?)to ?? DBNull.Value }, new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = (object?)ofAct ?? DBNull.Value }, new() { Value = evidenceKind },
                new() { Value = evidenceNo }, new() { Value = reason }, new() { Value = proposedBy }, new() { Value = now.UtcDateTime }, new() { Value = state }, new() { Value = decidedBy },
                new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = state == "proposed" ? DBNull.Value : now.UtcDateTime }, new() { Value = effect },
            },
        };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
