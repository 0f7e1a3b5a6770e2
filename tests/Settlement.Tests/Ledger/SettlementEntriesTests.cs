using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Tests.Ledger;

[Trait("Category", "Unit")]
public sealed class SettlementEntriesTests
{
    private static SettledClaim Claim(string providerCounty, params (string Fund, long Fen)[] shares)
    {
        var claim = new SettledClaim { FixmedinsCode = "H1", ProviderCounty = providerCounty };
        foreach (var (fund, fen) in shares) claim.Share.Add(new FundShare { FundPayType = fund, AmountFen = fen });
        return claim;
    }

    [Fact]
    public void EveryFund_IsAnExpenseAgainstWhatTheProviderIsOwed()
    {
        var entries = SettlementEntries.Of(Claim("230102", ("390100", 700), ("390200", 50)), "230102");
        Assert.Equal(
        [
            new(new("benefit_expense", "390100", "230102", ""), 700), new(new("provider_payable", "390100", "230102", "H1"), -700),
            new(new("benefit_expense", "390200", "230102", ""), 50), new(new("provider_payable", "390200", "230102", "H1"), -50),
        ], entries);
    }

    [Fact]
    public void PersonalAccount_IsNoExpenseOfAFund()
    {
        var entries = SettlementEntries.Of(Claim("230102", ("310200", 30)), "230102");
        Assert.Equal([new(new("personal_account", "310200", "230102", ""), 30), new(new("provider_payable", "310200", "230102", "H1"), -30)], entries);
    }

    [Fact]
    public void HospitalsShareAndNothing_AreNotBooked() => Assert.Empty(SettlementEntries.Of(Claim("230102", ("999996", 30), ("390100", 0)), "230102"));

    [Fact]
    public void ProviderOfAnotherCounty_IsOwedThroughThatCounty() =>
        Assert.Equal(new LedgerEntry(new("county_payable", "390100", "230102", "230103"), -700), SettlementEntries.Of(Claim("230103", ("390100", 700)), "230102")[1]);

    [Fact]
    public void TwoRulesOfOneFund_GiveOneEntryPerAccount()
    {
        var entries = SettlementEntries.Of(Claim("341702", ("640100", 300), ("640100", 80)), "341702");
        Assert.Equal([380, -380], entries.Select(e => e.AmountFen));
    }

    [Fact]
    public void Reversal_BooksTheSameAccountsTheOtherWay()
    {
        var there = SettlementEntries.Of(Claim("230102", ("390100", 700), ("310200", 30), ("640100", 1), ("640100", 2)), "230102");
        var back = SettlementEntries.Of(Claim("230102", ("390100", -700), ("310200", -30), ("640100", -1), ("640100", -2)), "230102");
        Assert.Equal(there.Select(e => e with { AmountFen = -e.AmountFen }), back);
        Assert.Equal(0, there.Sum(e => e.AmountFen));
    }
}
