using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.Doctors;
using MedInsure.Kernel;
using MedInsure.Reference;
using Microsoft.AspNetCore.Mvc;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>Prescription review under /audit/{county}/prescriptions. README.md lists what is sent.</summary>
internal static class PrescriptionReviewEndpoints
{
    /// <summary>The query of the address, in its own words.</summary>
    internal sealed class Asked
    {
        [FromQuery(Name = "draw_no")] public long? DrawNo { get; init; }
        [FromQuery(Name = "fixmedins_code")] public string? FixmedinsCode { get; init; }
        [FromQuery(Name = "month")] public string? Month { get; init; }
        [FromQuery(Name = "doctor_code")] public string? DoctorCode { get; init; }
        [FromQuery(Name = "state")] public string? State { get; init; }
        [FromQuery(Name = "outcome")] public string? Outcome { get; init; }
        [FromQuery(Name = "overdue")] public bool? Overdue { get; init; }
        [FromQuery(Name = "by")] public string? By { get; init; }
        [FromQuery(Name = "from_month")] public string? FromMonth { get; init; }
        [FromQuery(Name = "to_month")] public string? ToMonth { get; init; }
        [FromQuery(Name = "care")] public string? Care { get; init; }
        [FromQuery(Name = "irrational_min")] public decimal? IrrationalMin { get; init; }
        [FromQuery(Name = "page")] public int? Page { get; init; }
        [FromQuery(Name = "page_size")] public int? PageSize { get; init; }
    }

    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/prescriptions/draws", (string county, HttpContext http, AuditDesk desk, ReviewTerms terms, ChinaCalendar calendar) =>
            desk.Act<DrawPrescriptions.Order, PrescriptionDraw>(county, http, (request, order) => DrawPrescriptions.Execute(request, terms, calendar, order)));
        county.MapGet("/prescriptions/draws", (string county, HttpContext http, AuditDesk desk, [AsParameters] Asked asked) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await PrescriptionDraw.List(request, asked.FixmedinsCode, asked.Month, asked.Page, asked.PageSize))));
        county.MapGet("/prescriptions/draws/{no:long}", (string county, long no, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
        {
            await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
            return AuditDesk.Answer<PrescriptionDraw>(await PrescriptionDraw.Find(connection, no, request.Cancellation) is { } draw ? draw : PrescriptionReviewRefusals.DrawUnknown);
        }));
        county.MapGet("/prescriptions/draws/{no:long}/frame", (string county, long no, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
            await PrescriptionDraw.Frame(request, no) is { Refusal: null } frame ? Results.Text(frame.Value) : AuditDesk.Answer<string>(PrescriptionReviewRefusals.DrawUnknown)));
        county.MapPost("/prescriptions/draws/{no:long}/lead", (string county, long no, HttpContext http, AuditDesk desk, ReviewTerms terms, CaseOffice office) =>
            desk.Act<FollowReview.Lead, object>(county, http, (request, order) => FollowReview.OpenLead(request, terms, office, no, order)));
        county.MapGet("/prescriptions/results", (string county, HttpContext http, AuditDesk desk, [AsParameters] Asked asked) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await ReviewResults.Query(request, new(asked.By, asked.FromMonth, asked.ToMonth, asked.Care, asked.FixmedinsCode, asked.DoctorCode, asked.IrrationalMin, asked.Page, asked.PageSize)))));
        county.MapGet("/prescriptions/terms", (string county, HttpContext http, AuditDesk desk, ReviewTerms terms) => desk.Open(county, http, _ => Task.FromResult(Results.Json(terms, AuditJson.Options))));
        county.MapGet("/prescriptions", (string county, HttpContext http, AuditDesk desk, ReviewTerms terms, ChinaCalendar calendar, [AsParameters] Asked asked) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await PrescriptionRow.List(request, terms, calendar, new(asked.DrawNo, asked.FixmedinsCode, asked.Month, asked.DoctorCode, asked.State, asked.Outcome, asked.Overdue, asked.Page, asked.PageSize)))));
        county.MapGet("/prescriptions/{no:long}", (string county, long no, HttpContext http, AuditDesk desk, ReviewTerms terms) => desk.Open(county, http, async request =>
        {
            await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
            return AuditDesk.Answer(await ShowPrescription.Of(connection, terms, no, request.Cancellation));
        }));
        Act<ReviewPrescription.Order>(county, "review", ReviewPrescription.Execute);
        Act<HearDoctor.Telling>(county, "telling", HearDoctor.Tell);
        Act<HearDoctor.Answer>(county, "statement", HearDoctor.Record);
        Act<DecideReview.Order>(county, "decision", DecideReview.Execute);
        Act<DecideReview.Returning>(county, "return", DecideReview.Return);
        county.MapPost("/prescriptions/{no:long}/points", (string county, long no, HttpContext http, AuditDesk desk, ReviewTerms terms, DoctorTerms doctors, ReferenceData reference, ChinaCalendar calendar) =>
            desk.Act<FollowReview.Points, object>(county, http, async (request, order) =>
                reference.Find(request.County.CityCode) is { } city ? await FollowReview.ProposePoints(request, terms, doctors, city, calendar, no, order) : ReferenceData.NotLoaded));
    }

    private static void Act<TOrder>(RouteGroupBuilder county, string name, Func<AuditRequest, ReviewTerms, ChinaCalendar, long, TOrder, Task<Outcome<object>>> act) where TOrder : class =>
        county.MapPost($"/prescriptions/{{no:long}}/{name}", (string county, long no, HttpContext http, AuditDesk desk, ReviewTerms terms, ChinaCalendar calendar) =>
            desk.Act<TOrder, object>(county, http, (request, order) => act(request, terms, calendar, no, order)));
}
