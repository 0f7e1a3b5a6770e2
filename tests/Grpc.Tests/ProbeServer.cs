using System.Net;
using Grpc.Net.Client;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Grpc.Tests;

/// <summary>A Kestrel with the probe service on a free port of 127.0.0.1, h2c.</summary>
public sealed class ProbeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProbeServer(WebApplication app, GrpcChannel channel)
    {
        _app = app;
        Channel = channel;
        Client = new Probe.ProbeClient(channel);
    }

    public GrpcChannel Channel { get; }

    public Probe.ProbeClient Client { get; }

    public Uri Address => new(_app.Urls.Single());

    public IServiceProvider Services => _app.Services;

    public static Task<ProbeServer> Start(
        Action<global::Grpc.AspNetCore.Server.GrpcServiceOptions>? options = null,
        Action<WebApplicationBuilder>? build = null,
        Action<WebApplication>? map = null,
        GrpcChannelOptions? channel = null) => Start<ProbeService>(options, build, map, channel);

    public static async Task<ProbeServer> Start<TService>(
        Action<global::Grpc.AspNetCore.Server.GrpcServiceOptions>? options = null,
        Action<WebApplicationBuilder>? build = null,
        Action<WebApplication>? map = null,
        GrpcChannelOptions? channel = null) where TService : Probe.ProbeBase
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(options ?? (_ => { }));
        build?.Invoke(builder);
        var app = builder.Build();
        app.MapGrpcService<TService>();
        map?.Invoke(app);
        await app.StartAsync();
        return new ProbeServer(app, GrpcChannel.ForAddress(app.Urls.Single(), channel ?? new GrpcChannelOptions()));
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.DisposeAsync();
    }
}
