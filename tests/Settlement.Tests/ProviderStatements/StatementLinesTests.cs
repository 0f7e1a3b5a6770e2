using MedInsure.Kernel;
using MedInsure.Settlement.Indicators;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.ProviderStatements;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>What a statement comes to, with its arithmetic.</summary>
[Trait("Category", "Golden")]
public sealed class StatementLinesTests
{
    private static readonly StatementInputs Nothing = new([], [], [], [], [], BasisPoints.Zero, []);

    private static MethodResult Method(string fund, long settled, long payable) => new("per_disease", "T1", fund, 1, settled, payable, "按病种");

    private static string[] Text(StatementInputs inputs) => [.. StatementLines.Of(inputs).Lines.Select(l => $"{l.Kind} {l.Fund} {l.AmountFen}")];

    [Fact]
    public void WholeStatement_InItsOrder()
    {
        // Claims 10,000.00 pool + 2,000.00 assistance + 500.00 accounts; the method pays 800.00 less of the pool: 9,200.00 + 2,000.00 are left for deductions.
        // Indicator 112.00 : 92/112 = 92.00, 20.00. Deduction 1,008.00 of 11,088.00: 9,108/11,088 × 1,008 = 828.00, 180.00.
        // Left 8,280.00 + 1,800.00; deposit 2.5 %: 207.00, 45.00. Prepaid 30,000.00 in the pool, a tenth each: 3,000.00.
        // Payable 8,280 - 207 - 3,000 + 1,800 - 45 + 500 = 7,328.00.
        var inputs = new StatementInputs([("310200", 50_000), ("390100", 1_000_000), ("610100", 200_000)], [Method("390100", 1_000_000, 920_000), Method("610100", 200_000, 200_000)], [],
            [new IndicatorResult("cost_per_stay", 2163m, 2000m, 11_200, "次均费用超标")], [new EnteredDeduction("7", "inspection", 100_800, "挂床")], new BasisPoints(250), [new OpenPrepayment("Q1", "390100", 3_000_000, 3_000_000, new BasisPoints(1000))]);
        Assert.Equal(
        [
            "claim 310200 50000", "claim 390100 1000000", "claim 610100 200000", "method 390100 -80000", "indicator 390100 -9200", "indicator 610100 -2000", "deduction 390100 -82800", "deduction 610100 -18000",
            "deposit 390100 -20700", "deposit 610100 -4500", "offset 390100 -300000",
        ], Text(inputs));
        var result = StatementLines.Of(inputs);
        Assert.Equal((732_800, 1_008_000), (result.PayableFen, result.Left));
        Assert.Equal(["99", "99", "20", "20", "40", "40", "30"], result.Lines.Skip(4).Select(l => l.DetType));
    }

    [Fact]
    public void Deduction_IsSpreadToTheFen()
    {
        // 1.00 over 1 : 1 : 1 of 3.00: cut at 33.3 and 66.6.
        var inputs = Nothing with { Claims = [("390100", 100), ("390200", 100), ("610100", 100)], Deductions = [new EnteredDeduction("1", "review", 100, "r")] };
        Assert.Equal([-33, -33, -34], StatementLines.Of(inputs).Lines.Where(l => l.Kind == "deduction").Select(l => l.AmountFen));
    }

    [Theory]
    [InlineData(1_000, false, 0)]
    [InlineData(1_001, true, 1_000)]
    public void DeductionLargerThanWhatIsLeft_IsNamed(long fen, bool tooMuch, long left)
    {
        // Accounts bear nothing.
        var result = StatementLines.Of(Nothing with { Claims = [("390100", 1_000), ("310200", 5_000)], Deductions = [new EnteredDeduction("1", "review", fen, "r")] });
        Assert.Equal((tooMuch, left), (result.TooMuch is not null, result.Left));
    }

    [Fact]
    public void IndicatorBeyondTheClaim_TakesWhatIsThere()
    {
        var lines = StatementLines.Of(Nothing with { Claims = [("390100", 500)], Indicators = [new IndicatorResult("x", 1, 1, 900, "超标")] }).Lines;
        Assert.Equal(-500, lines[1].AmountFen);
        Assert.Contains("以本期余额5.00为限", lines[1].Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void OverspendNotPaid_MayLeaveLessThanNothing()
    {
        // 100.00 settled, 260.00 too much brought forward: -160.00; no deposit of it, no offset, no deduction.
        var result = StatementLines.Of(new StatementInputs([("390100", 10_000)], [Method("390100", 10_000, 10_000)], [("T", "390100", -26_000)], [], [], new BasisPoints(300), [new OpenPrepayment("Q", "390100", 5_000, 5_000, BasisPoints.Full)]));
        Assert.Equal((-16_000, 0), (result.PayableFen, result.Left));
        Assert.Equal(["claim", "brought_forward"], result.Lines.Select(l => l.Kind));
    }

    [Fact]
    public void Prepayments_AreOffsetInTheirOrder_WithinTheirFund()
    {
        // 70.00 left in the pool: the first one's open 50.00 whole, of the second (a half of 80.00, open 60.00) what is left: 20.00; none of another fund.
        var inputs = Nothing with
        {
            Claims = [("390100", 7_000)],
            Prepayments = [new OpenPrepayment("Q1", "390100", 9_000, 5_000, BasisPoints.Full), new OpenPrepayment("Q2", "390100", 8_000, 6_000, new BasisPoints(5000)), new OpenPrepayment("Q3", "310100", 1_000, 1_000, BasisPoints.Full)],
        };
        Assert.Equal(["claim 390100 7000", "offset 390100 -5000", "offset 390100 -2000"], Text(inputs));
    }

    [Fact]
    public void Entries_BalanceInEveryFund()
    {
        StatementLine[] lines =
        [
            new("claim", "", "390100", 1_000, "", ""), new("brought_forward", "", "390100", -5, "", ""), new("method", "", "390100", 30, "", ""), new("method", "", "610100", -40, "", ""), new("deduction", "10", "390100", -7, "", ""),
            new("indicator", "99", "390100", -3, "", ""), new("deposit", "40", "390100", -20, "", ""), new("offset", "30", "390100", -50, "", ""),
        ];
        Assert.Equal(
        [
            "deduction_income 390100 -10", "payment_method_result 390100 30", "payment_method_result 610100 -40", "provider_deposit 390100 -20", "provider_payable 390100 50", "provider_payable 610100 40", "provider_prepayment 390100 -50",
        ], StatementEntries.Of(lines, "230102", "H1").Select(e => $"{e.Account.Purpose} {e.Account.Fund} {e.AmountFen}").Order(StringComparer.Ordinal));
    }
}
