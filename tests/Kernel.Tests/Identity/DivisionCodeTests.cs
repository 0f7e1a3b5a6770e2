namespace MedInsure.Kernel.Tests.Identity;

[Trait("Category", "Unit")]
public sealed class DivisionCodeTests
{
    [Fact]
    public void County_KnowsItsCity()
    {
        Assert.True(DivisionCode.TryParse("230102", out var county));
        Assert.Equal(("230102", "230100", false), (county.ToString(), county.City.Value, county.IsCity));
        Assert.True(county.City.IsCity);
        Assert.Equal(county.City, county.City.City);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("23010")]
    [InlineData("2301022")]
    [InlineData("030102")] // no province begins with 0
    [InlineData("23O102")]
    [InlineData("23010２")]
    [InlineData(" 30102")]
    public void OtherText_IsNone(string? text) => Assert.False(DivisionCode.TryParse(text, out _));
}
