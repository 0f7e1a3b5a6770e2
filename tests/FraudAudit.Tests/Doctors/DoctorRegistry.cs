using System.Collections.Concurrent;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.FraudAudit.Tests.Doctors;

/// <summary>A registry on the wire with two doctors, which answers decisions as the test wants: for what happens when it refuses, or is away.</summary>
internal sealed class DoctorRegistry : IAsyncDisposable
{
    private readonly WebApplication app;

    private DoctorRegistry(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();
    public ConcurrentQueue<string> Told { get; } = new();
    /// <summary>What the next decisions are answered with; none: done.</summary>
    public ConcurrentQueue<Refusal> Answers { get; } = new();

    public static async Task<DoctorRegistry> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(o => o.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        DoctorRegistry? self = null;
        builder.Services.AddSingleton(_ => self!).AddSingleton<Registry>();
        var app = builder.Build();
        self = new DoctorRegistry(app);
        app.MapGrpcService<Registry>();
        await app.StartAsync();
        return self;
    }

    public static Task Loaded(AuditHost host) => host.Services.GetRequiredService<ReferenceData>().Refresh(AuditHost.City);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private sealed class Registry(DoctorRegistry here) : ProviderRegistry.ProviderRegistryBase
    {
        public override Task<Versions> GetVersions(GetVersionsRequest request, Grpc.Core.ServerCallContext context) => Task.FromResult(new Versions { DoctorVersion = 1 });

        public override Task<ListDoctorsReply> ListDoctors(ListRowsRequest request, Grpc.Core.ServerCallContext context) =>
            Task.FromResult(new ListDoctorsReply { UpToVersion = 1, Doctor = { new Doctor { DoctorCode = "D1" }, new Doctor { DoctorCode = "D2" } } });

        public override Task<Doctor> SetDoctorStatus(SetDoctorStatusRequest request, Grpc.Core.ServerCallContext context)
        {
            here.Told.Enqueue($"{request.DoctorCode} {request.Status} {request.FromOn} {request.ToOn}");
            if (here.Answers.TryDequeue(out var refusal)) throw refusal.ToRpcException();
            return Task.FromResult(new Doctor());
        }
    }
}
