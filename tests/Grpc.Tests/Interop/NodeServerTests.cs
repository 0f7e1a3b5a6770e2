using Grpc.Net.Client;

namespace MedInsure.Grpc.Tests.Interop;

/// <summary>One Node server for the class.</summary>
public sealed class NodeServer : IAsyncLifetime
{
    private ForeignPeer _peer = null!;

    public GrpcChannel Channel { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _peer = await NodePeer.Start("server");
        Channel = GrpcChannel.ForAddress("http://127.0.0.1:" + await _peer.ReadLine());
    }

    public Task DisposeAsync()
    {
        Channel.Dispose();
        _peer.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Our client against grpc-js's server. That server reads compressed messages but writes none.</summary>
public class NodeServerTests(NodeServer server) : ForeignServerTests(server.Channel), IClassFixture<NodeServer>;
