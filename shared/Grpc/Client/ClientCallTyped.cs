using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>A call on the client.</summary>
internal sealed class ClientCall<TRequest, TResponse> : ClientCall where TRequest : class where TResponse : class
{
    private readonly Method<TRequest, TResponse> _method;
    private RequestStreamWriter<TRequest>? _requests;
    private ResponseBuffer? _buffer;

    internal ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options) : base(channel, method, host, options) => _method = method;

    internal RequestStreamWriter<TRequest> CreateRequestStream() => _requests = new RequestStreamWriter<TRequest>(this, _method.RequestMarshaller);

    /// <summary>A call with one response; the request is null where a stream was created.</summary>
    internal async Task<TResponse> StartSingleResponse(TRequest? request)
    {
        try
        {
            using HttpContent content = (HttpContent?)_requests?.Content ?? new SingleRequestContent<TRequest>(this, _method.RequestMarshaller, request!);
            TResponse? response = null;
            if (await OpenAsync(content, replayable: _requests is null))
            {
                _buffer = new ResponseBuffer(Channel, ResponseBody!, ResponseEncoding);
                response = await _buffer.ReadAsync(_method.ResponseMarshaller.ContextualDeserializer, Token);
                if (response is not null && !await _buffer.IsAtEnd(Token))
                    throw new RpcException(new Status(StatusCode.Internal, "Additional data after the message received."));
                FinishByTrailers(hasResponse: response is not null);
            }
            if (FinalStatus.StatusCode != StatusCode.OK)
                throw ToException();
            if (_requests is null)
                ReleaseToken();
            return response!;
        }
        catch (Exception e) when (!IsFinished || e is not RpcException)
        {
            throw Fail(e);
        }
        finally
        {
            _buffer?.Dispose();
        }
    }

    /// <summary>A call with many responses; the request is null where a stream was created.</summary>
    internal ResponseStreamReader StartResponseStream(TRequest? request)
    {
        HttpContent content = (HttpContent?)_requests?.Content ?? new SingleRequestContent<TRequest>(this, _method.RequestMarshaller, request!);
        return new ResponseStreamReader(this, OpenGuarded(content));
    }

    private async Task<bool> OpenGuarded(HttpContent content)
    {
        try
        {
            if (!await OpenAsync(content, replayable: _requests is null))
                return false;
            _buffer = new ResponseBuffer(Channel, ResponseBody!, ResponseEncoding);
            return true;
        }
#pragma warning disable CA1031 // The reader throws the call's status.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
            return false;
        }
    }

    private protected override void OnFinished() => _requests?.OnCallFinished();

    /// <summary>The responses of a call.</summary>
    internal sealed class ResponseStreamReader(ClientCall<TRequest, TResponse> call, Task<bool> opened) : IAsyncStreamReader<TResponse>
    {
        private int _reading;

        public TResponse Current { get; private set; } = null!;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _reading, 1) == 1)
                throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
            // Cancelling a read ends the call, as a half-read message could not be resumed.
            using var registration = cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(static c => ((IDisposable)c!).Dispose(), call) : default;
            try
            {
                return await ReadNext();
            }
            finally
            {
                Volatile.Write(ref _reading, 0);
            }
        }

        private async Task<bool> ReadNext()
        {
            try
            {
                if (await opened && !call.IsFinished)
                {
                    var message = await call._buffer!.ReadAsync(call._method.ResponseMarshaller.ContextualDeserializer, call.Token);
                    if (message is not null)
                    {
                        Current = message;
                        return true;
                    }
                    call.FinishByTrailers(hasResponse: true);
                    call._buffer.Dispose();
                }
            }
            catch (Exception e) when (!call.IsFinished)
            {
                var failure = call.Fail(e);
                call._buffer?.Dispose();
                throw failure;
            }
            catch (Exception) when (call.FinalStatus.StatusCode != StatusCode.OK)
            {
                throw call.ToException();
            }
            Current = null!;
            return call.FinalStatus.StatusCode == StatusCode.OK ? false : throw call.ToException();
        }
    }
}

/// <summary>Collects response bytes in a rented array until a message is whole.</summary>
internal sealed class ResponseBuffer : FrameReader, IDisposable
{
    private readonly Stream _body;
    private byte[] _array = ArrayPool<byte>.Shared.Rent(4096);
    private int _start;
    private int _end;

    internal ResponseBuffer(GrpcChannel channel, Stream body, string? encoding) : base(channel.ReceiveLimit, channel.Providers, "response")
    {
        _body = body;
        Encoding = encoding;
    }

    /// <summary>The next message, or null at the end of the body.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken) where T : class
    {
        if (!await Fill(GrpcHeader.FrameHeaderLength, cancellationToken))
            return _start == _end ? null : throw Incomplete();
        var length = ReadHeader(_array.AsSpan(_start, GrpcHeader.FrameHeaderLength), out var compressed);
        _start += GrpcHeader.FrameHeaderLength;
        if (!await Fill(length, cancellationToken))
            throw Incomplete();
        var message = Read(new ReadOnlySequence<byte>(_array, _start, length), compressed, deserializer);
        _start += length;
        if (_start == _end)
            _start = _end = 0;
        return message;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<bool> IsAtEnd(CancellationToken cancellationToken) => !await Fill(1, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> Fill(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (_array.Length - _start < count || _end == _array.Length)
                MakeRoom(count);
            var read = await _body.ReadAsync(_array.AsMemory(_end), cancellationToken);
            if (read == 0)
                return false;
            _end += read;
        }
        return true;
    }

    /// <summary>Moves to the front, into a larger array if needed. It grows with what arrives: a length that a peer only claims rents nothing.</summary>
    private void MakeRoom(int count)
    {
        var held = _end - _start;
        var wanted = Math.Min(count, Math.Max(2 * (long)_array.Length, 64 * 1024));
        if (held < _array.Length && wanted <= _array.Length)
        {
            _array.AsSpan(_start, held).CopyTo(_array);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(wanted, held + 1L));
            _array.AsSpan(_start, held).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }
        _start = 0;
        _end = held;
    }

    private static RpcException Incomplete() => new(new Status(StatusCode.Internal, "Incomplete message."));

    public void Dispose()
    {
        var array = _array;
        _array = [];
        _start = _end = 0;
        if (array.Length > 0)
            ArrayPool<byte>.Shared.Return(array);
    }
}

/// <summary>
/// One request: serialized when the connection asks for it, written at once. The base class is the only open one that tells the connection
/// that the request is whole before the response begins: so it leaves in one write with its headers, and nothing else waits for it.
/// </summary>
internal sealed class SingleRequestContent<T>(ClientCall call, Marshaller<T> marshaller, T request) : ByteArrayContent([]) where T : class
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        RentedFrame frame;
        try
        {
            frame = RentedFrame.Of(marshaller.ContextualSerializer, request, call.Channel.SendLimit, call.Compression, call.Options.WriteOptions?.Flags ?? 0);
        }
        catch (Exception e)
        {
            // What the transport would make of it hides the cause.
            return Task.FromException(call.Fail(e is RpcException ? e : new RpcException(new Status(StatusCode.Internal, "The request could not be serialized.", e))));
        }
        var written = stream.WriteAsync(frame.Bytes, cancellationToken);
        if (!written.IsCompletedSuccessfully)
            return Finish(written, frame);
        written.GetAwaiter().GetResult();
        frame.Return();
        return Task.CompletedTask;

        // A write that failed may still be using the bytes: they are given back after a good one only.
        static async Task Finish(ValueTask written, RentedFrame frame)
        {
            await written;
            frame.Return();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
