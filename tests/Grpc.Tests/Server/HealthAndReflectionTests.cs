using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MedInsure.Grpc.Tests.Server;

[Trait("Category", "Unit")]
public class HealthAndReflectionTests
{
    private static async Task<ProbeServer> Start(Func<HealthCheckResult>? check = null) => await ProbeServer.Start(
        build: b =>
        {
            b.Services.AddGrpcHealthChecks().AddCheck("probe", () => check?.Invoke() ?? HealthCheckResult.Healthy());
            b.Services.AddGrpcReflection();
        },
        map: app =>
        {
            app.MapGrpcHealthChecksService();
            app.MapGrpcReflectionService();
        });

    [Fact]
    public async Task Health_follows_the_checks()
    {
        var healthy = true;
        await using var server = await Start(() => Volatile.Read(ref healthy) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        var client = new Health.HealthClient(server.Channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest { Service = "medinsure.grpcprobe.v1.Probe" })).Status);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => client.CheckAsync(new HealthCheckRequest { Service = "nobody" }).ResponseAsync)).StatusCode);

        using var watch = client.Watch(new HealthCheckRequest(), deadline: DateTime.UtcNow.AddSeconds(30));
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, watch.ResponseStream.Current.Status);
        Volatile.Write(ref healthy, false);
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        using var unknown = client.Watch(new HealthCheckRequest { Service = "nobody" });
        Assert.True(await unknown.ResponseStream.MoveNext());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.ServiceUnknown, unknown.ResponseStream.Current.Status);
    }

    [Theory]
    [InlineData("grpc.reflection.v1.ServerReflection")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection")]
    public async Task Reflection_tells_services_and_files(string service)
    {
        await using var server = await Start();
        var method = new Method<ServerReflectionRequest, ServerReflectionResponse>(MethodType.DuplexStreaming, service, "ServerReflectionInfo",
            Marshallers.Create(m => m.ToByteArray(), ServerReflectionRequest.Parser.ParseFrom), Marshallers.Create(m => m.ToByteArray(), ServerReflectionResponse.Parser.ParseFrom));
        using var call = server.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(20)));
        async Task<ServerReflectionResponse> Ask(ServerReflectionRequest request)
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(request, call.ResponseStream.Current.OriginalRequest);
            return call.ResponseStream.Current;
        }

        var services = (await Ask(new ServerReflectionRequest { ListServices = "*" })).ListServicesResponse.Service.Select(s => s.Name);
        Assert.Equal(["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "medinsure.grpcprobe.v1.Probe"], services);
        var file = (await Ask(new ServerReflectionRequest { FileContainingSymbol = "medinsure.grpcprobe.v1.Probe.UnaryCall" })).FileDescriptorResponse.FileDescriptorProto;
        Assert.Equal("probe.proto", FileDescriptor.BuildFromByteStrings(file).Single().Name);
        foreach (var symbol in new[] { "medinsure.grpcprobe.v1.StreamRequest.Part", "medinsure.grpcprobe.v1.ProbeRequest.text", "medinsure.grpcprobe.v1.Probe" })
            Assert.Equal(file, (await Ask(new ServerReflectionRequest { FileContainingSymbol = symbol })).FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal(file, (await Ask(new ServerReflectionRequest { FileByFilename = "probe.proto" })).FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal((int)StatusCode.NotFound, (await Ask(new ServerReflectionRequest { FileContainingSymbol = "nobody" })).ErrorResponse.ErrorCode);
        Assert.Equal((int)StatusCode.NotFound, (await Ask(new ServerReflectionRequest { FileContainingExtension = new ExtensionRequest { ContainingType = "x", ExtensionNumber = 1 } })).ErrorResponse.ErrorCode);
        Assert.Empty((await Ask(new ServerReflectionRequest { AllExtensionNumbersOfType = "medinsure.grpcprobe.v1.ProbeRequest" })).AllExtensionNumbersResponse.ExtensionNumber);
        Assert.Equal((int)StatusCode.InvalidArgument, (await Ask(new ServerReflectionRequest())).ErrorResponse.ErrorCode);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }
}
