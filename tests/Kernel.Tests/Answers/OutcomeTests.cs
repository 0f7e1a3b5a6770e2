namespace MedInsure.Kernel.Tests.Answers;

[Trait("Category", "Unit")]
public sealed class OutcomeTests
{
    private static readonly Refusal No = new(RefusalKind.Precondition, "test.no", "不行", "No", "field");

    [Fact]
    public void Value_IsGiven()
    {
        Outcome<int> outcome = 5;
        Assert.False(outcome.IsRefused);
        Assert.Null(outcome.Refusal);
        Assert.Equal(5, outcome.Value);
    }

    [Fact]
    public void Refusal_HasNoValue()
    {
        Outcome<int> outcome = No;
        Assert.True(outcome.IsRefused);
        Assert.Same(No, outcome.Refusal);
        Assert.Contains("test.no", Assert.Throws<InvalidOperationException>(() => outcome.Value).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void At_NamesAnotherFieldAndNothingElse()
    {
        var there = No.At("lines[3].cnt");
        Assert.Equal("lines[3].cnt", there.Field);
        Assert.Equal(No, there with { Field = No.Field });
    }
}
