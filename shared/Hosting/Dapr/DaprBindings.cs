using System.Security.Cryptography;
using System.Text;
using MedInsure.Hosting.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Hosting.Dapr;

/// <summary>
/// Dapr's cron input bindings: a binding has the name of the job it starts. At its start the sidecar asks with OPTIONS /NAME whether the application listens,
/// then posts to /NAME at the binding's times; every replica's sidecar does, and the job's lock lets one in. Only where APP_API_TOKEN is set, which the sidecar
/// sends as dapr-api-token: without it nobody could be told from the sidecar.
/// </summary>
internal static class DaprBindings
{
    public static void Map(WebApplication app)
    {
        if (app.Configuration["APP_API_TOKEN"] is not { Length: > 0 } token) return;
        foreach (var name in app.Services.GetRequiredService<JobRunner>().Names)
        {
            app.MapMethods($"/{name}", [HttpMethods.Options], () => Results.Ok());
            app.MapPost($"/{name}", async (HttpContext context, JobRunner jobs) =>
            {
                if (!IsSidecar(context, token)) return Results.Unauthorized();
                // No body: the sidecar would take what it says of state and outputs for orders.
                return Results.StatusCode((await jobs.Go(name, context.RequestAborted)).HasFailed ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK);
            });
        }
    }

    private static bool IsSidecar(HttpContext context, string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Headers[DaprSidecar.TokenHeader].ToString()), Encoding.UTF8.GetBytes(token));
}
