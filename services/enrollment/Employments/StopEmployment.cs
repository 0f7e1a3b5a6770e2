using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employments;

/// <summary>An employment ends, or a flexible worker's enrolment: stopped, or because the person retires.</summary>
internal static class StopEmployment
{
    /// <param name="LastMonth">The last one for which contributions are due.</param>
    /// <param name="Ended">stopped or retired.</param>
    /// <param name="Why">Needed when months after it are past.</param>
    public sealed record Request(string? RequestKey, int? LastMonth, string? Ended, string? By, string? Why);

    public static async Task<Outcome<ListEmployments.Employment>> Execute(StaffDesk desk, string county, long employment, Request request, CancellationToken cancellation)
    {
        if (request.Ended is not ("stopped" or "retired")) return EmploymentRefusals.EndUnknown;
        if (desk.Month(request.LastMonth, "last_month") is { } invalid) return invalid;
        if (desk.Reason(request.Why, EmploymentMonth.Add(request.LastMonth!.Value, 1)) is { } unexplained) return unexplained;
        return await desk.Do(county, "stop", request.RequestKey, request.By, new { employment, request },
            [new StaffRow(1, "stop") { EmploymentNo = employment, LastMonth = request.LastMonth, Ended = request.Ended, Why = request.Why ?? "" }], cancellation);
    }
}
