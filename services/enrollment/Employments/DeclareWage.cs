using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employments;

/// <summary>A wage from a month on, or for some months; of past months it is a correction and needs a reason.</summary>
internal static class DeclareWage
{
    /// <param name="LastMonth">After it the wage holds again that held then; null: this one holds until the next declared.</param>
    public sealed record Request(string? RequestKey, int? Month, int? LastMonth, string? Wage, string? By, string? Why);

    public static async Task<Outcome<ListEmployments.Employment>> Execute(StaffDesk desk, string county, long employment, Request request, CancellationToken cancellation)
    {
        if ((desk.Month(request.Month, "month") ?? (request.LastMonth is null ? null : desk.Month(request.LastMonth, "last_month")) ?? desk.Reason(request.Why, request.Month ?? 0)) is { } refusal) return refusal;
        if (request.LastMonth < request.Month) return EmploymentRefusals.EndsBeforeStart;
        var wage = StaffDesk.Wage(request.Wage);
        if (wage.Refusal is { } unpaid) return unpaid;
        return await desk.Do(county, "wage", request.RequestKey, request.By, new { employment, request },
            [new StaffRow(1, "wage") { EmploymentNo = employment, Month = request.Month!.Value, LastMonth = request.LastMonth, Wage = wage.Value, Why = request.Why ?? "" }], cancellation);
    }
}
