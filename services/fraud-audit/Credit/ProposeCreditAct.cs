using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.Sanctions;
using MedInsure.Kernel;
using MedInsure.Reference;
using Npgsql;

namespace MedInsure.FraudAudit.Credit;

/// <summary>Somebody proposes what a provider's changed grade means for its quality deposit. It holds when another person approves it.</summary>
internal static class ProposeCreditAct
{
    /// <param name="Grade">Which the provider has on that day.</param>
    /// <param name="FromOn">yyyy-MM-dd, today or later.</param>
    internal sealed record Order(string? RequestKey, string? FixmedinsCode, string? Grade, string? FromOn, string? Reason, string? ProposedBy);

    /// <summary>In order: the key, the grade, the day, the reason, who; the same request before; the day past; the county's provider; its grade; another proposal; the same grade before.</summary>
    public static async Task<Outcome<CreditActRow>> Execute(AuditRequest request, CreditTerms terms, CityReference reference, Order order, DateTimeOffset now)
    {
        var stop = request.Cancellation;
        if (!AuditTexts.IsKey(order.RequestKey)) return Refusals.RequestKeyMissing;
        if (terms.Grades.FirstOrDefault(g => g.Grade == order.Grade) is not { } grade) return CreditRefusals.GradeUnknown;
        if (!CaseDays.TryRead(order.FromOn, out var from)) return Refusals.DayInvalid.At("from_on");
        if (!AuditTexts.IsReason(order.Reason)) return Refusals.ReasonMissing;
        if (TwoPeople.Name(order.ProposedBy, "proposed_by") is { } nobody) return nobody;
        if (!AuditTexts.IsText(order.FixmedinsCode, 30)) return CreditRefusals.ProviderUnknown;
        var (provider, by, reason) = (order.FixmedinsCode, order.ProposedBy!.Trim(), order.Reason.Trim());

        await using var connection = await request.Database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await DecideCreditAct.Turn(connection, transaction, provider, stop);
        if ((await CreditActRow.Read(connection, transaction, "request_key = $1", stop, order.RequestKey)).SingleOrDefault() is { } before)
            return (before.FixmedinsCode, before.Grade, before.FromOn, before.Reason, before.ProposedBy) == (provider, grade.Grade, AuditJson.Day(from), reason, by) ? before : Refusals.RequestKeyReused;
        if (from < ChinaCalendar.DayOf(now.ToUnixTimeMilliseconds())) return CreditRefusals.DayPast;
        // Another county's provider has its deposit with that county.
        if (reference.FindProvider(provider)?.County != request.County.Code) return CreditRefusals.ProviderUnknown;
        var points = await CreditEntries.PointsOn(connection, transaction, terms, provider, from, stop);
        if (terms.GradeOf(points).Grade != grade.Grade) return CreditRefusals.GradeAnother;
        if ((await CreditActRow.Read(connection, transaction, $"{CreditActRow.Holds} ORDER BY act_no DESC LIMIT 1", stop, provider)).SingleOrDefault() is { } last)
        {
            if (last.State == "proposed") return CreditRefusals.ProposalOpen;
            if ((last.Grade, last.DepositPercent) == (grade.Grade, grade.DepositPercent)) return CreditRefusals.GradeUnchanged;
        }

        await using (var insert = new NpgsqlCommand("""
            INSERT INTO credit_act (request_key, fixmedins_code, grade, points, deposit_bp, from_on, reason, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (request_key) DO NOTHING
            """, connection, transaction))
        {
            foreach (var value in (object[])[order.RequestKey, provider, grade.Grade, points, (int)(grade.DepositPercent * 100), from, reason, by, now.UtcDateTime]) insert.Parameters.Add(new() { Value = value });
            if (await insert.ExecuteNonQueryAsync(stop) == 0) return Refusals.RequestKeyReused; // at the same moment, about another provider
        }
        var row = (await CreditActRow.Read(connection, transaction, "request_key = $1", stop, order.RequestKey))[0];
        await transaction.CommitAsync(stop);
        return row;
    }
}
