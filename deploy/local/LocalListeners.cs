using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MedInsure.Local;

/// <summary>The addresses of the local platform, all on 127.0.0.1: the operators' desks (imports, statements), the hospitals' gateway, gRPC (HTTP/2 without TLS), and the console, which listens for itself.</summary>
internal sealed record LocalListeners(int People, int Gateway, int Grpc, int Console)
{
    private const int PeopleDefault = 8080, GatewayDefault = 8081, GrpcDefault = 8082, ConsoleDefault = 8083, Tries = 100;

    public string PeopleAddress => $"http://127.0.0.1:{People}";
    public string GatewayAddress => $"http://127.0.0.1:{Gateway}";
    public string ConsoleAddress => $"http://127.0.0.1:{Console}";
    public string GrpcAddress => $"http://127.0.0.1:{Grpc}";

    /// <param name="first">Null: the usual ports or the next free ones; 0: any; else this and the three after it.</param>
    public static LocalListeners Choose(int? first)
    {
        var taken = new HashSet<int>();
        return first switch
        {
            null => new(NextFree(PeopleDefault, taken), NextFree(GatewayDefault, taken), NextFree(GrpcDefault, taken), NextFree(ConsoleDefault, taken)),
            0 => new(AnyFree(), AnyFree(), AnyFree(), AnyFree()),
            { } port => new(port, port + 1, port + 2, port + 3),
        };
    }

    public void Listen(KestrelServerOptions kestrel)
    {
        kestrel.Listen(IPAddress.Loopback, People, listener => listener.Protocols = HttpProtocols.Http1);
        kestrel.Listen(IPAddress.Loopback, Gateway, listener => listener.Protocols = HttpProtocols.Http1);
        kestrel.Listen(IPAddress.Loopback, Grpc, listener => listener.Protocols = HttpProtocols.Http2);
    }

    /// <summary>Each listener answers its own kind of request only, as separate services would.</summary>
    public async Task Separate(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        var hospital = path.StartsWithSegments("/fsi") || path.StartsWithSegments("/mss");
        var rpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
        var port = context.Connection.LocalPort;
        var belongs = port == Gateway ? hospital || path.StartsWithSegments("/health") : port == Grpc ? rpc || path.StartsWithSegments("/health") : !hospital && !rpc;
        if (belongs) await next(context);
        else context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static int NextFree(int from, HashSet<int> taken)
    {
        for (var port = from; port < from + Tries; port++)
            if (!taken.Contains(port) && IsFree(port)) { taken.Add(port); return port; }
        throw new InvalidOperationException($"no free port from {from} to {from + Tries - 1} on 127.0.0.1");
    }

    private static bool IsFree(int port)
    {
        using var socket = new TcpListener(IPAddress.Loopback, port);
        try { socket.Start(); return true; }
        catch (SocketException) { return false; }
    }

    private static int AnyFree()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
