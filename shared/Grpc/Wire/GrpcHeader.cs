using System.Text;

namespace Grpc.Wire;

/// <summary>Names and limits of the gRPC-over-HTTP/2 protocol.</summary>
internal static class GrpcHeader
{
    internal const string ContentType = "application/grpc";
    internal const string Timeout = "grpc-timeout";
    internal const string Status = "grpc-status";
    internal const string Message = "grpc-message";
    internal const string Encoding = "grpc-encoding";
    internal const string AcceptEncoding = "grpc-accept-encoding";
    internal const string Identity = "identity";

    /// <summary>A header of a single call that chooses its compression; it never travels under this name.</summary>
    internal const string EncodingRequest = "grpc-internal-encoding-request";

    internal const int FrameHeaderLength = 5;

    /// <summary>application/grpc, application/grpc+proto, application/grpc;…, but not application/grpc-web.</summary>
    internal static bool IsGrpcContentType(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is ';' or '+');

    /// <summary>Headers that belong to the transport; the rest is metadata.</summary>
    internal static bool IsTransport(string name) => name.Length switch
    {
        0 => true,
        2 => Same(name, "te"),
        4 => Same(name, "host"),
        12 => Same(name, "content-type") || Same(name, Timeout) || Same(name, Message),
        11 => Same(name, Status),
        13 => Same(name, Encoding),
        15 => Same(name, "accept-encoding"),
        16 => Same(name, "content-encoding"),
        20 => Same(name, AcceptEncoding),
        _ => name[0] == ':',
    } || name[0] == ':';

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The form of <c>grpc-timeout</c>: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const long MaxDigits = 99_999_999;

    /// <summary>Rounds up: the server must not give up before the client does.</summary>
    internal static string Encode(TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, 1);
        return In(ticks, TimeSpan.TicksPerMicrosecond, "u") ?? In(ticks, TimeSpan.TicksPerMillisecond, "m")
            ?? In(ticks, TimeSpan.TicksPerSecond, "S") ?? In(ticks, TimeSpan.TicksPerMinute, "M") ?? In(ticks, TimeSpan.TicksPerHour, "H")
            ?? MaxDigits + "H";
    }

    private static string? In(long ticks, long unit, string letter)
    {
        var count = ticks / unit + (ticks % unit == 0 ? 0 : 1);
        return count <= MaxDigits ? count + letter : null;
    }

    /// <summary>False if malformed. What does not fit a TimeSpan is its maximum.</summary>
    internal static bool TryDecode(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9)
            return false;
        long count = 0;
        foreach (var c in text.AsSpan(0, text.Length - 1))
        {
            if (!char.IsAsciiDigit(c))
                return false;
            count = count * 10 + (c - '0');
        }

        long? unit = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => null,
        };
        if (unit is null)
            return false;
        if (unit == 0)
            timeout = TimeSpan.FromTicks((count + 99) / 100);
        else
            timeout = count > long.MaxValue / unit ? TimeSpan.MaxValue : TimeSpan.FromTicks(count * unit.Value);
        return true;
    }
}

/// <summary><c>grpc-message</c>: UTF-8 with all but printable ASCII, and the percent sign, percent-encoded.</summary>
internal static class StatusMessage
{
    internal static string Encode(string text)
    {
        var plain = true;
        foreach (var c in text)
            if (c is < ' ' or > '~' or '%')
            {
                plain = false;
                break;
            }
        if (plain)
            return text;

        var bytes = Encoding.UTF8.GetBytes(text);
        var result = new StringBuilder(bytes.Length * 3);
        foreach (var b in bytes)
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
                result.Append((char)b);
            else
                result.Append('%').Append(Hex(b >> 4)).Append(Hex(b & 15));
        }
        return result.ToString();
    }

    /// <summary>Lenient, as the protocol demands: what is no valid escape stays as it is.</summary>
    internal static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[length++] = (byte)(Convert.ToInt32(text[i + 1].ToString(), 16) * 16 + Convert.ToInt32(text[i + 2].ToString(), 16));
                i += 2;
            }
            else
            {
                length += Encoding.UTF8.GetBytes(text.AsSpan(i, 1), bytes.AsSpan(length));
            }
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static char Hex(int digit) => (char)(digit < 10 ? '0' + digit : 'A' + digit - 10);
}

/// <summary>Values of <c>-bin</c> headers: base64, sent without padding, taken with and without.</summary>
internal static class BinaryHeader
{
    internal static string Encode(byte[] value) => Convert.ToBase64String(value).TrimEnd('=');

    /// <summary>Throws <see cref="FormatException"/> if it is no base64.</summary>
    internal static byte[] Decode(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var padding = (4 - text.Length % 4) % 4;
        if (padding == 0)
            return Convert.FromBase64CharArray(text.ToArray(), 0, text.Length);
        var padded = new char[text.Length + padding];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Fill('=');
        return Convert.FromBase64CharArray(padded, 0, padded.Length);
    }
}
