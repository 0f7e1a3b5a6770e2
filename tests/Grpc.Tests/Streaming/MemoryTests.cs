using Google.Protobuf;
using Grpc.Core;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Grpc.Tests.Streaming;

/// <summary>Runs alone: what other tests hold would be counted too.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public class MemoryTestsRunAlone;

/// <summary>Nobody makes the server hold more than windows and buffers. Client and server share the process: both are counted.</summary>
[Trait("Category", "Fuzz")]
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    private const int Megabyte = 1024 * 1024;

    private static long Held() => GC.GetTotalMemory(forceFullCollection: true);

    [Fact]
    public async Task A_thousand_idle_streams_hold_little_and_give_it_back()
    {
        await using var server = await ProbeServer.Start();
        await server.Client.UnaryCallAsync(new ProbeRequest());
        var before = Held();
        var calls = new List<AsyncDuplexStreamingCall<StreamRequest, ProbeResponse>>();
        for (var i = 0; i < 1000; i++)
        {
            var call = server.Client.FullDuplex();
            calls.Add(call);
            await call.RequestStream.WriteAsync(new StreamRequest { Parts = { new StreamRequest.Types.Part { Size = 10 } } });
            Assert.True(await call.ResponseStream.MoveNext());
        }
        Assert.True(Held() - before < 64 * Megabyte);
        Assert.Equal("x", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "x" })).Text);
        foreach (var call in calls)
            call.Dispose();
        calls.Clear();
        Assert.Equal("y", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "y" })).Text);
    }

    private sealed class Flood : Probe.ProbeBase
    {
        public int Written;
        public readonly TaskCompletionSource Stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task StreamingOutput(StreamRequest request, IServerStreamWriter<ProbeResponse> responseStream, ServerCallContext context)
        {
            while (!context.CancellationToken.IsCancellationRequested)
            {
                // A payload of its own each time: what waits somewhere is held.
                var write = responseStream.WriteAsync(new ProbeResponse { Payload = ByteString.CopyFrom(new byte[100_000]) });
                Written++;
                if (!write.IsCompleted && await Task.WhenAny(write, Task.Delay(1000)) != write)
                    Stuck.TrySetResult();
                await write;
            }
        }
    }

    [Fact]
    public async Task A_stream_that_nobody_reads_holds_its_windows_and_no_more()
    {
        var flood = new Flood();
        await using var server = await ProbeServer.Start<Flood>(build: b => b.Services.AddSingleton(flood));
        var before = Held();
        using var call = server.Client.StreamingOutput(new StreamRequest());
        Assert.True(await call.ResponseStream.MoveNext());
        await flood.Stuck.Task.WaitAsync(TimeSpan.FromSeconds(60));
        // The client's window grows with its peer's speed, to 16 MB.
        Assert.True(Held() - before < 80 * Megabyte);
        Assert.InRange(flood.Written, 1, 300);
    }
}
