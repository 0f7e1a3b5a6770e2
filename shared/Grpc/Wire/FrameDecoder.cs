using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>
/// What one side takes of frames: checks headers, decompresses, hands payloads to deserializers. It knows nothing of a call: one serves all
/// calls of a method or a channel.
/// </summary>
internal sealed class FrameDecoder(int? limit, IReadOnlyList<ICompressionProvider> providers, string peer)
{
    /// <summary>The payload's length of a frame whose header is there; checks flag and limit before the payload is waited for.</summary>
    internal int ReadHeader(ReadOnlySpan<byte> header, string? encoding, out bool compressed)
    {
        compressed = header[0] switch
        {
            0 => false,
            1 => true,
            _ => throw Error(StatusCode.Internal, "Unexpected compressed flag value in message header."),
        };
        if (compressed)
            Require(encoding);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > int.MaxValue || length > limit)
            throw TooLarge();
        return (int)length;
    }

    /// <summary>Whether a body that holds one frame holds the whole of it; throws where it holds more.</summary>
    /// <param name="start">At least the frame's header, where that has come.</param>
    /// <param name="held">Bytes that have come.</param>
    internal bool IsOnlyFrame(ReadOnlySpan<byte> start, long held, string? encoding, out bool compressed)
    {
        compressed = false;
        if (held < GrpcHeader.FrameHeaderLength)
            return false;
        var missing = (long)GrpcHeader.FrameHeaderLength + ReadHeader(start[..GrpcHeader.FrameHeaderLength], encoding, out compressed) - held;
        return missing < 0 ? throw Error(StatusCode.Internal, "Additional data after the message received.") : missing == 0;
    }

    internal T Read<T>(in ReadOnlySequence<byte> payload, bool compressed, string? encoding, Func<DeserializationContext, T> deserializer)
    {
        if (!compressed)
            return Deserialize(payload, deserializer);
        using var plain = Decompress(payload, Require(encoding));
        return Deserialize(new ReadOnlySequence<byte>(plain.Written), deserializer);
    }

    private T Deserialize<T>(in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
    {
        var context = PayloadContext.Take(payload);
        try
        {
            return deserializer(context) ?? throw new InvalidOperationException("The deserializer gave null.");
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"Failed to deserialize {peer} message.", e));
        }
        finally
        {
            context.Return();
        }
    }

    private PooledBuffer Decompress(in ReadOnlySequence<byte> payload, ICompressionProvider provider)
    {
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

    private ICompressionProvider Require(string? encoding)
    {
        if (encoding is null)
            throw Error(StatusCode.Internal, $"The {peer} has a compressed message but no grpc-encoding.");
        if (string.Equals(encoding, GrpcHeader.Identity, StringComparison.OrdinalIgnoreCase))
            throw Error(StatusCode.Internal, $"The {peer} has a compressed message but grpc-encoding is identity.");
        return Find(providers, encoding)
            ?? throw Error(StatusCode.Unimplemented, $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {Names(providers)}");
    }

    internal static ICompressionProvider? Find(IReadOnlyList<ICompressionProvider> providers, string encoding)
    {
        foreach (var provider in providers)
            if (string.Equals(provider.EncodingName, encoding, StringComparison.OrdinalIgnoreCase))
                return provider;
        return null;
    }

    internal static string Names(IReadOnlyList<ICompressionProvider> providers) => string.Join(",", providers.Select(p => p.EncodingName).Prepend(GrpcHeader.Identity));

    internal static RpcException Incomplete() => Error(StatusCode.Internal, "Incomplete message.");

    private static RpcException TooLarge() => Error(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size.");

    private static RpcException Error(StatusCode code, string detail) => new(new Status(code, detail));
}

/// <summary>One payload as its deserializer sees it. Deserializers do not wait: each thread keeps one context for its next message.</summary>
internal sealed class PayloadContext : DeserializationContext
{
    [ThreadStatic]
    private static PayloadContext? _spare;

    private ReadOnlySequence<byte> _payload;
    private bool _taken;

    internal static PayloadContext Take(in ReadOnlySequence<byte> payload)
    {
        var context = _spare ?? new PayloadContext();
        _spare = null;
        context._payload = payload;
        context._taken = false;
        return context;
    }

    internal void Return()
    {
        _payload = default;
        _taken = true;
        _spare = this;
    }

    public override int PayloadLength => (int)_payload.Length;

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence()
    {
        MarkTaken();
        return _payload;
    }

    public override byte[] PayloadAsNewBuffer()
    {
        MarkTaken();
        return _payload.ToArray();
    }

    private void MarkTaken()
    {
        if (_taken)
            throw new InvalidOperationException("The payload was taken already.");
        _taken = true;
    }
}
