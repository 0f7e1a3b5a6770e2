namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>A visit as the slow implementation sees it, in yuan.</summary>
internal sealed record SlowVisit(string Level, string MedType, string? Disease, decimal Total, decimal InScope, decimal Pool, bool UseAccount)
{
    /// <summary>Outside the city without a filing.</summary>
    public bool Unfiled { get; init; }
    public bool Accident { get; init; }
    public string? Group { get; init; }
    public int Eyes { get; init; } = 1;
}

internal sealed record SlowResult(decimal Deductible, decimal Basic, decimal Eligible, decimal Critical, decimal LargeSum, decimal Assistance, decimal Backstop, decimal Supplement, decimal Account)
{
    public decimal Fund => Basic + Critical + LargeSum + Assistance + Backstop + Supplement;
}

/// <summary>
/// A second implementation of settlement-calculation.md for the packs of policy-parameters.md, written from those documents alone and
/// sharing nothing with the program: decimal yuan, no accumulators (whatever the year needs is summed over its history each time), no data files.
/// </summary>
internal sealed class SlowYear(string pack, bool child, string[] categories, decimal balance)
{
    private readonly List<(SlowVisit Visit, SlowResult Result)> history = [];

    public decimal Balance => balance - history.Sum(h => h.Result.Account);

    public SlowResult Settle(SlowVisit visit)
    {
        var result = Compute(visit);
        history.Add((visit, result));
        return result;
    }

    /// <summary>A reversal: as if the visit had never been settled; the others keep their amounts.</summary>
    public void Reverse(int index) => history.RemoveAt(index);

    public static decimal Round(decimal x) => Math.Round(x, 2, MidpointRounding.AwayFromZero);

    /// <summary>Section 2: amount, wholly self-paid, over the ceiling, first payment, in scope.</summary>
    public static (decimal Amount, decimal Own, decimal Over, decimal First, decimal Scope) Line(string level, decimal ratio, decimal? ceiling, decimal count, decimal price)
    {
        var amount = Round(count * price);
        if (level == "03" || ratio >= 1) return (amount, amount, 0, 0, 0);
        var over = ceiling is { } c && price > c ? Round(count * (price - c)) : 0;
        var rest = amount - over;
        var first = level == "02" ? Round(rest * ratio) : 0;
        return (amount, 0, over, first, rest - first);
    }

    private SlowResult Compute(SlowVisit v)
    {
        var s = v.InScope;
        decimal deductible = 0, due = 0, eligible = 0, civilAffairs = 0, cap;
        switch (pack)
        {
            case "harbin/resident":
                cap = 6 * 28_000;
                if (IsStay(v))
                {
                    deductible = Math.Min(s, child ? ByLevel(v, 400, 300, 200, 150) : ByLevel(v, 720, 480, 240, 200));
                    due = Round((s - deductible) * 0.70m);
                }
                else if (IsSpecial(v))
                {
                    due = child ? Round(s * 0.70m) : v.Disease == "special_outpatient" ? Round(s * 0.60m) : 0;
                }
                else if (IsOrdinary(v))
                {
                    eligible = Math.Min(v.Pool, 300 - history.Sum(h => h.Result.Eligible));
                    due = Round(eligible * 0.50m);
                }
                break;
            case "harbin/employee":
                cap = 4 * 56_000;
                if (IsStay(v))
                {
                    deductible = Math.Min(s, ByLevel(v, 720, 480, 240, 240));
                    due = Round((s - deductible) * 0.75m);
                }
                else if (IsSpecial(v)) due = Round(s * 0.80m);
                else if (IsChronic(v)) due = Math.Min(Round(s * 0.70m), 3_000 - Paid(IsChronic));
                break;
            case "bijie/resident":
                cap = 200_000;
                if (IsStay(v))
                {
                    deductible = Math.Min(s, ByLevel(v, 800, 400, 200, 100));
                    due = Round((s - deductible) * (ByLevel(v, 0.60m, 0.75m, 0.80m, 0.85m) - (v.Unfiled ? 0.15m : 0)));
                }
                else if (IsOrdinary(v)) due = Math.Min(Round(s * 0.60m), 400 - Paid(IsOrdinary));
                break;
            case "yongding/ncms":
                cap = 80_000;
                if (IsStay(v) && child && v.Disease == "congenital_heart_child") due = s;
                else if (IsStay(v) && Is("extreme_hardship") && v.Level != "3")
                {
                    due = Round(s * 0.75m);
                    civilAffairs = s - due;
                }
                else if (IsStay(v) && v.Group == "per_eye") due = Math.Min(800 * v.Eyes, s);
                else if (IsStay(v) && v.Group == "per_disease") due = Math.Min(3_000, s);
                else if (IsStay(v))
                {
                    deductible = Math.Min(s, ByLevel(v, 600, 300, 100, 100));
                    due = Round((s - deductible) * ByLevel(v, 0.50m, 0.75m, 0.85m, 0.85m));
                    if (v.Accident) due = Math.Min(due, 4_000);
                }
                else if (IsSpecial(v) || IsChronic(v)) due = Math.Min(Round(s * 0.70m), 5_000 - Paid(x => IsSpecial(x) || IsChronic(x)));
                else if (IsOrdinary(v)) due = Math.Min(Round(s * 0.60m), 100 - Paid(IsOrdinary));
                else if (v.MedType[..2] == "52") due = Math.Min(480, s);
                break;
            case "rizhao/resident":
                cap = 300_000;
                if (IsStay(v))
                {
                    deductible = Math.Min(s, ByLevel(v, 1_000, 500, 200, 200));
                    due = Round((s - deductible) * ByLevel(v, 0.55m, 0.70m, 0.80m, 0.85m));
                }
                break;
            case "shizhu/resident":
                cap = 100_000;
                if (IsStay(v))
                {
                    deductible = Math.Min(s, ByLevel(v, 800, 300, 100, 100));
                    due = Round((s - deductible) * ByLevel(v, 0.50m, 0.70m, 0.80m, 0.85m));
                }
                break;
            default:
                cap = 300_000;
                if (IsStay(v))
                {
                    deductible = Math.Min(s, ByLevel(v, 700, 500, 300, 150));
                    due = Round((s - deductible) * ByLevel(v, 0.75m, 0.80m, 0.85m, 0.85m));
                }
                else if (IsSpecial(v)) due = Round(s * 0.80m);
                else if (IsChronic(v)) due = Math.Min(Round(s * 0.60m), 5_000 - Paid(IsChronic));
                else if (IsOrdinary(v)) due = Math.Min(Round(s * 0.50m), 150 - Paid(IsOrdinary));
                else if (v.MedType[..2] == "52") due = Math.Min(900, s);
                break;
        }
        var basic = Math.Min(due, cap - Paid(_ => true));

        decimal critical = 0, largeSum = 0, assistance = civilAffairs, backstop = 0, supplement = 0;
        if (pack == "harbin/employee") largeSum = Math.Min(Round((due - basic) * 0.90m), 300_000 - history.Sum(h => h.Result.LargeSum));
        else if (CountsAsBurden(v) && pack is not ("yongding/ncms" or "shizhu/resident"))
        {
            var before = history.Where(h => CountsAsBurden(h.Visit)).Sum(h => h.Visit.InScope - h.Result.Basic);
            critical = OfBurden(before + s - basic) - OfBurden(before);
        }
        if (pack == "bijie/resident" && (IsStay(v) || IsSpecial(v) || IsChronic(v)))
        {
            var ratio = Is("extreme_hardship") ? 1m : Is("low_income") ? 0.70m : 0;
            assistance = Math.Min(Round((s - basic - critical) * ratio), 30_000 - history.Sum(h => h.Result.Assistance));
        }
        if (pack == "guichi/resident" && (IsStay(v) || IsSpecial(v) || IsChronic(v)))
        {
            var left = s - basic - critical;
            var ratio = Is("extreme_hardship") ? 0.90m : Is("low_income") || Is("registered_poor") ? 0.70m : 0;
            assistance = Math.Min(Round(left * ratio), 50_000 - history.Sum(h => h.Result.Assistance));
            left -= assistance;
            if (Is("registered_poor"))
            {
                var counted = history.Where(h => IsStay(h.Visit) || IsSpecial(h.Visit) || IsChronic(h.Visit)).ToList();
                var own = counted.Sum(h => h.Visit.InScope - h.Result.Fund);
                var limit = v.Level == "3" || counted.Exists(h => h.Visit.Level == "3") ? 5_000 : 3_000;
                backstop = Math.Clamp(own + left - limit, 0, left);
                if (IsChronic(v)) supplement = Round((left - backstop) * 0.80m);
            }
        }
        var person = v.Total - (basic + critical + largeSum + assistance + backstop + supplement);
        var account = pack == "harbin/employee" && v.UseAccount ? Math.Min(Balance, person) : 0;
        return new SlowResult(deductible, basic, eligible, critical, largeSum, assistance, backstop, supplement, account);
    }

    private decimal Paid(Func<SlowVisit, bool> kind) => history.Where(h => kind(h.Visit)).Sum(h => h.Result.Basic);

    private bool Is(string category) => categories.Contains(category);

    private static bool IsStay(SlowVisit v) => int.Parse(v.MedType[..2]) is >= 21 and <= 28;
    private static bool IsSpecial(SlowVisit v) => v.MedType[..2] == "14" && v.Disease is "special_outpatient" or "special_outpatient_child";
    private static bool IsChronic(SlowVisit v) => v.MedType[..2] == "14" && v.Disease == "chronic_outpatient";
    private static bool IsOrdinary(SlowVisit v) => v.MedType[..2] is "11" or "13" or "16";
    private static bool CountsAsBurden(SlowVisit v) => IsStay(v) || IsSpecial(v);

    private static decimal ByLevel(SlowVisit v, decimal three, decimal two, decimal one, decimal community) => v.Level switch { "3" => three, "2" => two, "1" => one, _ => community };

    /// <summary>Section 4, walked in steps: a band is a span of the burden with its ratio.</summary>
    private decimal OfBurden(decimal burden)
    {
        decimal pay = 0;
        if (pack == "harbin/resident")
        {
            for (var step = 0; step < 15; step++) pay += Round(Within(burden, 14_000 + step * 10_000, 14_000 + (step + 1) * 10_000) * (0.50m + step * 0.01m));
            return pay + Round(Within(burden, 164_000, decimal.MaxValue) * 0.70m);
        }
        if (pack == "bijie/resident")
            return Round(Within(burden, 8_000, 68_000) * 0.50m) + Round(Within(burden, 68_000, 128_000) * 0.60m) + Round(Within(burden, 128_000, decimal.MaxValue) * 0.70m);
        if (pack == "rizhao/resident")
        {
            pay = Round(Within(burden, 12_000, 100_000) * 0.50m) + Round(Within(burden, 100_000, 200_000) * 0.60m) + Round(Within(burden, 200_000, decimal.MaxValue) * 0.65m);
            return Math.Min(pay, Is("registered_poor") ? 500_000 : 300_000);
        }
        var poor = Is("registered_poor") || Is("low_income") || Is("extreme_hardship");
        var (from, more) = poor ? (5_000m, 0.05m) : (15_000m, 0m);
        pay = Round(Within(burden, from, from + 50_000) * (0.60m + more)) + Round(Within(burden, from + 50_000, from + 100_000) * (0.65m + more))
            + Round(Within(burden, from + 100_000, from + 200_000) * (0.75m + more)) + Round(Within(burden, from + 200_000, decimal.MaxValue) * (0.80m + more));
        return poor ? pay : Math.Min(pay, 300_000);
    }

    private static decimal Within(decimal x, decimal from, decimal to) => Math.Max(0, Math.Min(x, to) - from);
}
