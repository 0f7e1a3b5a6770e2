using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Families;

/// <summary>Own account first, then relatives' in their order, then cash.</summary>
[Trait("Category", "Unit")]
public sealed class FamilyAccountsTests
{
    private static readonly PolicyLibrary Library = PolicyLibrary.LoadEmbedded();

    /// <summary>An ordinary visit of 100.00, all of it wholly self-paid but for 60.00: no fund pays, the person's share is everything.</summary>
    private static ClaimResult Settle(string insutype, long ownFen, bool use = true, Trace? trace = null, params FamilyAccount[] family)
    {
        var policy = Library.FindFor(insutype == "310" ? "harbin/employee" : "harbin/resident", new DateOnly(2026, 6, 1))!;
        return Adjudication.Settle(policy, new ClaimFacts
        {
            Insutype = insutype,
            PsnType = insutype == "310" ? "1101" : "1501",
            BirthOn = new DateOnly(1980, 1, 1),
            ProviderLevel = "3",
            MedType = "41",
            BeginOn = new DateOnly(2026, 6, 1),
            PolicyOn = new DateOnly(2026, 6, 1),
            Fees = new FeeTotals(new Fen(10_000), new Fen(4_000), Fen.Zero, Fen.Zero, new Fen(6_000), Fen.Zero),
            AccountBalance = new Fen(ownFen),
            UseAccount = use,
            Family = family.Length == 0 ? null : family,
        }, new Accumulators(), trace);
    }

    private static FamilyAccount Of(string psnNo, long fen, bool inCatalogOnly = false) => new(psnNo, new Fen(fen), inCatalogOnly);

    [Fact]
    public void OwnAccountPaysFirst_ThenRelativesInTheirOrder_ThenCash()
    {
        var result = Settle("310", 3_000, family: [Of("B", 5_000), Of("A", 1_500)]);
        Assert.Equal((3_000, 6_500, 500), (result.AccountPaid.Value, result.FamilyPaid.Value, result.Cash.Value));
        Assert.Equal([new FamilyPayment("B", new Fen(5_000)), new FamilyPayment("A", new Fen(1_500))], result.FamilyPayments);
        Assert.Equal([("310200", 3_000), ("310201", 6_500)], result.Shares.Select(s => (s.FundPayType, s.Amount.Value)));
        Assert.Equal(0, result.AccountBalanceAfter.Value);
    }

    [Fact]
    public void EarlierAccountThatSuffices_LeavesTheLaterOneUntouched()
    {
        var result = Settle("310", 3_000, family: [Of("B", 7_000), Of("A", 1_500)]);
        Assert.Equal([new FamilyPayment("B", new Fen(7_000))], result.FamilyPayments);
        Assert.Equal((7_000, 0), (result.FamilyPaid.Value, result.Cash.Value));
    }

    [Fact]
    public void ResidentWithoutAccount_IsPaidForByRelatives()
    {
        var result = Settle("390", 0, family: [Of("B", 2_000)]);
        Assert.Equal((0, 2_000, 8_000), (result.AccountPaid.Value, result.FamilyPaid.Value, result.Cash.Value));
    }

    [Fact]
    public void AccountThatPaysInCatalogOnly_LeavesWhatIsWhollySelfPaid()
    {
        Assert.Equal(6_000, Settle("390", 0, family: [Of("B", 9_000, inCatalogOnly: true)]).FamilyPaid.Value);
        // What the own account paid counts toward it.
        Assert.Equal(2_000, Settle("310", 4_000, family: [Of("B", 9_000, inCatalogOnly: true)]).FamilyPaid.Value);
        Assert.Null(Settle("310", 7_000, family: [Of("B", 9_000, inCatalogOnly: true)]).FamilyPayments);
    }

    [Fact]
    public void AccountsNotAskedFor_PayNothing()
    {
        var result = Settle("310", 3_000, use: false, family: [Of("B", 5_000)]);
        Assert.Equal((0, 0, 10_000), (result.AccountPaid.Value, result.FamilyPaid.Value, result.Cash.Value));
        Assert.Null(result.FamilyPayments);
    }

    [Fact]
    public void NoRelatives_NothingChanges()
    {
        var result = Settle("310", 3_000);
        Assert.Null(result.FamilyPayments);
        Assert.Equal((3_000, 0, 7_000), (result.AccountPaid.Value, result.FamilyPaid.Value, result.Cash.Value));
    }

    [Fact]
    public void Trace_NamesTheAccountAndNotWhatItHolds()
    {
        var trace = new Trace();
        Settle("310", 3_000, trace: trace, family: [Of("B", 123_456)]);
        var row = trace.Rows.Single(r => r.RuleId == FamilyAccounts.Rule);
        Assert.Contains("B", row.Clause, StringComparison.Ordinal);
        Assert.Equal((7_000, null), (row.Result.Value, row.LeftOfLimit));
        Assert.DoesNotContain(row.Inputs, i => i.Value.Contains("1234.56", StringComparison.Ordinal));
    }

    [Fact]
    public void ReversedNumbers_AreNegated()
    {
        var result = Settle("310", 3_000, family: [Of("B", 5_000)]).Negated();
        Assert.Equal((-5_000, -2_000), (result.FamilyPaid.Value, result.Cash.Value));
        Assert.Equal([new FamilyPayment("B", new Fen(-5_000))], result.FamilyPayments);
    }
}
