using MedInsure.Console.Access;
using MedInsure.Console.Desks;
using MedInsure.Console.Layout;

namespace MedInsure.Console.Pages.Reports;

/// <summary>GET /{place}/reports/{code}/file?format=: a report as a file, for whom its page is. The browser never sees the service's address or token.</summary>
internal static class ReportFile
{
    public static void Map(WebApplication app) => app.MapGet("/{at:int}/reports/{code}/file", async (int at, string code, string? period, string? county, bool? live, string? format, HttpContext http, Session user, Desk desk, Audit.AuditLog log) =>
    {
        switch (user.Admit(typeof(ReportPage), $"{at}"))
        {
            case Admission.SignInFirst: return Results.Unauthorized();
            case Admission.NotPermitted: return Results.StatusCode(StatusCodes.Status403Forbidden);
            case Admission.NotFound: return Results.NotFound();
        }
        var here = user.At(at)!;
        http.Response.Headers.CacheControl = "no-store";
        await log.Write(user, here.Code, "export", code, $"{period} {county} {format}", cancellation: http.RequestAborted);
        var file = await desk.Download(here, Roots.Reports, $"/documents/{code}/file", new { period, county, live, format, language = LanguageChoice.Of(http) == LanguageChoice.English ? "en" : "zh" }, http.RequestAborted);
        if (file.Refusal is { } refusal) return Results.StatusCode(refusal.Kind switch { Kernel.RefusalKind.NotFound => StatusCodes.Status404NotFound, Kernel.RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable, _ => StatusCodes.Status400BadRequest });
        // html is the print view: shown, not saved.
        return Results.File(file.Value.Content, file.Value.ContentType, file.Value.Name.Length == 0 ? null : file.Value.Name);
    });
}
