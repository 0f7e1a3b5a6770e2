using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Grpc.Tests.Probing;

namespace MedInsure.Grpc.Tests.Server;

[Trait("Category", "Unit")]
public class LimitsAndCompressionTests
{
    private static ProbeRequest Sized(int request, int response = 0) => new() { Payload = ByteString.CopyFrom(new byte[request]), ResponseSize = response };

    private static async Task<StatusCode> CodeOf(AsyncUnaryCall<ProbeResponse> call) => (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode;

    [Fact]
    public async Task A_request_beyond_the_servers_limit_is_refused()
    {
        await using var server = await ProbeServer.Start();
        Assert.Equal(StatusCode.ResourceExhausted, await CodeOf(server.Client.UnaryCallAsync(Sized(5_000_000))));
        Assert.NotNull(await server.Client.UnaryCallAsync(Sized(4_000_000)));
    }

    [Fact]
    public async Task A_response_beyond_the_servers_limit_is_refused()
    {
        await using var server = await ProbeServer.Start(o => o.MaxSendMessageSize = 1000);
        Assert.Equal(StatusCode.ResourceExhausted, await CodeOf(server.Client.UnaryCallAsync(Sized(0, 1000))));
    }

    [Fact]
    public async Task A_response_beyond_the_clients_limit_is_refused()
    {
        await using var server = await ProbeServer.Start();
        Assert.Equal(StatusCode.ResourceExhausted, await CodeOf(server.Client.UnaryCallAsync(Sized(0, 5_000_000))));
    }

    [Fact]
    public async Task A_request_beyond_the_clients_limit_is_not_sent()
    {
        await using var server = await ProbeServer.Start(channel: new GrpcChannelOptions { MaxSendMessageSize = 1000 });
        Assert.Equal(StatusCode.ResourceExhausted, await CodeOf(server.Client.UnaryCallAsync(Sized(1000))));
    }

    [Fact]
    public async Task Messages_beyond_thirty_megabytes_pass_without_limits()
    {
        await using var server = await ProbeServer.Start(o => o.MaxReceiveMessageSize = null, channel: new GrpcChannelOptions { MaxReceiveMessageSize = null });
        var response = await server.Client.UnaryCallAsync(Sized(40_000_000, 40_000_000));
        Assert.Equal(40_000_000, response.Payload.Length);
    }

    [Fact]
    public async Task Requests_are_compressed_where_the_call_asks()
    {
        await using var server = await ProbeServer.Start();
        var response = await server.Client.UnaryCallAsync(Sized(100_000, 50_000), new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        Assert.Equal(50_000, response.Payload.Length);
        response = await server.Client.UnaryCallAsync(Sized(100_000), new CallOptions(new Metadata { { "grpc-internal-encoding-request", "gzip" } }, writeOptions: new WriteOptions(WriteFlags.NoCompress)));
        Assert.Empty(response.Payload);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Responses_are_compressed_for_clients_that_take_it(string algorithm)
    {
        await using var server = await ProbeServer.Start(o => o.ResponseCompressionAlgorithm = algorithm);
        Assert.Equal(50_000, (await server.Client.UnaryCallAsync(Sized(0, 50_000))).Payload.Length);

        using var peer = new RawPeer(server.Address);
        var body = RawPeer.Frame(Sized(0, 50_000).ToByteArray());
        var squeezed = await peer.Send(body, headers: ("grpc-accept-encoding", "identity, " + algorithm));
        Assert.Equal(algorithm, squeezed.Headers["grpc-encoding"]);
        Assert.Equal(1, squeezed.Body[0]);
        Assert.True(squeezed.Body.Length < 1000);
        var plain = await peer.Send(body);
        Assert.False(plain.Headers.ContainsKey("grpc-encoding"));
        Assert.Equal(0, plain.Body[0]);
    }

    [Fact]
    public async Task A_handler_chooses_its_compression()
    {
        await using var server = await ProbeServer.Start();
        using var peer = new RawPeer(server.Address);
        var answer = await peer.Send(RawPeer.Frame(Sized(0, 50_000).ToByteArray()), headers: [("grpc-accept-encoding", "gzip"), ("x-probe-compress", "gzip")]);
        Assert.Equal("gzip", answer.Headers["grpc-encoding"]);
        Assert.Equal(1, answer.Body[0]);
    }

    [Fact]
    public async Task An_algorithm_without_provider_is_a_mistake() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => ProbeServer.Start(o => o.ResponseCompressionAlgorithm = "zstd"));
}
