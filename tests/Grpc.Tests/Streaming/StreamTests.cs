using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Grpc.Tests.Streaming;

[Trait("Category", "Unit")]
public class StreamTests
{
    private static StreamRequest.Types.Part Part(int size, int delayMs = 0) => new() { Size = size, DelayMs = delayMs };

    [Fact]
    public async Task Client_stream_is_summed()
    {
        await using var server = await ProbeServer.Start();
        using var call = server.Client.StreamingInput();
        foreach (var size in new[] { 27182, 8, 1828, 45904 })
            await call.RequestStream.WriteAsync(new ProbeRequest { Payload = ByteString.CopyFrom(new byte[size]) });
        await call.RequestStream.CompleteAsync();
        var summary = await call;
        Assert.Equal(74922, summary.Bytes);
        Assert.Equal(4, summary.Messages);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Server_stream_comes_in_order()
    {
        await using var server = await ProbeServer.Start();
        using var call = server.Client.StreamingOutput(new StreamRequest { Parts = { Part(31415), Part(9), Part(2653), Part(58979) } });
        var sizes = new List<int>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            sizes.Add(response.Payload.Length);
        Assert.Equal([31415, 9, 2653, 58979], sizes);
    }

    [Fact]
    public async Task Empty_streams_end_well()
    {
        await using var server = await ProbeServer.Start();
        using var duplex = server.Client.FullDuplex();
        await duplex.RequestStream.CompleteAsync();
        Assert.False(await duplex.ResponseStream.MoveNext());
        using var output = server.Client.StreamingOutput(new StreamRequest());
        Assert.False(await output.ResponseStream.MoveNext());
        Assert.False(await output.ResponseStream.MoveNext());
        using var input = server.Client.StreamingInput();
        await input.RequestStream.CompleteAsync();
        Assert.Equal(0, (await input).Messages);
    }

    [Fact]
    public async Task Status_comes_after_the_messages()
    {
        await using var server = await ProbeServer.Start();
        using var call = server.Client.StreamingOutput(new StreamRequest { Parts = { Part(1) }, Status = new EchoStatus { Code = 10, Message = "later" } });
        Assert.True(await call.ResponseStream.MoveNext());
        var e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Aborted, e.StatusCode);
        Assert.Equal("later", call.GetStatus().Detail);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_server_may_end_before_the_client()
    {
        await using var server = await ProbeServer.Start();
        using var call = server.Client.StreamingInput();
        await call.RequestStream.WriteAsync(new ProbeRequest { Status = new EchoStatus { Code = 9, Message = "enough" } });
        var e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Equal("enough", e.Status.Detail);
        var late = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new ProbeRequest()));
        Assert.Equal(StatusCode.FailedPrecondition, late.StatusCode);
        await call.RequestStream.CompleteAsync();
        Assert.Equal("enough", call.GetStatus().Detail);
    }

    [Fact]
    public async Task Misuse_of_a_writer_is_told()
    {
        await using var server = await ProbeServer.Start();
        using var call = server.Client.FullDuplex();
        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new StreamRequest()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.CompleteAsync());
    }

    private sealed class Endless : Probe.ProbeBase
    {
        public int Written;
        public readonly TaskCompletionSource Received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public readonly TaskCompletionSource Cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public readonly TaskCompletionSource<Exception> Ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task StreamingOutput(StreamRequest request, IServerStreamWriter<ProbeResponse> responseStream, ServerCallContext context)
        {
            using var registration = context.CancellationToken.Register(() => Cancelled.TrySetResult());
            var response = new ProbeResponse { Payload = ByteString.CopyFrom(new byte[100_000]) };
            try
            {
                while (true)
                {
                    await responseStream.WriteAsync(response);
                    Interlocked.Increment(ref Written);
                }
            }
            catch (Exception e)
            {
                Ended.TrySetResult(e);
                throw;
            }
        }

        public override async Task<InputSummary> StreamingInput(IAsyncStreamReader<ProbeRequest> requestStream, ServerCallContext context)
        {
            using var registration = context.CancellationToken.Register(() => Cancelled.TrySetResult());
            try
            {
                while (await requestStream.MoveNext())
                    Received.TrySetResult();
            }
            catch (Exception e)
            {
                Ended.TrySetResult(e);
                throw;
            }
            return new InputSummary();
        }
    }

    private static Task<ProbeServer> Serve(Endless endless) => ProbeServer.Start<Endless>(build: b => b.Services.AddSingleton(endless));

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The writer stops while nobody reads: what it wrote fits the windows and pipes, not the gigabytes it would like to send.</summary>
    [Fact]
    public async Task A_slow_reader_stops_the_writer()
    {
        var endless = new Endless();
        await using var server = await Serve(endless);
        using var call = server.Client.StreamingOutput(new StreamRequest());
        Assert.True(await call.ResponseStream.MoveNext());
        int before, after = -1;
        var watch = Stopwatch.StartNew();
        do
        {
            before = after;
            await Task.Delay(300);
            after = Volatile.Read(ref endless.Written);
        }
        while (before != after && watch.Elapsed < Patience);
        Assert.Equal(before, after);
        Assert.InRange(after, 1, 200);

        // And it goes on when read.
        for (var i = 0; i < after + 50; i++)
            Assert.True(await call.ResponseStream.MoveNext());
        Assert.True(Volatile.Read(ref endless.Written) > after);
    }

    [Fact]
    public async Task A_deadline_frees_a_writer_that_nobody_reads()
    {
        var endless = new Endless();
        await using var server = await Serve(endless);
        using var peer = new RawPeer(server.Address);
        using var response = await peer.Start(new ByteArrayContent(RawPeer.Frame([])), "/medinsure.grpcprobe.v1.Probe/StreamingOutput", "application/grpc", ("grpc-timeout", "500m"));
        Assert.IsType<OperationCanceledException>(await endless.Ended.Task.WaitAsync(Patience));
        await endless.Cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Disposing_a_call_cancels_the_handler()
    {
        var endless = new Endless();
        await using var server = await Serve(endless);
        using (var call = server.Client.StreamingOutput(new StreamRequest()))
            Assert.True(await call.ResponseStream.MoveNext());
        await endless.Cancelled.Task.WaitAsync(Patience);
        await endless.Ended.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_client_that_vanishes_cancels_the_handlers()
    {
        var endless = new Endless();
        await using var server = await Serve(endless);
        using var peer = new RawPeer(server.Address);
        var response = peer.Start(new NeverEnding(), "/medinsure.grpcprobe.v1.Probe/StreamingInput", "application/grpc");
        await endless.Received.Task.WaitAsync(Patience);
        peer.Vanish();
        await endless.Cancelled.Task.WaitAsync(Patience);
        await endless.Ended.Task.WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<Exception>(() => response);
    }

    private sealed class NeverEnding : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(RawPeer.Frame([]));
            await stream.FlushAsync();
            await new TaskCompletionSource().Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }

    [Fact]
    public async Task Cancelling_ends_reads_and_writes()
    {
        await using var server = await ProbeServer.Start();
        using var source = new CancellationTokenSource();
        using var call = server.Client.FullDuplex(cancellationToken: source.Token);
        await call.RequestStream.WriteAsync(new StreamRequest { Parts = { Part(5) } });
        Assert.True(await call.ResponseStream.MoveNext());
        var read = call.ResponseStream.MoveNext();
        await source.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new StreamRequest()))).StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Cancelling_before_the_answer_ends_a_unary_call()
    {
        await using var server = await ProbeServer.Start();
        using var source = new CancellationTokenSource();
        var call = server.Client.UnaryCallAsync(new ProbeRequest { DelayMs = 60_000 }, cancellationToken: source.Token);
        await source.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task A_thousand_idle_streams_leave_room_for_calls()
    {
        await using var server = await ProbeServer.Start();
        var calls = new List<AsyncDuplexStreamingCall<StreamRequest, ProbeResponse>>();
        for (var i = 0; i < 1000; i++)
            calls.Add(server.Client.FullDuplex());
        foreach (var call in calls)
            await call.RequestStream.WriteAsync(new StreamRequest { Parts = { Part(1) } });
        foreach (var call in calls)
            Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("x", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "x" })).Text);
        foreach (var call in calls)
            call.Dispose();
        Assert.Equal("y", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "y" })).Text);
    }
}
