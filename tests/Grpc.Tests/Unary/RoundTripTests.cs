using Google.Protobuf;
using Grpc.Core;
using MedInsure.Grpc.Tests.Probing;

namespace MedInsure.Grpc.Tests.Unary;

[Trait("Category", "Unit")]
public class RoundTripTests
{
    [Fact]
    public async Task Generated_stub_round_trips()
    {
        await using var server = await ProbeServer.Start();
        var response = await server.Client.UnaryCallAsync(new ProbeRequest { Text = "哈尔滨", ResponseSize = 3 });
        Assert.Equal("哈尔滨", response.Text);
        Assert.Equal(3, response.Payload.Length);
    }

    [Fact]
    public async Task Empty_message_round_trips()
    {
        await using var server = await ProbeServer.Start();
        Assert.NotNull(await server.Client.EmptyCallAsync(new Nothing()));
    }

    [Fact]
    public async Task Large_messages_round_trip()
    {
        await using var server = await ProbeServer.Start();
        var response = await server.Client.UnaryCallAsync(new ProbeRequest { Payload = ByteString.CopyFrom(new byte[271_828]), ResponseSize = 3_141_590 });
        Assert.Equal(3_141_590, response.Payload.Length);
    }

    [Fact]
    public async Task Blocking_call_round_trips()
    {
        await using var server = await ProbeServer.Start();
        Assert.Equal("x", server.Client.UnaryCall(new ProbeRequest { Text = "x" }).Text);
    }

    [Fact]
    public async Task Status_of_the_handler_arrives()
    {
        await using var server = await ProbeServer.Start();
        var e = await Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryCallAsync(new ProbeRequest { Status = new EchoStatus { Code = 9, Message = "已结算 100%\n" } }).ResponseAsync);
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Equal("已结算 100%\n", e.Status.Detail);
    }

    [Fact]
    public async Task Streams_round_trip()
    {
        await using var server = await ProbeServer.Start();
        using var call = server.Client.FullDuplex();
        for (var i = 1; i <= 3; i++)
        {
            await call.RequestStream.WriteAsync(new StreamRequest { Parts = { new StreamRequest.Types.Part { Size = i } } });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(i, call.ResponseStream.Current.Payload.Length);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }
}
