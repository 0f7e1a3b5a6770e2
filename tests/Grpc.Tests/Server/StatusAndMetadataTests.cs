using Grpc.Core;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Google.Protobuf.WellKnownTypes;

namespace MedInsure.Grpc.Tests.Server;

[Trait("Category", "Unit")]
public class StatusAndMetadataTests
{
    private sealed class Scripted(Func<ProbeRequest, ServerCallContext, Task<ProbeResponse>> answer) : Probe.ProbeBase
    {
        public override Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context) => answer(request, context);
    }

    private static Task<ProbeServer> Serve(Func<ProbeRequest, ServerCallContext, Task<ProbeResponse>> answer) =>
        ProbeServer.Start<Scripted>(build: b => b.Services.AddSingleton(new Scripted(answer)));

    private static async Task<RpcException> Refused(ProbeServer server, Metadata? headers = null) =>
        await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest(), headers).ResponseAsync);

    [Fact]
    public async Task Text_and_binary_metadata_arrive_in_order()
    {
        byte[] bytes = [0, 255, 1, 254, 2];
        var seen = new TaskCompletionSource<Metadata>();
        await using var server = await Serve(async (_, context) =>
        {
            seen.SetResult(context.RequestHeaders);
            await context.WriteResponseHeadersAsync(new Metadata { { "x-head", "h" }, { "x-head-bin", bytes } });
            context.ResponseTrailers.Add("x-tail", "t");
            context.ResponseTrailers.Add("x-tail-bin", bytes);
            context.ResponseTrailers.Add("x-tail-bin", new byte[] { 7 });
            return new ProbeResponse();
        });
        using var call = server.Client.UnaryCallAsync(new ProbeRequest(), new Metadata { { "X-Two", "1" }, { "x-two", "2" }, { "x-some-bin", bytes }, { "x-empty", "" } });
        var headers = await call.ResponseHeadersAsync;
        await call;

        var received = await seen.Task;
        // HTTP may join lines of one name with a comma.
        Assert.Equal("1,2", string.Join(",", received.GetAll("x-two").SelectMany(e => e.Value.Split(',', StringSplitOptions.TrimEntries))));
        Assert.Equal(bytes, received.GetValueBytes("x-some-bin"));
        Assert.Equal("", received.GetValue("x-empty"));
        Assert.Null(received.Get("grpc-accept-encoding"));
        Assert.Null(received.Get("content-type"));
        Assert.Equal("h", headers.GetValue("x-head"));
        Assert.Equal(bytes, headers.GetValueBytes("x-head-bin"));
        var trailers = call.GetTrailers();
        Assert.Equal("t", trailers.GetValue("x-tail"));
        Assert.Equal(new[] { bytes, [7] }, trailers.GetAll("x-tail-bin").Select(e => e.ValueBytes));
        Assert.Null(trailers.Get("grpc-status"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    [InlineData("参保人不存在：100%")]
    public async Task Any_status_message_survives(string message)
    {
        await using var server = await Serve((_, _) => throw new RpcException(new Status(StatusCode.NotFound, message)));
        var e = await Refused(server);
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.Equal(message, e.Status.Detail);
    }

    [Fact]
    public async Task Status_set_on_the_context_ends_the_call()
    {
        await using var server = await Serve((_, context) =>
        {
            context.Status = new Status(StatusCode.Aborted, "set");
            return Task.FromResult(new ProbeResponse());
        });
        Assert.Equal(StatusCode.Aborted, (await Refused(server)).StatusCode);
    }

    [Fact]
    public async Task Trailers_come_with_an_error()
    {
        await using var server = await Serve((_, context) =>
        {
            context.ResponseTrailers.Add("x-own", "1");
            throw new RpcException(new Status(StatusCode.FailedPrecondition, ""), new Metadata { { "x-thrown", "2" } });
        });
        var e = await Refused(server);
        Assert.Equal("1", e.Trailers.GetValue("x-own"));
        Assert.Equal("2", e.Trailers.GetValue("x-thrown"));
    }

    [Fact]
    public async Task Details_of_a_status_arrive()
    {
        await using var server = await Serve((_, _) => throw new Google.Rpc.Status
        {
            Code = 9,
            Message = "refused",
            Details = { Any.Pack(new MedInsure.Protos.V1.RefusalDetail { Code = "claim.amount_mismatch", Chinese = "费用明细与总额不符", English = "lines do not add up", Field = "total_fen", Kind = 2 }) },
        }.ToRpcException());
        var e = await Refused(server);
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        var detail = e.GetRpcStatus()!.Details.Single().Unpack<MedInsure.Protos.V1.RefusalDetail>();
        Assert.Equal("claim.amount_mismatch", detail.Code);
        Assert.Equal("费用明细与总额不符", detail.Chinese);
    }

    [Fact]
    public async Task A_handlers_exception_is_not_told()
    {
        await using var server = await ProbeServer.Start();
        var e = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest { ThrowError = true }).ResponseAsync);
        Assert.Equal(StatusCode.Unknown, e.StatusCode);
        Assert.DoesNotContain("secret", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handlers_exception_is_told_where_asked_for()
    {
        await using var server = await ProbeServer.Start(o => o.EnableDetailedErrors = true);
        var e = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest { ThrowError = true }).ResponseAsync);
        Assert.Contains("secret", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_null_response_is_no_response()
    {
        await using var server = await Serve((_, _) => Task.FromResult<ProbeResponse>(null!));
        Assert.Equal(StatusCode.Cancelled, (await Refused(server)).StatusCode);
    }

    [Fact]
    public async Task Trailers_that_http_cannot_carry_end_the_call_cleanly()
    {
        await using var server = await Serve((_, context) =>
        {
            context.ResponseTrailers.Add("x-name", "张三");
            return Task.FromResult(new ProbeResponse());
        });
        Assert.Equal(StatusCode.Internal, (await Refused(server)).StatusCode);
    }

    [Fact]
    public async Task Headers_that_http_cannot_carry_are_not_sent()
    {
        await using var server = await ProbeServer.Start();
        Assert.Equal(StatusCode.Internal, (await Refused(server, new Metadata { { "x-name", "张三" } })).StatusCode);
    }

    [Fact]
    public async Task Context_tells_method_host_and_peer()
    {
        var seen = new TaskCompletionSource<(string, string, string, DateTime)>();
        await using var server = await Serve((_, context) =>
        {
            seen.SetResult((context.Method, context.Host, context.Peer, context.Deadline));
            return Task.FromResult(new ProbeResponse());
        });
        await server.Client.UnaryCallAsync(new ProbeRequest());
        var (method, host, peer, deadline) = await seen.Task;
        Assert.Equal("/medinsure.grpcprobe.v1.Probe/UnaryCall", method);
        Assert.Equal(server.Address.Authority, host);
        Assert.StartsWith("ipv4:127.0.0.1:", peer, StringComparison.Ordinal);
        Assert.Equal(DateTime.MaxValue, deadline);
    }

    [Fact]
    public async Task Unknown_methods_and_services_are_unimplemented()
    {
        await using var server = await ProbeServer.Start();
        var method = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnimplementedAsync(new Nothing()).ResponseAsync);
        var service = await Assert.ThrowsAsync<RpcException>(() => new UnknownProbe.UnknownProbeClient(server.Channel).UnimplementedAsync(new Nothing()).ResponseAsync);
        Assert.Equal(StatusCode.Unimplemented, method.StatusCode);
        Assert.Equal(StatusCode.Unimplemented, service.StatusCode);
        using var peer = new RawPeer(server.Address);
        Assert.Equal("12", (await peer.Send(RawPeer.Frame([]), "/medinsure.grpcprobe.v1.Probe/NoSuchMethod")).GrpcStatus);
    }

    [Fact]
    public async Task Other_endpoints_stay_reachable()
    {
        await using var server = await ProbeServer.Start(map: app => app.MapPost("/plain/http", () => "plain"));
        using var peer = new RawPeer(server.Address);
        var answer = await peer.Send([], "/plain/http", "application/json");
        Assert.Equal("plain", System.Text.Encoding.UTF8.GetString(answer.Body));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await peer.Send([], "/plain/nothing", "application/json")).Http);
    }
}
