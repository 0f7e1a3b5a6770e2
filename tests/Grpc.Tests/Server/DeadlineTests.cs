using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Grpc.Tests.Server;

[Trait("Category", "Unit")]
public class DeadlineTests
{
    private static DateTime In(int ms) => DateTime.UtcNow.AddMilliseconds(ms);

    [Fact]
    public async Task Deadline_passes_at_the_client_and_the_call_fails()
    {
        await using var server = await ProbeServer.Start();
        var e = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest { DelayMs = 60_000 }, deadline: In(100)).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Fact]
    public async Task A_server_that_heeds_nothing_does_not_keep_the_client()
    {
        await using var server = await ProbeServer.Start();
        var watch = Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest { DelayMs = 3000, IgnoreCancellation = true }, deadline: In(100)).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.True(watch.ElapsedMilliseconds < 2500);
    }

    /// <summary>The client below has no deadline of its own: the status can only be the server's.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deadline_passes_at_the_server_and_it_answers(bool handlerIgnoresIt)
    {
        await using var server = await ProbeServer.Start();
        using var peer = new RawPeer(server.Address);
        var watch = Stopwatch.StartNew();
        var answer = await peer.Send(RawPeer.Frame(new ProbeRequest { DelayMs = 3000, IgnoreCancellation = handlerIgnoresIt }.ToByteArray()), headers: ("grpc-timeout", "100m"));
        Assert.Equal("4", answer.GrpcStatus);
        Assert.True(watch.ElapsedMilliseconds < 2500);
    }

    [Fact]
    public async Task Deadline_passes_within_a_stream_and_the_status_follows_the_messages()
    {
        await using var server = await ProbeServer.Start();
        using var peer = new RawPeer(server.Address);
        var request = new StreamRequest { Parts = { new StreamRequest.Types.Part { Size = 1 }, new StreamRequest.Types.Part { Size = 1, DelayMs = 60_000 } } };
        var answer = await peer.Send(RawPeer.Frame(request.ToByteArray()), "/medinsure.grpcprobe.v1.Probe/StreamingOutput", headers: ("grpc-timeout", "200m"));
        Assert.Equal("4", answer.GrpcStatus);
        Assert.False(answer.IsTrailersOnly);
        Assert.Equal(RawPeer.Frame(new ProbeResponse { Payload = ByteString.CopyFrom(0) }.ToByteArray()), answer.Body);
    }

    [Fact]
    public async Task A_deadline_in_the_past_sends_nothing()
    {
        await using var server = await ProbeServer.Start();
        var e = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest(), deadline: In(-1)).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Fact]
    public async Task A_deadline_in_local_time_is_a_mistake()
    {
        await using var server = await ProbeServer.Start();
        Assert.Throws<InvalidOperationException>(() => { server.Client.UnaryCallAsync(new ProbeRequest(), deadline: DateTime.SpecifyKind(In(1000), DateTimeKind.Local)); });
    }

    [Fact]
    public async Task A_far_deadline_is_fine()
    {
        await using var server = await ProbeServer.Start();
        Assert.Equal("x", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "x" }, deadline: DateTime.UtcNow.AddYears(300))).Text);
        using var peer = new RawPeer(server.Address);
        Assert.Equal("0", (await peer.Send(RawPeer.Frame([]), headers: ("grpc-timeout", "99999999H"))).GrpcStatus);
    }

    /// <summary>A service in front of the probe: hands its deadline and cancellation on.</summary>
    private sealed class Front(Func<ServerCallContext, Task<ProbeResponse>> answer) : Probe.ProbeBase
    {
        public override Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context) => answer(context);
    }

    [Fact]
    public async Task Propagation_hands_the_deadline_on()
    {
        await using var back = await ProbeServer.Start();
        var seen = new TaskCompletionSource<(DateTime Mine, StatusCode Inner)>();
        await using var front = await FrontServer.Start(async context =>
        {
            var e = await Assert.ThrowsAsync<RpcException>(() => back.Client.UnaryCallAsync(new ProbeRequest { DelayMs = 60_000 }, new CallOptions(propagationToken: context.CreatePropagationToken())).ResponseAsync);
            seen.SetResult((context.Deadline, e.StatusCode));
            throw e;
        });
        var deadline = In(300);
        var outer = await Assert.ThrowsAsync<RpcException>(() => front.Client.UnaryCallAsync(new ProbeRequest(), deadline: deadline).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, outer.StatusCode);
        var (mine, inner) = await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.InRange(mine, deadline.AddMilliseconds(-50), deadline.AddMilliseconds(200));
        Assert.Contains(inner, new[] { StatusCode.DeadlineExceeded, StatusCode.Cancelled });
    }

    private sealed class FrontServer : IAsyncDisposable
    {
        private ProbeServer _server = null!;

        public Probe.ProbeClient Client => _server.Client;

        public static async Task<FrontServer> Start(Func<ServerCallContext, Task<ProbeResponse>> answer) => new()
        {
            _server = await ProbeServer.Start<Front>(build: builder => builder.Services.AddSingleton(new Front(answer))),
        };

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
