using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>
/// settlement-calculation.md section 4: the difference of a cumulative function of the year's (or month's) burden, so that neither order
/// nor splitting of settlements changes what the period pays.
/// </summary>
internal static class CriticalIllness
{
    public static Fen Pay(Layer layer, in Situation situation, in ClaimFacts facts, Accumulators before, Fen burden, Progress progress, ref Fen? limitLeft, Trace? trace)
    {
        if (layer.Cumulative.Select(situation) is not { } row) return Fen.Zero;
        var key = layer.Burden.Of(layer.Period, facts.PolicyOn);
        var from = new Fen(before[key]);
        var to = from + burden;
        var pay = row.Value.Of(to) - row.Value.Of(from);
        progress.Change(key, burden);
        if (!row.Value.Maximum.IsNone) limitLeft = row.Value.Maximum.Amount - row.Value.Of(to);
        trace?.Rule(layer.Name, row.Clause, pay, limitLeft, Inputs.BurdenBefore(from), Inputs.BurdenAfter(to), Inputs.Deductible(row.Value.Deductible), Inputs.Ratios(row.Value.Bands));
        return pay;
    }
}
