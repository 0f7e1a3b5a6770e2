using System.Text.Json;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Http;

namespace MedInsure.Hosting.Web;

/// <summary>
/// A refusal at a plain HTTP edge, as application/problem+json (RFC 9457): type urn:medinsure:refusal:&lt;code&gt;, title and english,
/// detail and chinese, status, code, kind, and field where there is one.
/// </summary>
public static class JsonProblem
{
    public const string ContentType = "application/problem+json; charset=utf-8";

    public static int Status(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => StatusCodes.Status400BadRequest,
        RefusalKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        RefusalKind.Denied => StatusCodes.Status403Forbidden,
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.Precondition => StatusCodes.Status422UnprocessableEntity,
        RefusalKind.Exhausted => StatusCodes.Status429TooManyRequests,
        RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>For minimal API handlers: <c>return refusal.ToProblem();</c></summary>
    public static IResult ToProblem(this Refusal refusal) => new ProblemResult(refusal);

    public static async Task Write(HttpContext context, Refusal refusal, CancellationToken cancellation = default)
    {
        var response = context.Response;
        response.StatusCode = Status(refusal.Kind);
        response.ContentType = ContentType;
        // An endpoint for browsers has asked for Basic already: that is what a browser can show a form for.
        if (refusal.Kind == RefusalKind.Unauthenticated && response.Headers.WWWAuthenticate.Count == 0) response.Headers.WWWAuthenticate = "Bearer";
        if (refusal.Kind == RefusalKind.Unavailable) response.Headers.RetryAfter = "1";
        await response.Body.WriteAsync(Body(refusal), cancellation);
    }

    public static byte[] Body(Refusal refusal) => JsonSerializer.SerializeToUtf8Bytes(Fields(refusal), WebJson.Options);

    internal static Dictionary<string, object?> Fields(Refusal refusal) => new()
    {
        ["type"] = $"urn:medinsure:refusal:{refusal.Code}",
        ["title"] = refusal.English,
        ["status"] = Status(refusal.Kind),
        ["detail"] = refusal.Chinese,
        ["code"] = refusal.Code,
        ["kind"] = refusal.Kind.ToString(),
        ["chinese"] = refusal.Chinese,
        ["english"] = refusal.English,
        ["field"] = refusal.Field,
    };

    private sealed class ProblemResult(Refusal refusal) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Write(httpContext, refusal, httpContext.RequestAborted);
    }
}
