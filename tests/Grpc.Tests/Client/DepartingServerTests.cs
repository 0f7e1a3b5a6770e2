using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Grpc.Tests.Probing;

namespace MedInsure.Grpc.Tests.Client;

/// <summary>A server that stops while it has a call.</summary>
[Trait("Category", "Fuzz")]
public sealed class DepartingServerTests
{
    private const byte Headers = 1, Settings = 4;

    /// <param name="last">The last stream that it says it may have processed; the call's is 1.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Goes_away_without_error_before_it_answers_is_unavailable(byte last)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = TakeCallsAndLeave(listener, last);
        using var channel = GrpcChannel.ForAddress($"http://{listener.LocalEndpoint}");
        var e = await Assert.ThrowsAsync<RpcException>(() => new Probe.ProbeClient(channel).UnaryCallAsync(new ProbeRequest(), deadline: DateTime.UtcNow.AddSeconds(20)).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        listener.Stop();
        await server;
    }

    // A call that it says it has not processed comes again, on new connections.
    private static async Task TakeCallsAndLeave(TcpListener listener, byte last)
    {
        while (true)
        {
            TcpClient client;
            try { client = await listener.AcceptTcpClientAsync(); }
            catch (SocketException) { return; }
            using (client) await TakeOneCallAndLeave(client, last);
        }
    }

    private static async Task TakeOneCallAndLeave(TcpClient client, byte last)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(new byte[] { 0, 0, 0, Settings, 0, 0, 0, 0, 0 });
        await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length]);
        for (var header = new byte[9]; header[3] != Headers;)
        {
            await stream.ReadExactlyAsync(header);
            await stream.ReadExactlyAsync(new byte[header[0] << 16 | header[1] << 8 | header[2]]);
        }
        // GOAWAY with NO_ERROR.
        await stream.WriteAsync(new byte[] { 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, 0 });
        client.Client.Shutdown(SocketShutdown.Send);
        // Until the client has closed too: nothing that it still sends is answered by a reset.
        var rest = new byte[1024];
        while (await stream.ReadAsync(rest) > 0) { }
    }
}
