using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Grpc.Tests.Probing;

namespace MedInsure.Grpc.Tests.Interop;

/// <summary>Our client against a foreign server: the cases that every one of them knows.</summary>
[Trait("Category", "Interop")]
public abstract class ForeignServerTests(GrpcChannel channel)
{
    protected Probe.ProbeClient Client { get; } = new(channel);

    protected static DateTime In(int ms) => DateTime.UtcNow.AddMilliseconds(ms);

    protected static StreamRequest Parts(params int[] sizes) => new() { Parts = { sizes.Select(s => new StreamRequest.Types.Part { Size = s }) } };

    private static ByteString Bytes(int count) => ByteString.CopyFrom(new byte[count]);

    private static async Task<RpcException> Fails(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);

    [Fact]
    public async Task Empty_unary() => Assert.Equal(new Nothing(), await Client.EmptyCallAsync(new Nothing(), deadline: In(10_000)));

    [Fact]
    public async Task Large_unary() =>
        Assert.Equal(314_159, (await Client.UnaryCallAsync(new ProbeRequest { ResponseSize = 314_159, Payload = Bytes(271_828) }, deadline: In(10_000))).Payload.Length);

    [Fact]
    public async Task Client_streaming()
    {
        using var call = Client.StreamingInput(deadline: In(10_000));
        foreach (var size in new[] { 27_182, 8, 1_828, 45_904 })
            await call.RequestStream.WriteAsync(new ProbeRequest { Payload = Bytes(size) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(new InputSummary { Bytes = 74_922, Messages = 4 }, await call);
    }

    [Fact]
    public async Task Server_streaming()
    {
        using var call = Client.StreamingOutput(Parts(31_415, 9, 2_653, 58_979), deadline: In(10_000));
        Assert.Equal([31_415, 9, 2_653, 58_979], await call.ResponseStream.ReadAllAsync().Select(r => r.Payload.Length).ToListAsync());
    }

    [Fact]
    public async Task Ping_pong()
    {
        using var call = Client.FullDuplex(deadline: In(10_000));
        foreach (var size in new[] { 31_415, 9, 2_653, 58_979 })
        {
            await call.RequestStream.WriteAsync(Parts(size));
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(size, call.ResponseStream.Current.Payload.Length);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Empty_stream()
    {
        using var call = Client.FullDuplex(deadline: In(10_000));
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Custom_metadata()
    {
        byte[] bytes = [0xab, 0xab, 0xab, 0, 0xff];
        var headers = new Metadata { { "x-probe-echo-initial", "test_initial_metadata_value" }, { "x-probe-echo-trailing-bin", bytes } };
        using var unary = Client.UnaryCallAsync(new ProbeRequest(), headers, In(10_000));
        await unary;
        Assert.Equal("test_initial_metadata_value", (await unary.ResponseHeadersAsync).GetValue("x-probe-echo-initial"));
        Assert.Equal(bytes, unary.GetTrailers().GetValueBytes("x-probe-echo-trailing-bin"));

        using var duplex = Client.FullDuplex(headers, In(10_000));
        await duplex.RequestStream.WriteAsync(Parts(1));
        await duplex.RequestStream.CompleteAsync();
        Assert.Single(await duplex.ResponseStream.ReadAllAsync().ToListAsync());
        Assert.Equal("test_initial_metadata_value", (await duplex.ResponseHeadersAsync).GetValue("x-probe-echo-initial"));
        Assert.Equal(bytes, duplex.GetTrailers().GetValueBytes("x-probe-echo-trailing-bin"));
    }

    [Theory]
    [InlineData("test status message")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    public async Task Status_code_and_special_status_message(string message)
    {
        var status = new EchoStatus { Code = 2, Message = message };
        var unary = await Fails(() => Client.UnaryCallAsync(new ProbeRequest { Status = status }, deadline: In(10_000)).ResponseAsync);
        Assert.Equal((StatusCode.Unknown, message), (unary.StatusCode, unary.Status.Detail));
        using var duplex = Client.FullDuplex(deadline: In(10_000));
        await duplex.RequestStream.WriteAsync(new StreamRequest { Status = status });
        await duplex.RequestStream.CompleteAsync();
        var streamed = await Fails(() => duplex.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.Unknown, message), (streamed.StatusCode, streamed.Status.Detail));
    }

    [Fact]
    public async Task Handler_exception() =>
        Assert.Equal(StatusCode.Unknown, (await Fails(() => Client.UnaryCallAsync(new ProbeRequest { ThrowError = true }, deadline: In(10_000)).ResponseAsync)).StatusCode);

    [Fact]
    public async Task Unimplemented_method() =>
        Assert.Equal(StatusCode.Unimplemented, (await Fails(() => Client.UnimplementedAsync(new Nothing(), deadline: In(10_000)).ResponseAsync)).StatusCode);

    [Fact]
    public async Task Unimplemented_service() =>
        Assert.Equal(StatusCode.Unimplemented, (await Fails(() => new UnknownProbe.UnknownProbeClient(channel).UnimplementedAsync(new Nothing(), deadline: In(10_000)).ResponseAsync)).StatusCode);

    [Fact]
    public async Task Cancel_after_begin()
    {
        using var source = new CancellationTokenSource();
        using var call = Client.StreamingInput(cancellationToken: source.Token);
        await source.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Fails(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Cancel_after_first_response()
    {
        using var source = new CancellationTokenSource();
        using var call = Client.FullDuplex(cancellationToken: source.Token);
        await call.RequestStream.WriteAsync(Parts(31_415));
        Assert.True(await call.ResponseStream.MoveNext());
        await source.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Fails(() => call.ResponseStream.MoveNext())).StatusCode);
    }

    [Fact]
    public async Task Cancellation_reaches_the_server()
    {
        var before = int.Parse((await Client.UnaryCallAsync(new ProbeRequest { Text = "cancelled" })).Text, CultureInfo.InvariantCulture);
        Assert.Equal(StatusCode.DeadlineExceeded, (await Fails(() => Client.UnaryCallAsync(new ProbeRequest { DelayMs = 10_000 }, deadline: In(200)).ResponseAsync)).StatusCode);
        using var source = new CancellationTokenSource();
        var call = Client.UnaryCallAsync(new ProbeRequest { DelayMs = 10_000 }, cancellationToken: source.Token);
        source.CancelAfter(200);
        Assert.Equal(StatusCode.Cancelled, (await Fails(() => call.ResponseAsync)).StatusCode);
        for (var i = 0; i < 100; i++)
        {
            if (int.Parse((await Client.UnaryCallAsync(new ProbeRequest { Text = "cancelled" })).Text, CultureInfo.InvariantCulture) >= before + 2)
                return;
            await Task.Delay(50);
        }
        Assert.Fail("The server was not told.");
    }

    [Fact]
    public async Task Timeout_on_sleeping_server()
    {
        using var call = Client.FullDuplex(deadline: In(50));
        // On a busy machine the deadline may pass while the request is being written.
        var failure = await Fails(async () =>
        {
            await call.RequestStream.WriteAsync(new StreamRequest { Parts = { new StreamRequest.Types.Part { Size = 1, DelayMs = 2_000 } } });
            await call.ResponseStream.MoveNext();
        });
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Fact]
    public async Task Deadline_is_told_to_the_server()
    {
        var left = double.Parse((await Client.UnaryCallAsync(new ProbeRequest { Text = "time" }, deadline: In(30_000))).Text, CultureInfo.InvariantCulture);
        Assert.InRange(left, 20, 30.1);
    }

    [Fact]
    public async Task Client_compressed_unary()
    {
        var headers = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        Assert.Equal(314_159, (await Client.UnaryCallAsync(new ProbeRequest { ResponseSize = 314_159, Payload = Bytes(271_828) }, headers, In(10_000))).Payload.Length);
    }

    [Fact]
    public async Task Client_compressed_streaming()
    {
        using var call = Client.StreamingInput(new Metadata { { "grpc-internal-encoding-request", "gzip" } }, In(10_000));
        await call.RequestStream.WriteAsync(new ProbeRequest { Payload = Bytes(27_182) });
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(new ProbeRequest { Payload = Bytes(45_904) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(73_086, (await call).Bytes);
    }

    [Fact]
    public async Task Many_concurrent_calls()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Client.UnaryCallAsync(new ProbeRequest { Text = "n" + i, ResponseSize = i }, deadline: In(20_000)).ResponseAsync));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => ("n" + i, i)), responses.Select(r => (r.Text, r.Payload.Length)));
    }
}
