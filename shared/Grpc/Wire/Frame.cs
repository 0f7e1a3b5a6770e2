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
internal sealed class FrameWriter(IBufferWriter<byte> target, int? limit) : SerializationContext
{
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
        if (length > limit)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));
    }
}

/// <summary>Reads one frame's payload: checks its header, decompresses, hands it to the deserializer.</summary>
internal sealed class FrameReader(int? limit, IReadOnlyList<ICompressionProvider> providers, string peer) : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;
    private bool _taken;

    /// <summary>The peer's <c>grpc-encoding</c>.</summary>
    internal string? Encoding { get; set; }

    public override int PayloadLength => (int)_payload.Length;

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence()
    {
        Take();
        return _payload;
    }

    public override byte[] PayloadAsNewBuffer()
    {
        Take();
        return _payload.ToArray();
    }

    private void Take()
    {
        if (_taken)
            throw new InvalidOperationException("The payload was taken already.");
        _taken = true;
    }

    /// <summary>The payload's length of a frame whose header is there; checks flag and limit before the payload is waited for.</summary>
    internal int ReadHeader(ReadOnlySpan<byte> header, out bool compressed)
    {
        compressed = header[0] switch
        {
            0 => false,
            1 => true,
            _ => throw Error(StatusCode.Internal, "Unexpected compressed flag value in message header."),
        };
        if (compressed)
            RequireEncoding();
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > int.MaxValue || length > limit)
            throw TooLarge();
        return (int)length;
    }

    internal T Read<T>(ReadOnlySequence<byte> payload, bool compressed, Func<DeserializationContext, T> deserializer)
    {
        if (!compressed)
            return Deserialize(payload, deserializer);
        using var plain = Decompress(payload);
        return Deserialize(new ReadOnlySequence<byte>(plain.Written), deserializer);
    }

    private T Deserialize<T>(ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
    {
        _payload = payload;
        _taken = false;
        try
        {
            return deserializer(this) ?? throw new InvalidOperationException("The deserializer gave null.");
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"Failed to deserialize {peer} message.", e));
        }
        finally
        {
            _payload = default;
        }
    }

    private PooledBuffer Decompress(ReadOnlySequence<byte> payload)
    {
        var provider = RequireEncoding();
        var plain = new PooledBuffer((int)Math.Min(payload.Length * 3, 1 << 16));
        try
        {
            using var stream = provider.CreateDecompressionStream(new SequenceStream(payload));
            int read;
            while ((read = stream.Read(plain.GetSpan(4096))) > 0)
            {
                plain.Advance(read);
                // A few kilobytes can decompress to gigabytes: the limit holds for what comes out.
                if (plain.Length > limit)
                    throw TooLarge();
            }
            return plain;
        }
        catch (Exception e)
        {
            plain.Dispose();
            if (e is RpcException)
                throw;
            throw new RpcException(new Status(StatusCode.Internal, $"Failed to decompress {peer} message.", e));
        }
    }

    private ICompressionProvider RequireEncoding()
    {
        if (Encoding is null)
            throw Error(StatusCode.Internal, $"The {peer} has a compressed message but no grpc-encoding.");
        if (string.Equals(Encoding, GrpcHeader.Identity, StringComparison.OrdinalIgnoreCase))
            throw Error(StatusCode.Internal, $"The {peer} has a compressed message but grpc-encoding is identity.");
        return Find(providers, Encoding)
            ?? throw Error(StatusCode.Unimplemented, $"Unsupported grpc-encoding value '{Encoding}'. Supported encodings: {Names(providers)}");
    }

    internal static ICompressionProvider? Find(IReadOnlyList<ICompressionProvider> providers, string encoding)
    {
        foreach (var provider in providers)
            if (string.Equals(provider.EncodingName, encoding, StringComparison.OrdinalIgnoreCase))
                return provider;
        return null;
    }

    internal static string Names(IReadOnlyList<ICompressionProvider> providers) => string.Join(",", providers.Select(p => p.EncodingName).Prepend(GrpcHeader.Identity));

    private static RpcException TooLarge() => Error(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size.");

    private static RpcException Error(StatusCode code, string detail) => new(new Status(code, detail));
}
