using MedInsure.FraudAudit.Notices;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>A case ends (办结) when no appeal is possible any more, what was to be corrected is, and the money is back.</summary>
internal static class CloseCase
{
    /// <param name="MoneyLeft">Ends although money is not back; the reason says why.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, bool MoneyLeft = false) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; no open appeal, served, its days over; the correction; effects done; the money.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, "closed", office.Calendar.UtcNow, "in_force");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (await FileAppeal.IsOpen(act)) return CaseRefusals.AppealOpen;
        var appealed = await act.One<bool>("SELECT EXISTS (SELECT FROM case_appeal WHERE case_no = $1)", act.Row.Number);
        if (act.Row.AppealDueOn is not { } due) return CaseRefusals.NotServed;
        if (!appealed && office.Today <= due) return CaseRefusals.AppealDaysLeft;
        if (act.Row.Correction == "due") return CaseRefusals.CorrectionOpen;
        if (await act.One<bool>("SELECT EXISTS (SELECT FROM case_effect WHERE case_no = $1 AND (state = 'pending' AND due_on <= $2 OR state = 'refused'))", act.Row.Number, office.Today)) return CaseRefusals.EffectsOpen;
        if (!order.MoneyLeft)
            foreach (var notice in (await NoticeRow.OfCase(act.Connection, act.Transaction, act.Row.Number, act.Cancellation)).Where(n => n.Kind is "deduction" or "repayment"))
            {
                var money = await office.Money(act.County, notice.NoticeNo, act.Row.DeductedIn(act.County, notice.ByPayment), act.Cancellation);
                if (money.Refusal is { } away) return away;
                if (money.Value is not { } state || state.WaitingFen + state.InReviewFen + state.ToReturnFen > 0) return CaseRefusals.MoneyOpen;
            }
        await act.Change("state = 'closed'");
        return await act.Done(new { order.MoneyLeft });
    }
}
