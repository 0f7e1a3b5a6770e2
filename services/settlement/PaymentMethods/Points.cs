using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>
/// DRG (weights) and DIP (points): the budget less the reserve is divided by the points of all providers of the terms, points = group's points × hospital's coefficient. Each month divides the passed months' part,
/// of it the provisional share; the settlement after the period divides all. Parts sum to what is divided, to the fen (<see cref="Shares"/>). The fund's payment alone: patients pay beside it.
/// </summary>
/// <param name="Code">drg or dip: they differ in their tables.</param>
/// <param name="Coefficients">Of a provider; without one: 1.</param>
/// <param name="ProvisionalShare">Of the months' part, paid before the settlement.</param>
internal sealed record Points(string Code, string TableNo, GroupTable Table, long BudgetFen, long ReserveFen, IReadOnlyDictionary<string, BasisPoints> Coefficients, BasisPoints ProvisionalShare) : PaymentMethod(Code)
{
    // Ten-thousandths of points times ten-thousandths of a coefficient.
    private const long PerPoint = 100_000_000;

    public override bool IsShared => true;
    public override long? YearlyFen => BudgetFen - ReserveFen;

    public override IReadOnlyList<ProviderDue> Due(TermMonth at, IReadOnlyList<string> providers, IReadOnlyList<CaseGroup> cases)
    {
        var own = cases.ToLookup(c => c.Provider, StringComparer.Ordinal);
        var points = providers.Select(p => (Provider: p, Points: PointsOf(p, own[p]))).ToList();
        var all = points.Aggregate(Int128.Zero, (sum, p) => sum + p.Points);
        var available = at.Part(BudgetFen - ReserveFen);
        var text = $"{(Code == "drg" ? "DRG" : "DIP")}付费：预算{MethodText.Yuan(BudgetFen)}，减预留{MethodText.Yuan(ReserveFen)}" + (at.Passed == at.Of ? "" : $"，{at.Passed}/{at.Of}月") + $"计{MethodText.Yuan(available)}";
        if (!at.IsSettlement && ProvisionalShare != BasisPoints.Full)
        {
            available = new Fen(available).ShareHalfUp(ProvisionalShare).Value;
            text += $"，预结算{MethodText.Percent(ProvisionalShare)}即{MethodText.Yuan(available)}";
        }
        if (all == 0) return [.. providers.Select(p => new ProviderDue(p, 0, $"{text}；尚无点数"))];
        text += $"；总点数{Shown(all)}，{(at.IsSettlement ? "年终" : "月度")}点值{MethodText.Yuan(checked((long)(((Int128)available * PerPoint + all / 2) / all)))}";
        var parts = Shares.Split(available, points);
        return [.. points.Select(p => new ProviderDue(p.Provider, parts[p.Provider], $"{text}；本机构{Sum(own[p.Provider], c => c.Cases)}例，系数{CoefficientOf(p.Provider)}，{Shown(p.Points)}点，累计应付{MethodText.Yuan(parts[p.Provider])}"))];
    }

    /// <summary>Not negative: where more was reversed than settled there are none.</summary>
    private Int128 PointsOf(string provider, IEnumerable<CaseGroup> cases)
    {
        var sum = Int128.Zero;
        foreach (var group in cases)
            if (group.Cases != 0 && Table.Of(group.Diagnosis, group.Operation) is { } found) sum += (Int128)group.Cases * found.PointsE4;
        return Int128.Max(0, sum) * CoefficientOf(provider).Value;
    }

    private BasisPoints CoefficientOf(string provider) => Coefficients.TryGetValue(provider, out var coefficient) ? coefficient : BasisPoints.Full;

    private static string Shown(Int128 points) => FixedPoint.Format(HalfUp.Divide(points, BasisPoints.Whole), 4, trim: true);
}
