using MedInsure.Gateway.Signature;

namespace MedInsure.Gateway.Tests.Signature;

[Trait("Category", "Unit")]
public sealed class SignInSerialTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);
    private readonly SignInSerial serials = new("a-key-of-sixteen-bytes-or-more");

    [Fact]
    public void Serial_FitsItsFieldAndVerifies()
    {
        var serial = serials.Issue(Today, "H00000000001", "op1");
        Assert.InRange(serial.Length, 1, 30);
        Assert.True(serials.Verify(serial, Today, "H00000000001", "op1"));
    }

    [Fact]
    public void Serial_HoldsUntilTheEndOfTheNextDay()
    {
        var serial = serials.Issue(Today, "H00000000001", "op1");
        Assert.True(serials.Verify(serial, Today.AddDays(1), "H00000000001", "op1"));
        Assert.False(serials.Verify(serial, Today.AddDays(2), "H00000000001", "op1"));
        Assert.False(serials.Verify(serial, Today.AddDays(-1), "H00000000001", "op1"));
    }

    [Fact]
    public void Serial_IsNotAnothersNorForgeable()
    {
        var serial = serials.Issue(Today, "H00000000001", "op1");
        Assert.False(serials.Verify(serial, Today, "H00000000002", "op1"));
        Assert.False(serials.Verify(serial, Today, "H00000000001", "op2"));
        Assert.False(new SignInSerial("another-key-of-sixteen-bytes").Verify(serial, Today, "H00000000001", "op1"));
        Assert.False(serials.Verify("20261122" + serial[8..], Today.AddDays(1), "H00000000001", "op1"));
        Assert.False(serials.Verify("x", Today, "H00000000001", "op1"));
        Assert.False(serials.Verify(new string('签', 28), Today, "H00000000001", "op1"));
    }

    [Fact]
    public void ShortKey_StopsTheStart() => Assert.Throws<ArgumentException>(() => new SignInSerial("short"));
}
