using System.Text.Json;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Hosting.Jobs;

/// <summary>
/// POST /jobs/NAME with a service's or operator's token: runs the job, or joins the run that goes on, and answers its report when it has ended: 200, or 500 when a
/// tenant's part failed. GET /jobs/NAME: how far it is. Who went away asks with GET, or posts again.
/// </summary>
internal static class JobEndpoints
{
    private static readonly Refusal Unknown = new(RefusalKind.NotFound, "job.unknown", "没有该任务", "there is no such job");
    private static readonly Refusal NeverRan = new(RefusalKind.NotFound, "job.never_ran", "该任务尚未运行", "the job has not run in this process yet");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/jobs/{name}", (HttpContext context, string name) => Answer(context, name, async jobs => await jobs.Go(name, context.RequestAborted)));
        routes.MapGet("/jobs/{name}", (HttpContext context, string name) => Answer(context, name, jobs => Task.FromResult(jobs.Find(name))));
    }

    private static async Task Answer(HttpContext context, string name, Func<JobRunner, Task<JobReport?>> ask)
    {
        var jobs = context.RequestServices.GetRequiredService<JobRunner>();
        if (!context.RequestServices.GetRequiredService<BearerTokens>().IsServiceOrOperator(context.Request.Headers.Authorization)) await JsonProblem.Write(context, BearerTokens.NotAuthenticated);
        else if (!jobs.Names.Contains(name)) await JsonProblem.Write(context, Unknown);
        else if (await ask(jobs) is not { } report) await JsonProblem.Write(context, NeverRan);
        else
        {
            context.Response.StatusCode = report.HasFailed ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(report, WebJson.Options), context.RequestAborted);
        }
    }
}
