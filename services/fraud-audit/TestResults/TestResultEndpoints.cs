using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.RuleSettings;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Http.Features;

namespace MedInsure.FraudAudit.TestResults;

/// <summary>
/// Below /audit/{county}: POST /test-results?fixmedins_code=&amp;reason=&amp;imported_by= with test-results.csv as the body, POST /test-results/{no}/withdrawal, GET /test-results?fixmedins_code=&amp;mdtrt_id=&amp;file_no=,
/// GET /test-results/files?fixmedins_code=, GET /test-results/files/{no}/errors; lists take page and page_size.
/// </summary>
internal static class TestResultEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/test-results", Import);
        county.MapPost("/test-results/{no:long}/withdrawal", (string county, long no, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<WithdrawTestResult.Order, object>(county, http, (request, order) => WithdrawTestResult.Execute(request, calendar, no, order)));
        county.MapGet("/test-results", (string county, string? fixmedins_code, string? mdtrt_id, long? file_no, int? page, int? page_size, HttpContext http, AuditDesk desk) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await WithdrawTestResult.List(request, fixmedins_code, mdtrt_id, file_no, page, page_size))));
        county.MapGet("/test-results/files", (string county, string? fixmedins_code, int? page, int? page_size, HttpContext http, AuditDesk desk) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await TestResultFileSeen.List(request, fixmedins_code, page, page_size))));
        county.MapGet("/test-results/files/{no:long}/errors", (string county, long no, int? page, int? page_size, HttpContext http, AuditDesk desk) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await TestResultFileSeen.Errors(request, no, page, page_size))));
    }

    private static Task<IResult> Import(string county, string? fixmedins_code, string? reason, string? imported_by, HttpContext http, AuditDesk desk, CaseOffice office, RuleSets rules) => desk.Open(county, http, async request =>
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = ImportTestResults.FileBytesMax;
        using var file = new MemoryStream();
        try { await http.Request.Body.CopyToAsync(file, request.Cancellation); }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge) { return TestResultRefusals.FileTooLarge.ToProblem(); }
        return AuditDesk.Answer(await ImportTestResults.Execute(request, office, await rules.Newest(county, request.Cancellation), new(fixmedins_code, reason, imported_by), file.ToArray()));
    });
}
