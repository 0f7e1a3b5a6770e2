namespace MedInsure.Kernel.Tests.Answers;

/// <summary>Acts of which each needs another person.</summary>
[Trait("Category", "Unit")]
public sealed class TwoPeopleTests
{
    [Theory]
    [InlineData("丁", null)]
    [InlineData("丙", "approval.same_person")]
    [InlineData(" 甲 ", "approval.same_person")]
    [InlineData(" ", "approval.person_missing")]
    [InlineData(null, "approval.person_missing")]
    public void Another_IsNobodyWhoActedBefore(string? actor, string? code)
    {
        var refusal = TwoPeople.Another(actor, "payer", "甲", "", "丙");
        Assert.Equal((code, code is null ? null : "payer"), (refusal?.Code, refusal?.Field));
    }
}
