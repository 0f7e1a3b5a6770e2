using System.Reflection;

namespace MedInsure.Settlement.Tests;

/// <summary>Numbers that people read and type.</summary>
[Trait("Category", "Unit")]
public sealed class CountyNumberTests
{
    [Fact]
    public void Number_IsOfOneKind()
    {
        var letters = typeof(CountyNumber).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (char)f.GetRawConstantValue()!).ToList();
        Assert.NotEmpty(letters);
        Assert.Equal(letters.Distinct(), letters);
        foreach (var letter in letters)
            Assert.Equal(letters.Select(l => l == letter ? 3L : (long?)null), letters.Select(l => CountyNumber.Parse("230102", l, CountyNumber.Of("230102", letter, 3))));
    }

    [Theory]
    [InlineData("230102T000000000003", 3L)]
    [InlineData("230103T000000000003", null)]
    [InlineData("230102T00000000003", null)]
    [InlineData("230102T0000000000x3", null)]
    [InlineData("230102T-00000000003", null)]
    [InlineData(null, null)]
    public void Parse_TakesItsOwnFormOnly(string? text, long? number) => Assert.Equal(number, CountyNumber.Parse("230102", CountyNumber.Statement, text));
}
