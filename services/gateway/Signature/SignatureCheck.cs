using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Http;

namespace MedInsure.Gateway.Signature;

/// <summary>
/// x-tif-signature = hex SHA-256(timestamp + token + nonce + timestamp) (national-interface.md section 1). It covers the caller and the
/// moment, not the body: the wire's own protection is TLS.
/// </summary>
public sealed class SignatureCheck(CredentialCache credentials, NonceWindow nonces, ChinaCalendar calendar)
{
    public const int HeaderLengthMax = 64;

    public const string PaasidHeader = "x-tif-paasid";
    public const string TimestampHeader = "x-tif-timestamp";
    public const string NonceHeader = "x-tif-nonce";
    public const string SignatureHeader = "x-tif-signature";

    /// <summary>The caller, or: missing, too long, unknown, clock, wrong, used before, in this order.</summary>
    public async ValueTask<Outcome<CallerCredential>> Check(IHeaderDictionary headers, CancellationToken cancellation)
    {
        string paasid = headers[PaasidHeader].ToString(), timestamp = headers[TimestampHeader].ToString();
        string nonce = headers[NonceHeader].ToString(), signature = headers[SignatureHeader].ToString();
        if (paasid.Length == 0 || timestamp.Length == 0 || nonce.Length == 0 || signature.Length == 0) return GatewayRefusals.SignatureMissing;
        if (paasid.Length > HeaderLengthMax || timestamp.Length > HeaderLengthMax || nonce.Length > HeaderLengthMax || signature.Length > HeaderLengthMax)
            return GatewayRefusals.SignatureHeaderTooLong;

        if (await credentials.Find(paasid, cancellation) is not { } caller) return GatewayRefusals.UnknownCaller;

        var now = calendar.UtcNow.ToUnixTimeSeconds();
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var signedAt) || signedAt < now - NonceWindow.ClockSlackSeconds || signedAt > now + NonceWindow.ClockSlackSeconds)
            return GatewayRefusals.ClockOff;

        if (!Matches(caller.Token.Span, timestamp, nonce, signature)) return GatewayRefusals.SignatureWrong;

        // Only a rightly signed nonce is remembered: nobody else can use up a caller's share.
        return nonces.Take(paasid, nonce, signedAt, now) switch
        {
            NonceWindow.Use.First => caller,
            NonceWindow.Use.Repeated => GatewayRefusals.NonceUsed,
            _ => GatewayRefusals.TooManyNonces,
        };
    }

    private static bool Matches(ReadOnlySpan<byte> token, string timestamp, string nonce, string signature)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        if (signature.Length != 2 * given.Length || Convert.FromHexString(signature, given, out _, out _) != System.Buffers.OperationStatus.Done) return false;

        Span<byte> text = stackalloc byte[3 * Encoding.UTF8.GetMaxByteCount(HeaderLengthMax) + CallerCredential.TokenLengthMax];
        var length = Encoding.UTF8.GetBytes(timestamp, text);
        token.CopyTo(text[length..]);
        length += token.Length;
        length += Encoding.UTF8.GetBytes(nonce, text[length..]);
        length += Encoding.UTF8.GetBytes(timestamp, text[length..]);
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], expected);
        return CryptographicOperations.FixedTimeEquals(expected, given);
    }
}
