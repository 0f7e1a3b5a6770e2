using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employments;

/// <summary>A person begins to work for an employer, who declares the first month and its wage.</summary>
internal static class StartEmployment
{
    /// <param name="Wage">Yuan a month, as text.</param>
    /// <param name="Why">Needed when the month is past.</param>
    public sealed record Request(string? RequestKey, string? PsnNo, string? EmployerNo, int? Month, string? Wage, bool? Maternity, string? By, string? Why);

    public static async Task<Outcome<ListEmployments.Employment>> Execute(StaffDesk desk, string county, Request request, CancellationToken cancellation)
    {
        if (!EnrollmentTexts.IsText(request.PsnNo, 30)) return Refusals.NumberMissing;
        if (!EnrollmentTexts.IsText(request.EmployerNo, 30)) return EmploymentRefusals.EmployerUnknown;
        if ((desk.Month(request.Month, "month") ?? desk.Reason(request.Why, request.Month ?? 0)) is { } refusal) return refusal;
        var wage = StaffDesk.Wage(request.Wage);
        if (wage.Refusal is { } unpaid) return unpaid;
        return await desk.Do(county, "start", request.RequestKey, request.By, request,
            [new StaffRow(1, "start") { PsnNo = request.PsnNo!, EmployerNo = request.EmployerNo!, Month = request.Month!.Value, Wage = wage.Value, Maternity = request.Maternity ?? false, Why = request.Why ?? "" }], cancellation);
    }
}
