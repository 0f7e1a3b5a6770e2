using System.Text.Json;
using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.CallBacks;

/// <summary>Work lists of callers, what came of the calls, and how far each township and village is, with what the centre heard when it called again.</summary>
internal static class ListCallBacks
{
    public const string Draws = "SELECT draw_no, from_on, to_on, fixmedins_code, stays_only, resampled_place, script_version, seed, frame_rows, drawn_by, drawn_at, (SELECT count(*) FROM call_back c WHERE c.draw_no = d.draw_no) FROM call_draw d";

    public static object ReadDraw(NpgsqlDataReader r) => new
    {
        DrawNo = r.GetInt64(0), FromOn = AuditJson.Day(r.GetFieldValue<DateOnly>(1)), ToOn = AuditJson.Day(r.GetFieldValue<DateOnly>(2)), FixmedinsCode = r.GetString(3) is { Length: > 0 } code ? code : null, StaysOnly = r.GetBoolean(4),
        ResampledPlace = r.IsDBNull(5) ? null : r.GetString(5), ScriptVersion = r.GetString(6), Seed = r.GetString(7), FrameRows = r.GetInt32(8), DrawnBy = r.GetString(9), DrawnAt = AuditJson.Time(r.GetDateTime(10)), Calls = r.GetInt64(11),
    };

    internal sealed record Filter(long? DrawNo, string? State, string? Place, string? Assignee, string? FixmedinsCode, string? PsnNo, string? Result, bool? Doubt, string? DueBy);

    public static async Task<Outcome<object>> Query(AuditRequest request, CallScripts scripts, Filter filter, int? page, int? pageSize)
    {
        if (!string.IsNullOrEmpty(filter.State) && filter.State != "to_do" && !CallRow.States.Contains(filter.State)) return CaseRefusals.StateUnknown;
        if (!string.IsNullOrEmpty(filter.Result) && scripts.Result(filter.Result) is null) return FieldRefusals.ResultInvalid;
        var due = DateOnly.MaxValue;
        if (!string.IsNullOrEmpty(filter.DueBy) && !FieldText.TryDay(filter.DueBy, out due)) return Refusals.DayInvalid.At("due_by");
        var rows = await FieldRows.Page(request, page, pageSize, $"""
            {CallRow.Columns} WHERE ($1 = 0 OR draw_no = $1) AND ($2 = '' OR state = $2 OR $2 = 'to_do' AND state IN ('open', 'again', 'visit')) AND ($3 = '' OR starts_with(place, $3)) AND ($4 = '' OR assignee = $4)
              AND ($5 = '' OR fixmedins_code = $5) AND ($6 = '' OR psn_no = $6) AND ($7 = '' OR result = $7) AND (NOT $8 OR result = ANY($9)) AND due_on <= $10 ORDER BY due_on, call_no OFFSET $11 LIMIT $12
            """, CallRow.Read, filter.DrawNo ?? 0, filter.State ?? "", filter.Place ?? "", filter.Assignee ?? "", filter.FixmedinsCode ?? "", filter.PsnNo ?? "", filter.Result ?? "", filter.Doubt == true, scripts.Doubts, due);
        return rows.Refusal is { } refusal ? refusal : new { CallBacks = rows.Value.Select(c => c.Shown(scripts)) };
    }

    public static async Task<Outcome<object>> DrawList(AuditRequest request, int? page, int? pageSize)
    {
        var rows = await FieldRows.Page(request, page, pageSize, $"{Draws} ORDER BY draw_no DESC OFFSET $1 LIMIT $2", ReadDraw);
        return rows.Refusal is { } refusal ? refusal : new { Draws = rows.Value };
    }

    /// <summary>One call with its attempts, and what was heard when it was called again.</summary>
    public static async Task<Outcome<object>> One(AuditRequest request, CallScripts scripts, long callNo)
    {
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        var calls = await FieldRows.Read(connection, null, $"{CallRow.Columns} WHERE call_no = $1 OR resample_of = $1 ORDER BY call_no", CallRow.Read, request.Cancellation, callNo);
        if (calls.Find(c => c.CallNo == callNo) is not { } call) return FieldRefusals.CallUnknown;
        var attempts = await FieldRows.Read(connection, null, "SELECT attempt_no, way, called_on, called_by, result, answers, text FROM call_attempt WHERE call_no = $1 ORDER BY attempt_no", r => (object)new
        {
            AttemptNo = r.GetInt32(0), Way = r.GetString(1), CalledOn = AuditJson.Day(r.GetFieldValue<DateOnly>(2)), CalledBy = r.GetString(3), Result = r.GetString(4), ResultName = scripts.Result(r.GetString(4))?.Name,
            Answers = JsonElement.Parse(r.GetString(5)), Text = r.GetString(6) is { Length: > 0 } text ? text : null,
        }, request.Cancellation, callNo);
        return new { CallBack = call.Shown(scripts), Attempts = attempts, Resampled = calls.Find(c => c.ResampleOf == callNo)?.Shown(scripts), History = await FieldAct.History(connection, "call_back", callNo, request.Cancellation) };
    }

    /// <summary>By place: how far its calls are, and of those called again how many sounded different: one doubted, the other not.</summary>
    public static async Task<Outcome<object>> Places(AuditRequest request, CallScripts scripts, DateOnly today, int? page, int? pageSize)
    {
        var rows = await FieldRows.Page(request, page, pageSize, """
            SELECT c.place, count(*), count(*) FILTER (WHERE c.state = 'done'), count(*) FILTER (WHERE c.state = 'unreached'), count(*) FILTER (WHERE c.closed_on IS NULL AND c.due_on < $1), count(*) FILTER (WHERE c.result = ANY($2)),
                count(a.call_no) FILTER (WHERE a.state = 'done'), count(*) FILTER (WHERE a.state = 'done' AND (a.result = ANY($2)) <> (c.result = ANY($2)))
            FROM call_back c LEFT JOIN call_back a ON a.resample_of = c.call_no WHERE c.resample_of IS NULL GROUP BY c.place ORDER BY c.place OFFSET $3 LIMIT $4
            """, r => (object)new { Place = r.GetString(0) is { Length: > 0 } place ? place : null, Calls = r.GetInt64(1), Done = r.GetInt64(2), Unreached = r.GetInt64(3), Overdue = r.GetInt64(4), Doubts = r.GetInt64(5), Resampled = r.GetInt64(6), Differs = r.GetInt64(7) },
            today, scripts.Doubts);
        return rows.Refusal is { } refusal ? refusal : new { Places = rows.Value };
    }
}
