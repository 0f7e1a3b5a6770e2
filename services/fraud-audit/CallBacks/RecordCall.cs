using System.Text.Json;
using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.CallBacks;

/// <summary>An attempt to reach a patient: by telephone, again, at last by visit; with what they answered.</summary>
internal static class RecordCall
{
    private const int TextMax = 500, AnswerMax = 200;

    /// <param name="Way">phone, visit.</param>
    /// <param name="Answers">Question of the script to what was said.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Way, string? CalledOn, string? Result, Dictionary<string, string>? Answers, string? Text) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; way, result, day, texts; the call, still open; a visit where one is due; the answers; of what is called again, another caller.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, FieldTerms terms, ChinaCalendar calendar, long callNo, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "call_back", callNo, "called", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is not null) return (await Find(act, callNo))!.Shown(terms.Calls);
        if (order.Way is not ("phone" or "visit")) return FieldRefusals.WayInvalid;
        if (terms.Calls.Result(order.Result) is not { } result) return FieldRefusals.ResultInvalid;
        if (!FieldText.TryDay(order.CalledOn, out var on)) return Refusals.DayInvalid.At("called_on");
        if (on > calendar.Today) return FieldRefusals.DayInFuture.At("called_on");
        foreach (var (text, field, max) in (order.Answers ?? []).Select(a => ((string?)a.Value, "answers", AnswerMax)).Prepend((order.Text, "text", TextMax)))
            if (FieldText.Unfit(text, max, needed: false) is { } unfit) return unfit.At(field);
        // The draw of a call never changes; the call is held until its attempt is in.
        if (await Find(act, callNo, "FOR UPDATE") is not { } call) return FieldRefusals.CallUnknown;
        if (call.IsClosed) return FieldRefusals.CallClosed;
        if (call.State == "visit" && order.Way != "visit") return FieldRefusals.VisitNeeded;
        var script = terms.Calls.Find(await act.One<string>("SELECT script_version FROM call_draw WHERE draw_no = $1", call.DrawNo));
        if (order.Answers is { Count: > 0 } answers && (!result.Reached || answers.Keys.Any(q => script?.Questions.Any(known => known.Code == q) != true))) return FieldRefusals.AnswersInvalid;
        if (call.ResampleOf is { } first
            && TwoPeople.Another(order.By, "by", [.. await act.Rows("SELECT DISTINCT called_by FROM call_attempt WHERE call_no = $1", r => r.GetString(0), first)]) is { } same) return same;

        var attempt = call.Attempts + 1;
        var phoned = await act.One<long>("SELECT count(*) FROM call_attempt WHERE call_no = $1 AND way = 'phone'", callNo) + (order.Way == "phone" ? 1 : 0);
        var state = result.Reached ? "done" : order.Way == "visit" ? "unreached" : phoned < terms.CallPhoneAttempts ? "again" : "visit";
        await act.Run("INSERT INTO call_attempt (call_no, attempt_no, way, called_on, called_by, result, answers, text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            callNo, attempt, order.Way, on, act.By, result.Code, JsonSerializer.Serialize(order.Answers ?? [], AuditJson.Options), order.Text ?? "");
        var closed = state is "done" or "unreached";
        await act.Run("UPDATE call_back SET state = $2, attempts = $3, result = $4, due_on = $5, closed_on = $6 WHERE call_no = $1",
            callNo, state, attempt, result.Code, closed ? call.DueOn : calendar.Today.AddDays(terms.CallAgainDays), closed ? on : null);
        var shown = (await Find(act, callNo))!.Shown(terms.Calls);
        await act.Done(callNo, new { order.Way, order.CalledOn, order.Result });
        return shown;
    }

    private static async Task<CallRow?> Find(FieldAct act, long callNo, string tail = "") => (await act.Rows($"{CallRow.Columns} WHERE call_no = $1 {tail}", CallRow.Read, callNo)).FirstOrDefault();
}
