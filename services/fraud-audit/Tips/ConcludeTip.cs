using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Tips;

/// <summary>A tip gets its handler, who checks it and says what came of it, and what the informer is told.</summary>
internal static class ConcludeTip
{
    private const int AnswerMax = 500;

    internal sealed record Assignment(string? RequestKey, string? By, string? Reason, string? Handler) : CaseOrder(RequestKey, By, Reason);

    /// <param name="Outcome">confirmed, unfounded, not_accepted.</param>
    /// <param name="Answer">What the informer is told.</param>
    /// <param name="CaseNo">Of a confirmed one: the case that has it as evidence and is in force.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Outcome, string? Answer, string? CaseNo) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; the handler; the tip, not concluded.</summary>
    public static async Task<Outcome<object>> Assign(AuditRequest request, ChinaCalendar calendar, string tipNo, Assignment order)
    {
        if (TipRow.Parse(request.County.Code, tipNo) is not { } number) return TipRefusals.Unknown;
        var begun = await FieldAct.Begin(request, order, "tip", number, "assigned", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is null)
        {
            if (TwoPeople.Name(order.Handler, "handler") is { } nobody) return nobody;
            if (await Find(act, number) is not { } tip) return TipRefusals.Unknown;
            if (tip.State is not ("registered" or "checking")) return TipRefusals.NotInState;
            await act.Run("UPDATE tip SET state = 'checking', handler = $2 WHERE tip_no = $1", number, order.Handler!.Trim());
        }
        return await Finish(act, request.County.Code, number, new { order.Handler });
    }

    /// <summary>In order: key, who, why; the same request before; outcome, answer; the tip, being checked, by its handler; the case.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, ChinaCalendar calendar, string tipNo, Order order)
    {
        if (TipRow.Parse(request.County.Code, tipNo) is not { } number) return TipRefusals.Unknown;
        var begun = await FieldAct.Begin(request, order, "tip", number, "concluded", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is null)
        {
            if (order.Outcome is not ("confirmed" or "unfounded" or "not_accepted") || (order.Outcome == "confirmed") != (order.CaseNo is not null)) return TipRefusals.OutcomeInvalid;
            if (FieldText.Unfit(order.Answer, AnswerMax, needed: true) is { } unfit) return unfit.At("answer");
            if (await Find(act, number) is not { } tip) return TipRefusals.Unknown;
            if (tip.State != "checking") return TipRefusals.NotInState;
            if (!TwoPeople.AreOne(order.By, tip.Handler)) return TipRefusals.NotTheHandler;
            var caseNo = CaseRow.Parse(request.County.Code, order.CaseNo);
            if (order.CaseNo is not null && !await act.One<bool>("""
                SELECT EXISTS (SELECT FROM audit_case c JOIN case_evidence e USING (case_no) WHERE c.case_no = $1 AND c.state IN ('in_force', 'closed') AND c.decision_no > 0 AND e.kind = 'tip' AND e.number = $2 AND e.withdrawn_by = '')
                """, caseNo ?? 0, tipNo)) return TipRefusals.CaseUnfit;
            await act.Run("UPDATE tip SET state = $2, answer = $3, case_no = $4::bigint WHERE tip_no = $1", number, order.Outcome, order.Answer!.Trim(), caseNo);
        }
        return await Finish(act, request.County.Code, number, new { order.Outcome, order.CaseNo });
    }

    private static async Task<Outcome<object>> Finish(FieldAct act, string county, long number, object detail)
    {
        var row = (await Find(act, number))!;
        if (act.Before is null) await act.Done(number, detail);
        return row.Shown(county, whole: true);
    }

    private static async Task<TipRow?> Find(FieldAct act, long number) => (await act.Rows($"{TipRow.Columns} WHERE tip_no = $1 FOR UPDATE", TipRow.Read, number)).FirstOrDefault();
}
