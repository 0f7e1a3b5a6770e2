using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;

namespace MedInsure.Settlement.Indicators;

/// <summary>A provider's month as indicators see it: sums of what stands, in fen. Stays without an end in the month are not among them: a stay counts when it is settled.</summary>
/// <param name="Chargeable">Bed-days of stays whose charges are known: those of this county's persons.</param>
/// <param name="Charged">Of these, days with a charge.</param>
/// <param name="FundFen">What the funds paid of all claims of the month.</param>
internal sealed record IndicatorMonth(
    long Stays, long StayTotalFen, long StayInScopeFen, long StayFundFen, long Days, long Chargeable, long Charged, long Readmissions, long Visits, long VisitTotalFen, long FundFen);

/// <summary>
/// The indicators of agreements (Sz, Yh; seed-facts.md sections 2.6 and 3), each with its value, its side and its deduction. Pure. Deductions are of the money over the limit, times the agreed share, rounded
/// half up to the fen; the sources deduct over-limit cost per case and low in-list shares without giving the formula, so the share is agreed.
/// </summary>
internal static class Indicator
{
    public const int ReadmissionDays = 15; // national-interface.md section 6 (分解住院): 7 or 15, where the agreement does not say

    /// <param name="IsFloor">The limit is the least, else the most.</param>
    /// <param name="IsRatio">In basis points, else fen.</param>
    internal sealed record Kind(string Code, string Name, bool IsFloor, bool IsRatio);

    public static readonly IReadOnlyList<Kind> All =
    [
        new("eligible_share", "政策范围内费用占比", true, true),
        new("actual_ratio", "实际补偿比", true, true),
        new("cost_per_stay", "次均住院费用", false, false),
        new("cost_per_bed_day", "床日费用", false, false),
        new("readmission_rate", "再住院率", false, true),
        new("in_bed_rate", "在院率", true, true),
        // Sz names an outpatient consultation fee beside the costs per stay and per bed-day: taken as the mean cost of a visit.
        new("cost_per_visit", "门诊次均费用", false, false),
    ];

    public static Kind? Find(string? code) => All.FirstOrDefault(k => k.Code == code);

    /// <summary>Numerator and denominator; null: nothing to measure.</summary>
    private static (long Part, long Of)? Parts(string code, IndicatorMonth month) => code switch
    {
        "eligible_share" => (month.StayInScopeFen, month.StayTotalFen),
        "actual_ratio" => (month.StayFundFen, month.StayTotalFen),
        "cost_per_stay" => (month.StayTotalFen, month.Stays),
        "cost_per_bed_day" => (month.StayTotalFen, month.Days),
        "readmission_rate" => (month.Readmissions, month.Stays),
        "in_bed_rate" => (Math.Min(month.Charged, month.Chargeable), month.Chargeable),
        "cost_per_visit" => (month.VisitTotalFen, month.Visits),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "no indicator"),
    } is (var part, > 0 and var of) && part >= 0 ? (part, of) : null;

    /// <summary>Basis points or fen, rounded half up; null: nothing to measure.</summary>
    public static long? Value(Kind kind, IndicatorMonth month) => Parts(kind.Code, month) is { } p ? kind.IsRatio ? HalfUp.DivideProduct(p.Part, BasisPoints.Whole, p.Of) : HalfUp.Divide(p.Part, p.Of) : null;

    /// <summary>The money over a limit, in fen, rounded half up: before it is shared.</summary>
    public static long OverFen(Kind kind, IndicatorMonth month, long limit)
    {
        if (Parts(kind.Code, month) is not { } p) return 0;
        var over = kind.Code switch
        {
            // Cost of cases or days that the limit does not allow for.
            "cost_per_stay" or "cost_per_bed_day" or "cost_per_visit" => (Int128)p.Part - (Int128)limit * p.Of,
            // What would have had to be in scope, or paid, of the same cost.
            "eligible_share" or "actual_ratio" => RoundedBp((Int128)limit * p.Of - (Int128)BasisPoints.Whole * p.Part),
            // Stays above the rate, at the mean that the funds paid of a stay.
            "readmission_rate" => Rounded(((Int128)BasisPoints.Whole * p.Part - (Int128)limit * p.Of) * Math.Max(0, month.StayFundFen), (Int128)BasisPoints.Whole * p.Of),
            // Days below the rate, at the mean cost of a day.
            _ => month.Days > 0 ? Rounded(((Int128)limit * p.Of - (Int128)BasisPoints.Whole * p.Part) * month.StayTotalFen, (Int128)BasisPoints.Whole * month.Days) : 0,
        };
        return checked((long)Int128.Max(0, over));
    }

    private static Int128 RoundedBp(Int128 numerator) => Rounded(numerator, BasisPoints.Whole);

    private static Int128 Rounded(Int128 numerator, Int128 denominator) => numerator <= 0 ? 0 : (numerator + denominator / 2) / denominator;

    /// <summary>All indicators of a month. A deduction is at most what the funds paid in the month less the deductions before it: none takes more than there is.</summary>
    /// <param name="limits">By code: limit and the share that is deducted.</param>
    public static List<IndicatorResult> Of(IndicatorMonth month, IReadOnlyDictionary<string, (long Limit, BasisPoints Deduct, int Days)> limits)
    {
        var results = new List<IndicatorResult>();
        var left = Math.Max(0, month.FundFen);
        foreach (var kind in All)
        {
            if (Value(kind, month) is not { } value || Parts(kind.Code, month) is not { } parts) continue;
            var text = $"{kind.Name}：{Amount(kind.Code, parts.Part)}÷{Denominator(kind.Code, parts.Of)}＝{Shown(kind, value)}";
            if (!limits.TryGetValue(kind.Code, out var agreed)) { results.Add(new IndicatorResult(kind.Code, Number(kind, value), null, 0, text + "，协议未定限值")); continue; }
            var over = OverFen(kind, month, agreed.Limit);
            var share = new Fen(over).ShareHalfUp(agreed.Deduct).Value;
            var deduction = Math.Min(share, left);
            left -= deduction;
            text += $"，限值{(kind.IsFloor ? "不低于" : "不高于")}{Shown(kind, agreed.Limit)}" + (over == 0 ? "，未超限" : $"，超限金额{MethodText.Yuan(over)}×{MethodText.Percent(agreed.Deduct)}＝扣减{MethodText.Yuan(share)}");
            if (deduction < share) text += $"，以本月基金支付为限扣{MethodText.Yuan(deduction)}";
            results.Add(new IndicatorResult(kind.Code, Number(kind, value), Number(kind, agreed.Limit), deduction, text));
        }
        return results;
    }

    /// <summary>As it is told: a fraction of one, or yuan.</summary>
    public static decimal Number(Kind kind, long value) => kind.IsRatio ? value * 0.0001m : Yuan.Of(value);

    private static string Shown(Kind kind, long value) => kind.IsRatio ? MethodText.Percent(new BasisPoints(checked((int)value))) : MethodText.Yuan(value);

    private static string Amount(string code, long part) => code switch { "readmission_rate" => $"{part}例", "in_bed_rate" => $"{part}日", _ => MethodText.Yuan(part) };

    private static string Denominator(string code, long of) => code switch
    {
        "eligible_share" or "actual_ratio" => MethodText.Yuan(of),
        "cost_per_stay" or "readmission_rate" => $"{of}例",
        "cost_per_visit" => $"{of}人次",
        _ => $"{of}床日",
    };
}
