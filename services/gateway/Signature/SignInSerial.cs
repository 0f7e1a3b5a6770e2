using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Signature;

/// <summary>
/// The sign_no of 9001: the day and a keyed digest over day, provider and operator, 28 characters. It is verified without storage, by any
/// gateway with the same key, and holds until the end of the next day: a night shift signs in before midnight.
/// </summary>
public sealed class SignInSerial
{
    private const int DigestBytes = 15; // 120 bits, 20 characters of base64url
    private readonly byte[] key;

    /// <exception cref="ArgumentException">The key is shorter than 16 bytes.</exception>
    public SignInSerial(string key)
    {
        this.key = Encoding.UTF8.GetBytes(key);
        if (this.key.Length < 16) throw new ArgumentException("the sign-in key needs at least 16 bytes", nameof(key));
    }

    public string Issue(DateOnly today, string fixmedinsCode, string operatorNo)
    {
        var day = today.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        return day + Digest(day, fixmedinsCode, operatorNo);
    }

    public bool Verify(string signNo, DateOnly today, string fixmedinsCode, string operatorNo)
    {
        if (signNo.Length != 28 || !DateOnly.TryParseExact(signNo.AsSpan(0, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return false;
        if (day > today || day < today.AddDays(-1)) return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signNo), Encoding.UTF8.GetBytes(Issue(day, fixmedinsCode, operatorNo)));
    }

    private string Digest(string day, string fixmedinsCode, string operatorNo)
    {
        // The unit separator occurs in no field: two triples never give one text.
        var digest = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{day}\u001f{fixmedinsCode}\u001f{operatorNo}"));
        return Base64Url.EncodeToString(digest.AsSpan(0, DigestBytes));
    }
}
