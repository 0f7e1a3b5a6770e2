using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace MedInsure.Reference.Cache;

/// <summary>
/// A page as Redis holds it: 4 bytes form, 32 bytes HMAC-SHA256, 4 bytes number of pages of its range (big-endian), the reply compressed with Brotli.
/// The HMAC is over the key and what follows it, so that what is cut off, changed, of another key, or written by anyone without the services' secret is
/// not believed: prices are read from here.
/// </summary>
internal static class CachedPage
{
    private static ReadOnlySpan<byte> Form => "MIR1"u8;
    private const int PagesAt = 36, ContentAt = 40;

    public static byte[] Write(string key, byte[] secret, int pages, IMessage reply)
    {
        using var value = new MemoryStream();
        value.SetLength(ContentAt);
        value.Position = ContentAt;
        using (var content = new BrotliStream(value, CompressionLevel.Fastest, leaveOpen: true)) reply.WriteTo(content);
        var bytes = value.ToArray();
        Form.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(PagesAt), pages);
        Code(key, secret, bytes).CopyTo(bytes, Form.Length);
        return bytes;
    }

    /// <summary>Null: not to be believed.</summary>
    public static (int Pages, TReply Reply)? Read<TReply>(string key, byte[] secret, byte[] value, MessageParser<TReply> parser) where TReply : IMessage<TReply>
    {
        if (value.Length < ContentAt || !value.AsSpan().StartsWith(Form)) return null;
        if (!CryptographicOperations.FixedTimeEquals(value.AsSpan(Form.Length, HMACSHA256.HashSizeInBytes), Code(key, secret, value))) return null;
        using var content = new BrotliStream(new MemoryStream(value, ContentAt, value.Length - ContentAt), CompressionMode.Decompress);
        return (BinaryPrimitives.ReadInt32BigEndian(value.AsSpan(PagesAt)), parser.ParseFrom(content));
    }

    private static byte[] Code(string key, byte[] secret, byte[] value)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(Encoding.UTF8.GetBytes(key));
        hash.AppendData([0]);
        hash.AppendData(value, PagesAt, value.Length - PagesAt);
        return hash.GetHashAndReset();
    }
}
