using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>
/// A method that sets a yearly amount against what was settled, and says who has the surplus and who bears the overspend. Until the settlement what was settled is paid up to the passed months' part of the amount
/// (assumed: no source says how the year's months are paid). Shares are rounded half up to the fen; the fund has or bears the rest.
/// </summary>
/// <param name="Lead">Of several providers the one that has the surplus (Gc: the alliance's lead hospital controls the budget); empty: all, by what they settled. An overspend is always borne by all, by what they settled.</param>
internal abstract record BudgetMethod(string Code, string Lead) : PaymentMethod(Code)
{
    public override bool IsShared => true;
    public override long? YearlyFen => Budget.Fen;

    protected abstract string Name { get; }

    /// <summary>The yearly amount and its arithmetic.</summary>
    protected abstract (long Fen, string Text) Budget { get; }

    /// <summary>Of the surplus, to the providers.</summary>
    protected abstract BasisPoints SurplusToProviders { get; }

    /// <summary>Of the overspend, paid by the fund.</summary>
    protected abstract BasisPoints OverspendByFund { get; }

    /// <summary>The months' parts are paid, whatever was settled.</summary>
    protected virtual bool IsPaidAhead => false;

    public override IReadOnlyList<ProviderDue> Due(TermMonth at, IReadOnlyList<string> providers, IReadOnlyList<CaseGroup> cases)
    {
        var settled = providers.ToDictionary(p => p, _ => 0L, StringComparer.Ordinal);
        foreach (var group in cases) settled[group.Provider] += group.SettledFen;
        var sum = settled.Values.Sum();
        var (due, text) = Total(at, sum);
        var parts = Divide(due, sum, settled);
        return [.. providers.Select(p => new ProviderDue(p, parts[p], providers.Count == 1 ? text : $"{text}；{providers.Count}家机构共用，本机构累计结算{MethodText.Yuan(settled[p])}，累计应付{MethodText.Yuan(parts[p])}"))];
    }

    private (long Fen, string Text) Total(TermMonth at, long settled)
    {
        var yearly = Budget;
        var budget = at.Part(yearly.Fen);
        var text = $"{Name}：{yearly.Text}" + (at.Passed == at.Of ? "" : $"，{at.Passed}/{at.Of}月计{MethodText.Yuan(budget)}") + $"；累计结算{MethodText.Yuan(settled)}";
        if (!at.IsSettlement)
        {
            var paid = IsPaidAhead ? budget : Math.Min(settled, budget);
            return (paid, $"{text}；{(IsPaidAhead ? "按月预付" : settled > budget ? "超出部分待年终清算" : "年终清算前按结算额支付")}，累计应付{MethodText.Yuan(paid)}");
        }
        var overspent = settled > budget;
        var difference = overspent ? settled - budget : budget - settled;
        var ratio = overspent ? OverspendByFund : SurplusToProviders;
        var share = new Fen(difference).ShareHalfUp(ratio).Value;
        var due = overspent ? budget + share : settled + share;
        var what = difference == 0 ? "无结余无超支" : overspent ? $"超支{MethodText.Yuan(difference)}，基金承担{MethodText.Percent(ratio)}即{MethodText.Yuan(share)}" : $"结余{MethodText.Yuan(difference)}，机构留用{MethodText.Percent(ratio)}即{MethodText.Yuan(share)}";
        return (due, $"{text}；年终清算：{what}，累计应付{MethodText.Yuan(due)}");
    }

    private Dictionary<string, long> Divide(long due, long sum, Dictionary<string, long> settled)
    {
        if (due >= sum && Lead.Length > 0 && settled.ContainsKey(Lead))
        {
            var parts = new Dictionary<string, long>(settled, StringComparer.Ordinal);
            parts[Lead] += due - sum;
            return parts;
        }
        return Shares.Split(due, [.. settled.Select(s => (s.Key, (Int128)Math.Max(0, s.Value)))]);
    }
}
