using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Grpc.Core.Interceptors;
using MedInsure.Embedded;
using MedInsure.Hosting;
using MedInsure.Kernel;
using MedInsure.Reference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace MedInsure.ProviderRegistry.Tests.Reference;

/// <summary>A process that has no registry of its own and holds what one publishes.</summary>
internal sealed class ReferenceConsumer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication app;

    private ReferenceConsumer(WebApplication app) => this.app = app;

    public ReferenceData Data => app.Services.GetRequiredService<ReferenceData>();

    /// <param name="redis">host:port and password; null = none configured.</param>
    public static async Task<ReferenceConsumer> Start(PostgresServer server, RegistryHost registry, ReferenceOptions options, (string Address, string Password)? redis = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(RegistryHost.Settings(server, registry.Cities).Where(s => !s.Key.StartsWith("Secrets:Database", StringComparison.Ordinal)));
        builder.Configuration.AddInMemoryCollection([new("Services:provider-registry:Address", registry.GrpcAddress)]);
        if (redis is var (address, password)) builder.Configuration.AddInMemoryCollection([new("Redis:Address", address), new("Secrets:Redis", password)]);
        builder.AddPlatform("consumer");
        builder.AddReferenceData("consumer", options);
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPlatform();
        await app.StartAsync();
        return new ReferenceConsumer(app);
    }

    public async Task<HealthStatus> Health(string check) => (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[check].Status;

    public Task<CityReference> Loaded(string city, long catalogVersion = 0, long providerVersion = 0) => Eventually(() =>
        Data.Find(city) is { } now && now.CatalogVersion >= catalogVersion && now.ProviderVersion >= providerVersion ? now : null);

    public static async Task<T> Eventually<T>(Func<T?> found) where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        for (; ; await Task.Delay(20, patience.Token))
            if (found() is { } value) return value;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>What a registry was asked, and what a test lets happen around it.</summary>
public sealed class RegistryCalls : Interceptor
{
    private readonly ConcurrentQueue<string> methods = new();

    /// <summary>Before the answer to a call of this name is made.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;
    /// <summary>After it is made, before it is sent.</summary>
    public Func<string, Task> After { get; set; } = _ => Task.CompletedTask;

    public int Count(string method) => methods.Count(m => m == method);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var method = context.Method[(context.Method.LastIndexOf('/') + 1)..];
        methods.Enqueue(method);
        await Before(method);
        var answer = await continuation(request, context);
        await After(method);
        return answer;
    }
}
