using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employers;

/// <summary>An employer joins, under the number that the agency gives it.</summary>
internal static class RegisterEmployer
{
    public sealed record Request(string? RequestKey, string? EmployerNo, string? EmployerName, string? Uscc, string? Kind, string? By);

    public static Task<Outcome<ListEmployers.Employer>> Execute(EmployerLedger ledger, string county, Request request, CancellationToken cancellation) =>
        ledger.Do(county, "register", request.RequestKey, request.EmployerNo ?? "", request.By, null, request, async staged =>
        {
            var (number, name, uscc, kind) = (request.EmployerNo!, request.EmployerName, (request.Uscc ?? "").ToUpperInvariant(), request.Kind ?? "");
            if (!EnrollmentTexts.IsText(name, 200)) return EmployerRefusals.NameMissing;
            if (kind.Length > 0 && !EnrollmentTexts.IsText(kind, 30)) return EmployerRefusals.KindInvalid;
            if (await staged.Scalar("SELECT count(*) FROM employer WHERE employer_no = $1", cancellation, number) > 0) return EmployerRefusals.NumberTaken;
            if (await EmployerLedger.CheckCode(staged, number, uscc, cancellation) is { } wrong) return wrong;
            await staged.Run("INSERT INTO employer (employer_no, employer_name, uscc, county, kind) VALUES ($1, $2, $3, $4, $5)", cancellation, number, name!, uscc, county, kind);
            return null;
        }, cancellation);
}
