using System.IO.Compression;
using Grpc.Net.Compression;

namespace Grpc.Wire;

internal static class Encodings
{
    /// <summary>What both sides know unless configured otherwise.</summary>
    internal static readonly ICompressionProvider[] Default = [new GzipCompressionProvider(CompressionLevel.Fastest), new DeflateCompressionProvider(CompressionLevel.Fastest)];

    /// <summary>Whether a <c>grpc-accept-encoding</c> names the encoding.</summary>
    internal static bool Accepts(string? acceptEncoding, string encoding)
    {
        if (acceptEncoding is null)
            return false;
        foreach (var part in acceptEncoding.AsSpan().Split(','))
            if (acceptEncoding.AsSpan()[part].Trim().Equals(encoding, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
