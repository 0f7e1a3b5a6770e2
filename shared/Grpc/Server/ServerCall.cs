using System.Net.Sockets;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// A call on the server. Whoever claims its end first (the handler that returned, or the deadline) answers; the other one
/// keeps still, so that a status is sent exactly once and nothing is written after it.
/// </summary>
internal sealed partial class ServerCall : ServerCallContext
{
    private static readonly AuthContext Unauthenticated = new(null, []);

    private readonly IMethod _method;
    private readonly MethodOptions _options;
    private readonly ILogger _logger;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;
    private FrameWriter? _writer;
    private bool _ended;
    private bool _headersPrepared;
    private string? _chosenEncoding;
    private bool _wroteMessages;
    private bool _writing;
    private TaskCompletionSource? _writeEnded;

    internal ServerCall(HttpContext http, IMethod method, MethodOptions options, ILogger logger)
    {
        Http = http;
        _method = method;
        _options = options;
        _logger = logger;
        Reader = new RequestReader(this, options);
    }

    internal HttpContext Http { get; }

    internal RequestReader Reader { get; }

    /// <summary>The stream or its connection broke; the token says so a moment later.</summary>
    internal bool ClientGone { get; set; }

    protected override string MethodCore => _method.FullName;

    protected override string HostCore => Http.Request.Host.Value ?? "";

    protected override string PeerCore
    {
        get
        {
            var connection = Http.Connection;
            return connection.RemoteIpAddress switch
            {
                null => "unknown",
                { AddressFamily: AddressFamily.InterNetwork } v4 => $"ipv4:{v4}:{connection.RemotePort}",
                { IsIPv4MappedToIPv6: true } mapped => $"ipv4:{mapped.MapToIPv4()}:{connection.RemotePort}",
                var v6 => $"ipv6:[{v6}]:{connection.RemotePort}",
            };
        }
    }

    protected override Metadata RequestHeadersCore => _requestHeaders ??= MetadataWire.FromRequest(Http.Request.Headers);

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= Http.Connection.ClientCertificate is { } certificate ? PeerCertificate.ToAuthContext(certificate) : Unauthenticated;

    protected override IDictionary<object, object> UserStateCore => Http.Items!;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        new ServerCallToken(options ?? ContextPropagationOptions.Default, DeadlineCore, CancellationTokenCore);

    /// <summary>Reads the call's headers. Throws <see cref="RpcException"/> for a call that cannot be served.</summary>
    internal void Begin()
    {
        var headers = Http.Request.Headers;
        if (headers.TryGetValue(GrpcHeader.Timeout, out var timeoutValues) && timeoutValues.Count > 0)
        {
            if (!GrpcTimeout.TryDecode(timeoutValues[0]!, out var timeout))
                throw new RpcException(new Status(StatusCode.Internal, "Malformed grpc-timeout."));
            StartDeadline(timeout);
        }

        if (headers.TryGetValue(GrpcHeader.Encoding, out var encoding) && encoding.Count > 0)
        {
            Reader.Encoding = encoding[0];
            if (!string.Equals(encoding[0], GrpcHeader.Identity, StringComparison.OrdinalIgnoreCase) && FrameReader.Find(_options.Providers, encoding[0]!) is null)
                throw new RpcException(new Status(StatusCode.Unimplemented, $"Unsupported grpc-encoding value '{encoding[0]}'. Supported encodings: {_options.AcceptEncoding}"));
        }
    }

    /// <summary>Sets the response headers that every answer has; before the first byte.</summary>
    private void PrepareHeaders()
    {
        if (_headersPrepared)
            return;
        _headersPrepared = true;
        var response = Http.Response;
        response.ContentType = GrpcHeader.ContentType;
        var headers = Http.Request.Headers;
        if (Reader.Encoding is not null)
            response.Headers[GrpcHeader.AcceptEncoding] = _options.AcceptEncoding;
        var encoding = _chosenEncoding ?? _options.ResponseEncoding;
        if (encoding is not null && encoding != GrpcHeader.Identity && Encodings.Accepts(headers[GrpcHeader.AcceptEncoding], encoding))
        {
            Writer.Compression = FrameReader.Find(_options.Providers, encoding);
            Writer.Level = _options.ResponseLevel;
            if (Writer.Compression is not null)
                response.Headers[GrpcHeader.Encoding] = encoding;
        }
    }

    private FrameWriter Writer => _writer ??= new FrameWriter(Http.Response.BodyWriter) { Limit = _options.SendLimit };

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        BeginWrite();
        try
        {
            if (Http.Response.HasStarted || _wroteMessages)
                throw new InvalidOperationException("Response headers can only be sent once per call.");
            foreach (var entry in responseHeaders)
            {
                if (entry.Key == GrpcHeader.EncodingRequest)
                    _chosenEncoding = entry.Value;
                else if (!GrpcHeader.IsTransport(entry.Key))
                    MetadataWire.Append(Http.Response.Headers, entry);
            }
            PrepareHeaders();
            await FlushAsync();
        }
        finally
        {
            EndWrite();
        }
    }

    /// <summary>Writes one of many responses.</summary>
    internal async Task WriteAsync<T>(Marshaller<T> marshaller, T message, WriteOptions? options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BeginWrite();
        try
        {
            var flags = (options ?? WriteOptionsCore)?.Flags ?? 0;
            PrepareHeaders();
            _wroteMessages = true;
            Writer.Write(marshaller.ContextualSerializer, message, flags);
            if ((flags & WriteFlags.BufferHint) != 0 && Http.Response.BodyWriter is { CanGetUnflushedBytes: true, UnflushedBytes: < 64 * 1024 })
                return;
            using var registration = cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(static call => ((ServerCall)call!).Http.Abort(), this) : default;
            await FlushAsync();
        }
        finally
        {
            EndWrite();
        }
    }

    /// <summary>Waits while the client does not read. Without a token: Kestrel resets the stream of a cancelled flush, and the status with it.</summary>
    private async ValueTask FlushAsync()
    {
        var flushed = await Http.Response.BodyWriter.FlushAsync();
        if (flushed.IsCompleted)
            ClientGone = true;
        if (flushed.IsCompleted || flushed.IsCanceled)
            throw new OperationCanceledException("The call has ended.");
    }

    private void BeginWrite()
    {
        lock (Reader)
        {
            if (_deadlineAnswer is not null)
                throw new OperationCanceledException("The deadline has passed.");
            if (_ended)
                throw new InvalidOperationException("Can't write the message because the request is complete.");
            if (_writing)
                throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
            _writing = true;
        }
    }

    private void EndWrite()
    {
        lock (Reader)
        {
            _writing = false;
            _writeEnded?.TrySetResult();
        }
    }

    /// <summary>Claims the end; no write begins after it. One that runs is waited for with <see cref="LastWrite"/>.</summary>
    private bool TryClaimEnd()
    {
        lock (Reader)
        {
            if (_ended)
                return false;
            _ended = true;
            return true;
        }
    }

    private Task LastWrite()
    {
        lock (Reader)
        {
            if (!_writing)
                return Task.CompletedTask;
            _writeEnded ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _writeEnded.Task;
        }
    }
}

/// <summary>What a call takes over from the call it is made for.</summary>
internal sealed class ServerCallToken(ContextPropagationOptions options, DateTime deadline, CancellationToken cancellation) : ContextPropagationToken
{
    internal override DateTime? PropagatedDeadline => options.IsPropagateDeadline && deadline != DateTime.MaxValue ? deadline : null;

    internal override CancellationToken PropagatedCancellation => options.IsPropagateCancellation ? cancellation : CancellationToken.None;
}
