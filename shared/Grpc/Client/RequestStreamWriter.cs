using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>A call's requests as its caller writes them. They go straight to the HTTP/2 stream: its window is the back-pressure.</summary>
internal sealed class RequestStreamWriter<T> : IClientStreamWriter<T> where T : class
{
    private readonly ClientCall _call;
    private readonly Marshaller<T> _marshaller;
    private readonly TaskCompletionSource<Stream> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PooledBuffer _frame = new(1024);
    private int _writing;
    private bool _closed;

    internal RequestStreamWriter(ClientCall call, Marshaller<T> marshaller)
    {
        _call = call;
        _marshaller = marshaller;
        WriteOptions = call.Options.WriteOptions;
        Content = new StreamContent(this);
    }

    internal HttpContent Content { get; }

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        Enter();
        using var registration = cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(static c => ((IDisposable)c!).Dispose(), _call) : default;
        try
        {
            var stream = await _ready.Task;
            var flags = WriteOptions?.Flags ?? 0;
            // A serializer that failed leaves the half of its message.
            _frame.Reuse();
            var broken = false;
            FrameWriter.Write(_frame, _call.FrameForm, flags, _marshaller.ContextualSerializer, message, ref broken);
            await stream.WriteAsync(_frame.Written, _call.Token);
            _frame.Reuse();
            if ((flags & WriteFlags.BufferHint) == 0)
                await stream.FlushAsync(_call.Token);
        }
        catch (RpcException)
        {
            throw;
        }
        catch (Exception e)
        {
            throw _call.IsFinished ? _call.ToException() : _call.Fail(e);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    /// <summary>Says that no more messages follow. A call that has ended meanwhile is no error: its status comes with the answer.</summary>
    public async Task CompleteAsync()
    {
        EnterOpen();
        _closed = true;
        Volatile.Write(ref _writing, 0);
        _completed.TrySetResult();
        if (!_call.IsFinished)
        {
            try
            {
                await _ready.Task;
            }
            catch (Exception) when (_call.IsFinished)
            {
            }
        }
    }

    private void Enter()
    {
        if (!_closed && _call.IsFinished)
            throw _call.FinalStatus.StatusCode == StatusCode.OK
                ? new InvalidOperationException("Can't write the message because the call is complete.")
                : _call.ToException();
        EnterOpen();
    }

    private void EnterOpen()
    {
        if (_closed)
            throw new InvalidOperationException("Request stream has already been completed.");
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
    }

    internal void OnCallFinished()
    {
        _ready.TrySetException(new OperationCanceledException("The call has ended."));
        _completed.TrySetException(new OperationCanceledException("The call has ended."));
        _ = _ready.Task.Exception;
        _ = _completed.Task.Exception;
    }

    private sealed class StreamContent(RequestStreamWriter<T> writer) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            // The headers leave now: the server may speak first.
            await stream.FlushAsync(cancellationToken);
            // A request that the connection sends again cannot be served: its first messages went elsewhere.
            if (!writer._ready.TrySetResult(stream))
                throw new IOException("The connection ended before the call was served.");
            await writer._completed.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }
}
