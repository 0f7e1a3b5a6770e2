using MassTransit;
using MedInsure.Hosting.Dapr;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Messaging.Errors;
using MedInsure.Hosting.Observability;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace MedInsure.Hosting;

/// <summary>What every process of the platform has, whichever modules it hosts.</summary>
public static class Platform
{
    /// <summary>
    /// Logs (masked JSON on standard output), health, telemetry, time, tenants and their databases, the bus, the gRPC server with its interceptors.
    /// The first call names the process; further calls, one per module, change nothing.
    /// </summary>
    public static WebApplicationBuilder AddPlatform(this WebApplicationBuilder builder, string serviceName)
    {
        var services = builder.Services;
        if (services.Any(d => d.ServiceType == typeof(Subscriptions))) return builder;
        services.AddSingleton(new Subscriptions());

        AddLogs(builder);
        DaprConfiguration.Add(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ChinaCalendar>();
        services.TryAddSingleton<BearerTokens>();
        services.TryAddSingleton(s => TenantDirectory.Read(builder.Configuration));
        services.TryAddSingleton<TenantDatabases>();

        services.AddSingleton<OutboxBell>();
        services.AddSingleton<LocalDeliveries>();
        EventBus.Add(services, builder.Configuration);
        services.AddHostedService<InboxCleaner>();
        services.AddSingleton<JobRunner>();

        services.AddSingleton<PlatformInterceptor>();
        services.AddGrpc(options => options.Interceptors.Add<PlatformInterceptor>());

        HealthEndpoints.Add(services);
        services.AddSingleton<Drain>();
        services.AddHostedService(s => s.GetRequiredService<Drain>());
        services.AddSingleton<IHostedService>(new Telemetry(serviceName, builder.Configuration));
        return builder;
    }

    /// <summary>Maps the endpoints of health and jobs and the operators' view of failed messages. Further calls change nothing.</summary>
    public static WebApplication MapPlatform(this WebApplication app)
    {
        var subscriptions = app.Services.GetRequiredService<Subscriptions>();
        if (subscriptions.IsMapped) return app;
        subscriptions.IsMapped = true;
        app.Services.GetRequiredService<Drain>().Use(app);
        HealthEndpoints.Map(app);
        ErrorEndpoints.Map(app);
        JobEndpoints.Map(app);
        DaprBindings.Map(app);
        return app;
    }

    private static void AddLogs(WebApplicationBuilder builder)
    {
        // Before every other source, so that any of them overrides it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
                ["Logging:LogLevel:System.Net.Http"] = "Warning",
                ["Logging:LogLevel:Npgsql"] = "Warning",
                ["Logging:LogLevel:MassTransit"] = "Warning",
            },
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole().AddConsoleFormatter<MaskedJsonFormatter, ConsoleFormatterOptions>();
        // Another formatter would write what this one masks.
        builder.Services.PostConfigure<ConsoleLoggerOptions>(console => console.FormatterName = MaskedJsonFormatter.FormatterName);
    }
}
