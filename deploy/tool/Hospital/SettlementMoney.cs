using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Tool.Hospital;

/// <summary>The money of one settlement answer (setlinfo) and the identities it must satisfy (national-interface.md section 4).</summary>
public sealed class SettlementMoney
{
    public static readonly string[] Fields =
    [
        "medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc", "hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay",
        "hifob_pay", "maf_pay", "oth_pay", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay", "hosp_part_amt",
    ];

    public static readonly string[] Funds = ["hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay"];

    private readonly Dictionary<string, Fen> amounts;

    private SettlementMoney(Dictionary<string, Fen> amounts) => this.amounts = amounts;

    public Fen this[string field] => amounts[field];

    /// <exception cref="FormatException">An amount is no yuan with at most two decimals.</exception>
    public static SettlementMoney Read(JsonElement setlinfo) => new(Fields.ToDictionary(f => f, f => Amount(setlinfo, f)));

    public static Fen Amount(JsonElement node, string field) => GatewayAnswer.Text(node, field) is var text && text.Length == 0 ? Fen.Zero
        : Fen.TryParseYuan(text, out var fen) ? fen : throw new FormatException($"{field} is {text}: not yuan with at most two decimals");

    public SettlementMoney Negated() => new(amounts.ToDictionary(a => a.Key, a => -a.Value));

    public bool SameAs(SettlementMoney other) => Fields.All(f => this[f] == other[f]);

    /// <summary>Every identity that does not hold, in words.</summary>
    /// <param name="setldetail">The funds' rows; null where the answer has none (5203).</param>
    public IEnumerable<string> Broken(IEnumerable<Fen>? setldetail, bool reversal = false)
    {
        if (this["medfee_sumamt"] != Sum("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")) yield return "I1: the four parts do not sum to medfee_sumamt";
        if (this["fund_pay_sumamt"] != Sum(Funds)) yield return "I2: the funds do not sum to fund_pay_sumamt";
        if (this["medfee_sumamt"] != Sum("fund_pay_sumamt", "psn_part_amt", "hosp_part_amt")) yield return "I3: fund, person and hospital do not sum to medfee_sumamt";
        if (this["psn_part_amt"] != Sum("acct_pay", "acct_mulaid_pay", "psn_cash_pay")) yield return "I4: accounts and cash do not sum to psn_part_amt";
        if (setldetail is not null && Sum("fund_pay_sumamt", "acct_pay", "acct_mulaid_pay", "hosp_part_amt") is var paid && setldetail.Aggregate(Fen.Zero, (a, b) => a + b) is var listed && listed != paid)
            yield return $"I5: setldetail sums to {listed}, not {paid}";
        foreach (var field in Fields)
            if (reversal ? this[field] > Fen.Zero : this[field] < Fen.Zero) yield return $"{field} is {this[field]}";
    }

    private Fen Sum(params string[] fields) => fields.Aggregate(Fen.Zero, (sum, f) => sum + this[f]);
}
