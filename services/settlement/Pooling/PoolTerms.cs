using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Pooling;

/// <summary>Who bears a county's deficit, one after the other.</summary>
internal enum Bearer
{
    /// <summary>What the county has put by at the city.</summary>
    AccumulatedSurplus,
    /// <summary>The county itself: it owes the city.</summary>
    County,
}

internal sealed record DeficitTerms(IReadOnlyList<Bearer> BudgetMet, IReadOnlyList<Bearer> BudgetNotMet);

/// <param name="TotalCap">What the fund may hold, of the counties' revenue budgets of the year.</param>
/// <param name="AbnormalOver">By how much the expenditure is over its budget before the overspend is an abnormal one.</param>
/// <param name="YearlyDraw">What may be drawn in a year, of what the fund held when the year began (or first held).</param>
internal sealed record RiskFundTerms(BasisPoints TotalCap, BasisPoints AbnormalOver, BasisPoints YearlyDraw, int YearsMax);

/// <param name="BelowMonths">Or <paramref name="AboveMonths"/>: the pool's balance in months of its mean spending.</param>
internal sealed record WarningLevel(string Level, int? BelowMonths, int? AboveMonths);

internal sealed record InterestRate(DateOnly From, BasisPoints Rate);

/// <summary>How a city handles its counties' pooled money: data with its source, or said to be assumed.</summary>
/// <param name="SweepDay">On this day of a month all that a county has received goes up by itself; null: the county proposes.</param>
/// <param name="PlanMonths">The next month's allocation is the mean spending of so many months.</param>
internal sealed record PoolTerms(int? SweepDay, int PlanMonths, DeficitTerms? Deficit, RiskFundTerms? RiskFund, IReadOnlyList<WarningLevel> Warnings, IReadOnlyList<InterestRate> Rates)
{
    private const string Root = "pools/", Default = "default";

    private static readonly Lazy<Dictionary<string, PoolTerms>> Known = new(Load);

    /// <summary>The city's, or those for cities without a file.</summary>
    public static PoolTerms Of(string city) => Known.Value.GetValueOrDefault(city) ?? Known.Value[Default];

    public BasisPoints RateOn(DateOnly day) => Rates.LastOrDefault(r => r.From <= day)?.Rate ?? BasisPoints.Zero;

    private static Dictionary<string, PoolTerms> Load()
    {
        var assembly = typeof(PoolTerms).Assembly;
        return assembly.GetManifestResourceNames().Where(n => n.StartsWith(Root, StringComparison.Ordinal)).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return Read(name[Root.Length..], reader.ReadToEnd());
        }).ToDictionary(t => t.City, t => t.Terms, StringComparer.Ordinal);
    }

    /// <exception cref="PolicyFormatException">The file states no such terms; names file and line.</exception>
    public static (string City, PoolTerms Terms) Read(string file, string text)
    {
        var root = PackNode.Parse(file, text);
        var city = root.Text("city");
        if (city != Default && !DivisionCode.TryParse(city, out _)) throw root.Error("city", $"'{city}' is no division code");
        HashSet<string> sources = [.. root.Named("sources").Select(s => s.Key)];
        foreach (var (_, source) in root.Named("sources")) { _ = source.Text("file"); _ = source.Text("title"); source.Done(); }

        var plan = Part("allocation_plan");
        var months = Count(plan, "months", 12);
        plan.Done();
        int? sweepDay = null;
        if (root.Has("sweep"))
        {
            var sweep = Part("sweep");
            sweepDay = Count(sweep, "day", 28);
            sweep.Done();
        }
        DeficitTerms? deficit = null;
        if (root.Has("deficit"))
        {
            var part = Part("deficit");
            deficit = new DeficitTerms(Bearers(part, "budget_met"), Bearers(part, "budget_not_met"));
            part.Done();
        }
        RiskFundTerms? risk = null;
        if (root.Has("risk_fund"))
        {
            var part = Part("risk_fund");
            risk = new RiskFundTerms(part.Percent("total_cap"), part.Percent("abnormal_over"), part.Percent("yearly_draw"), Count(part, "years_max", 10));
            part.Done();
        }
        var warning = Part("early_warning");
        var levels = warning.Children("levels").Select(n =>
        {
            var level = new WarningLevel(n.Text("level"), n.OptionalNumber("below_months"), n.OptionalNumber("above_months"));
            if (level.BelowMonths is null == level.AboveMonths is null) throw n.Error("a level is below or above a number of months");
            n.Done();
            return level;
        }).ToList();
        warning.Done();
        var interest = Part("interest");
        var rates = interest.Children("rates").Select(n =>
        {
            var rate = new InterestRate(n.OptionalDay("from") ?? throw n.Error("'from' is missing"), n.Percent("rate"));
            n.Done();
            return rate;
        }).ToList();
        if (rates.Count == 0 || rates.Zip(rates.Skip(1)).Any(p => p.First.From >= p.Second.From)) throw interest.Error("rates", "rates are missing or not in order");
        interest.Done();
        root.Done();
        return (city, new PoolTerms(sweepDay, months, deficit, risk, levels, rates));

        // Every figure comes from a source or says that it is assumed, and why.
        PackNode Part(string key)
        {
            var node = root.Child(key);
            var assumed = node.OptionalFlag("assumed") ?? false;
            if (assumed && node.OptionalText("reason") is null) throw node.Error("'reason' is missing: what is assumed says why");
            if (node.OptionalText("source") is { } source && !sources.Contains(source.Split([' ', ':'], 2)[0])) throw node.Error("source", $"'{source}' names none of the sources");
            if (!assumed && node.OptionalText("source") is null) throw node.Error("neither a source nor assumed: true");
            return node;
        }

        static int Count(PackNode node, string key, int max) => node.OptionalNumber(key) is { } n && n >= 1 && n <= max ? n : throw node.Error(key, $"a number from 1 to {max} is expected");

        static List<Bearer> Bearers(PackNode node, string key)
        {
            var bearers = (node.OptionalTexts(key) ?? []).Select(b => b switch
            {
                "accumulated_surplus" => Bearer.AccumulatedSurplus,
                "county" => Bearer.County,
                _ => throw node.Error(key, $"'{b}' bears no deficit: accumulated_surplus or county"),
            }).ToList();
            return bearers is [.., Bearer.County] && bearers.Distinct().Count() == bearers.Count ? bearers : throw node.Error(key, "the county bears what is left, last");
        }
    }
}
