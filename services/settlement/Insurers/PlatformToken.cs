using System.Security.Cryptography;
using Grpc.Core;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// What proves the platform when it calls an insurer (shared/Protos/insurer/v1/bill.proto): a token of one minute, signed with Secrets:InsurerCallKey
/// (PEM, P-256), whose public half the insurer was given. Read at each call, so that a rotated key holds at once; kid tells the keys apart.
/// </summary>
public sealed class PlatformToken(IConfiguration configuration, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler Tokens = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>The metadata of a call to this insurer.</summary>
    /// <exception cref="InvalidOperationException">No key is configured.</exception>
    public Metadata For(string insurer) => new() { { "authorization", $"Bearer {Sign(insurer)}" } };

    /// <summary>The key's name: the first 16 hexadecimal digits of the SHA-256 of its public half (SubjectPublicKeyInfo).</summary>
    public static string KidOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 8));

    internal string Sign(string insurer)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(configuration["Secrets:InsurerCallKey"] ?? throw new InvalidOperationException("configuration Secrets:InsurerCallKey is missing"));
        var now = time.GetUtcNow().UtcDateTime;
        return Tokens.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "medinsure",
            Audience = insurer,
            IssuedAt = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object> { ["jti"] = Guid.CreateVersion7(time.GetUtcNow()).ToString("N") },
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = KidOf(key) }, SecurityAlgorithms.EcdsaSha256)
            {
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            },
        });
    }
}
