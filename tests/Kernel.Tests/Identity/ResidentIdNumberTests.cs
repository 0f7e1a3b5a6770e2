namespace MedInsure.Kernel.Tests.Identity;

[Trait("Category", "Unit")]
public sealed class ResidentIdNumberTests
{
    [Theory]
    [InlineData("11010519491231002X", 19491231, '2')] // the sample in GB 11643
    [InlineData("440524188001010014", 18800101, '1')] // its other one
    public void ValidNumber_StatesBirthAndSex(string number, int birth, char gender)
    {
        Assert.True(ResidentIdNumber.TryRead(number, out var day, out var sex));
        Assert.Equal((birth, gender), (DayNumber.Of(day), sex));
        Assert.Equal(number[17], ResidentIdNumber.CheckDigit(number.AsSpan(0, 17)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("11010519491231002")]   // too short
    [InlineData("11010519491231002X0")]
    [InlineData("11010519491231002x")]  // the check digit is a capital
    [InlineData("110105194912310021")]  // wrong check digit
    [InlineData("11010519490230002X")]  // no such day
    [InlineData("1101051949123100AX")]
    public void OtherText_IsNone(string? number) => Assert.False(ResidentIdNumber.TryRead(number, out _, out _));

    [Fact]
    public void EveryOneDigitSlip_IsFound()
    {
        const string number = "440524188001010014";
        for (var at = 0; at < 17; at++)
            for (var digit = '0'; digit <= '9'; digit++)
                if (digit != number[at])
                    Assert.False(ResidentIdNumber.TryRead(number[..at] + digit + number[(at + 1)..], out _, out _));
    }
}
