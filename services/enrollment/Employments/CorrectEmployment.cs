using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employments;

/// <summary>What was said of an employment was wrong: its months, that it ended, that it ever was, maternity insurance. Always with a reason.</summary>
internal static class CorrectEmployment
{
    /// <param name="Month">The true first month.</param>
    /// <param name="LastMonth">The true last one; null: it goes on. With <paramref name="NeverWas"/> it is not told.</param>
    /// <param name="Ended">stopped or retired, with a last month.</param>
    public sealed record Request(string? RequestKey, int? Month, int? LastMonth, string? Ended, bool? NeverWas, bool? Maternity, string? By, string? Why);

    public static async Task<Outcome<ListEmployments.Employment>> Execute(StaffDesk desk, string county, long employment, Request request, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(request.Why)) return EmploymentRefusals.ReasonNeeded;
        var old = await desk.Read(county, employment, cancellation);
        if (old.Refusal is { } unknown) return unknown;
        var never = request.NeverWas == true;
        var month = never ? old.Value.FromMonth : request.Month;
        if ((desk.Month(month, "month") ?? (request.LastMonth is null ? null : desk.Month(request.LastMonth, "last_month")) ?? desk.Reason(request.Why, 0)) is { } refusal) return refusal;
        if (request.LastMonth < month) return EmploymentRefusals.EndsBeforeStart;
        if (!never && (request.LastMonth is null ? !string.IsNullOrEmpty(request.Ended) : request.Ended is not ("stopped" or "retired"))) return EmploymentRefusals.EndUnknown;
        return await desk.Do(county, "correct", request.RequestKey, request.By, new { employment, request },
        [
            new StaffRow(1, "correct")
            {
                EmploymentNo = employment, Month = month!.Value, LastMonth = never ? EmploymentMonth.Add(month.Value, -1) : request.LastMonth, Ended = never ? "corrected" : request.Ended ?? "",
                Maternity = request.Maternity ?? old.Value.Maternity, Why = request.Why,
            },
        ], cancellation);
    }
}
