using System.Globalization;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>Somebody has months audited again. Under the same request key there is one run, however often it is asked for.</summary>
internal static class StartAuditRun
{
    /// <param name="FromMonth">yyyy-MM, of settlement.</param>
    /// <param name="Rules">Null or empty: all.</param>
    internal sealed record Order(string? RequestKey, string? FromMonth, string? ToMonth, string[]? Rules, string? Reason, string? StartedBy);

    public static Task<Outcome<AuditRun>> Execute(AuditRequest request, RuleBook book, Order order, DateTimeOffset now) => Execute(request.Database, book, order, null, now, request.Cancellation);

    /// <summary>In order: request key, months, rules, reason, who; then the same request before.</summary>
    /// <param name="draft">Of a back-test; checked before.</param>
    public static async Task<Outcome<AuditRun>> Execute(NpgsqlDataSource database, RuleBook book, Order order, string? draft, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!AuditTexts.IsKey(order.RequestKey)) return Refusals.RequestKeyMissing;
        if (MonthOf(order.FromMonth) is not { } from || MonthOf(order.ToMonth) is not { } last || last < from || last >= from.AddMonths(AuditRunRefusals.MonthsMax)) return AuditRunRefusals.MonthsInvalid;
        if (last > ChinaCalendar.DayOf(now.ToUnixTimeMilliseconds())) return AuditRunRefusals.MonthNotBegun;
        string[] rules = [.. (order.Rules ?? []).Distinct().Order(StringComparer.Ordinal)];
        if (rules.Any(r => !book.LooksAtBills(r))) return AuditRunRefusals.RuleUnknown;
        if (!AuditTexts.IsReason(order.Reason)) return Refusals.ReasonMissing;
        if (TwoPeople.Name(order.StartedBy, "started_by") is { } nobody) return nobody;

        var (to, by, kind) = (last.AddMonths(1).AddDays(-1), order.StartedBy!.Trim(), draft is null ? "audit" : "back_test");
        await using var command = database.CreateCommand("""
            INSERT INTO audit_run (request_key, kind, from_on, to_on, rules, draft, reason, started_by, started_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT ON CONSTRAINT a_request_starts_one_run DO NOTHING
            """);
        foreach (var value in (object[])[order.RequestKey, kind, from, to, rules]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = (object?)draft ?? DBNull.Value });
        foreach (var value in (object[])[order.Reason.Trim(), by, now.UtcDateTime]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var started = await command.ExecuteNonQueryAsync(cancellation) == 1;
        var run = (await AuditRun.FindRequest(database, order.RequestKey, cancellation))!;
        return started || ((run.Kind, run.FromOn, run.ToOn, run.Reason, run.StartedBy) == (kind, from, to, order.Reason.Trim(), by) && run.Rules.SequenceEqual(rules)) ? run : Refusals.RequestKeyReused;
    }

    private static DateOnly? MonthOf(string? text) => DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month : null;
}
