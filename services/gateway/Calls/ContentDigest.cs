using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MedInsure.Gateway.Calls;

/// <summary>
/// What makes two requests the same content: the first 16 bytes of SHA-256 over transaction number, provider and the input in one canonical
/// form: keys sorted by code unit, no blanks, text unescaped, numbers as sent. The order of keys and the layout may differ between
/// a request and its repetition; "1" and 1 may not.
/// </summary>
public static class ContentDigest
{
    // Of one sender's message ids only: half of SHA-256 is plenty.
    private const int Length = 16;

    /// <summary>False: some text of the input is broken UTF-8 or half a surrogate pair.</summary>
    public static bool TryCompute(string infno, string fixmedinsCode, JsonElement input, out byte[] digest)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Text(buffer, infno);
        Text(buffer, fixmedinsCode);
        try { Value(buffer, input); }
        catch (InvalidOperationException) { digest = []; return false; }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);
        digest = hash[..Length].ToArray();
        return true;
    }

    private static void Value(ArrayBufferWriter<byte> buffer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new List<(string Name, JsonElement Value)>();
                foreach (var member in value.EnumerateObject()) members.Add((member.Name, member.Value));
                members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
                Mark(buffer, '{', members.Count);
                foreach (var (name, inner) in members) { Text(buffer, name); Value(buffer, inner); }
                break;
            case JsonValueKind.Array:
                Mark(buffer, '[', value.GetArrayLength());
                foreach (var inner in value.EnumerateArray()) Value(buffer, inner);
                break;
            case JsonValueKind.String:
                Text(buffer, value.GetString()!);
                break;
            default: // number, true, false, null: their own text
                var raw = JsonMarshal.GetRawUtf8Value(value);
                Mark(buffer, '#', raw.Length);
                buffer.Write(raw);
                break;
        }
    }

    // Every part says its length: no two inputs run together into one byte sequence.
    private static void Text(ArrayBufferWriter<byte> buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Mark(buffer, '"', length);
        buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(length)));
    }

    private static void Mark(ArrayBufferWriter<byte> buffer, char kind, int count)
    {
        var span = buffer.GetSpan(5);
        span[0] = (byte)kind;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(span[1..], count);
        buffer.Advance(5);
    }
}
