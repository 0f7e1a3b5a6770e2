using Google.Protobuf;
using Grpc.Core;
using MedInsure.Grpc.Tests.Probing;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Grpc.Tests.Frames;

/// <summary>Buffers are pooled on both sides: calls that end in every possible way at once must never see each other's bytes.</summary>
[Trait("Category", "Fuzz")]
public class ConcurrentCallsTests
{
    private sealed class Mirror : Probe.ProbeBase
    {
        public override async Task<ProbeResponse> UnaryCall(ProbeRequest request, ServerCallContext context)
        {
            if (request.DelayMs > 0)
                await Task.Delay(request.DelayMs, context.CancellationToken);
            if (request.ThrowError)
                throw new InvalidOperationException();
            return new ProbeResponse { Payload = request.Payload, Text = request.Text };
        }

        public override async Task FullDuplex(IAsyncStreamReader<StreamRequest> requestStream, IServerStreamWriter<ProbeResponse> responseStream, ServerCallContext context)
        {
            await foreach (var request in requestStream.ReadAllAsync())
                await responseStream.WriteAsync(new ProbeResponse { Payload = Pattern(request.Parts[0].Size, request.Parts[0].DelayMs) });
        }
    }

    private static ByteString Pattern(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    [Fact]
    public async Task Calls_that_end_in_every_way_keep_to_their_own_bytes()
    {
        await using var server = await ProbeServer.Start<Mirror>(o => o.ResponseCompressionAlgorithm = "gzip", b => b.Services.AddSingleton<Mirror>());
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 48).Select(async _ =>
        {
            await Task.Yield();
            for (int i; (i = Interlocked.Increment(ref next)) <= 4000;)
                await (i % 10 == 0 ? Stream(server.Client, i) : Unary(server.Client, i));
        }));
        Assert.Equal("still", (await server.Client.UnaryCallAsync(new ProbeRequest { Text = "still" })).Text);
    }

    private static async Task Unary(Probe.ProbeClient client, int i)
    {
        var random = new Random(i);
        var payload = Pattern(random.Next(4) == 0 ? random.Next(200_000) : random.Next(300), i);
        var request = new ProbeRequest { Payload = payload, Text = "call " + i, ThrowError = i % 13 == 0, DelayMs = i % 7 == 0 ? random.Next(1, 20) : 0 };
        var headers = i % 5 == 0 ? new Metadata { { "grpc-internal-encoding-request", "gzip" } } : null;
        using var source = i % 11 == 0 ? new CancellationTokenSource(random.Next(1, 15)) : new CancellationTokenSource();
        DateTime? deadline = i % 17 == 0 ? DateTime.UtcNow.AddMilliseconds(random.Next(1, 15)) : null;
        try
        {
            using var call = client.UnaryCallAsync(request, headers, deadline, source.Token);
            if (i % 19 == 0)
                call.Dispose();
            var response = await call;
            Assert.Equal("call " + i, response.Text);
            Assert.Equal(payload, response.Payload);
        }
        catch (RpcException e)
        {
            Assert.True(e.StatusCode switch
            {
                StatusCode.Unknown => i % 13 == 0,
                StatusCode.Cancelled => i % 11 == 0 || i % 19 == 0,
                StatusCode.DeadlineExceeded => i % 17 == 0,
                _ => false,
            }, $"call {i}: {e}");
        }
    }

    private static async Task Stream(Probe.ProbeClient client, int i)
    {
        using var call = client.FullDuplex();
        for (var n = 0; n < 5; n++)
        {
            var size = (i * 31 + n * 1009) % 70_000;
            await call.RequestStream.WriteAsync(new StreamRequest { Parts = { new StreamRequest.Types.Part { Size = size, DelayMs = i + n } } });
            if (n == 3 && i % 30 == 0)
                return; // Left in the middle.
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(Pattern(size, i + n), call.ResponseStream.Current.Payload);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }
}
