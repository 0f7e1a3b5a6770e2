using MedInsure.Enrollment.Employments;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employers;

/// <summary>An employer ends; nobody may be left in it after that month. Closed by mistake it is opened again.</summary>
internal static class CloseEmployer
{
    /// <param name="ClosedOn">Null with <paramref name="Reopen"/>.</param>
    public sealed record Request(string? RequestKey, DateOnly? ClosedOn, bool? Reopen, string? By, string? Why);

    public static Task<Outcome<ListEmployers.Employer>> Execute(EmployerLedger ledger, string county, string number, Request request, CancellationToken cancellation) =>
        ledger.Do(county, request.Reopen == true ? "reopen" : "close", request.RequestKey, number, request.By, request.Why ?? "", request, async staged =>
        {
            if (await staged.Scalar("SELECT count(*) FROM employer WHERE employer_no = $1", cancellation, number) == 0) return EmploymentRefusals.EmployerUnknown;
            if (request.Reopen == true)
            {
                await staged.Run("UPDATE employer SET closed_on = NULL, version = version + 1 WHERE employer_no = $1 AND closed_on IS NOT NULL", cancellation, number);
                return null;
            }
            if (request.ClosedOn is not { } day || day > ledger.Today) return EmployerRefusals.DayInvalid;
            if (await staged.Scalar("SELECT count(*) FROM employer WHERE employer_no = $1 AND closed_on <> $2", cancellation, number, day) > 0) return EmployerRefusals.ClosedAlready;
            if (await staged.Scalar("SELECT count(*) FROM (SELECT FROM employment WHERE employer_no = $1 AND (to_month IS NULL OR to_month >= from_month AND to_month > $2) LIMIT 1) left_over", cancellation, number, EmploymentMonth.Of(day)) > 0)
                return EmployerRefusals.StaffGoesOn;
            await staged.Run("UPDATE employer SET closed_on = $2, version = version + 1 WHERE employer_no = $1 AND closed_on IS NULL", cancellation, number, day);
            return null;
        }, cancellation);
}
