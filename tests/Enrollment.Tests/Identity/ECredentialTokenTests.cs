using MedInsure.Enrollment.Identity;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Enrollment.Tests.Identity;

[Trait("Category", "Unit")]
public sealed class ECredentialTokenTests
{
    private const string County = "230102", OldKey = "the-old-key-of-the-city", NewKey = "the-new-key-of-the-city";
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 2, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Jti = [.. Enumerable.Range(1, ECredentialToken.JtiBytes).Select(i => (byte)i)];

    private static ECredentialToken With(string current, string? other = null) =>
        ECredentialToken.Of(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:ECredential"] = current, ["Secrets:ECredentialOther"] = other }).Build()).Value;

    [Fact]
    public void Token_FitsTheInterfacesField_AndHoldsUntilItsExpiry()
    {
        var tokens = With(OldKey);
        var token = tokens.Issue(County, Jti, Now.AddMinutes(2));
        Assert.Equal(50, token.Length);
        Assert.Equal(Jti, tokens.Verify(token, County, Now).Value);
        Assert.Equal(Jti, tokens.Verify(token, County, Now.AddSeconds(119)).Value);
        Assert.Equal("e_credential.expired", tokens.Verify(token, County, Now.AddSeconds(120)).Refusal!.Code);
    }

    [Fact]
    public void EveryAlteredCharacter_IsRefused()
    {
        var tokens = With(OldKey);
        var token = tokens.Issue(County, Jti, Now.AddMinutes(2));
        for (var at = 0; at < token.Length; at++)
        {
            var altered = $"{token[..at]}{(token[at] == '7' ? '8' : '7')}{token[(at + 1)..]}";
            var code = tokens.Verify(altered, County, Now).Refusal?.Code;
            Assert.True(code is "e_credential.altered" or "e_credential.malformed" or "e_credential.foreign", $"{at}: {code}");
        }
        // The same bytes said to be another county's, as that county sees them.
        Assert.Equal("e_credential.altered", tokens.Verify("230103" + token[6..], "230103", Now).Refusal!.Code);
        Assert.Equal("e_credential.foreign", tokens.Verify(token, "230103", Now).Refusal!.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("token")]
    [InlineData("2301021234567890123456789012345678901234567890123")]
    [InlineData("23010２AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("230102!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("230102AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("230102AQAAAA AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void OtherText_IsMalformed(string text) => Assert.Equal("e_credential.malformed", With(OldKey).Verify(text, County, Now).Refusal!.Code);

    [Fact]
    public void Rotation_AcceptsBothKeysWhileTheyOverlap_ThenTheNewAlone()
    {
        var old = With(OldKey).Issue(County, Jti, Now.AddMinutes(2));
        var fresh = With(NewKey, OldKey).Issue(County, Jti, Now.AddMinutes(2));
        // A replica that has heard of the new key and one that signs with it already.
        foreach (var replica in (ECredentialToken[])[With(OldKey, NewKey), With(NewKey, OldKey)])
            Assert.All((string[])[old, fresh], token => Assert.Equal(Jti, replica.Verify(token, County, Now).Value));
        Assert.Equal("e_credential.altered", With(NewKey).Verify(old, County, Now).Refusal!.Code);
        Assert.Equal(Jti, With(NewKey).Verify(fresh, County, Now).Value);
    }

    [Fact]
    public void Key_MustBeThereAndLongEnough()
    {
        Assert.Equal("e_credential.not_available", ECredentialToken.Of(new ConfigurationBuilder().Build()).Refusal!.Code);
        Assert.Throws<InvalidOperationException>(() => With("short"));
    }
}
