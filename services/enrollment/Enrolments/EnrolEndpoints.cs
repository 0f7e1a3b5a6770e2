using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>Enrolment by commands for operators, under /enrolment/{county}; authorization Bearer.</summary>
internal static class EnrolEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/enrolments", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, Settlement.SettlementClient settlement, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<EnrolPersons.Order, EnrolPersons.Answer>(county, http, tokens, counties, (database, order) => EnrolPersons.Execute(database, county, settlement, order, calendar, bell, http.RequestAborted), answer => answer));
        group.MapGet("/enrolments", (string county, string? insutype, int? year, string? who, string? state, string? psn_no, string? group, long? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Page(county, http, tokens, counties, limit,
                (database, size) => ListEnrolments.Query(database, new ListEnrolments.Filter(insutype ?? "", year ?? 0, who ?? "", state ?? "", psn_no ?? "", group ?? ""), after ?? 0, size, http.RequestAborted), "enrolments", e => e.EnrolmentNo));
        group.MapPost("/enrolments/{number:long}/withdrawal", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<WithdrawEnrolment.Order, ListEnrolments.Enrolment>(county, http, tokens, counties, (database, order) => WithdrawEnrolment.Execute(database, county, number, order, calendar, bell, http.RequestAborted), e => e));
        group.MapImport<ImportStudents, StudentRow>("/students", http => StudentOrder.Read(http.Request.Query) switch
        {
            { Refusal: { } refusal } => refusal,
            { Value: var order } => EnrolmentEndpoints.Served(http, county => ActivatorUtilities.CreateInstance<ImportStudents>(http.RequestServices, county, order)),
        });
        group.MapPost("/newborns", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, Settlement.SettlementClient settlement, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<EnrolNewborn.Order, EnrolPersons.Answer>(county, http, tokens, counties, (database, order) => EnrolNewborn.Execute(database, county, settlement, order, calendar, bell, http.RequestAborted), answer => answer));
        group.MapPost("/foetuses", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, Settlement.SettlementClient settlement, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<PrepayFoetus.Order, EnrolPersons.Answer>(county, http, tokens, counties, (database, order) => PrepayFoetus.Execute(database, county, settlement, order, calendar, bell, http.RequestAborted), answer => answer));
        group.MapPost("/foetuses/{psnNo}/birth", (string county, string psnNo, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<RegisterBirth.Birth, RegisterBirth.Answer>(county, http, tokens, counties, (database, birth) => RegisterBirth.Born(database, county, psnNo, birth, calendar, bell, http.RequestAborted), answer => answer));
        group.MapPost("/foetuses/{psnNo}/end", (string county, string psnNo, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<RegisterBirth.End, RegisterBirth.Answer>(county, http, tokens, counties, (database, end) => RegisterBirth.Ended(database, county, psnNo, end, calendar, bell, http.RequestAborted), answer => answer));
    }
}
