using MedInsure.FraudAudit.RuleSettings;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Http.Features;

namespace MedInsure.FraudAudit.KnowledgePoints;

/// <summary>
/// Below /audit/{county}: POST /knowledge-points?title=&amp;reason=&amp;imported_by=&amp;approver= with knowledge-points.csv as the body,
/// GET /knowledge-points?rule=&amp;code=&amp;item=&amp;batch_no=&amp;day=&amp;page=&amp;page_size=, GET /knowledge-batches?page=&amp;page_size=.
/// </summary>
internal static class KnowledgePointEndpoints
{
    /// <summary>A file refused for its rows: nothing of it is stored.</summary>
    internal sealed record RefusedFile(string Code, string Chinese, string English, long Rows, long Rejected, IReadOnlyList<RowError> Errors);

    /// <param name="BatchNo">Null: the file says nothing new.</param>
    internal sealed record TakenFile(long? BatchNo, long Rows, long Changed);

    // The whole national base, 247,000 points (national-interface.md section 6) with some dozen codes each, is about 150 MB.
    private const long FileBytesMax = 512L << 20;

    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/knowledge-points", Import);
        county.MapGet("/knowledge-points", Points);
        county.MapGet("/knowledge-batches", Batches);
    }

    private static Task<IResult> Import(string county, string? title, string? reason, string? imported_by, string? approver, HttpContext http, AuditDesk desk, RuleSets ruleSets, ChinaCalendar calendar) => desk.Open(county, http, async request =>
    {
        var order = new ImportKnowledgePoints.Order(title, reason, imported_by, approver);
        if (order.Refusal is { } refusal) return refusal.ToProblem();
        var (import, run) = (new ImportKnowledgePoints(request.Database, ruleSets.Book, order, calendar.UtcNow), new ImportRun(acceptPartial: false));
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = FileBytesMax;
        var outcome = await CsvFile.Import(http.Request.Body, import, run, cancellation: request.Cancellation);
        if (outcome.Refusal is { } whole) return whole.ToProblem();
        if (run.Rejected > 0)
            return Results.Json(new RefusedFile("knowledge.rows_refused", $"文件有{run.Rejected}行不符合规定，全部未导入", $"{run.Rejected} rows are wrong and nothing was stored", run.Rows, run.Rejected, run.Errors), AuditJson.Options, statusCode: StatusCodes.Status400BadRequest);
        if (import.BatchNo != 0) await ruleSets.Newest(county, request.Cancellation);
        return Results.Json(new TakenFile(import.BatchNo == 0 ? null : import.BatchNo, run.Rows, outcome.Value.Changed), AuditJson.Options);
    });

    private static Task<IResult> Points(string county, string? rule, string? code, string? item, long? batch_no, string? day, int? page, int? page_size, HttpContext http, AuditDesk desk, RuleSets ruleSets) => desk.Open(county, http, async request =>
        AuditDesk.Answer(await ListKnowledgePoints.Execute(request.Database, ruleSets.Book, new(rule, code, item, batch_no, day, page, page_size), request.Cancellation)));

    private static Task<IResult> Batches(string county, int? page, int? page_size, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
        AuditDesk.Answer(await ListKnowledgeBatches.Execute(request.Database, page, page_size, request.Cancellation)));
}
