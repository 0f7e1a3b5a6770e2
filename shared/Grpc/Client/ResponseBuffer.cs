using System.Buffers;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Collects the bytes of many responses in a rented array until a message is whole.</summary>
internal sealed class ResponseBuffer(FrameDecoder decoder, Stream body, string? encoding) : IDisposable
{
    private byte[] _array = ArrayPool<byte>.Shared.Rent(4096);
    private int _start;
    private int _end;

    /// <summary>The next message, or null at the end of the body.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken) where T : class
    {
        if (!await Fill(GrpcHeader.FrameHeaderLength, cancellationToken))
            return _start == _end ? null : throw FrameDecoder.Incomplete();
        var length = decoder.ReadHeader(_array.AsSpan(_start, GrpcHeader.FrameHeaderLength), encoding, out var compressed);
        _start += GrpcHeader.FrameHeaderLength;
        if (!await Fill(length, cancellationToken))
            throw FrameDecoder.Incomplete();
        var message = decoder.Read(new ReadOnlySequence<byte>(_array, _start, length), compressed, encoding, deserializer);
        _start += length;
        if (_start == _end)
            _start = _end = 0;
        return message;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> Fill(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (_array.Length - _start < count || _end == _array.Length)
                MakeRoom(count);
            var read = await body.ReadAsync(_array.AsMemory(_end), cancellationToken);
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

    public void Dispose()
    {
        var array = _array;
        _array = [];
        _start = _end = 0;
        if (array.Length > 0)
            ArrayPool<byte>.Shared.Return(array);
    }
}
