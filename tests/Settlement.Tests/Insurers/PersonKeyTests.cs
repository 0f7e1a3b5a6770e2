using MedInsure.Settlement.Insurers;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Settlement.Tests.Insurers;

[Trait("Category", "Unit")]
public sealed class PersonKeyTests
{
    private static PersonKey Key(string? secret) => new(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:PersonKey"] = secret }).Build());
    private static readonly string Secret = new('s', 32);

    // printf 'CX230100-CI-390\n230102000000000001' | openssl dgst -sha256 -mac HMAC -macopt key:ssssssssssssssssssssssssssssssss, the first 32 digits
    [Fact]
    public void Key_IsTheHmacThatItsCommentNames() => Assert.Equal("5d733990a8cc0fecad6e2e44e41922c1", Key(Secret).Of("CX230100-CI-390", "230102000000000001"));

    [Fact]
    public void OnePerson_IsAnotherUnderEveryContractAndSecret()
    {
        string[] keys = [Key(Secret).Of("A", "P1"), Key(Secret).Of("B", "P1"), Key(Secret).Of("A", "P2"), Key(new string('t', 32)).Of("A", "P1")];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], Key(Secret).Of("A", "P1"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789012345678901234567890")] // 31 characters
    public void SecretThatIsNone_IsRefused(string? secret) => Assert.Throws<InvalidOperationException>(() => Key(secret));
}
