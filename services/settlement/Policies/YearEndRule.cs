using MedInsure.Kernel;

namespace MedInsure.Settlement.Policies;

/// <summary>What a year-end rule looks at: each stay by itself, or all visits of the year together.</summary>
internal enum YearEndPer : byte { Stay, Year }

internal enum YearEndBase : byte { Total, InScope, Borne }

/// <summary>Cost and burden of what a year-end rule looks at.</summary>
/// <param name="Borne">The person's share as it stands, less what other year-end rules gave for it.</param>
internal readonly record struct YearEndSums(Fen Total, Fen InScope, Fen Borne)
{
    public static YearEndSums operator +(YearEndSums a, YearEndSums b) => new(a.Total + b.Total, a.InScope + b.InScope, a.Borne + b.Borne);
}

/// <summary>From this cost on this amount, in place of the steps below.</summary>
/// <param name="Clause">Null: that of the row.</param>
internal sealed record YearEndStep(Fen Reached, Fen Amount, Clause? Clause);

/// <summary>Either steps, rising, or a share of the cost in marginal bands.</summary>
internal sealed record YearEndAmount(YearEndStep[] Steps, Bands? Bands);

/// <summary>What a rule gives.</summary>
/// <param name="Clause">Of the value that decided; null: nothing is due.</param>
internal readonly record struct YearEndDue(Fen Amount, Clause? Clause);

/// <summary>A benefit that is computed after the year, in a run, and paid to the person directly (secondary compensation).</summary>
internal sealed class YearEndRule
{
    public required RuleName Name { get; init; }
    /// <summary>Which visits count.</summary>
    public required Condition When { get; init; }
    public required long Line { get; init; }
    public required string Fund { get; init; }
    public required YearEndPer Per { get; init; }
    public required YearEndBase Of { get; init; }
    /// <summary>Not null: never more than the person bore.</summary>
    public required Clause? AtMostBorne { get; init; }
    public required Table<YearEndAmount> Amounts { get; init; }

    /// <summary>Below this total cost nothing can be due: neither cost in scope nor burden is more than the total.</summary>
    public Fen LeastCost => Amounts.Rows.Select(r => r.Value.Bands is null ? r.Value.Steps[0].Reached : new Fen(1)).DefaultIfEmpty(Fen.Zero).Min();

    /// <param name="situation">Of a stay its last bill's; of a year that of the last visit that counts.</param>
    public YearEndDue Due(in Situation situation, YearEndSums sums)
    {
        if (Amounts.Select(situation) is not { } row) return default;
        var cost = Of switch { YearEndBase.Total => sums.Total, YearEndBase.InScope => sums.InScope, _ => sums.Borne };
        var (amount, clause) = row.Value.Bands is { } bands ? (cost > Fen.Zero ? bands.Of(cost) : Fen.Zero, row.Clause) : Reached(row, cost);
        if (AtMostBorne is { } bound && amount > sums.Borne)
            (amount, clause) = (Fen.Max(sums.Borne, Fen.Zero), new Clause($"{clause.Text}; {bound.Text}", clause.Assumed || bound.Assumed));
        return amount > Fen.Zero ? new YearEndDue(amount, clause) : default;
    }

    private static (Fen, Clause) Reached(Row<YearEndAmount> row, Fen cost)
    {
        var reached = Array.FindLast(row.Value.Steps, s => cost >= s.Reached);
        return reached is null ? (Fen.Zero, row.Clause) : (reached.Amount, reached.Clause ?? row.Clause);
    }
}
