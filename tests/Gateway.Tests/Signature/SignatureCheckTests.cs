using System.Security.Cryptography;
using System.Text;
using MedInsure.Gateway.Signature;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Gateway.Tests.Signature;

[Trait("Category", "Unit")]
public sealed class SignatureCheckTests
{
    private const string Token = "token-of-the-hospital";
    private readonly FixedClock clock = new();
    private readonly NonceWindow nonces = new();
    private readonly SignatureCheck check;

    public SignatureCheckTests()
    {
        var credentials = new CredentialCache(_ => Task.FromResult<IReadOnlyList<CallerCredential>>([CallerCredential.Of("P1", Token, "H00000000001", "230100")!]), clock, NullLogger<CredentialCache>.Instance);
        check = new SignatureCheck(credentials, nonces, new ChinaCalendar(clock));
    }

    private long Now => clock.Now.ToUnixTimeSeconds();

    private static string Sign(string timestamp, string nonce, string token = Token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(timestamp + token + nonce + timestamp)));

    private async Task<string> Check(string? paasid = "P1", string? timestamp = null, string? nonce = "n1", string? signature = null)
    {
        timestamp ??= Now.ToString();
        var headers = new HeaderDictionary();
        if (paasid is not null) headers[SignatureCheck.PaasidHeader] = paasid;
        if (timestamp.Length > 0) headers[SignatureCheck.TimestampHeader] = timestamp;
        if (nonce is not null) headers[SignatureCheck.NonceHeader] = nonce;
        headers[SignatureCheck.SignatureHeader] = signature ?? Sign(timestamp, nonce ?? "");
        var outcome = await check.Check(headers, CancellationToken.None);
        return outcome.IsRefused ? outcome.Refusal!.Code : outcome.Value.FixmedinsCode;
    }

    [Fact]
    public async Task RightSignature_NamesTheProvider() => Assert.Equal("H00000000001", await Check());

    [Fact]
    public async Task UpperCaseHex_IsTheSameSignature() => Assert.Equal("H00000000001", await Check(signature: Sign(Now.ToString(), "n1").ToUpperInvariant()));

    [Fact]
    public async Task HeaderMissing_IsRefused()
    {
        Assert.Equal("signature.missing", await Check(paasid: null));
        Assert.Equal("signature.missing", await Check(timestamp: ""));
        Assert.Equal("signature.missing", await Check(nonce: null));
        Assert.Equal("signature.missing", await Check(signature: ""));
    }

    [Fact]
    public async Task HeaderTooLong_IsRefused()
    {
        var tooLong = new string('x', SignatureCheck.HeaderLengthMax + 1);
        Assert.Equal("signature.header_too_long", await Check(nonce: tooLong, signature: "x"));
        Assert.Equal("H00000000001", await Check(nonce: new string('长', SignatureCheck.HeaderLengthMax)));
    }

    [Fact]
    public async Task UnknownCaller_IsRefused() => Assert.Equal("signature.unknown_paasid", await Check(paasid: "P2"));

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public async Task Clock_MayBeFiveMinutesOff(int seconds, bool accepted) =>
        Assert.Equal(accepted ? "H00000000001" : "signature.clock", await Check(timestamp: (Now + seconds).ToString()));

    [Theory]
    [InlineData("x")]
    [InlineData("-5")]
    [InlineData("1e9")]
    [InlineData("99999999999999999999")]
    public async Task TimestampThatIsNoNumber_IsRefused(string timestamp) => Assert.Equal("signature.clock", await Check(timestamp: timestamp));

    [Fact]
    public async Task WrongSignature_IsRefused()
    {
        Assert.Equal("signature.wrong", await Check(signature: Sign(Now.ToString(), "n1", "other-token")));
        Assert.Equal("signature.wrong", await Check(signature: Sign(Now.ToString(), "n2")));
        Assert.Equal("signature.wrong", await Check(signature: Sign(Now.ToString(), "n1")[..63]));
        Assert.Equal("signature.wrong", await Check(signature: new string('z', 64)));
    }

    [Fact]
    public async Task Nonce_IsGoodOnce()
    {
        Assert.Equal("H00000000001", await Check());
        Assert.Equal("signature.nonce_used", await Check());
        // With a new timestamp and signature the nonce is still the old one.
        Assert.Equal("signature.nonce_used", await Check(timestamp: (Now + 10).ToString()));
        Assert.Equal("H00000000001", await Check(nonce: "n2"));
    }

    [Fact]
    public async Task WrongSignature_DoesNotUseUpTheNonce()
    {
        Assert.Equal("signature.wrong", await Check(signature: Sign("1", "n1")));
        Assert.Equal("H00000000001", await Check());
    }
}
