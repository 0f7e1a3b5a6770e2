using MedInsure.FraudAudit.Sanctions;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>The investigator ends the investigation with a proposal, once the subject was heard or let its days pass. Investigator and decider may send a case back to the investigation, the
/// releaser to the decision.</summary>
internal static class ConcludeCase
{
    /// <param name="Sanctions">Proposed; none: no violation.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, IReadOnlyList<SanctionOrder>? Sanctions) : CaseOrder(RequestKey, By, Reason);

    internal sealed record Return(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; the investigator; served, heard or its days over; standing evidence; the proposal.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, "concluded", office.Calendar.UtcNow, "hearing");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (!TwoPeople.AreOne(order.By, act.Row.Investigator)) return CaseRefusals.NotTheInvestigator;
        if (act.Row.StatementDueOn is not { } due) return CaseRefusals.HearingNotServed;
        if (!act.Row.Heard && office.Today <= due) return CaseRefusals.NotHeardYet;
        var evidence = await CaseEvidence.Standing(act);
        if (evidence.Refusal is { } gone) return gone;
        var plan = SanctionPlan.Nothing;
        if (order.Sanctions is { Count: > 0 })
        {
            var planned = SanctionPlan.Of(office.Ladder, act.Row.SubjectKind, await CaseEvidence.Worth(act, evidence.Value), order.Sanctions);
            if (planned.Refusal is { } unfit) return unfit;
            plan = planned.Value;
        }
        await act.Change("state = 'concluded'");
        return await act.Done(new { Proposal = plan.Shown(), Principal = AuditJson.Yuan(plan.PrincipalFen), Damages = AuditJson.Yuan(plan.DamagesFen) });
    }

    /// <summary>In order: the act's own; from the hearing the investigator alone.</summary>
    public static async Task<Outcome<object>> SendBack(AuditRequest request, CaseOffice office, string caseNo, Return order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, "sent_back", office.Calendar.UtcNow, "hearing", "concluded", "decided");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (act.Row.State == "hearing" && !TwoPeople.AreOne(order.By, act.Row.Investigator)) return CaseRefusals.NotTheInvestigator;
        if (act.Row.State == "decided") await act.Change("state = 'concluded', decider = '', decision_no = 0");
        else await act.Change("state = 'investigating', statement_due_on = NULL, heard = false");
        return await act.Done(new { From = act.Row.State });
    }
}
