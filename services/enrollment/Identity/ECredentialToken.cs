using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Identity;

/// <summary>
/// The text of an e-credential, 50 characters as mdtrt_cert_no holds (C50, national-interface.md section 2.1): the county, then base64url of
/// version (1 byte), expiry (Unix seconds, 4), jti (random, 12) and the first 16 bytes of HMAC-SHA256 over county and all that stands before.
/// It holds nothing of the person: whose it is, the county's database says by the jti.
/// </summary>
internal sealed class ECredentialToken
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2); // Assumed: long enough to hold a phone to a reader, and to type it on.
    public const int Length = CountyLength + 44, JtiBytes = 12;
    private const int CountyLength = 6, SignedBytes = 1 + 4 + JtiBytes, MacBytes = 16, KeyBytesMin = 16;
    private const byte Version = 1;

    private readonly byte[] current;
    private readonly byte[]? other;

    private ECredentialToken(byte[] current, byte[]? other) => (this.current, this.other) = (current, other);

    /// <summary>
    /// Issues and accepts with Secrets:ECredential, and accepts with Secrets:ECredentialOther, where there is one. Read at each call: a rotation makes the new key the other
    /// everywhere, then the current with the old as the other, then drops the old.
    /// </summary>
    /// <exception cref="InvalidOperationException">A key is shorter than 16 bytes.</exception>
    public static Outcome<ECredentialToken> Of(IConfiguration configuration) =>
        Key(configuration, "Secrets:ECredential") is { } current ? new ECredentialToken(current, Key(configuration, "Secrets:ECredentialOther")) : IdentityRefusals.NotAvailable;

    public string Issue(string county, byte[] jti, DateTimeOffset expiresAt)
    {
        Span<byte> bytes = stackalloc byte[SignedBytes + MacBytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], checked((uint)expiresAt.ToUnixTimeSeconds()));
        jti.CopyTo(bytes[5..]);
        Mac(current, county, bytes[..SignedBytes]).CopyTo(bytes[SignedBytes..]);
        return county + Base64Url.EncodeToString(bytes);
    }

    /// <returns>The jti of a token of this county whose signature holds and which has not expired.</returns>
    public Outcome<byte[]> Verify(string token, string county, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[SignedBytes + MacBytes];
        if (token.Length != Length || !Ascii.IsValid(token) || token.AsSpan(0, CountyLength).ContainsAnyExceptInRange('0', '9')) return IdentityRefusals.Malformed;
        if (!Base64Url.IsValid(token.AsSpan(CountyLength)) || !Base64Url.TryDecodeFromChars(token.AsSpan(CountyLength), bytes, out var length) || length != bytes.Length || bytes[0] != Version) return IdentityRefusals.Malformed;
        if (!token.StartsWith(county, StringComparison.Ordinal)) return IdentityRefusals.Foreign;
        var mac = bytes[SignedBytes..];
        if (!CryptographicOperations.FixedTimeEquals(mac, Mac(current, county, bytes[..SignedBytes])) && !(other is not null && CryptographicOperations.FixedTimeEquals(mac, Mac(other, county, bytes[..SignedBytes])))) return IdentityRefusals.Altered;
        return now.ToUnixTimeSeconds() >= BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]) ? IdentityRefusals.Expired : bytes.Slice(5, JtiBytes).ToArray();
    }

    private static byte[] Mac(byte[] key, string county, ReadOnlySpan<byte> signed) => HMACSHA256.HashData(key, (byte[])[.. Encoding.ASCII.GetBytes($"e-credential\u001f{county}\u001f"), .. signed])[..MacBytes];

    private static byte[]? Key(IConfiguration configuration, string path)
    {
        if (configuration[path] is not { Length: > 0 } text) return null;
        var key = Encoding.UTF8.GetBytes(text);
        return key.Length >= KeyBytesMin ? key : throw new InvalidOperationException($"configuration {path} needs at least {KeyBytesMin} bytes");
    }
}
