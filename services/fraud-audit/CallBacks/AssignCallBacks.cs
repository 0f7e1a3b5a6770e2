using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.CallBacks;

/// <summary>Calls of a draw go to a township or village, and to whoever calls.</summary>
internal static class AssignCallBacks
{
    private const int CallsMax = 500;

    /// <param name="Place">Null: the centre.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, long[]? Calls, string? Place, string? Assignee, string? DueOn) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; place, assignee, due day; the calls: of the draw, open.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, ChinaCalendar calendar, long drawNo, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "call_draw", drawNo, "assigned", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        var (place, calls) = (order.Place ?? "", (order.Calls ?? []).Distinct().ToArray());
        if (act.Before is not null) return new { Assigned = calls.Length };
        if (place.Length is not (0 or 9 or 12) || !place.All(char.IsAsciiDigit)) return FieldRefusals.PlaceInvalid;
        if (TwoPeople.Name(order.Assignee, "assignee") is { } nobody) return nobody;
        if (!FieldText.TryDay(order.DueOn, out var due) || due < calendar.Today) return FieldRefusals.DueInvalid;
        if (calls.Length is 0 or > CallsMax) return FieldRefusals.CallsInvalid;
        // What the centre draws again it calls itself.
        var done = await act.Run("UPDATE call_back SET place = $3, assignee = $4, due_on = $5 WHERE draw_no = $1 AND call_no = ANY($2) AND state IN ('open', 'again', 'visit') AND (resample_of IS NULL OR $3 = '')",
            drawNo, calls, place, order.Assignee!.Trim(), due);
        if (done != calls.Length) return FieldRefusals.CallsInvalid;
        await act.Done(drawNo, new { calls, place, order.Assignee, order.DueOn });
        return new { Assigned = done };
    }
}
