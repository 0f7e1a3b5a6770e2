using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>What the subject says to the allegation within its days, or that it has nothing to say; whoever receives it records it.</summary>
internal static class RecordStatement
{
    /// <param name="Text">Its statement; null with <paramref name="Waived"/>.</param>
    /// <param name="ReceivedOn">yyyy-MM-dd.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Text, string? ReceivedOn, bool Waived = false) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; the text; the day; served; within the days.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, order.Waived ? "statement_waived" : "statement_recorded", office.Calendar.UtcNow, "hearing");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (order.Waived ? order.Text is not null : !AuditTexts.IsText(order.Text, NotifyHearing.TextMax)) return CaseRefusals.TextInvalid;
        if (!CaseDays.TryRead(order.ReceivedOn, out var received)) return CaseRefusals.DayInvalid.At("received_on");
        if (received > office.Today) return CaseRefusals.DayInFuture.At("received_on");
        if (act.Row.StatementDueOn is not { } due) return CaseRefusals.HearingNotServed;
        if (received > due) return CaseRefusals.StatementLate;
        await act.Change("heard = true");
        return await act.Done(new { order.Text, order.ReceivedOn });
    }
}
