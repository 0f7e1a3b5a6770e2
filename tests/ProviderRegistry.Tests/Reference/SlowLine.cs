using System.Net;
using System.Net.Sockets;

namespace MedInsure.ProviderRegistry.Tests.Reference;

/// <summary>A way to a server on this machine on which each answer takes its time.</summary>
internal sealed class SlowLine : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;

    public SlowLine(int port, TimeSpan delay)
    {
        listener.Start();
        accepting = Accept(port, delay);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    private async Task Accept(int port, TimeSpan delay)
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(Join(await listener.AcceptTcpClientAsync(end.Token), port, delay));
        }
        catch (OperationCanceledException) { await Task.WhenAll(connections); }
    }

    private async Task Join(TcpClient caller, int port, TimeSpan delay)
    {
        using var server = new TcpClient();
        using (caller)
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, port, end.Token);
                await Task.WhenAny(caller.GetStream().CopyToAsync(server.GetStream(), end.Token), Back());
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException) { /* One side has gone. */ }

        async Task Back()
        {
            var buffer = new byte[1 << 20];
            for (int read; (read = await server.GetStream().ReadAsync(buffer, end.Token)) > 0;)
            {
                await Task.Delay(delay, end.Token);
                await caller.GetStream().WriteAsync(buffer.AsMemory(0, read), end.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await accepting;
        listener.Dispose();
        end.Dispose();
    }
}
