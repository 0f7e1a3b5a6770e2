using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>Reads requests from the request body. A message is parsed where it lies in the pipe's buffers.</summary>
internal sealed class RequestReader(ServerCall call, MethodOptions options) : FrameReader(options.ReceiveLimit, options.Providers, "request")
{
    private readonly PipeReader _pipe = call.Http.Request.BodyReader;

    /// <summary>The only request of a call.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<T> ReadSingleAsync<T>(Func<DeserializationContext, T> deserializer) where T : class
    {
        var message = await ReadAsync(deserializer, call.CancellationToken)
            ?? throw new RpcException(new Status(StatusCode.Internal, "Incomplete message."));
        // The stream's end may come in a frame of its own.
        while (true)
        {
            var result = await ReadPipe(call.CancellationToken);
            var more = !result.Buffer.IsEmpty;
            _pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (more)
                throw new RpcException(new Status(StatusCode.Internal, "Additional data after the message received."));
            if (result.IsCompleted)
                return message;
        }
    }

    /// <summary>The next request, or null at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken) where T : class
    {
        while (true)
        {
            var result = await ReadPipe(cancellationToken);
            var buffer = result.Buffer;
            if (result.IsCanceled)
            {
                _pipe.AdvanceTo(buffer.Start);
                throw new OperationCanceledException("The read was cancelled.");
            }
            if (TryRead(buffer, deserializer, out var message))
                return message;
            if (result.IsCompleted)
            {
                var empty = buffer.IsEmpty;
                _pipe.AdvanceTo(buffer.Start, buffer.End);
                return empty ? null : throw new RpcException(new Status(StatusCode.Internal, "Incomplete message."));
            }
            _pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private ValueTask<ReadResult> ReadPipe(CancellationToken cancellationToken)
    {
        var read = _pipe.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? read : Awaited(read);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        async ValueTask<ReadResult> Awaited(ValueTask<ReadResult> pending)
        {
            try
            {
                return await pending;
            }
            catch (IOException)
            {
                call.ClientGone = true;
                throw;
            }
        }
    }

    private bool TryRead<T>(ReadOnlySequence<byte> buffer, Func<DeserializationContext, T> deserializer, out T? message) where T : class
    {
        message = null;
        if (buffer.Length < GrpcHeader.FrameHeaderLength)
            return false;
        var consumed = buffer.Start;
        try
        {
            int length;
            bool compressed;
            if (buffer.FirstSpan.Length >= GrpcHeader.FrameHeaderLength)
            {
                length = ReadHeader(buffer.FirstSpan[..GrpcHeader.FrameHeaderLength], out compressed);
            }
            else
            {
                Span<byte> header = stackalloc byte[GrpcHeader.FrameHeaderLength];
                buffer.Slice(0, GrpcHeader.FrameHeaderLength).CopyTo(header);
                length = ReadHeader(header, out compressed);
            }
            if (buffer.Length - GrpcHeader.FrameHeaderLength < length)
                return false;
            var payload = buffer.Slice(GrpcHeader.FrameHeaderLength, length);
            message = Read(payload, compressed, deserializer);
            consumed = payload.End;
            return true;
        }
        catch (RpcException)
        {
            _pipe.AdvanceTo(buffer.End);
            throw;
        }
        finally
        {
            if (message is not null)
                _pipe.AdvanceTo(consumed);
        }
    }
}

/// <summary>A call's requests as its handler reads them.</summary>
internal sealed class RequestStream<T>(ServerCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T> where T : class
{
    private int _reading;

    public T Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _reading, 1) == 1)
            throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
        try
        {
            if (!cancellationToken.CanBeCanceled)
                return Keep(await call.Reader.ReadAsync(marshaller.ContextualDeserializer, call.CancellationToken));
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
            return Keep(await call.Reader.ReadAsync(marshaller.ContextualDeserializer, both.Token));
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    private bool Keep(T? message)
    {
        Current = message!;
        return message is not null;
    }
}

/// <summary>A call's responses as its handler writes them.</summary>
internal sealed class ResponseStream<T>(ServerCall call, Marshaller<T> marshaller) : IServerStreamWriter<T> where T : class
{
    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return call.WriteAsync(marshaller, message, WriteOptions, cancellationToken);
    }
}
