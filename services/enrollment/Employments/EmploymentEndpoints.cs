using MedInsure.Enrollment.Employers;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Employments;

/// <summary>Employers and their staff for operators, under /enrolment/{county}; authorization Bearer.</summary>
internal static class EmploymentEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        Act<RegisterEmployer.Request, ListEmployers.Employer>(group, "/employers", (http, county, request) => RegisterEmployer.Execute(Ledger(http), county, request, http.RequestAborted));
        Act<ChangeEmployer.Request, ListEmployers.Employer>(group, "/employers/{employerNo}/change", (http, county, request) => ChangeEmployer.Execute(Ledger(http), county, Employer(http), request, http.RequestAborted));
        Act<CloseEmployer.Request, ListEmployers.Employer>(group, "/employers/{employerNo}/closing", (http, county, request) => CloseEmployer.Execute(Ledger(http), county, Employer(http), request, http.RequestAborted));
        group.MapGet("/employers", (string county, string? name, string? uscc, string? kind, string? state, string? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Find(county, http, tokens, counties, database => ListEmployers.Query(database, new(name ?? "", uscc ?? "", kind ?? "", state ?? ""), after ?? "", limit ?? 100, http.RequestAborted),
                page => new { employers = page, next_after = page.Count == (limit ?? 100) ? page[^1].EmployerNo : null }));
        group.MapGet("/employers/{employerNo}", (string county, string employerNo, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Find(county, http, tokens, counties, database => ListEmployers.Get(database, employerNo, http.RequestAborted), employer => employer));
        group.MapGet("/employers/{employerNo}/history", (string county, string employerNo, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Look(county, http, tokens, counties, database => ListEmployers.History(database, employerNo, http.RequestAborted)));

        group.MapPost("/employers/{employerNo}/tokens", (string county, string employerNo, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<EmployerTokens.Request, EmployerTokens.Issued>(county, http, tokens, counties, (database, request) => EmployerTokens.Issue(database, employerNo, request, calendar, http.RequestAborted), issued => issued));
        group.MapPost("/employers/{employerNo}/tokens/{number:long}/revocation", (string county, string employerNo, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<EmployerTokens.Revocation, long>(county, http, tokens, counties, (database, request) => EmployerTokens.Revoke(database, employerNo, number, request, calendar.UtcNow, http.RequestAborted), of => new { token_no = of }));
        group.MapGet("/employers/{employerNo}/tokens", (string county, string employerNo, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Look(county, http, tokens, counties, database => EmployerTokens.Of(database, employerNo, http.RequestAborted)));

        Act<StartEmployment.Request, ListEmployments.Employment>(group, "/employments", (http, county, request) => StartEmployment.Execute(Desk(http), county, request, http.RequestAborted));
        Act<StopEmployment.Request, ListEmployments.Employment>(group, "/employments/{number:long}/stop", (http, county, request) => StopEmployment.Execute(Desk(http), county, Number(http), request, http.RequestAborted));
        Act<TransferEmployment.Request, ListEmployments.Employment>(group, "/employments/{number:long}/transfer", (http, county, request) => TransferEmployment.Execute(Desk(http), county, Number(http), request, http.RequestAborted));
        Act<DeclareWage.Request, ListEmployments.Employment>(group, "/employments/{number:long}/wage", (http, county, request) => DeclareWage.Execute(Desk(http), county, Number(http), request, http.RequestAborted));
        Act<CorrectEmployment.Request, ListEmployments.Employment>(group, "/employments/{number:long}/correction", (http, county, request) => CorrectEmployment.Execute(Desk(http), county, Number(http), request, http.RequestAborted));
        Act<FlexibleWork.Request, ListEmployments.Employment>(group, "/flexible-workers", (http, county, request) => FlexibleWork.Start(Desk(http), Policies(http), county, request, http.RequestAborted));
        Act<FlexibleWork.Request, ListEmployments.Employment>(group, "/employments/{number:long}/choice", (http, county, request) => FlexibleWork.Change(Desk(http), Policies(http), county, Number(http), request, http.RequestAborted));
        group.MapImport<DeclareStaff, StaffRow>("/employers/{employerNo}/declarations", DeclareStaff.Of);
        group.MapGet("/employments", (string county, string? employer_no, string? psn_no, int? month, long? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Find(county, http, tokens, counties, database => ListEmployments.Query(database, new(employer_no, psn_no ?? "", month ?? 0), after ?? 0, limit ?? 100, http.RequestAborted),
                page => new { employments = page, next_after = page.Count == (limit ?? 100) ? page[^1].EmploymentNo : (long?)null }));
        group.MapGet("/employments/{number:long}", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Find(county, http, tokens, counties, database => ListEmployments.Get(database, number, http.RequestAborted), employment => employment));
        group.MapGet("/employments/{number:long}/history", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Look(county, http, tokens, counties, database => ListEmployments.History(database, number, http.RequestAborted)));
        group.MapGet("/declarations", (string county, string? employer_no, long? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Find(county, http, tokens, counties, database => Declarations.List(database, employer_no ?? "", after ?? 0, limit ?? 100, http.RequestAborted),
                page => new { declarations = page, next_after = page.Count == (limit ?? 100) ? page[^1].DeclarationNo : (long?)null }));
    }

    private static void Act<TRequest, T>(RouteGroupBuilder group, string path, Func<HttpContext, string, TRequest, Task<Outcome<T>>> act) where TRequest : class where T : class =>
        group.MapPost(path, (string county, HttpContext http, BearerTokens tokens, ServedCounties counties) => EnrolmentEndpoints.Act<TRequest, T>(county, http, tokens, counties, (_, request) => act(http, county, request), value => value));

    private static StaffDesk Desk(HttpContext http) => http.RequestServices.GetRequiredService<StaffDesk>();
    private static Settlement.SettlementClient Policies(HttpContext http) => http.RequestServices.GetRequiredService<Settlement.SettlementClient>();
    private static EmployerLedger Ledger(HttpContext http) => http.RequestServices.GetRequiredService<EmployerLedger>();
    private static string Employer(HttpContext http) => (string)http.Request.RouteValues["employerNo"]!;
    private static long Number(HttpContext http) => long.Parse((string)http.Request.RouteValues["number"]!, System.Globalization.CultureInfo.InvariantCulture);
}
