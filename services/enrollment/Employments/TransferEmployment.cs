using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employments;

/// <summary>A person goes on without a gap: to another employer, or from flexible work to one.</summary>
internal static class TransferEmployment
{
    /// <param name="Month">The first one with the new employer; the one before is the last of the old.</param>
    public sealed record Request(string? RequestKey, string? EmployerNo, int? Month, string? Wage, bool? Maternity, string? By, string? Why);

    public static async Task<Outcome<ListEmployments.Employment>> Execute(StaffDesk desk, string county, long employment, Request request, CancellationToken cancellation)
    {
        if (!EnrollmentTexts.IsText(request.EmployerNo, 30)) return EmploymentRefusals.EmployerUnknown;
        if ((desk.Month(request.Month, "month") ?? desk.Reason(request.Why, request.Month ?? 0)) is { } refusal) return refusal;
        var wage = StaffDesk.Wage(request.Wage);
        if (wage.Refusal is { } unpaid) return unpaid;
        var old = await desk.Read(county, employment, cancellation);
        if (old.Refusal is { } unknown) return unknown;
        var why = request.Why ?? "";
        return await desk.Do(county, "transfer", request.RequestKey, request.By, new { employment, request },
        [
            new StaffRow(1, "stop") { EmploymentNo = employment, LastMonth = EmploymentMonth.Add(request.Month!.Value, -1), Ended = "transferred", Why = why },
            new StaffRow(2, "start") { PsnNo = old.Value.PsnNo, EmployerNo = request.EmployerNo!, Month = request.Month.Value, Wage = wage.Value, Maternity = request.Maternity ?? false, Why = why },
        ], cancellation);
    }
}
