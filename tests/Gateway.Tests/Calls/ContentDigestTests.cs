using System.Text;
using System.Text.Json;
using MedInsure.Gateway.Calls;

namespace MedInsure.Gateway.Tests.Calls;

[Trait("Category", "Unit")]
public sealed class ContentDigestTests
{
    private static string Digest(string input, string infno = "2207A", string provider = "H00000000001")
    {
        using var document = JsonDocument.Parse(input);
        Assert.True(ContentDigest.TryCompute(infno, provider, document.RootElement, out var digest));
        Assert.Equal(16, digest.Length);
        return Convert.ToHexString(digest);
    }

    [Theory]
    [InlineData("""{"a":1,"b":"x"}""", """{ "b" : "x", "a" : 1 }""")]
    [InlineData("""{"a":"中"}""", """{"a":"\u4e2d"}""")]
    [InlineData("""{"a":{"c":1,"d":2}}""", """{"a":{"d":2,"c":1}}""")]
    public void LayoutAndOrder_DoNotCount(string one, string other) => Assert.Equal(Digest(one), Digest(other));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":1}""", """{"a":1.0}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""")]
    [InlineData("""{"a":["b","c"]}""", """{"a":["bc"]}""")]
    [InlineData("""{"a":"b","c":"d"}""", """{"a":"bc","d":""}""")]
    [InlineData("""{"a":null}""", """{}""")]
    [InlineData("""{"a":{}}""", """{"a":[]}""")]
    public void Content_Counts(string one, string other) => Assert.NotEqual(Digest(one), Digest(other));

    [Fact]
    public void TransactionAndProvider_Count()
    {
        Assert.NotEqual(Digest("{}"), Digest("{}", infno: "2207"));
        Assert.NotEqual(Digest("{}"), Digest("{}", provider: "H00000000002"));
    }

    [Theory]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\udfff\":1}")]
    public void BrokenText_IsNoContent(string input)
    {
        using var document = JsonDocument.Parse(input);
        Assert.False(ContentDigest.TryCompute("2207A", "H", document.RootElement, out _));
    }

    [Fact]
    public void BrokenUtf8_IsNoContent()
    {
        using var document = JsonDocument.Parse((ReadOnlyMemory<byte>)new byte[] { (byte)'{', (byte)'"', (byte)'a', (byte)'"', (byte)':', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)'}' });
        Assert.False(ContentDigest.TryCompute("2207A", "H", document.RootElement, out _));
    }
}
