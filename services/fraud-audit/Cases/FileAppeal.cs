using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>The subject appeals against a decision in force, within its days from the decision's service.</summary>
internal static class FileAppeal
{
    /// <param name="ReceivedOn">yyyy-MM-dd.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Text, string? ReceivedOn) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; the text; the day; served; within the days; no other open.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var now = office.Calendar.UtcNow;
        var begun = await CaseAct.Begin(request, caseNo, order, "appeal_filed", now, "in_force");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (!AuditTexts.IsText(order.Text, NotifyHearing.TextMax)) return CaseRefusals.TextInvalid;
        if (!CaseDays.TryRead(order.ReceivedOn, out var received)) return CaseRefusals.DayInvalid.At("received_on");
        if (received > office.Today) return CaseRefusals.DayInFuture.At("received_on");
        if (act.Row.AppealDueOn is not { } due) return CaseRefusals.NotServed;
        if (received > due) return CaseRefusals.AppealLate;
        if (await IsOpen(act)) return CaseRefusals.AppealOpen;
        await act.Run("""
            INSERT INTO case_appeal (case_no, appeal_no, text, received_on, recorded_by, recorded_at) SELECT $1, coalesce(max(appeal_no), 0) + 1, $2, $3, $4, $5 FROM case_appeal WHERE case_no = $1
            """, act.Row.Number, order.Text!.Trim(), received, order.By!.Trim(), now.UtcDateTime);
        return await act.Done(new { order.Text, order.ReceivedOn });
    }

    public static Task<bool> IsOpen(CaseAct act) => act.One<bool>("SELECT EXISTS (SELECT FROM case_appeal WHERE case_no = $1 AND outcome = '')", act.Row.Number);
}
