using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>How one side sends frames.</summary>
/// <param name="Limit">Largest payload in bytes, null for any.</param>
/// <param name="Compression">How messages are compressed, null for not at all.</param>
internal readonly record struct FrameForm(int? Limit, ICompressionProvider? Compression, CompressionLevel? Level);

/// <summary>
/// Writes a message as a frame (flag, length, payload) into a target. A message of known length that is not compressed is serialized straight
/// into the target. Serializers do not wait: each thread keeps one writer for its next message.
/// </summary>
internal sealed class FrameWriter : SerializationContext, IBufferWriter<byte>
{
    [ThreadStatic]
    private static FrameWriter? _spare;

    private IBufferWriter<byte> _target = null!;
    private FrameForm _form;
    private PooledBuffer? _staged;
    private int? _length;
    private bool _compress;
    private bool _direct;
    private int _written;
    private bool _completed;

    /// <param name="broken">Set if the serializer failed when half a frame was in the target: the stream is unusable.</param>
    internal static void Write<T>(IBufferWriter<byte> target, in FrameForm form, WriteFlags flags, Action<T, SerializationContext> serializer, T message, ref bool broken)
    {
        var writer = _spare ?? new FrameWriter();
        _spare = null;
        writer._target = target;
        writer._form = form;
        writer._compress = form.Compression is not null && (flags & WriteFlags.NoCompress) == 0;
        try
        {
            serializer(message, writer);
            if (!writer._completed)
                throw new InvalidOperationException("The serializer did not complete the message.");
        }
        finally
        {
            broken |= writer is { _direct: true, _completed: false, _written: > 0 };
            writer.Clear();
            _spare = writer;
        }
    }

    private void Clear()
    {
        _staged?.Dispose();
        _staged = null;
        _target = null!;
        _form = default;
        _length = null;
        _direct = false;
        _written = 0;
        _completed = false;
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
        _direct = true;
        return this;
    }

    public override void Complete()
    {
        if (_staged is not null)
        {
            CheckLimit(_staged.Length);
            WritePayload(_staged.Written.Span);
        }
        else if (_written == 0)
        {
            if (_length > 0)
                throw new InvalidOperationException($"The serializer wrote nothing of {_length} bytes.");
            WriteHeader(_target, compressed: false, 0);
        }
        else if (_written != GrpcHeader.FrameHeaderLength + _length)
        {
            throw new InvalidOperationException($"The serializer wrote {_written - GrpcHeader.FrameHeaderLength} bytes instead of {_length}.");
        }
        _completed = true;
    }

    public override void Complete(byte[] payload)
    {
        CheckLimit(payload.Length);
        WritePayload(payload);
        _completed = true;
    }

    // The frame's header and the first bytes of the payload are one piece of the target.
    private int HeaderLeft => _written == 0 ? GrpcHeader.FrameHeaderLength : 0;

    void IBufferWriter<byte>.Advance(int count)
    {
        if (count == 0)
            return;
        count += HeaderLeft;
        _target.Advance(count);
        _written += count;
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        if (_written > 0)
            return _target.GetMemory(sizeHint);
        var memory = _target.GetMemory(GrpcHeader.FrameHeaderLength + Math.Max(sizeHint, 1));
        SetHeader(memory.Span, compressed: false, _length!.Value);
        return memory[GrpcHeader.FrameHeaderLength..];
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        if (_written > 0)
            return _target.GetSpan(sizeHint);
        var span = _target.GetSpan(GrpcHeader.FrameHeaderLength + Math.Max(sizeHint, 1));
        SetHeader(span, compressed: false, _length!.Value);
        return span[GrpcHeader.FrameHeaderLength..];
    }

    private void WritePayload(ReadOnlySpan<byte> payload)
    {
        if (!_compress)
        {
            WriteHeader(_target, compressed: false, payload.Length);
            _target.Write(payload);
            return;
        }

        using var compressed = new PooledBuffer(payload.Length / 2 + 64);
        using (var stream = _form.Compression!.CreateCompressionStream(new BufferStream(compressed), _form.Level))
            stream.Write(payload);
        WriteHeader(_target, compressed: true, compressed.Length);
        _target.Write(compressed.Written.Span);
    }

    private static void WriteHeader(IBufferWriter<byte> target, bool compressed, int length)
    {
        SetHeader(target.GetSpan(GrpcHeader.FrameHeaderLength), compressed, length);
        target.Advance(GrpcHeader.FrameHeaderLength);
    }

    private static void SetHeader(Span<byte> header, bool compressed, int length)
    {
        header[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
    }

    private void CheckLimit(int length)
    {
        if (length > _form.Limit)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));
    }
}
