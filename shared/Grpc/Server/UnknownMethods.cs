using Google.Protobuf.Reflection;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Grpc.AspNetCore.Server;

/// <summary>The services mapped in the application, and how the application's classes are registered.</summary>
internal sealed class GrpcMapping(IServiceCollection registered)
{
    private readonly HashSet<string> _services = [];

    internal IReadOnlyCollection<string> Services => _services;

    /// <summary>Of those services whose generated code has descriptors.</summary>
    internal HashSet<ServiceDescriptor> Descriptors { get; } = [];

    internal void Add(IEnumerable<string> services, ServiceDescriptor? descriptor)
    {
        _services.UnionWith(services);
        if (descriptor is not null)
            Descriptors.Add(descriptor);
    }

    /// <summary>Whether all calls get the same instance: then they need not ask for it, which would make a scope of services for each of them.</summary>
    internal bool IsSingleton(Type type) => registered.LastOrDefault(d => d.ServiceType == type && !d.IsKeyedService) is { Lifetime: ServiceLifetime.Singleton };

    internal bool Knows(PathString path) =>
        path.Value is { Length: > 1 } value && value.IndexOf('/', 1) is > 1 and var end && _services.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value.AsSpan(1, end - 1));
}

/// <summary>
/// Answers gRPC requests that nothing else took: Unimplemented. Not by catch-all routes: they would be candidates
/// of every call, and the router would weigh them each time.
/// </summary>
internal sealed class UnknownMethods(GrpcMapping mapping, IOptions<GrpcServiceOptions> options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (options.Value.IgnoreUnknownServices is not true)
            app.Use(inner => http => Run(inner, http));
        next(app);
    };

    private Task Run(RequestDelegate next, HttpContext http)
    {
        var running = next(http);
        if (!running.IsCompletedSuccessfully)
            return http.GetEndpoint() is null ? Awaited(running, http) : running; // Routed already: somebody else answers.
        if (http.Response.StatusCode == StatusCodes.Status404NotFound)
            Answer(http);
        return Task.CompletedTask;
    }

    private async Task Awaited(Task running, HttpContext http)
    {
        await running;
        Answer(http);
    }

    private void Answer(HttpContext http)
    {
        if (http.Response.StatusCode != StatusCodes.Status404NotFound || http.Response.HasStarted || http.GetEndpoint() is not null
            || !HttpMethods.IsPost(http.Request.Method) || !GrpcHeader.IsGrpcContentType(http.Request.ContentType))
            return;
        http.Response.StatusCode = StatusCodes.Status200OK;
        if (!GrpcRequest.Check(http))
            return;
        http.Response.ContentType = GrpcHeader.ContentType;
        http.Response.Headers[GrpcHeader.Status] = "12";
        http.Response.Headers[GrpcHeader.Message] = mapping.Knows(http.Request.Path) ? "Method is unimplemented." : "Service is unimplemented.";
    }
}
