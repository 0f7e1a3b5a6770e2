using System.Security.Cryptography;
using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Samples;
using MedInsure.Kernel;
using NpgsqlTypes;
using Npgsql;

namespace MedInsure.FraudAudit.CallBacks;

/// <summary>
/// Patients to be called are drawn from settlements, those with the smallest hash under a recorded seed; of a settlement nobody is asked twice. Or the centre draws again from what
/// a township or village has called (Sz), to see whether the answers are the same.
/// </summary>
internal static class DrawCallBacks
{
    // Two draws at once would draw the same settlements.
    private const long OneDrawAtATime = 7_218_450_913_662_004_517;
    private const int CountMax = 2_000, SeedMax = 64;

    /// <param name="FromOn">Of the settlements.</param>
    /// <param name="StaysOnly">True unless said.</param>
    /// <param name="Place">A township's or village's code; null: the centre calls.</param>
    internal sealed record Order(
        string? RequestKey, string? By, string? Reason, string? FromOn, string? ToOn, string? FixmedinsCode, bool? StaysOnly, int? Count, string? Seed, string? ScriptVersion, string? Place, string? Assignee, string? DueOn) : CaseOrder(RequestKey, By, Reason);

    /// <param name="FromOn">On which the place closed the calls.</param>
    /// <param name="Place">Whose calls; a township's has its villages'.</param>
    internal sealed record Resample(string? RequestKey, string? By, string? Reason, string? FromOn, string? ToOn, string? Place, string? Seed, string? ScriptVersion, string? Assignee, string? DueOn) : CaseOrder(RequestKey, By, Reason);

    private sealed record Callable(string SetlId, string PsnNo, string Provider, DateOnly SettledOn, long? CallNo);

    /// <summary>In order: key, who, why; the same request before; period, count, seed, script, place, due day; somebody to call.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, FieldTerms terms, ChinaCalendar calendar, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "call_draw", 0, "drawn", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is { } before) return await ShowDraw(act, before);
        if (!FieldText.TryPeriod(order.FromOn, order.ToOn, out var from, out var to)) return FieldRefusals.PeriodInvalid;
        if (order.Count is not (> 0 and <= CountMax) || order.FixmedinsCode is { Length: > 40 } || order.FixmedinsCode?.Contains('\0', StringComparison.Ordinal) == true) return FieldRefusals.CountInvalid;
        if (Fit(order.Seed, order.ScriptVersion, order.Place ?? "", order.Assignee, order.DueOn, terms, calendar.Today, out var due) is { } unfit) return unfit;
        await act.Run("SELECT pg_advisory_xact_lock($1)", OneDrawAtATime);
        var frame = await act.Rows("""
            SELECT setl_id, psn_no, fixmedins_code, settled_at FROM audit_claim c WHERE reversed_by IS NULL AND settled_at >= $1 AND settled_at < $2 AND ($3 = '' OR fixmedins_code = $3) AND (is_stay OR NOT $4)
              AND NOT EXISTS (SELECT FROM call_back b WHERE b.setl_id = c.setl_id)
            """, r => new Callable(r.GetString(0), r.GetString(1), r.GetString(2), ChinaCalendar.DayOf(new DateTimeOffset(r.GetDateTime(3)).ToUnixTimeMilliseconds()), null),
            ChinaCalendar.StartOf(from).UtcDateTime, ChinaCalendar.StartOf(to.AddDays(1)).UtcDateTime, order.FixmedinsCode ?? "", order.StaysOnly ?? true);
        return await Keep(act, terms, frame, order.Count.Value, (from, to), order.FixmedinsCode ?? "", order.StaysOnly ?? true, null, order.Seed, order.ScriptVersion, order.Place ?? "", order.Assignee, due);
    }

    /// <summary>In order: key, who, why; the same request before; period, seed, script, place, due day; closed calls that were not called again.</summary>
    public static async Task<Outcome<object>> Again(AuditRequest request, FieldTerms terms, ChinaCalendar calendar, Resample order)
    {
        var begun = await FieldAct.Begin(request, order, "call_draw", 0, "resampled", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is { } before) return await ShowDraw(act, before);
        if (!FieldText.TryPeriod(order.FromOn, order.ToOn, out var from, out var to)) return FieldRefusals.PeriodInvalid;
        if (string.IsNullOrEmpty(order.Place)) return FieldRefusals.PlaceInvalid;
        if (Fit(order.Seed, order.ScriptVersion, order.Place, order.Assignee, order.DueOn, terms, calendar.Today, out var due) is { } unfit) return unfit;
        await act.Run("SELECT pg_advisory_xact_lock($1)", OneDrawAtATime);
        var frame = await act.Rows("""
            SELECT setl_id, psn_no, fixmedins_code, settled_on, call_no FROM call_back b WHERE state = 'done' AND resample_of IS NULL AND closed_on BETWEEN $1 AND $2 AND starts_with(place, $3)
              AND NOT EXISTS (SELECT FROM call_back a WHERE a.resample_of = b.call_no)
            """, r => new Callable(r.GetString(0), r.GetString(1), r.GetString(2), r.GetFieldValue<DateOnly>(3), r.GetInt64(4)), from, to, order.Place);
        var count = (int)((frame.Count * (long)terms.ResampleBp + 9_999) / 10_000);
        return await Keep(act, terms, frame, count, (from, to), "", false, order.Place, order.Seed, order.ScriptVersion, "", order.Assignee, due);
    }

    private static Refusal? Fit(string? seed, string? script, string place, string? assignee, string? dueOn, FieldTerms terms, DateOnly today, out DateOnly due)
    {
        due = today.AddDays(terms.CallDays);
        if (seed is not null && (seed.Length is 0 or > SeedMax || !seed.All(char.IsAsciiLetterOrDigit))) return FieldRefusals.SeedInvalid;
        if (terms.Calls.Find(script) is null) return FieldRefusals.ScriptUnknown;
        if (place.Length is not (0 or 9 or 12) || !place.All(char.IsAsciiDigit)) return FieldRefusals.PlaceInvalid;
        if (assignee is not null && TwoPeople.Name(assignee, "assignee") is { } nobody) return nobody;
        return dueOn is not null && (!FieldText.TryDay(dueOn, out due) || due < today) ? FieldRefusals.DueInvalid : null;
    }

    private static async Task<Outcome<object>> Keep(FieldAct act, FieldTerms terms, List<Callable> frame, int count, (DateOnly From, DateOnly To) period, string provider, bool staysOnly, string? resampled, string? seed, string? script, string place, string? assignee, DateOnly due)
    {
        if (frame.Count == 0) return FieldRefusals.NothingToCall;
        seed ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var drawn = frame.OrderBy(c => SampleDraw.Rank(seed, c.SetlId), StringComparer.Ordinal).Take(count).ToList();
        var number = await act.One<long>("""
            INSERT INTO call_draw (from_on, to_on, fixmedins_code, stays_only, resampled_place, script_version, seed, frame_rows, drawn_by, drawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING draw_no
            """, period.From, period.To, provider, staysOnly, resampled, terms.Calls.Find(script)!.Version, seed, frame.Count, act.By, act.Now.UtcDateTime);
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO call_back (draw_no, setl_id, psn_no, fixmedins_code, settled_on, resample_of, place, assignee, due_on) SELECT $1, u.*, $2, $3, $4 FROM unnest($5, $6, $7, $8, $9) AS u
            """, act.Connection))
        {
            foreach (var value in (object[])[number, place, assignee?.Trim() ?? "", due]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
            foreach (var text in (Func<Callable, string>[])[c => c.SetlId, c => c.PsnNo, c => c.Provider]) insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. drawn.Select(text)] });
            insert.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. drawn.Select(c => c.SettledOn)] });
            insert.Parameters.Add(new NpgsqlParameter<long?[]> { TypedValue = [.. drawn.Select(c => c.CallNo)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            await insert.ExecuteNonQueryAsync(act.Cancellation);
        }
        var shown = await ShowDraw(act, number);
        await act.Done(number, new { Calls = drawn.Count, Place = place, resampled });
        return shown;
    }

    private static async Task<Outcome<object>> ShowDraw(FieldAct act, long number) => (await act.Rows($"{ListCallBacks.Draws} WHERE draw_no = $1", ListCallBacks.ReadDraw, number))[0];
}
