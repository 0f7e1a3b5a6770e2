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

    private DateTime _deadline = DateTime.MaxValue;
    private CancellationTokenSource? _cancellation;
    private CancellationTokenRegistration _aborted;
    private Timer? _timer;
    private Task? _deadlineAnswer;

    protected override DateTime DeadlineCore => _deadline;

    protected override CancellationToken CancellationTokenCore => _cancellation?.Token ?? Http.RequestAborted;

    private bool DeadlinePassed => _deadline <= WireClock.UtcNow;

    private void StartDeadline(TimeSpan timeout)
    {
        var now = WireClock.UtcNow;
        if (timeout >= DateTime.MaxValue - now)
            return;
        _deadline = now + timeout;
        _cancellation = new CancellationTokenSource();
        _aborted = Http.RequestAborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _cancellation);
        _timer = new Timer(static call => ((ServerCall)call!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(timeout < LongestTimer ? timeout : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        var left = _deadline - WireClock.UtcNow;
        if (left > TimeSpan.Zero)
        {
            // Either a deadline beyond the longest timer, or a timer that fired early.
            lock (Reader)
                if (!_ended)
                    _timer?.Change(left < LongestTimer ? left + TimeSpan.FromMilliseconds(1) : LongestTimer, Timeout.InfiniteTimeSpan);
            return;
        }

        lock (Reader)
        {
            if (_ended)
                return;
            _ended = true;
            // Assigned under the lock: the handler's end, which loses the claim, waits for it.
            _deadlineAnswer = Task.Run(AnswerDeadline);
        }
    }

    private async Task AnswerDeadline()
    {
        try
        {
            await _cancellation!.CancelAsync();
            var lastWrite = LastWrite();
            // A write may wait for a slow reader.
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
    internal async Task EndAsync<T>(Marshaller<T>? marshaller, T? response) where T : class
    {
        if (!TryClaimEnd())
        {
            await AfterDeadline();
            return;
        }
        await LastWrite();
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
                    Writer.Write(marshaller.ContextualSerializer, response, WriteOptionsCore?.Flags ?? 0);
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
        if (!TryClaimEnd())
        {
            await AfterDeadline();
            return;
        }
        await LastWrite();
        WriteStatus(status);
    }

    private async Task AfterDeadline()
    {
        if (_deadlineAnswer is { } answer)
            await answer;
    }

    internal void Release()
    {
        if (_timer is null)
            return;
        _timer.Dispose();
        _aborted.Dispose();
        _cancellation!.Dispose();
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

        if (_writer is { IsBroken: true })
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
        target[GrpcHeader.Status] = StatusText((int)status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
            target[GrpcHeader.Message] = StatusMessage.Encode(status.Detail);
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
