using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Billing.Assessments;

/// <summary>The yearly assessments under /billing/{county}, for operators. README.md lists them.</summary>
internal static class AssessmentEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/assessment-runs", Start);
        county.MapGet("/assessment-runs", Runs);
        county.MapGet("/assessment-runs/{runNo:long}", Run);
        county.MapGet("/assessments/{insutype}/{year:int}", Search);
        county.MapGet("/assessments/{insutype}/{year:int}/persons/{psnNo}", Person);
        county.MapGet("/assessments/{insutype}/{year:int}/households/{householdNo}", Household);
    }

    private static Task<IResult> Start(string county, HttpContext http, BillingDesk desk, Settlement.SettlementClient settlement, AssessmentWorker worker, ChinaCalendar calendar) => desk.Open(county, http, async request =>
    {
        if (await request.Body<StartAssessmentRun.Order>() is not { } order) return Refusals.BodyMalformed.ToProblem();
        var run = await StartAssessmentRun.Execute(request.County, request.Database, settlement, order, calendar.UtcNow, request.Cancellation);
        if (!run.IsRefused) worker.Ring(county);
        return BillingDesk.Answer(run);
    });

    private static Task<IResult> Runs(string county, string? insutype, int? year, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        Results.Json(new { runs = await AssessmentRun.List(request.Database, insutype, year, request.Cancellation) }, BillingJson.Options));

    private static Task<IResult> Run(string county, long runNo, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        await AssessmentRun.Find(request.Database, runNo, request.Cancellation) is { } run ? Results.Json(run, BillingJson.Options) : Refusals.RunUnknown.ToProblem());

    private static Task<IResult> Search(
        string county, string insutype, int year, string? person_class, string? category, string? aid, string? state, string? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await SearchAssessments.Read(request.Database, new(insutype, year, person_class, category, aid, state, after, page_size), request.Cancellation),
            page => new { assessments = page.Rows.Select(Json), next_after = page.NextAfterPsnNo }));

    private static Task<IResult> Person(string county, string insutype, int year, string psnNo, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
    {
        var found = await ListAssessments.Read(request.Database, new ListAssessmentsRequest { PsnNo = psnNo, Insutype = insutype, Year = year }, request.Cancellation);
        if (found.Refusal is { } refusal) return refusal.ToProblem();
        if (found.Value.Assessment is not [var assessment]) return Refusals.AssessmentUnknown.ToProblem();
        return Results.Json(new { assessment = Json(assessment), versions = await AssessmentHistory.Read(request.Database, psnNo, insutype, year, request.Cancellation) }, BillingJson.Options);
    });

    private static Task<IResult> Household(string county, string insutype, int year, string householdNo, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await GetHousehold.Read(request.Database, new GetHouseholdRequest { HouseholdNo = householdNo, Insutype = insutype, Year = year }, request.Cancellation), household => new
        {
            household.HouseholdNo, household.Year, Due = BillingJson.Yuan(household.DueFen), Paid = BillingJson.Yuan(household.PaidFen), Members = household.Member.Select(Json),
        }));

    private static object Json(Assessment a) => new
    {
        a.PsnNo, a.PsnName, a.Insutype, a.Year, a.HouseholdNo, a.PsnType, a.PersonClass, Categories = a.Category, Personal = BillingJson.Yuan(a.PersonalFen), a.AidId, a.AidPayer, Aid = BillingJson.Yuan(a.AidFen),
        Collective = BillingJson.Yuan(a.CollectiveFen), Due = BillingJson.Yuan(a.DueFen), Paid = BillingJson.Yuan(a.PaidFen), Subsidy = BillingJson.Yuan(a.SubsidyFen), a.Withdrawn, a.Version,
        ChangedAt = BillingJson.Time(DateTimeOffset.FromUnixTimeMilliseconds(a.ChangedAtMs).UtcDateTime),
    };
}
