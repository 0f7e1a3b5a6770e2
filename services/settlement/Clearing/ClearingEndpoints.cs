using MedInsure.Settlement.OffCounty;

namespace MedInsure.Settlement.Clearing;

/// <summary>Clearing between counties, under /clearing/{county} and /clearing/{city}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class ClearingEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/clearing/{tenant}");
        group.MapGet("/links", Links);
    }

    private static Task<IResult> Links(string tenant, HttpContext http, CountyDesk desk) => desk.Open(tenant, http, async place =>
    {
        var (told, heard) = (await OffCountyLinks.Told(place.Database, http.RequestAborted), await OffCountyLinks.Heard(place.Database, http.RequestAborted));
        return Results.Json(new
        {
            Told = told.Select(l => new { l.ProviderCounty, l.LastNo, l.ToldNo, ToldAt = CountyDesk.Time(l.ToldAt), OldestUntoldAt = CountyDesk.Time(l.OldestUntoldAt), FailingSince = CountyDesk.Time(l.FailingSince), l.Failure }),
            Heard = heard.Select(s => new { s.HomeCounty, s.HeldNo, s.KnownNo, TakenAt = CountyDesk.Time(s.TakenAt), ContradictedAt = CountyDesk.Time(s.ContradictedAt), s.Contradiction }),
        }, CountyDesk.Json);
    });
}
