using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Hosting.Jobs;

/// <summary>How a module says what a clock may ask of it.</summary>
public static class JobRegistration
{
    /// <summary>Registers a job of this service: POST /jobs/NAME, and the Dapr cron binding NAME.</summary>
    public static WebApplicationBuilder AddJob(this WebApplicationBuilder builder, string service, string name, Func<JobPlace, CancellationToken, Task<JobOutcome>> handler)
    {
        builder.AddPlatform(service);
        builder.Services.AddSingleton(new Job(service, name, handler));
        return builder;
    }
}
