using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>
/// Writes messages as frames (flag, length, payload) into a target. A message of known length that is not compressed
/// is serialized straight into the target.
/// </summary>
internal sealed class FrameWriter(IBufferWriter<byte> target) : SerializationContext
{
    /// <summary>Largest payload in bytes, null for any.</summary>
    internal int? Limit { get; set; }

    private PooledBuffer? _staged;
    private int? _length;
    private bool _compress;
    private bool _completed;

    /// <summary>How messages are compressed, null for not at all.</summary>
    internal ICompressionProvider? Compression { get; set; }

    internal CompressionLevel? Level { get; set; }

    /// <summary>A frame was begun in the target and not ended: the serializer failed, the stream is unusable.</summary>
    internal bool IsBroken { get; private set; }

    internal void Write<T>(Action<T, SerializationContext> serializer, T message, WriteFlags flags)
    {
        _compress = Compression is not null && (flags & WriteFlags.NoCompress) == 0;
        _length = null;
        _completed = false;
        try
        {
            serializer(message, this);
            if (!_completed)
                throw new InvalidOperationException("The serializer did not complete the message.");
        }
        finally
        {
            _staged?.Dispose();
            _staged = null;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        CheckLimit(payloadLength);
        _length = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_compress || _length is null)
            return _staged ??= new PooledBuffer(_length ?? 1024);
        IsBroken = true;
        WriteHeader(compressed: false, _length.Value);
        return target;
    }

    public override void Complete()
    {
        if (_staged is null)
        {
            if (!IsBroken)
                WriteHeader(compressed: false, 0);
            IsBroken = false;
        }
        else
        {
            CheckLimit(_staged.Length);
            WritePayload(_staged.Written.Span);
        }
        _completed = true;
    }

    public override void Complete(byte[] payload)
    {
        CheckLimit(payload.Length);
        WritePayload(payload);
        _completed = true;
    }

    private void WritePayload(ReadOnlySpan<byte> payload)
    {
        if (!_compress)
        {
            WriteHeader(compressed: false, payload.Length);
            target.Write(payload);
            return;
        }

        using var compressed = new PooledBuffer(payload.Length / 2 + 64);
        using (var stream = Compression!.CreateCompressionStream(new BufferStream(compressed), Level))
            stream.Write(payload);
        WriteHeader(compressed: true, compressed.Length);
        target.Write(compressed.Written.Span);
    }

    private void WriteHeader(bool compressed, int length)
    {
        var header = target.GetSpan(GrpcHeader.FrameHeaderLength);
        header[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
        target.Advance(GrpcHeader.FrameHeaderLength);
    }

    private void CheckLimit(int length)
    {
        if (length > Limit)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));
    }
}

/// <summary>A message as one frame in a rented array, for the client. Rented and given back, so that a call allocates none of it.</summary>
internal sealed class RentedFrame
{
    private const int Kept = 64;
    private static readonly System.Collections.Concurrent.ConcurrentQueue<RentedFrame> Pool = new();

    private readonly PooledBuffer _buffer = new(1024);
    private readonly FrameWriter _writer;

    private RentedFrame() => _writer = new FrameWriter(_buffer);

    internal ReadOnlyMemory<byte> Bytes => _buffer.Written;

    internal static RentedFrame Of<T>(Action<T, SerializationContext> serializer, T message, int? limit, ICompressionProvider? compression, WriteFlags flags)
    {
        var frame = Pool.TryDequeue(out var pooled) ? pooled : new RentedFrame();
        frame._writer.Limit = limit;
        frame._writer.Compression = compression;
        // A serializer that throws leaves the frame to the collector.
        frame._writer.Write(serializer, message, flags);
        return frame;
    }

    internal void Return()
    {
        if (Pool.Count >= Kept || !_buffer.TryReuse())
            _buffer.Dispose();
        else
            Pool.Enqueue(this);
    }
}
