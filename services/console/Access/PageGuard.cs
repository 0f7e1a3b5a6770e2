using MedInsure.Hosting.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Endpoints;

namespace MedInsure.Console.Access;

/// <summary>Before a page is rendered: who asks, for which permission, at which place. What is not theirs is answered as if it did not exist.</summary>
internal sealed class PageGuard(RequestDelegate next, TenantDirectory tenants)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var endpoint = http.GetEndpoint();
        var page = endpoint?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type;
        if (page is null)
        {
            await next(http);
            return;
        }
        // A page with a person's data stays in nobody's cache.
        http.Response.Headers.CacheControl = "no-store";
        switch (new Session(http.User, tenants).Admit(page, http.GetRouteValue("At")?.ToString()))
        {
            case Admission.Admitted: await next(http); break;
            case Admission.SignInFirst: await http.ChallengeAsync(); break;
            case Admission.NotPermitted: http.Response.StatusCode = StatusCodes.Status403Forbidden; break;
            default: http.Response.StatusCode = StatusCodes.Status404NotFound; break;
        }
    }
}
