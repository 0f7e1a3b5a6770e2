using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>An input of a rule as the statement prints it: 起付标准 / deductible / 720.00.</summary>
public readonly record struct TraceInput(string Chinese, string English, string Value);

/// <summary>One rule applied, as the patient's printed statement shows it.</summary>
/// <param name="Clause">The pack's source: document and place, or the reason of an assumed value.</param>
/// <param name="Assumed">True: the value is assumed until the bureau replaces it by its decree.</param>
/// <param name="LeftOfLimit">What is left of the rule's ceiling after this settlement; null = no ceiling.</param>
public sealed record TraceRow(
    string RuleId, string ChineseName, string EnglishName, string Clause, bool Assumed, IReadOnlyList<TraceInput> Inputs, Fen Result, Fen? LeftOfLimit);

/// <summary>Collects the rows of one settlement in the order in which the rules were applied. Deterministic, so it is recomputed on demand, never stored.</summary>
public sealed class Trace
{
    // Section 2 of the calculation states how a line is split; the source documents say that only what the catalogues list is paid for.
    private const string LinesClause = "医保三个目录及限价 the three catalogues and their price limits: 000_55dbde39a5535a1d.txt Bj, Hb";
    private readonly List<TraceRow> rows = [];

    public IReadOnlyList<TraceRow> Rows => rows;

    internal void Rule(RuleName name, Clause clause, Fen result, Fen? leftOfLimit, params ReadOnlySpan<TraceInput> inputs) =>
        rows.Add(new TraceRow(name.Id, name.Chinese, name.English, clause.Text, clause.Assumed, inputs.ToArray(), result, leftOfLimit));

    /// <summary>An auditor must see that nothing was forgotten: the policy has no benefit of the basic fund for this kind of visit.</summary>
    internal void NoRule() => rows.Add(new TraceRow("basic.none", "统筹基金不支付此类就诊", "The basic fund does not pay for this kind of visit", "待遇政策未列支付项目 no rule of the policy applies", false, [], Fen.Zero, null));

    /// <summary>How the lines' sum became the in-scope sum.</summary>
    internal void Lines(in FeeTotals fees)
    {
        TraceInput[] inputs =
        [
            new("总费用", "total fee", fees.Total.ToString()),
            new("全自费", "wholly self-paid", fees.FullSelfPay.ToString()),
            new("超限价", "above price ceiling", fees.OverLimit.ToString()),
            new("先行自付", "first payment", fees.FirstPay.ToString()),
        ];
        rows.Add(new TraceRow("lines", "符合政策范围金额", "In policy scope", LinesClause, false, inputs, fees.InScope, null));
    }
}

/// <summary>The inputs of rules by their names on the statement.</summary>
internal static class Inputs
{
    public static TraceInput InScope(Fen v) => new("政策范围内费用", "cost in scope", v.ToString());
    public static TraceInput Basis(Fen v) => new("计入支付的费用", "cost that the ratio applies to", v.ToString());
    public static TraceInput Left(Fen v) => new("前序支付后剩余", "left by the layers above", v.ToString());
    public static TraceInput CutOff(Fen v) => new("超年度限额的待遇", "benefit above the annual cap", v.ToString());
    public static TraceInput Entitled(Fen v) => new("应支付", "due before the limit", v.ToString());
    public static TraceInput Amount(Fen v) => new("标准", "amount", v.ToString());
    public static TraceInput Minimum(Fen v) => new("低于此额不计", "does not count below", v.ToString());
    public static TraceInput Units(int v) => new("数量", "units", v.ToString());
    public static TraceInput Before(Fen v) => new("此前已计", "counted before", v.ToString());
    public static TraceInput Stay(int v) => new("本年第几次住院", "stay of the year", v.ToString());
    public static TraceInput Limit(Fen v) => new("限额", "limit", v.ToString());
    public static TraceInput Used(Fen v) => new("此前已用", "used before", v.ToString());
    public static TraceInput LimitLeft(Fen v) => new("此前剩余额度", "left of the limit before", v.ToString());
    public static TraceInput Deductible(Fen v) => new("起付标准", "deductible", v.ToString());
    public static TraceInput BurdenBefore(Fen v) => new("此前累计负担", "burden before", v.ToString());
    public static TraceInput BurdenAfter(Fen v) => new("本次后累计负担", "burden after", v.ToString());
    public static TraceInput OwnBefore(Fen v) => new("此前累计自付", "own cost before", v.ToString());
    public static TraceInput OwnCap(Fen v) => new("自付封顶", "cap on own cost", v.ToString());
    public static TraceInput OwnLeft(Fen v) => new("距封顶剩余", "own cost left to the cap", v.ToString());
    public static TraceInput PersonShare(Fen v) => new("个人负担", "person's share", v.ToString());
    public static TraceInput Decision(string v) => new("保险公司决定编号", "insurer's decision", v);
    public static TraceInput Authorized(Fen v) => new("保险公司同意支付", "amount that the insurer agreed to", v.ToString());
    public static TraceInput Reason(string v) => new("说明", "why", v);
    public static readonly TraceInput Unanswered = new("保险公司答复", "insurer's answer", "未在时限内答复，事后补付 none in time, caught up later");
    public static TraceInput Balance(Fen v) => new("个人账户余额", "account balance", v.ToString());
    public static TraceInput FirstShare(BasisPoints v) => new("第一基金比例", "share of the first fund", Percent(v));

    public static TraceInput Ratios(Bands bands)
    {
        if (bands.IsFlat) return new("支付比例", "ratio", Percent(bands.Ratios[0]));
        var texts = new string[bands.Ratios.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = bands.Widths[i] == Bands.Endless ? Percent(bands.Ratios[i]) : $"{bands.Widths[i]}: {Percent(bands.Ratios[i])}";
        return new("分段支付比例", "ratio by band (width: ratio)", string.Join("; ", texts));
    }

    private static string Percent(BasisPoints ratio) => FixedPoint.Format(ratio.Value, 2, trim: true) + " %";
}
