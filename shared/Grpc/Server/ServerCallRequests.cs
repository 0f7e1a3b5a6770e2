using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>Reads requests from the request body. A message is parsed where it lies in the pipe's buffers.</summary>
internal sealed partial class ServerCall
{
    /// <summary>
    /// Takes what was read of the body of a call with one request: true when it is whole and its stream has ended, false when there is more to
    /// wait for. The end may come in a frame of its own.
    /// </summary>
    internal bool TryReadOnly<T>(PipeReader body, in ReadResult read, Func<DeserializationContext, T> deserializer, out T message) where T : class
    {
        var buffer = read.Buffer;
        try
        {
            if (read.IsCanceled)
                throw new OperationCanceledException("The read was cancelled.");
            var held = buffer.Length;
            var start = buffer.FirstSpan;
            if (start.Length < GrpcHeader.FrameHeaderLength)
                start = held < GrpcHeader.FrameHeaderLength ? default : buffer.Slice(0, GrpcHeader.FrameHeaderLength).ToArray();
            var whole = _options.Decoder.IsOnlyFrame(start, held, _requestEncoding, out var compressed);
            if (read.IsCompleted)
            {
                if (!whole)
                    throw FrameDecoder.Incomplete();
                message = _options.Decoder.Read(buffer.Slice(GrpcHeader.FrameHeaderLength), compressed, _requestEncoding, deserializer);
                body.AdvanceTo(buffer.End);
                _awaitsRequest = false;
                return true;
            }
        }
        catch
        {
            body.AdvanceTo(buffer.End);
            throw;
        }
        body.AdvanceTo(buffer.Start, buffer.End);
        message = null!;
        return false;
    }

    /// <summary>The next of many requests, or null at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken) where T : class
    {
        var body = Http.Request.BodyReader;
        while (true)
        {
            ReadResult result;
            try
            {
                result = await body.ReadAsync(cancellationToken);
            }
            catch (IOException)
            {
                ClientGone = true;
                throw;
            }
            var buffer = result.Buffer;
            if (result.IsCanceled)
            {
                body.AdvanceTo(buffer.Start);
                throw new OperationCanceledException("The read was cancelled.");
            }
            if (TryRead(body, buffer, deserializer, out var message))
                return message;
            if (result.IsCompleted)
            {
                var empty = buffer.IsEmpty;
                body.AdvanceTo(buffer.Start, buffer.End);
                return empty ? null : throw FrameDecoder.Incomplete();
            }
            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private bool TryRead<T>(PipeReader body, in ReadOnlySequence<byte> buffer, Func<DeserializationContext, T> deserializer, out T? message) where T : class
    {
        message = null;
        if (buffer.Length < GrpcHeader.FrameHeaderLength)
            return false;
        try
        {
            var length = ReadHeader(buffer, out var compressed);
            if (buffer.Length - GrpcHeader.FrameHeaderLength < length)
                return false;
            var payload = buffer.Slice(GrpcHeader.FrameHeaderLength, length);
            message = _options.Decoder.Read(payload, compressed, _requestEncoding, deserializer);
            body.AdvanceTo(payload.End);
            return true;
        }
        catch (RpcException)
        {
            body.AdvanceTo(buffer.End);
            throw;
        }
    }

    private int ReadHeader(in ReadOnlySequence<byte> buffer, out bool compressed)
    {
        if (buffer.FirstSpan.Length >= GrpcHeader.FrameHeaderLength)
            return _options.Decoder.ReadHeader(buffer.FirstSpan[..GrpcHeader.FrameHeaderLength], _requestEncoding, out compressed);
        Span<byte> header = stackalloc byte[GrpcHeader.FrameHeaderLength];
        buffer.Slice(0, GrpcHeader.FrameHeaderLength).CopyTo(header);
        return _options.Decoder.ReadHeader(header, _requestEncoding, out compressed);
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
                return Keep(await call.ReadAsync(marshaller.ContextualDeserializer, call.CancellationToken));
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
            return Keep(await call.ReadAsync(marshaller.ContextualDeserializer, both.Token));
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
