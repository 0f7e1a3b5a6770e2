using System.Net;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Grpc.Tests.Streaming;

/// <summary>Streams of which one side has said its last word, or never says it.</summary>
[Trait("Category", "Fuzz")]
public class HalfClosedStreamTests
{
    private const string Service = "/medinsure.grpcprobe.v1.Probe/";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private sealed class Watched : Probe.ProbeBase
    {
        /// <summary>The writer has left, by a write that failed or by the call's cancellation, whichever came first.</summary>
        public readonly TaskCompletionSource Left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public int Started;

        public override Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context)
        {
            Interlocked.Increment(ref Started);
            return Task.FromResult(new ProbeResponse { Text = request.Text });
        }

        public override async Task StreamingOutput(StreamRequest request, IServerStreamWriter<ProbeResponse> responseStream, ServerCallContext context)
        {
            var response = new ProbeResponse { Payload = ByteString.CopyFrom(new byte[10_000]) };
            try
            {
                while (true)
                    await responseStream.WriteAsync(response);
            }
            finally
            {
                Left.TrySetResult();
            }
        }
    }

    /// <summary>A body that sends its bytes and then neither ends nor goes on, until it is told to.</summary>
    private sealed class OpenBody(byte[] bytes) : HttpContent
    {
        public readonly TaskCompletionSource End = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes);
            await stream.FlushAsync();
            await End.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }

    [Fact]
    public async Task A_client_that_ended_its_side_still_gets_every_answer()
    {
        await using var server = await ProbeServer.Start();
        using var call = server.Client.FullDuplex();
        var request = new StreamRequest();
        for (var i = 0; i < 20; i++)
            request.Parts.Add(new StreamRequest.Types.Part { Size = 1000 + i, DelayMs = i % 5 });
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        var sizes = new List<int>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            sizes.Add(response.Payload.Length);
        Assert.Equal(Enumerable.Range(1000, 20), sizes);
    }

    [Fact]
    public async Task A_unary_request_is_served_when_its_stream_ends_not_before()
    {
        var watched = new Watched();
        await using var server = await ProbeServer.Start<Watched>(build: b => b.Services.AddSingleton(watched));
        using var peer = new RawPeer(server.Address);
        var body = new OpenBody(RawPeer.Frame(new ProbeRequest { Text = "late" }.ToByteArray()));
        var answer = peer.Start(body, RawPeer.UnaryPath, "application/grpc");
        Assert.Equal("other", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "other" })).Text);
        Assert.Equal(1, Volatile.Read(ref watched.Started));
        body.End.SetResult();
        using var response = await answer.WaitAsync(Patience);
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("0", RawPeer.Find(response, "grpc-status"));
        Assert.Equal(2, watched.Started);
    }

    [Fact]
    public async Task A_unary_request_whose_stream_never_ends_ends_with_its_deadline()
    {
        await using var server = await ProbeServer.Start();
        using var peer = new RawPeer(server.Address);
        var body = new OpenBody(RawPeer.Frame(new ProbeRequest { Text = "never" }.ToByteArray()));
        using var response = await peer.Start(body, RawPeer.UnaryPath, "application/grpc", ("grpc-timeout", "300m")).WaitAsync(Patience);
        Assert.Equal("4", RawPeer.Find(response, "grpc-status"));
        body.End.TrySetResult();
    }

    [Fact]
    public async Task A_frame_that_stops_in_the_middle_ends_with_its_deadline()
    {
        await using var server = await ProbeServer.Start();
        using var peer = new RawPeer(server.Address);
        var body = new OpenBody(RawPeer.Frame(new byte[10], length: 100));
        using var response = await peer.Start(body, Service + "StreamingInput", "application/grpc", ("grpc-timeout", "300m")).WaitAsync(Patience);
        Assert.Equal("4", RawPeer.Find(response, "grpc-status"));
        body.End.TrySetResult();
    }

    [Fact]
    public async Task A_bad_frame_is_answered_though_the_client_never_ends_its_stream()
    {
        await using var server = await ProbeServer.Start();
        using var peer = new RawPeer(server.Address);
        var body = new OpenBody([7, 0, 0, 0, 0]);
        using var response = await peer.Start(body, RawPeer.UnaryPath, "application/grpc").WaitAsync(Patience);
        Assert.Equal("13", RawPeer.Find(response, "grpc-status"));
        body.End.TrySetResult();
    }

    [Fact]
    public async Task A_client_that_vanishes_while_it_is_written_to_frees_the_writer()
    {
        var watched = new Watched();
        await using var server = await ProbeServer.Start<Watched>(build: b => b.Services.AddSingleton(watched));
        using var peer = new RawPeer(server.Address);
        using var response = await peer.Start(new ByteArrayContent(RawPeer.Frame([])), Service + "StreamingOutput", "application/grpc");
        await using var stream = await response.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[50_000]);
        peer.Vanish();
        await watched.Left.Task.WaitAsync(Patience);
        Assert.Equal("alive", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "alive" })).Text);
    }

    [Fact]
    public async Task A_client_that_vanishes_within_a_request_leaves_the_server_serving()
    {
        var watched = new Watched();
        await using var server = await ProbeServer.Start<Watched>(build: b => b.Services.AddSingleton(watched));
        using var peer = new RawPeer(server.Address);
        var answer = peer.Start(new OpenBody(RawPeer.Frame(new byte[10], length: 100)), RawPeer.UnaryPath, "application/grpc");
        Assert.Equal("first", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "first" })).Text);
        peer.Vanish();
        await Assert.ThrowsAnyAsync<Exception>(() => answer.WaitAsync(Patience));
        Assert.Equal("alive", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "alive" })).Text);
        Assert.Equal(2, Volatile.Read(ref watched.Started));
    }
}
