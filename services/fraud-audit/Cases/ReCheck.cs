using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>What was to be corrected is looked at again (复查): it passes, or gets further days.</summary>
internal static class ReCheck
{
    /// <param name="Days">When it did not pass: how many more; null: the usual ones.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, bool? Passed, int? Days) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; a correction that waits; the result.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, "re_checked", office.Calendar.UtcNow, "in_force");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (act.Row.Correction != "due") return CaseRefusals.NoCorrection;
        if (order.Passed is not { } passed || order.Days is < 1 or > 365 || passed && order.Days is not null) return Sanctions.SanctionRefusals.DaysInvalid.At("days");
        if (passed) await act.Change("correction = 'passed'");
        else await act.Change("correction_due_on = $3", office.Today.AddDays(order.Days ?? office.Ladder.Terms.CorrectionDays));
        return await act.Done(new { Passed = passed });
    }
}
