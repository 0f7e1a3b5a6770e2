namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>A visit as the slow implementation sees it, in yuan.</summary>
internal sealed record SlowVisit(string Level, string MedType, string? Disease, decimal Total, decimal InScope, decimal Pool, bool UseAccount)
{
    /// <summary>The bills of one stay have the same number.</summary>
    public required int Encounter { get; init; }
    public DateOnly Begin { get; init; }
    /// <summary>Of the stay, or the day of the interim bill.</summary>
    public DateOnly End { get; init; }
    /// <summary>A referral or stay elsewhere that was filed.</summary>
    public bool Filed { get; init; }
    public bool OffSite { get; init; }
    /// <summary>On the first day.</summary>
    public int Age { get; init; }
    public bool Accident { get; init; }
    public string? Group { get; init; }
    public int Eyes { get; init; } = 1;
}

internal sealed record SlowResult(decimal Deductible, decimal Basic, decimal Eligible, decimal Critical, decimal LargeSum, decimal Assistance, decimal Backstop, decimal Supplement, decimal Account)
{
    /// <summary>What of its deductible the stay was spared, because the one that referred it had paid it.</summary>
    public decimal Spared { get; init; }

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
        if (pack == "test/monthly-cap") return ComputeForeign(v);
        var s = v.InScope;
        decimal deductible = 0, due = 0, eligible = 0, civilAffairs = 0, cap;
        switch (pack)
        {
            case "harbin/resident":
                cap = 6 * 28_000;
                if (IsStay(v))
                {
                    deductible = child ? Deductible(v, 400, 300, 200, 150) : Deductible(v, 720, 480, 240, 200);
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
                    deductible = Deductible(v, 720, 480, 240, 240);
                    due = Round((s - deductible) * 0.75m);
                }
                else if (IsSpecial(v)) due = Round(s * 0.80m);
                else if (IsChronic(v)) due = Math.Min(Round(s * 0.70m), 3_000 - Paid(IsChronic));
                break;
            case "bijie/resident":
                cap = 200_000;
                if (IsStay(v))
                {
                    deductible = Deductible(v, 800, 400, 200, 100);
                    due = Round((s - deductible) * (ByLevel(v, 0.60m, 0.75m, 0.80m, 0.85m) - (v.OffSite && !v.Filed ? 0.15m : 0)));
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
                else if (IsStay(v) && v.Group == "per_eye") due = Math.Clamp(800 * v.Eyes - PaidInStay(v), 0, s);
                else if (IsStay(v) && v.Group == "per_disease") due = Math.Clamp(3_000 - PaidInStay(v), 0, s);
                else if (IsStay(v))
                {
                    deductible = Deductible(v, 600, 300, 100, 100);
                    due = Round((s - deductible) * ByLevel(v, 0.50m, 0.75m, 0.85m, 0.85m));
                    if (v.Accident) due = Math.Clamp(4_000 - PaidInStay(v), 0, due);
                }
                else if (IsSpecial(v) || IsChronic(v)) due = Math.Min(Round(s * 0.70m), 5_000 - Paid(x => IsSpecial(x) || IsChronic(x)));
                else if (IsOrdinary(v)) due = Math.Min(Round(s * 0.60m), 100 - Paid(IsOrdinary));
                else if (v.MedType[..2] == "52") due = Math.Min(480, s);
                break;
            case "rizhao/resident":
                cap = 300_000;
                if (IsStay(v))
                {
                    deductible = Deductible(v, 1_000, 500, 200, 200);
                    due = Round((s - deductible) * ByLevel(v, 0.55m, 0.70m, 0.80m, 0.85m));
                }
                break;
            case "shizhu/resident":
                cap = 100_000;
                if (IsStay(v))
                {
                    deductible = Deductible(v, 800, 300, 100, 100);
                    due = Round((s - deductible) * ByLevel(v, 0.50m, 0.70m, 0.80m, 0.85m));
                }
                break;
            default:
                cap = 300_000;
                if (IsStay(v))
                {
                    deductible = Deductible(v, 700, 500, 300, 150);
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
        return new SlowResult(deductible, basic, eligible, critical, largeSum, assistance, backstop, supplement, account) { Spared = Spared(v) };
    }

    /// <summary>
    /// The scheme of the test pack: insurance 70 % (80 % below 6 and from 70); what is left of a bill counts from 21,000 on, and of a month's such bills the
    /// person bears at most 80,100 and 1 % of the cost above 267,000, less from the fourth month on and with a low income; children 200 a bill and 500 a month.
    /// </summary>
    private SlowResult ComputeForeign(SlowVisit v)
    {
        var basic = Round(v.InScope * (v.Age is < 6 or >= 70 ? 0.80m : 0.70m));
        var left = v.InScope - basic;
        var month = history.Where(h => h.Visit.End.Month == v.End.Month).ToList();
        decimal high = 0, assistance = 0;
        if (left >= 21_000)
        {
            var counted = month.Where(h => h.Visit.InScope - h.Result.Basic >= 21_000).ToList();
            var reached = 1 + history.Where(h => h.Result.Backstop > 0 && h.Visit.End.Month != v.End.Month).Select(h => h.Visit.End.Month).Distinct().Count();
            var cost = v.Total + counted.Sum(h => h.Visit.Total);
            var cap = Is("low_income") ? (reached >= 4 ? 24_600 : 35_400) : reached >= 4 ? 44_400 : 80_100 + Round(Math.Max(0, cost - 267_000) * 0.01m);
            high = Math.Clamp(counted.Sum(h => h.Visit.InScope - h.Result.Fund) + left - cap, 0, left);
            left -= high;
        }
        if (v.Age < 15)
        {
            assistance = Math.Max(0, left - 200);
            left -= assistance;
            assistance += Math.Clamp(month.Where(h => h.Visit.Age < 15).Sum(h => h.Visit.InScope - h.Result.Fund) + left - 500, 0, left);
        }
        return new SlowResult(0, basic, 0, 0, 0, assistance, high, 0, 0);
    }

    /// <summary>A stay's deductible, once however often it is settled; after a filed referral from a lower level within 30 days what that stay has not paid of it.</summary>
    private decimal Deductible(SlowVisit v, decimal three, decimal two, decimal one, decimal community)
    {
        var taken = history.Where(h => h.Visit.Encounter == v.Encounter).Sum(h => h.Result.Deductible);
        return Math.Min(v.InScope, Math.Max(0, Math.Max(0, ByLevel(v, three, two, one, community) - Spared(v)) - taken));
    }

    private decimal Spared(SlowVisit v)
    {
        if (!v.Filed || !IsStay(v)) return 0;
        var referring = history.Where(h => IsStay(h.Visit) && h.Visit.Encounter != v.Encounter && h.Visit.End <= v.Begin && h.Visit.End.AddDays(30) >= v.Begin && Rank(h.Visit) < Rank(v)).OrderByDescending(h => h.Visit.End).FirstOrDefault();
        return referring.Visit is null ? 0 : referring.Result.Spared + history.Where(h => h.Visit.Encounter == referring.Visit.Encounter).Sum(h => h.Result.Deductible);
    }

    private static int Rank(SlowVisit v) => Array.IndexOf(["village", "community", "1", "2", "3"], v.Level);

    private decimal PaidInStay(SlowVisit v) => history.Where(h => h.Visit.Encounter == v.Encounter).Sum(h => h.Result.Basic);

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
