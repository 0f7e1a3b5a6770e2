using MedInsure.Hosting.Web;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Families;

/// <summary>
/// GET /family-accounts/{county}?psn_no=: whose account pays for whom. POST /family-accounts/{county}: a consent at the counter; POST /family-accounts/{county}/withdrawal ends one. For
/// operators, authorization Bearer; fields as consents.proto names them, days yyyyMMdd.
/// </summary>
internal static class FamilyEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/family-accounts/{county}");
        group.MapGet("/", List);
        group.MapPost("/", Record);
        group.MapPost("/withdrawal", Withdraw);
    }

    private sealed record Order(string? RequestNo, string? PayerCertType, string? PayerCertNo, string? PayerPsnCertType, string? PayerCardSn, string? PayerName, string? RelativeCertType, string? RelativeCertNo,
        string? RelativeName, string? Relation, int FromOn, int ToOn, string? Evidence);

    private sealed record End(string? PayerNo, string? PsnNo, string? Reason);

    private static Task<IResult> List(string county, string? psn_no, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListFamilyConsents.Query(place.Journal, place.Database, new ListFamilyConsentsRequest { PsnNo = psn_no ?? "" }, http.RequestAborted), found => new
        {
            Consents = found.Consent.Select(c => new { c.PayerNo, c.PsnNo, c.Relation, c.FromOn, c.ToOn, c.Evidence, RecordedAt = CountyDesk.Time(DateTimeOffset.FromUnixTimeMilliseconds(c.RecordedAtMs)), c.Withdrawn, c.Reason }),
        }));

    private static Task<IResult> Record(string county, HttpContext http, CountyDesk desk, Enrollment.EnrollmentClient enrollment) => desk.Open(county, http, async place =>
        await CountyDesk.Body<Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : !CountyDesk.IsRequestNumber(order.RequestNo) ? Refusals.RequestNumberInvalid.ToProblem()
            : CountyDesk.Answer(await RecordFamilyConsent.Run(place.Journal, enrollment, new RecordFamilyConsentRequest
            {
                RequestNo = order.RequestNo,
                PayerCertType = order.PayerCertType ?? "",
                PayerCertNo = order.PayerCertNo ?? "",
                PayerPsnCertType = order.PayerPsnCertType ?? "",
                PayerCardSn = order.PayerCardSn ?? "",
                PayerName = order.PayerName ?? "",
                RelativeCertType = order.RelativeCertType ?? "",
                RelativeCertNo = order.RelativeCertNo ?? "",
                RelativeName = order.RelativeName ?? "",
                Relation = order.Relation ?? "",
                FromOn = order.FromOn,
                ToOn = order.ToOn,
                Evidence = order.Evidence ?? "",
            }, http.RequestAborted), recorded => new { recorded.PayerNo, recorded.PsnNo }));

    private static Task<IResult> Withdraw(string county, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        await CountyDesk.Body<End>(http) is not { } end ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await WithdrawFamilyConsent.Run(place.Journal, new WithdrawFamilyConsentRequest { PayerNo = end.PayerNo ?? "", PsnNo = end.PsnNo ?? "", Reason = end.Reason ?? "" }, http.RequestAborted),
                withdrawn => new { withdrawn.Ended }));
}
