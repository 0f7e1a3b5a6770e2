using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace MedInsure.Grpc.Tests;

/// <summary>A peer that sends whatever bytes and headers a test wants, below any gRPC library.</summary>
public sealed class RawPeer : IDisposable
{
    public const string UnaryPath = "/medinsure.grpcprobe.v1.Probe/UnaryCall";

    private readonly HttpMessageInvoker _invoker;
    private readonly List<Socket> _sockets = [];

    private readonly Uri _address;

    public RawPeer(Uri address)
    {
        _address = address;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                lock (_sockets)
                    _sockets.Add(socket);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }

    /// <summary>Opened so far.</summary>
    public int Connections
    {
        get
        {
            lock (_sockets)
                return _sockets.Count;
        }
    }

    /// <summary>Closes the connections without a word of HTTP.</summary>
    public void Vanish()
    {
        lock (_sockets)
            foreach (var socket in _sockets)
                socket.Close(0);
    }

    public sealed record Answer(HttpStatusCode Http, string? GrpcStatus, string? GrpcMessage, byte[] Body, IReadOnlyDictionary<string, string> Headers)
    {
        public bool IsTrailersOnly => Headers.ContainsKey("grpc-status");
    }

    public async Task<Answer> Send(byte[] body, string path = UnaryPath, string contentType = "application/grpc", params (string Name, string Value)[] headers)
    {
        using var response = await Start(new ByteArrayContent(body), path, contentType, headers);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var all = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());
        return new Answer(response.StatusCode, Find(response, "grpc-status"), Find(response, "grpc-message"), bytes, all);
    }

    public Task<HttpResponseMessage> Start(HttpContent content, string path, string contentType, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
        content.Headers.ContentType = contentType.Length == 0 ? null : MediaTypeHeaderValue.Parse(contentType);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return _invoker.SendAsync(request, CancellationToken.None);
    }

    public static string? Find(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var inHeaders) ? inHeaders.ToString()
        : response.TrailingHeaders.NonValidated.TryGetValues(name, out var inTrailers) ? inTrailers.ToString()
        : null;

    public static byte[] Frame(byte[] payload, byte flag = 0, int? length = null)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length ?? payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    public void Dispose() => _invoker.Dispose();
}
