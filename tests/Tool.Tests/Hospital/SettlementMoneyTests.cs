using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Tool.Hospital;

namespace MedInsure.Tool.Tests.Hospital;

/// <summary>The identities on the logged samples of national-interface.md section 4, and on answers with one fen wrong: the simulation must notice.</summary>
[Trait("Category", "Unit")]
public sealed class SettlementMoneyTests
{
    // (a) outpatient, Hebei: 4.29 of 4.52 in scope, all of it deductible, paid from the account.
    private static readonly Dictionary<string, object> Hebei = new()
    {
        ["medfee_sumamt"] = 4.52m, ["fulamt_ownpay_amt"] = 0, ["preselfpay_amt"] = 0.23m, ["inscp_scp_amt"] = 4.29m, ["act_pay_dedc"] = 4.29m,
        ["fund_pay_sumamt"] = 0, ["psn_part_amt"] = 4.52m, ["acct_pay"] = 4.52m, ["psn_cash_pay"] = 0,
    };

    // (b) inpatient, Chongqing: the large-sum fund pays, the hospital bears a part.
    private static readonly Dictionary<string, object> Chongqing = new()
    {
        ["medfee_sumamt"] = 23442.46m, ["fulamt_ownpay_amt"] = 2533.97m, ["overlmt_selfpay"] = 1396.89m, ["preselfpay_amt"] = 703.44m, ["inscp_scp_amt"] = 18808.16m,
        ["hifob_pay"] = 18785.39m, ["fund_pay_sumamt"] = 18785.39m, ["hosp_part_amt"] = 505.01m, ["psn_part_amt"] = 4152.06m, ["acct_pay"] = 170.04m, ["psn_cash_pay"] = "3982.02",
    };

    private static SettlementMoney Read(Dictionary<string, object> setlinfo) => SettlementMoney.Read(JsonSerializer.SerializeToElement(setlinfo));

    private static Fen[] Detail(params decimal[] yuan) => [.. yuan.Select(Fen.FromYuan)];

    [Fact]
    public void LoggedSamples_SatisfyEveryIdentity()
    {
        Assert.Empty(Read(Hebei).Broken(Detail(4.52m)));
        Assert.Empty(Read(Chongqing).Broken(Detail(18785.39m, 505.01m, 170.04m)));
    }

    [Fact]
    public void Reversal_IsTheNegatedBill()
    {
        var bill = Read(Chongqing);
        Assert.Empty(bill.Negated().Broken(Detail(-18785.39m, -505.01m, -170.04m), reversal: true));
        Assert.True(bill.SameAs(bill.Negated().Negated()));
        Assert.False(bill.SameAs(bill.Negated()));
        Assert.NotEmpty(bill.Broken(Detail(18785.39m, 505.01m, 170.04m), reversal: true));
    }

    [Theory]
    [InlineData("inscp_scp_amt", "I1")]
    [InlineData("hifp_pay", "I2")]
    [InlineData("hosp_part_amt", "I3")]
    [InlineData("psn_cash_pay", "I4")]
    [InlineData("acct_pay", "I5")]
    [InlineData("acct_mulaid_pay", "I4")]
    public void OneFenTooMany_BreaksTheIdentity(string field, string identity)
    {
        var wrong = new Dictionary<string, object>(Chongqing) { [field] = decimal.Parse(Chongqing.GetValueOrDefault(field, "0").ToString()!) + 0.01m };
        Assert.Contains(Read(wrong).Broken(Detail(18785.39m, 505.01m, 170.04m)), b => b.StartsWith(identity, StringComparison.Ordinal));
    }

    [Fact]
    public void NegativeAmount_IsFound() =>
        Assert.Contains(Read(new(Hebei) { ["psn_cash_pay"] = -0.01m, ["acct_pay"] = 4.53m }).Broken(Detail(4.53m)), b => b.StartsWith("psn_cash_pay", StringComparison.Ordinal));

    [Fact]
    public void ThreeDecimals_AreNoMoney() => Assert.Throws<FormatException>(() => Read(new(Hebei) { ["acct_pay"] = "4.521" }));
}
