using System.Diagnostics;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Deadline, cancellation and the end of a call.</summary>
internal sealed partial class ServerCall
{
    private const int ResetNoError = 0;
    private const int ResetInternalError = 2;
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(5);

    private CallDeadline? _deadline;

    protected override DateTime DeadlineCore => _deadline?.At ?? DateTime.MaxValue;

    protected override CancellationToken CancellationTokenCore => _deadline is null ? Http.RequestAborted : TokenWithDeadline(_deadline);

    private bool DeadlinePassed => _deadline is { } deadline && deadline.At <= WireClock.UtcNow;

    /// <summary>What only calls with a deadline have. The token's source is made when somebody asks for the token.</summary>
    private sealed class CallDeadline(DateTime at)
    {
        internal DateTime At { get; } = at;

        internal Timer? Timer { get; set; }

        internal CancellationTokenSource? Source { get; set; }

        internal CancellationTokenRegistration Aborted { get; set; }

        /// <summary>Set once the deadline has claimed the call's end.</summary>
        internal Task? Answer { get; set; }

        internal bool Released { get; set; }
    }

    private void StartDeadline(TimeSpan timeout)
    {
        var now = WireClock.UtcNow;
        if (timeout >= DateTime.MaxValue - now)
            return;
        var timer = new Timer(static call => ((ServerCall)call!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _deadline = new CallDeadline(now + timeout) { Timer = timer };
        timer.Change(timeout < LongestTimer ? timeout : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    private CancellationToken TokenWithDeadline(CallDeadline deadline)
    {
        lock (this)
        {
            if (deadline.Source is { } source)
                return source.Token;
            if (deadline.Released || deadline.Answer is not null)
                return new CancellationToken(canceled: true);
            source = deadline.Source = new CancellationTokenSource();
            deadline.Aborted = Http.RequestAborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
            return source.Token;
        }
    }

    private void OnTimer()
    {
        var deadline = _deadline!;
        var left = deadline.At - WireClock.UtcNow;
        lock (this)
        {
            if (_ended)
                return;
            if (left > TimeSpan.Zero)
            {
                // Either a deadline beyond the longest timer, or a timer that fired early.
                deadline.Timer!.Change(left < LongestTimer ? left + TimeSpan.FromMilliseconds(1) : LongestTimer, Timeout.InfiniteTimeSpan);
                return;
            }
            _ended = true;
            // Assigned under the lock: the handler's end, which loses the claim, waits for it.
            deadline.Answer = Task.Run(() => AnswerDeadline(deadline.Source, LastWrite()));
        }
    }

    private async Task AnswerDeadline(CancellationTokenSource? source, Task lastWrite)
    {
        try
        {
            if (source is not null)
                await source.CancelAsync();
            // A read may wait for a request that is not coming, a write for a slow reader.
            Http.Request.BodyReader.CancelPendingRead();
            Http.Response.BodyWriter.CancelPendingFlush();
            await lastWrite;
            Log.DeadlineExceeded(_logger, _method.FullName);
            WriteStatus(new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"));
            await Http.Response.CompleteAsync().WaitAsync(LongestFarewell);
            // The client need not send the rest of its requests.
            Http.Features.Get<IHttpResetFeature>()?.Reset(ResetNoError);
        }
        catch (TimeoutException)
        {
            // The client reads nothing: what is buffered for it is given up.
            Http.Abort();
        }
#pragma warning disable CA1031 // A timer's exception would end the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.AnswerFailed(_logger, e, _method.FullName);
        }
    }

    /// <summary>The handler returned: its status and trailers, after the response of a call that has one.</summary>
    internal Task EndAsync() => EndAsync<object>(null, null);

    /// <inheritdoc cref="EndAsync()"/>
    internal Task EndAsync<T>(Marshaller<T>? marshaller, T? response) where T : class
    {
        if (!TryClaimEnd(out var lastWrite))
            return AfterDeadline();
        if (!lastWrite.IsCompleted)
            return EndAfter(lastWrite, marshaller, response);
        End(marshaller, response);
        return Task.CompletedTask;
    }

    private async Task EndAfter<T>(Task lastWrite, Marshaller<T>? marshaller, T? response) where T : class
    {
        await lastWrite;
        End(marshaller, response);
    }

    private void End<T>(Marshaller<T>? marshaller, T? response) where T : class
    {
        var status = StatusCore;
        if (marshaller is not null && status.StatusCode == StatusCode.OK)
        {
            if (response is null)
            {
                status = new Status(StatusCode.Cancelled, "No message returned from method.");
            }
            else
            {
                try
                {
                    PrepareHeaders();
                    WriteFrame(marshaller, response, WriteOptionsCore?.Flags ?? 0);
                    _wroteMessages = true;
                }
#pragma warning disable CA1031 // Whatever a serializer throws ends this call only.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    status = ToStatus(e);
                }
            }
        }
        WriteStatus(status);
    }

    /// <summary>The handler threw, or the call could not be read.</summary>
    internal async Task FailAsync(Exception exception)
    {
        var status = ToStatus(exception);
        if (!TryClaimEnd(out var lastWrite))
        {
            await AfterDeadline();
            return;
        }
        await lastWrite;
        WriteStatus(status);
    }

    private Task AfterDeadline() => _deadline?.Answer ?? Task.CompletedTask;

    internal void Release()
    {
        if (_deadline is not { } deadline)
            return;
        deadline.Timer!.Dispose();
        lock (this)
            deadline.Released = true;
        deadline.Aborted.Dispose();
        deadline.Source?.Dispose();
    }

    private void WriteStatus(Status status)
    {
        if (Activity.Current is { } activity)
        {
            activity.SetTag("rpc.system", "grpc");
            activity.SetTag("rpc.service", _method.ServiceName);
            activity.SetTag("rpc.method", _method.Name);
            activity.SetTag("rpc.grpc.status_code", (int)status.StatusCode);
            activity.SetTag("grpc.method", _method.FullName);
            activity.SetTag("grpc.status_code", ((int)status.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        // The web server's own measure knows 200 alone; there is no such feature while nobody listens to it.
        if (Http.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            metrics.Tags.Add(new("rpc.grpc.status_code", StatusText((int)status.StatusCode)));

        if (_brokenFrame)
        {
            // Half a frame is out: trailers would make it look whole.
            Http.Features.Get<IHttpResetFeature>()?.Reset(ResetInternalError);
            return;
        }

        try
        {
            SetStatus(status);
        }
        catch (InvalidOperationException e)
        {
            // Kestrel refuses control characters and non-ASCII text in values.
            Log.HandlerFailed(_logger, e, _method.FullName);
            _responseTrailers = null;
            SetStatus(new Status(StatusCode.Internal, "Invalid response metadata."));
        }
    }

    private void SetStatus(Status status)
    {
        PrepareHeaders();
        IHeaderDictionary target;
        if (Http.Response.HasStarted || _wroteMessages)
            target = Http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers ?? throw new InvalidOperationException("The server has no trailers: gRPC needs HTTP/2.");
        else
            target = Http.Response.Headers;
        if (_responseTrailers is not null)
            foreach (var entry in _responseTrailers)
                if (!GrpcHeader.IsTransport(entry.Key))
                    MetadataWire.Append(target, entry);
        target.GrpcStatus = StatusText((int)status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
            target.GrpcMessage = StatusMessage.Encode(status.Detail);
    }

    private static string StatusText(int code) => code == 0 ? "0" : code.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What the client is told of an exception. A handler's exception is no news for the client, and may hold personal data.</summary>
    private Status ToStatus(Exception exception)
    {
        if (DeadlinePassed && exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled or StatusCode.DeadlineExceeded })
            return new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded");
        switch (exception)
        {
            case RpcException rpc:
                Log.Raised(_logger, _method.FullName, rpc.StatusCode, rpc.Status.DebugException);
                if (rpc.Trailers.Count > 0)
                    foreach (var entry in rpc.Trailers)
                        ResponseTrailersCore.Add(entry);
                return rpc.Status;
            case BadHttpRequestException bad:
                return new Status(bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? StatusCode.ResourceExhausted : StatusCode.Internal, "The request body could not be read.");
            case IOException when _awaitsRequest:
            case OperationCanceledException or IOException when ClientGone || Http.RequestAborted.IsCancellationRequested:
                return new Status(StatusCode.Cancelled, "The client cancelled the call.");
            default:
                Log.HandlerFailed(_logger, exception, _method.FullName);
                return new Status(StatusCode.Unknown, _options.DetailedErrors
                    ? $"Exception was thrown by handler. {exception.GetType().Name}: {exception.Message}"
                    : "Exception was thrown by handler.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Error when executing service method '{Method}'.")]
        internal static partial void HandlerFailed(ILogger logger, Exception exception, string method);

        // The detail is not logged: it may name a person. The code and the method are enough to find the call.
        [LoggerMessage(2, LogLevel.Debug, "'{Method}' ended with {Code}.")]
        internal static partial void Raised(ILogger logger, string method, StatusCode code, Exception? exception);

        [LoggerMessage(3, LogLevel.Debug, "The deadline of '{Method}' passed.")]
        internal static partial void DeadlineExceeded(ILogger logger, string method);

        [LoggerMessage(4, LogLevel.Debug, "The end of '{Method}' could not be sent.")]
        internal static partial void AnswerFailed(ILogger logger, Exception exception, string method);
    }
}
