using MedInsure.Enrollment.Employments;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employers;

/// <summary>What is known of an employer changes; what the request leaves out stays.</summary>
internal static class ChangeEmployer
{
    public sealed record Request(string? RequestKey, string? EmployerName, string? Uscc, string? Kind, string? By, string? Why);

    public static Task<Outcome<ListEmployers.Employer>> Execute(EmployerLedger ledger, string county, string number, Request request, CancellationToken cancellation) =>
        ledger.Do(county, "change", request.RequestKey, number, request.By, request.Why ?? "", request, async staged =>
        {
            if (request.EmployerName is { } name && !EnrollmentTexts.IsText(name, 200)) return EmployerRefusals.NameMissing;
            if (request.Kind is { Length: > 0 } kind && !EnrollmentTexts.IsText(kind, 30)) return EmployerRefusals.KindInvalid;
            var uscc = request.Uscc?.ToUpperInvariant();
            if (await EmployerLedger.CheckCode(staged, number, uscc ?? "", cancellation) is { } wrong) return wrong;
            if (await staged.Scalar("SELECT count(*) FROM employer WHERE employer_no = $1", cancellation, number) == 0) return EmploymentRefusals.EmployerUnknown;
            await staged.Run("""
                UPDATE employer SET employer_name = coalesce($2::text, employer_name), uscc = coalesce($3::text, uscc), kind = coalesce($4::text, kind), version = version + 1
                WHERE employer_no = $1 AND (employer_name, uscc, kind) <> (coalesce($2::text, employer_name), coalesce($3::text, uscc), coalesce($4::text, kind))
                """, cancellation, number, Text(request.EmployerName), Text(uscc), Text(request.Kind));
            return null;
        }, cancellation);

    private static object Text(string? value) => (object?)value ?? DBNull.Value;
}
