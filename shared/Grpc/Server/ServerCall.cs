using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Compression;
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
    private string? _requestEncoding;
    private string? _chosenEncoding;
    private ICompressionProvider? _compression;
    private TaskCompletionSource? _writeEnded;
    private bool _awaitsRequest;
    private bool _ended;
    private bool _headersPrepared;
    private bool _wroteMessages;
    private bool _writing;
    private bool _brokenFrame;

    internal ServerCall(HttpContext http, IMethod method, MethodOptions options, ILogger logger)
    {
        Http = http;
        _method = method;
        _options = options;
        _logger = logger;
        _awaitsRequest = method.Type is MethodType.Unary or MethodType.ServerStreaming;
    }

    internal HttpContext Http { get; }

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
        if (headers.GrpcTimeout is { Count: > 0 } timeouts)
        {
            if (!GrpcTimeout.TryDecode(timeouts[0]!, out var timeout))
                throw new RpcException(new Status(StatusCode.Internal, "Malformed grpc-timeout."));
            StartDeadline(timeout);
        }

        if (headers.GrpcEncoding is { Count: > 0 } encodings)
        {
            var encoding = _requestEncoding = encodings[0]!;
            if (!string.Equals(encoding, GrpcHeader.Identity, StringComparison.OrdinalIgnoreCase) && FrameDecoder.Find(_options.Providers, encoding) is null)
                throw new RpcException(new Status(StatusCode.Unimplemented, $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {_options.AcceptEncoding}"));
        }
    }

    /// <summary>Sets the response headers that every answer has; before the first byte.</summary>
    private void PrepareHeaders()
    {
        if (_headersPrepared)
            return;
        _headersPrepared = true;
        var headers = Http.Response.Headers;
        headers.ContentType = GrpcHeader.ContentType;
        if (_requestEncoding is not null)
            headers.GrpcAcceptEncoding = _options.AcceptEncoding;
        var encoding = _chosenEncoding ?? _options.ResponseEncoding;
        if (encoding is not null && encoding != GrpcHeader.Identity && Encodings.Accepts(Http.Request.Headers.GrpcAcceptEncoding, encoding))
        {
            _compression = FrameDecoder.Find(_options.Providers, encoding);
            if (_compression is not null)
                headers.GrpcEncoding = encoding;
        }
    }

    private void WriteFrame<T>(Marshaller<T> marshaller, T message, WriteFlags flags) =>
        FrameWriter.Write(Http.Response.BodyWriter, new FrameForm(_options.SendLimit, _compression, _options.ResponseLevel), flags, marshaller.ContextualSerializer, message, ref _brokenFrame);

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
            WriteFrame(marshaller, message, flags);
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
        lock (this)
        {
            if (_deadline?.Answer is not null)
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
        lock (this)
        {
            _writing = false;
            _writeEnded?.TrySetResult();
        }
    }

    /// <summary>Claims the end; no write begins after it. One that runs is waited for.</summary>
    private bool TryClaimEnd(out Task lastWrite)
    {
        lock (this)
        {
            lastWrite = LastWrite();
            if (_ended)
                return false;
            _ended = true;
            return true;
        }
    }

    private Task LastWrite()
    {
        lock (this)
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
