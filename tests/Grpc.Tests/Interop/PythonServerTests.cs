using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Grpc.Tests.Probing;

namespace MedInsure.Grpc.Tests.Interop;

/// <summary>One Python server for the class.</summary>
public sealed class PythonServer : IAsyncLifetime
{
    private ForeignPeer _peer = null!;

    public GrpcChannel Channel { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _peer = PythonPeer.Start("server");
        Channel = GrpcChannel.ForAddress("http://127.0.0.1:" + await _peer.ReadLine());
    }

    public Task DisposeAsync()
    {
        Channel.Dispose();
        _peer.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Our client against grpcio's server.</summary>
[Trait("Category", "Interop")]
public class PythonServerTests(PythonServer server) : ForeignServerTests(server.Channel), IClassFixture<PythonServer>
{
    [Fact]
    public async Task Server_compressed_unary()
    {
        using var call = Client.UnaryCallAsync(new ProbeRequest { ResponseSize = 314_159 }, new Metadata { { "x-probe-compress", "gzip" } }, In(10_000));
        Assert.Equal(314_159, (await call).Payload.Length);
    }

    [Fact]
    public async Task Server_compressed_streaming()
    {
        using var call = Client.StreamingOutput(Parts(31_415, 92_653), new Metadata { { "x-probe-compress", "gzip" } }, In(10_000));
        Assert.Equal([31_415, 92_653], await call.ResponseStream.ReadAllAsync().Select(r => r.Payload.Length).ToListAsync());
    }
}
