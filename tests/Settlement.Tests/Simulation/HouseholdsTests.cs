using MedInsure.Settlement.Simulation;

namespace MedInsure.Settlement.Tests.Simulation;

[Trait("Category", "Unit")]
public sealed class HouseholdsTests
{
    private static Households Read(params string[] lines) => new(new StringReader(string.Join('\n', ["psn_no,household_no,income", .. lines])), 2025, 2026);

    /// <summary>40 % of a household's sum of incomes, its members' own cost together, each year for itself.</summary>
    [Fact]
    public void Burdens_CountWhoIsAboveFortyPercentBeforeAndAfter()
    {
        var households = Read("P1,A,20000.00", "P2,A,0", "P3,B,10000", "P4,C,5000", "P5,D,0");
        households.Add("P1", 2026, 5_000_00, 5_000_00);
        households.Add("P2", 2026, 4_000_00, 2_999_99); // A: 9,000.00 of 8,000.00, then 7,999.99
        households.Add("P3", 2026, 4_000_00, 4_000_01); // B: exactly 40 %, then a fen more
        households.Add("P5", 2026, 100_00, 100_00);     // D: no income, nothing can be said
        households.Add("P9", 2026, 1_000_000_00, 0);    // in no household of the file
        households.Add("P4", 2025, 3_000_00, 2_500_00); // C
        Assert.Equal(
        [
            new HouseholdBurden(2025, Known: 3, WithSettlements: 1, AboveBefore: 1, AboveAfter: 1, Relieved: 0, Added: 0, ExcessBefore: 1_000_00, ExcessAfter: 500_00),
            new HouseholdBurden(2026, Known: 3, WithSettlements: 2, AboveBefore: 1, AboveAfter: 1, Relieved: 1, Added: 1, ExcessBefore: 1_000_00, ExcessAfter: 1),
        ], households.Burdens());
    }

    [Theory]
    [InlineData("line 2: not psn_no,household_no,income", "P1,A")]
    [InlineData("line 2: not psn_no,household_no,income", ",A,5")]
    [InlineData("line 2: '1.005' is no income in yuan", "P1,A,1.005")]
    [InlineData("line 2: '-1' is no income in yuan", "P1,A,-1")]
    [InlineData("line 3: 2301************01 is in the file twice", "230102000000000001,A,1", "230102000000000001,B,1")]
    public void WrongRows_AreNamed(string message, params string[] lines) => Assert.Equal(message, Assert.Throws<FormatException>(() => Read(lines)).Message);

    [Fact]
    public void WrongHeader_IsNamed() =>
        Assert.Equal("line 1: the header is not psn_no,household_no,income", Assert.Throws<FormatException>(() => new Households(new StringReader("psn_no,income"), 2026, 2026)).Message);
}
