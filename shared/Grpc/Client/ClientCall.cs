using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client.Configuration;
using Grpc.Wire;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>
/// A call on the client, without its message types. It ends once, by <see cref="Finish"/>: with the server's status, the deadline,
/// cancellation, or a broken connection; whatever comes later is ignored.
/// </summary>
internal abstract class ClientCall : IDisposable
{
    internal static readonly CallFunctions Functions = new(
        static call => ((ClientCall)call).ResponseHeaders(), static call => ((ClientCall)call).GetStatus(),
        static call => ((ClientCall)call).GetTrailers(), static call => ((IDisposable)call).Dispose());

    private static readonly ActivitySource Source = new("Grpc.Net.Client");
    private static readonly string UserAgent = "grpc-dotnet-medinsure/" + (typeof(ClientCall).Assembly.GetName().Version?.ToString(3) ?? "1.0.0");
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private readonly GrpcChannel _channel;
    private readonly IMethod _method;
    private readonly string? _host;
    private CallResources? _resources;
    private CancellationTokenSource? _cancellation;
    private volatile bool _cancelling;
    private CancellationTokenRegistration _callerCancels;
    private CancellationTokenRegistration _parentCancels;
    private readonly DateTime _deadline = DateTime.MaxValue;
    private readonly Activity? _activity;
    private bool _deadlineHit;
    private TaskCompletionSource<Metadata>? _headersWanted;
    private HttpResponseMessage? _response;
    private Status? _status;
    private Metadata? _trailers;
    private HttpHeaders? _unreadTrailers;

    private protected ClientCall(GrpcChannel channel, IMethod method, string? host, in CallOptions options, CallResources? resources)
    {
        _resources = resources;
        _cancellation = resources?.Source ?? new CancellationTokenSource();
        _channel = channel;
        _method = method;
        _host = host;
        Options = options;

        var deadline = options.Deadline;
        if (deadline is { Kind: DateTimeKind.Local })
            throw new InvalidOperationException("Deadline must have DateTimeKind.Utc.");
        if (options.PropagationToken is { } parent)
        {
            if (parent.PropagatedDeadline is { } inherited && (deadline is null || inherited < deadline))
                deadline = inherited;
            _parentCancels = parent.PropagatedCancellation.UnsafeRegister(static call => ((ClientCall)call!).Cancel(), this);
        }
        if (deadline is { } at)
            _deadline = at;
        if (options.CancellationToken.CanBeCanceled)
            _callerCancels = options.CancellationToken.UnsafeRegister(static call => ((ClientCall)call!).Cancel(), this);

        if (Source.HasListeners() && (_activity = Source.CreateActivity("Grpc.Net.Client.GrpcOut", ActivityKind.Client)) is { } activity)
        {
            activity.DisplayName = method.FullName.TrimStart('/');
            activity.SetTag("rpc.system", "grpc");
            activity.SetTag("rpc.service", method.ServiceName);
            activity.SetTag("rpc.method", method.Name);
            activity.SetTag("grpc.method", method.FullName);
        }
    }

    internal CallOptions Options { get; }

    internal GrpcChannel Channel => _channel;

    internal CancellationToken Token => _cancellation?.Token ?? CancellationToken.None;

    private bool IsCancelled => _cancellation is { IsCancellationRequested: true };

    internal FrameForm FrameForm => new(_channel.SendLimit, Compression, null);

    /// <summary>The encoding of the responses.</summary>
    internal string? ResponseEncoding { get; private set; }

    internal bool IsFinished => _status is not null;

    /// <summary>Sends a request that has nothing to wait for; other calls use <see cref="OpenAsync"/>.</summary>
    private protected Task<HttpResponseMessage> SendPlain(HttpContent content)
    {
        // Not put back here: the asynchronous method that calls this has a context of its own.
        _activity?.Start();
        StartTimer();
        Token.ThrowIfCancellationRequested();
        var request = CreateRequest(content, _channel.Targets.Only, 1);
        AppendMetadata(request);
        return _channel.SendAsync(request, Token);
    }

    private protected bool IsPlain => _channel.IsPlain && Options.Credentials is null && !Options.IsWaitForReady;

    /// <summary>Sends the request and waits for the response headers. Gives the body, null if the call ended with the headers. One that can be replayed may be sent again.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private protected async ValueTask<Stream?> OpenAsync(HttpContent content, bool replayable)
    {
        var caller = Activity.Current;
        _activity?.Start();
        try
        {
            StartTimer();
            var policy = replayable ? _channel.Retries?.PolicyOf(_method) : null;
            for (var attempt = 1; ; attempt++)
            {
                Targets.Target? target = null;
                TimeSpan pause;
                try
                {
                    Token.ThrowIfCancellationRequested();
                    target = await _channel.Targets.Pick(Token);
                    var request = CreateRequest(content, target, attempt);
                    await AddMetadata(request);
                    // Trace context is added by the HTTP handler, from the current activity.
                    var response = await _channel.SendAsync(request, Token);
                    if (policy is null || !IsRetried(policy, response, attempt, out pause))
                    {
                        if (!Accept(response))
                            return null;
                        return _channel.IsDirect ? response.Content.ReadAsStream() : await response.Content.ReadAsStreamAsync(Token);
                    }
                    response.Dispose();
                }
                catch (Exception e) when (IsRetried(policy, e, target, attempt, out pause))
                {
                    _channel.Logger.LogDebug(e, "Attempt {Attempt} of '{Method}' failed.", attempt, _method.FullName);
                }
                await Task.Delay(pause, Token);
            }
        }
        finally
        {
            if (_activity is not null)
                Activity.Current = caller;
        }
    }

    private bool IsRetried(RetryPolicy? policy, Exception exception, Targets.Target? target, int attempt, out TimeSpan pause)
    {
        pause = default;
        if (IsFinished || IsCancelled)
            return false;
        // Nothing was sent: any call may try elsewhere, or wait for a server.
        if (exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError })
        {
            if (target is not null)
                _channel.Targets.Failed(target);
            if (attempt < _channel.Targets.Count)
                return true;
            if (Options.IsWaitForReady)
            {
                pause = TimeSpan.FromMilliseconds(Math.Min(50 << Math.Min(attempt, 6), 2000));
                return true;
            }
        }
        return policy is not null && IsRetried(policy, ResponseStatus.FromException(exception, false, false, answered: false).StatusCode, null, attempt, out pause);
    }

    private bool IsRetried(RetryPolicy policy, HttpResponseMessage response, int attempt, out TimeSpan pause)
    {
        pause = default;
        var code = response.StatusCode != HttpStatusCode.OK ? ResponseStatus.FromHttp(response.StatusCode)
            : ResponseStatus.TryRead(response.Headers, out var status) ? status.StatusCode
            : StatusCode.OK;
        if (code == StatusCode.OK)
        {
            _channel.Retries!.Succeeded();
            return false;
        }
        return IsRetried(policy, code, response.Headers.NonValidated.TryGetValues("grpc-retry-pushback-ms", out var wish) ? wish.ToString() : null, attempt, out pause);
    }

    private bool IsRetried(RetryPolicy policy, StatusCode code, string? wish, int attempt, out TimeSpan pause)
    {
        pause = default;
        if (!policy.RetryableStatusCodes.Contains(code) || !_channel.Retries!.TryTakeToken() || !Retries.AllowsMore(policy, attempt))
            return false;
        pause = Retries.PauseAfter(policy, attempt);
        if (wish is null)
            return true;
        // The server says when; anything but a number says never.
        if (!uint.TryParse(wish, System.Globalization.CultureInfo.InvariantCulture, out var milliseconds))
            return false;
        pause = TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
        return true;
    }

    private void StartTimer()
    {
        if (_deadline == DateTime.MaxValue)
            return;
        var left = _deadline - WireClock.UtcNow;
        if (left <= TimeSpan.Zero)
        {
            _deadlineHit = true;
            throw new OperationCanceledException("The deadline has passed.");
        }
        // The source's own timer, which is used again with it. Beyond what timers take, the server alone sees to the deadline.
        if (left < LongestTimer)
            _cancellation!.CancelAfter(left + TimeSpan.FromMilliseconds(1));
    }

    private HttpRequestMessage CreateRequest(HttpContent content, Targets.Target target, int attempt)
    {
        if (attempt == 1)
            content.Headers.TryAddWithoutValidation("Content-Type", GrpcHeader.ContentType);
        var request = new HttpRequestMessage(HttpMethod.Post, target.PathOf(_method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var headers = request.Headers;
        if ((_host ?? target.Host) is { } host)
            headers.Host = host;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation(GrpcHeader.AcceptEncoding, _channel.AcceptEncoding);
        if (attempt > 1)
            headers.TryAddWithoutValidation("grpc-previous-rpc-attempts", (attempt - 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (_deadline != DateTime.MaxValue)
            headers.TryAddWithoutValidation(GrpcHeader.Timeout, GrpcTimeout.Encode(_deadline - WireClock.UtcNow));
        return request;
    }

    private Task AddMetadata(HttpRequestMessage request)
    {
        AppendMetadata(request);
        return _channel.Credentials is null && Options.Credentials is null ? Task.CompletedTask : AddCredentials(request);
    }

    private void AppendMetadata(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (Options.Headers is { Count: > 0 } metadata)
            Append(request, metadata);
    }

    private async Task AddCredentials(HttpRequestMessage request)
    {
        if (!_channel.CarryCredentials)
        {
            if (Options.Credentials is not null)
                throw new RpcException(new Status(StatusCode.Internal, "Call credentials need a TLS channel, or UnsafeUseInsecureChannelCallCredentials."));
            return;
        }
        var context = new AuthInterceptorContext(_channel.Address.GetLeftPart(UriPartial.Authority) + "/" + _method.ServiceName, _method.Name, Token);
        var metadata = new Metadata();
        if (_channel.Credentials is { } general)
            await general.Apply(context, metadata);
        if (Options.Credentials is { } own)
            await own.Apply(context, metadata);
        Append(request, metadata);
    }

    private void Append(HttpRequestMessage request, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (entry.Key == GrpcHeader.EncodingRequest)
                ChooseEncoding(request, entry.Value);
            else if (!entry.IsBinary && entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                throw new RpcException(new Status(StatusCode.Internal, $"The value of metadata '{entry.Key}' is not printable ASCII; use a key ending in {Metadata.BinaryHeaderSuffix}."));
            else if (!GrpcHeader.IsTransport(entry.Key))
                MetadataWire.Append(request.Headers, entry);
        }
    }

    private void ChooseEncoding(HttpRequestMessage request, string encoding)
    {
        if (encoding == GrpcHeader.Identity)
            return;
        Compression = FrameDecoder.Find(_channel.Providers, encoding)
            ?? throw new RpcException(new Status(StatusCode.Internal, $"Could not find compression provider for '{encoding}'."));
        request.Headers.TryAddWithoutValidation(GrpcHeader.Encoding, encoding);
    }

    /// <summary>The encoding of the requests, null for none; known before the first is written.</summary>
    internal Net.Compression.ICompressionProvider? Compression { get; private set; }

    private protected bool Accept(HttpResponseMessage response)
    {
        lock (this)
        {
            if (_status is not null)
            {
                response.Dispose();
                return false;
            }
            _response = response;
            _headersWanted?.TrySetResult(MetadataWire.FromResponse(response.Headers));
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            Finish(new Status(ResponseStatus.FromHttp(response.StatusCode), $"Bad gRPC response. HTTP status code: {(int)response.StatusCode}"), MetadataWire.FromResponse(response.Headers));
            return false;
        }
        if (!GrpcHeader.IsGrpcContentType(response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var contentType) ? contentType.ToString() : null))
        {
            Finish(new Status(StatusCode.Unknown, $"Bad gRPC response. Invalid content-type value: {contentType}"), MetadataWire.FromResponse(response.Headers));
            return false;
        }
        if (ResponseStatus.TryRead(response.Headers, out var status))
        {
            // Trailers-only. A call with one response cannot be OK so.
            if (status.StatusCode == StatusCode.OK && _method.Type is MethodType.Unary or MethodType.ClientStreaming)
                status = new Status(StatusCode.Internal, "The call ended with OK but without a response.");
            Finish(status, MetadataWire.FromResponse(response.Headers, response.TrailingHeaders));
            return false;
        }

        if (response.Headers.NonValidated.TryGetValues(GrpcHeader.Encoding, out var encoding))
            ResponseEncoding = encoding.ToString();
        return true;
    }

    /// <summary>The response body has ended: its trailers hold the status.</summary>
    internal void FinishByTrailers(bool hasResponse)
    {
        var trailing = _response!.TrailingHeaders;
        if (!ResponseStatus.TryRead(trailing, out var status))
            status = new Status(StatusCode.Unknown, "No grpc-status found on response.");
        else if (status.StatusCode == StatusCode.OK && !hasResponse)
            status = new Status(StatusCode.Internal, "The call ended with OK but without a response.");
        Finish(status, null, trailing);
    }

    /// <summary>Ends the call, unless it has ended.</summary>
    internal void Finish(Status status, Metadata? trailers, HttpHeaders? unreadTrailers = null)
    {
        lock (this)
        {
            if (_status is not null)
                return;
            _trailers = trailers;
            _unreadTrailers = unreadTrailers;
            _status = status;
            if (_response is null)
                _headersWanted?.TrySetException(ToException());
        }
        // Nobody need look at the task.
        _ = _headersWanted?.Task.Exception;
        _callerCancels.Dispose();
        _parentCancels.Dispose();
        OnFinished();
        _response?.Dispose();
        if (_activity is { } activity)
        {
            activity.SetTag("rpc.grpc.status_code", (int)status.StatusCode);
            activity.SetTag("grpc.status_code", ((int)status.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (status.StatusCode != StatusCode.OK)
                activity.SetStatus(ActivityStatusCode.Error);
            activity.Stop();
        }
    }

    /// <summary>Releases writers that wait.</summary>
    private protected abstract void OnFinished();

    /// <summary>Ends the call by what went wrong and gives the exception for the caller.</summary>
    internal Exception Fail(Exception exception)
    {
        if (!IsFinished)
        {
            // A source that nobody cancelled was cancelled by its timer.
            _deadlineHit |= IsCancelled && !_cancelling;
            var status = exception is RpcException rpc ? rpc.Status : ResponseStatus.FromException(exception, DeadlineIsOver, IsCancelled, _response is not null);
            Finish(status, (exception as RpcException)?.Trailers);
            // An open request stream ends with a reset.
            Cancel();
        }
        return ToException();
    }

    private bool DeadlineIsOver => _deadlineHit || _deadline <= WireClock.UtcNow;

    /// <summary>The exception of a call that ended, also for one that was OK but is used on.</summary>
    internal Exception ToException()
    {
        var status = _status!.Value;
        var exception = new RpcException(status, GetTrailers());
        if (_channel.ThrowOperationCanceled && (status.StatusCode == StatusCode.Cancelled || (status.StatusCode == StatusCode.DeadlineExceeded && _deadlineHit)) && IsCancelled)
            return new OperationCanceledException(status.Detail, exception, Options.CancellationToken.IsCancellationRequested ? Options.CancellationToken : Token);
        return exception;
    }

    internal Status FinalStatus => _status!.Value;

    private void Cancel()
    {
        CancellationTokenSource? source;
        lock (this)
        {
            source = _cancellation;
            _cancelling = true;
        }
        try
        {
            source?.Cancel();
        }
        catch (AggregateException e)
        {
            _channel.Logger.LogDebug(e, "A cancellation callback of a call failed.");
        }
    }

    /// <summary>Gives what a unary call borrowed to later calls, after one whose exchange is over on both sides.</summary>
    private protected void ReturnResources()
    {
        CallResources? resources;
        lock (this)
        {
            if (_cancelling)
                return;
            resources = _resources;
            _resources = null;
            _cancellation = null;
        }
        resources?.Return(tokenIsForgotten: _channel.IsDirect && _channel.Credentials is null && Options.Credentials is null);
    }

    private Task<Metadata> ResponseHeaders()
    {
        lock (this)
        {
            if (_headersWanted is not null)
                return _headersWanted.Task;
            _headersWanted = new TaskCompletionSource<Metadata>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_response is not null)
                _headersWanted.SetResult(MetadataWire.FromResponse(_response.Headers));
            else if (_status is not null)
                _headersWanted.SetException(ToException());
            return _headersWanted.Task;
        }
    }

    private Status GetStatus() => _status ?? throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    /// <summary>Made of the HTTP trailers when first asked for: most callers never do.</summary>
    private Metadata GetTrailers()
    {
        if (_status is null)
            throw new InvalidOperationException("Can't get the call trailers because the call has not completed successfully.");
        return _trailers ??= _unreadTrailers is null ? Metadata.Empty : MetadataWire.FromResponse(_unreadTrailers);
    }

    void IDisposable.Dispose()
    {
        if (IsFinished)
            return;
        Cancel();
        Finish(new Status(StatusCode.Cancelled, "gRPC call disposed."), null);
    }
}
