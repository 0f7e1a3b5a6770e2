using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>Reads frames: checks the header, decompresses, hands the payload to the deserializer. Where the bytes come from is the derived class's.</summary>
internal abstract class FrameReader(int? limit, IReadOnlyList<ICompressionProvider> providers, string peer) : DeserializationContext
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
