using System.Security.Cryptography;
using MedInsure.Settlement.Insurers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>Which tokens prove an insurer.</summary>
[Trait("Category", "Authorization")]
public sealed class InsurerAuthenticationTests : IDisposable
{
    private static readonly SetTime Clock = new(new DateTimeOffset(2026, 6, 30, 4, 0, 0, TimeSpan.Zero));
    private readonly InsurerKey own = new("CXTEST"), other = new("HMTEST");
    private readonly IConfigurationRoot configuration;

    public InsurerAuthenticationTests() => configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Insurers:CXTEST:Keys:k1"] = own.Private.ExportSubjectPublicKeyInfoPem(), ["Insurers:HMTEST:Keys:k1"] = other.Private.ExportSubjectPublicKeyInfoPem(),
    }).Build();

    public void Dispose()
    {
        own.Dispose();
        other.Dispose();
    }

    private Task<(InsurerCaller? Caller, string Reason)> Prove(string authorization) => new InsurerAuthentication(configuration, Clock, NullLogger<InsurerAuthentication>.Instance).Prove(authorization);

    /// <summary>Why a token proves nothing; empty when it proves its insurer.</summary>
    private async Task<string> Reason(string authorization)
    {
        var (caller, reason) = await Prove(authorization);
        Assert.Equal(reason.Length == 0, caller is not null);
        return reason;
    }

    private Task<string> Reason(Action<Dictionary<string, object>, Dictionary<string, object>> change, Func<byte[], byte[]>? sign = null) => Reason("Bearer " + own.Token(Clock.Now, change: change, sign: sign));

    [Fact]
    public async Task TokenAsTheContractAsks_ProvesItsInsurer()
    {
        var (caller, _) = await Prove("bearer " + own.Token(Clock.Now, TimeSpan.FromHours(1)));
        Assert.Equal(new InsurerCaller(InsurerHost.Insurer, Clock.Now + TimeSpan.FromHours(1) + InsurerAuthentication.ClockSkew), caller);
    }

    [Theory]
    [InlineData(0, 3600, "")]
    [InlineData(0, 3601, "lifetime")]
    [InlineData(-3600, 3600, "")] // just over, inside the skew
    [InlineData(-3629, 3600, "")]
    [InlineData(-3630, 3600, "expired")]
    [InlineData(-86_400, 3600, "expired")]
    [InlineData(30, 60, "")] // the insurer's clock is ahead
    [InlineData(31, 60, "not_yet_valid")]
    public async Task Lifetime_IsAnHourAtMostAndNow(int issuedSeconds, int lifetimeSeconds, string reason) =>
        Assert.Equal(reason, await Reason("Bearer " + own.Token(Clock.Now.AddSeconds(issuedSeconds), TimeSpan.FromSeconds(lifetimeSeconds))));

    [Fact]
    public async Task NotBefore_IsKept() => Assert.Equal("not_yet_valid", await Reason((_, claims) => claims["nbf"] = Clock.Now.AddMinutes(2).ToUnixTimeSeconds()));

    [Theory]
    [InlineData("iat", "claims")]
    [InlineData("exp", "claims")]
    [InlineData("jti", "claims")]
    [InlineData("aud", "audience")]
    [InlineData("iss", "unknown_key")]
    public async Task ClaimThatIsMissing_IsRefused(string claim, string reason) => Assert.Equal(reason, await Reason((_, claims) => claims.Remove(claim)));

    [Fact]
    public async Task TokenForSomebodyElse_IsRefused() => Assert.Equal("audience", await Reason((_, claims) => claims["aud"] = "another-platform"));

    [Fact]
    public async Task KeyOfAnotherInsurer_ProvesNothing()
    {
        // CXTEST's name under HMTEST's key, with the name that key has there and with its own.
        Assert.Equal("signature", await Reason((_, _) => { }, bytes => other.Private.SignData(bytes, HashAlgorithmName.SHA256)));
        Assert.Equal("unknown_key", await Reason((header, _) => header["kid"] = "k2"));
        // A right signature under another's name.
        Assert.Equal("signature", await Reason((_, claims) => claims["iss"] = InsurerHost.OtherInsurer));
    }

    [Theory]
    [InlineData("CXTEST:Keys")]
    [InlineData("CXTEST/../HMTEST")]
    [InlineData("CXTEST\n")]
    [InlineData("保险")]
    [InlineData("")]
    public async Task NameThatIsNone_IsNotLookedUp(string name)
    {
        Assert.Equal("unknown_key", await Reason((_, claims) => claims["iss"] = name));
        Assert.Equal("unknown_key", await Reason((header, _) => header["kid"] = name));
    }

    [Fact]
    public async Task AlgorithmsThatNeedNoPrivateKey_AreRefused()
    {
        Assert.Equal("algorithm", await Reason((header, _) => header["alg"] = "none", _ => []));
        Assert.Equal("algorithm", await Reason((header, _) => header["alg"] = "NONE", _ => []));
        // The public key, which anybody may have, as the secret of an HMAC.
        var secret = System.Text.Encoding.ASCII.GetBytes(own.Private.ExportSubjectPublicKeyInfoPem());
        Assert.Equal("algorithm", await Reason((header, _) => header["alg"] = "HS256", bytes => HMACSHA256.HashData(secret, bytes)));
        Assert.Equal("signature", await Reason((_, _) => { }, bytes => HMACSHA256.HashData(secret, bytes)));
        Assert.Equal("algorithm", await Reason((header, _) => header["alg"] = "ES384"));
        Assert.Equal("algorithm", await Reason((header, _) => header["crit"] = new[] { "b64" }));
    }

    [Fact]
    public async Task ChangedContent_BreaksTheSignature()
    {
        var parts = own.Token(Clock.Now).Split('.');
        var longer = own.Token(Clock.Now, TimeSpan.FromMinutes(59)).Split('.');
        Assert.Equal("signature", await Reason($"Bearer {parts[0]}.{longer[1]}.{parts[2]}"));
        Assert.Equal("signature", await Reason($"Bearer {parts[0]}.{parts[1]}."));
        Assert.Equal("signature", await Reason((_, _) => { }, _ => new byte[64])); // r = s = 0
    }

    [Fact]
    public async Task RotatedKeys_HoldAtOnce()
    {
        using var next = new InsurerKey(InsurerHost.Insurer, "k2026-07");
        Assert.Equal("unknown_key", await Reason("Bearer " + next.Token(Clock.Now)));
        configuration[$"Insurers:{InsurerHost.Insurer}:Keys:{next.Kid}"] = next.Private.ExportSubjectPublicKeyInfoPem();
        Assert.Equal("", await Reason("Bearer " + next.Token(Clock.Now)));
        Assert.Equal("", await Reason("Bearer " + own.Token(Clock.Now)));
        configuration[$"Insurers:{InsurerHost.Insurer}:Keys:{own.Kid}"] = "";
        Assert.Equal("unknown_key", await Reason("Bearer " + own.Token(Clock.Now)));
    }

    [Fact]
    public async Task KeyThatCannotBeRead_AdmitsNobody()
    {
        using var wide = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var pem in (string[])["not PEM", wide.ExportSubjectPublicKeyInfoPem()])
        {
            configuration[$"Insurers:{InsurerHost.Insurer}:Keys:{own.Kid}"] = pem;
            Assert.Equal("unreadable_key", await Reason("Bearer " + own.Token(Clock.Now)));
        }
    }
}
