using MedInsure.FraudAudit.Rules;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Samples;

/// <summary>Samples under /audit/{county}/samples. README.md says how they are drawn and extrapolated.</summary>
internal static class SampleEndpoints
{
    private static readonly string[] States = ["", "open", "one_opinion", "differs", "agreed", "arbitrated"];

    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/samples", (string county, HttpContext http, AuditDesk desk, ChinaCalendar calendar) => desk.Act<DrawSample.Order, SampleRow>(county, http, (request, order) => DrawSample.Execute(request, order, calendar)));
        county.MapGet("/samples", List);
        county.MapGet("/samples/{sampleNo:long}", Show);
        county.MapPost("/samples/{sampleNo:long}/items/{setlId}/opinions", (string county, long sampleNo, string setlId, HttpContext http, AuditDesk desk, RuleBook book, ChinaCalendar calendar) =>
            desk.Act<GiveOpinion.Order, SampleItem>(county, http, (request, order) => GiveOpinion.Execute(request, sampleNo, setlId, order, book, calendar)));
        county.MapPost("/samples/{sampleNo:long}/items/{setlId}/arbitration", (string county, long sampleNo, string setlId, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<ArbitrateOpinions.Order, SampleItem>(county, http, (request, order) => ArbitrateOpinions.Execute(request, sampleNo, setlId, order, calendar)));
        county.MapGet("/samples/{sampleNo:long}/extrapolation", (string county, long sampleNo, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request => AuditDesk.Answer(await ExtrapolateSample.Query(request, sampleNo))));
    }

    private static Task<IResult> List(string county, string? fixmedins_code, int? page, int? page_size, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
    {
        var (number, size) = (page ?? 1, page_size ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid.ToProblem();
        return Results.Json(new { samples = await SampleRow.List(request.Database, fixmedins_code ?? "", number, size, request.Cancellation) }, AuditJson.Options);
    });

    private static Task<IResult> Show(string county, long sampleNo, string? state, int? page, int? page_size, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
    {
        var (number, size) = (page ?? 1, page_size ?? 100);
        if (!AuditTexts.IsPage(number, size) || !States.Contains(state ?? "")) return Refusals.PageInvalid.ToProblem();
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        if (await SampleRow.Find(connection, "sample_no = $1", sampleNo, request.Cancellation) is not { } sample) return SampleRefusals.Unknown.ToProblem();
        return Results.Json(new { sample, items = await SampleItem.Read(connection, sampleNo, null, state ?? "", (number - 1) * size, size, request.Cancellation) }, AuditJson.Options);
    });
}
