using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedInsure.Settlement.Insurers;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>What an insurer checks of the platform's calls, with nothing but the public key.</summary>
[Trait("Category", "Authorization")]
public sealed class PlatformTokenTests
{
    private static readonly SetTime Clock = new(new DateTimeOffset(2026, 6, 30, 4, 0, 0, TimeSpan.Zero));

    private static IConfiguration Configuration(string? key) => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:InsurerCallKey"] = key }).Build();

    [Fact]
    public void Token_IsForOneInsurerAndOneMinute()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorization = new PlatformToken(Configuration(key.ExportPkcs8PrivateKeyPem()), Clock).For("HM230100").GetValue("authorization")!;
        var parts = authorization["Bearer ".Length..].Split('.');
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256));
        var (header, claims) = (Json(parts[0]), Json(parts[1]));
        Assert.Equal(("ES256", PlatformToken.KidOf(key)), (header.GetProperty("alg").GetString(), header.GetProperty("kid").GetString()));
        var now = Clock.Now.ToUnixTimeSeconds();
        Assert.Equal(("medinsure", "HM230100", now, now + 60), (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString(), claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64()));
        Assert.NotEmpty(claims.GetProperty("jti").GetString()!);
    }

    [Fact]
    public void TwoTokens_AreNotTheSame()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var tokens = new PlatformToken(Configuration(key.ExportPkcs8PrivateKeyPem()), Clock);
        Assert.NotEqual(Json(tokens.Sign("A").Split('.')[1]).GetProperty("jti").GetString(), Json(tokens.Sign("A").Split('.')[1]).GetProperty("jti").GetString());
    }

    [Fact]
    public void WithoutAKey_NothingIsSigned() => Assert.Throws<InvalidOperationException>(() => new PlatformToken(Configuration(null), Clock).For("HM230100"));

    private static JsonElement Json(string part) => JsonDocument.Parse(Base64Url.DecodeFromChars(part)).RootElement;
}
