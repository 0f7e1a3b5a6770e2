namespace MedInsure.Console.Layout;

/// <summary>Chinese unless somebody chose English: GET /language/en?to=/path keeps the choice in a cookie.</summary>
internal static class LanguageChoice
{
    public const string Chinese = "zh-CN", English = "en";
    private const string Cookie = "language";

    public static string Of(HttpContext? http) => http?.Request.Cookies[Cookie] == English ? English : Chinese;

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/language/{language}", (string language, string? to, HttpContext http) =>
    {
        http.Response.Cookies.Append(Cookie, language == English ? English : Chinese, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365) });
        return Results.LocalRedirect(IsOwn(to) ? to! : "/");
    });

    /// <summary>A path of this site: //host and /\host are others'.</summary>
    public static bool IsOwn(string? path) => path is ['/', ..] && path is not ['/', '/' or '\\', ..] && !path.Any(char.IsControl);
}
