using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>settlement-calculation.md section 5: the layers above the basic fund, in the policy's order, each on what those before it left.</summary>
internal static class Assistance
{
    /// <returns>False: the layer does not apply, or the share lies below its minimum and does not count.</returns>
    public static bool Pay(Layer layer, in Situation situation, in ClaimFacts facts, Accumulators before, Fen cutOff, Progress progress, Trace? trace)
    {
        if (!layer.When.Holds(situation)) return false;
        var left = progress.Left(layer.Counts);
        var scope = layer.OfCutOff ? Fen.Min(cutOff, left)
            : layer.AboveAnnualCap ? left
            : Fen.Max(Fen.Zero, left - cutOff);
        if (layer.Minimum.Select(situation) is { } least && scope < least.Value)
        {
            trace?.Rule(layer.Name, least.Clause, Fen.Zero, null, Inputs.Left(scope), Inputs.Minimum(least.Value));
            return false;
        }

        Fen? limitLeft = null;
        var pay = !layer.Cumulative.IsEmpty ? CriticalIllness.Pay(layer, situation, facts, before, scope, progress, ref limitLeft, trace)
            : !layer.OwnCostCaps.IsEmpty ? BackstopPay(layer, situation, facts, before, scope, progress, trace)
            : SharePay(layer, situation, facts, before, scope, progress, ref limitLeft, trace);
        // No layer's arithmetic exceeds its scope; what the layers above left is the last word all the same.
        pay = Fen.Min(pay, left);
        if (pay.IsZero) return true;

        progress.Change(layer.Paid.Of(layer.Maximum?.Per is Per.Month ? Per.Month : layer.Period, facts.PolicyOn), pay);
        var first = pay;
        if (layer.Split is { } split && split.FirstShare.Select(situation) is { } share)
        {
            first = pay.ShareHalfUp(share.Value);
            progress.Change(split.Paid.Year, pay - first);
            progress.Pay(split.Pays, layer.Counts, pay - first);
            trace?.Rule(split.Name, share.Clause, pay - first, null, Inputs.Entitled(pay), Inputs.FirstShare(share.Value));
        }
        progress.Pay(layer.Pays, layer.Counts, first);
        progress.Share(layer.Payer, scope, limitLeft, first);
        if (layer.Split is not null) progress.Share(layer.Split.Payer, scope, null, pay - first);
        return true;
    }

    /// <summary>After all layers: what the person still bears of the costs that an own-cost cap counts.</summary>
    public static void KeepOwnCost(Layer layer, in Situation situation, in ClaimFacts facts, Progress progress)
    {
        if (layer.OwnCostCaps.IsEmpty) return;
        progress.Change(layer.OwnCost.Of(layer.Period, facts.PolicyOn), progress.Left(layer.Counts));
        if (layer.HighestLevelUsed) progress.Count(layer.LevelCounts[situation.Level].Of(layer.Period, facts.PolicyOn));
    }

    private static Fen SharePay(Layer layer, in Situation situation, in ClaimFacts facts, Accumulators before, Fen scope, Progress progress, ref Fen? limitLeft, Trace? trace)
    {
        if (layer.Ratios.Select(situation) is not { } row) return Fen.Zero;
        var basis = scope;
        if (layer.Deductible is { } deductible && deductible.Amounts.Select(situation) is { } amount)
        {
            var key = deductible.Taken.Of(deductible.Per, facts.PolicyOn);
            var due = deductible.Per == Per.Visit ? amount.Value : Fen.Max(Fen.Zero, amount.Value - new Fen(before[key]));
            var taken = Fen.Min(scope, due);
            basis -= taken;
            if (deductible.Per != Per.Visit) progress.Change(key, taken);
            trace?.Rule(deductible.Name, amount.Clause, taken, null, Inputs.Left(scope), Inputs.Amount(amount.Value), Inputs.Before(amount.Value - due));
        }
        var pay = row.Value.Of(basis);
        trace?.Rule(layer.Name, row.Clause, pay, null, layer.OfCutOff ? Inputs.CutOff(basis) : Inputs.Left(basis), Inputs.Ratios(row.Value));
        if (layer.Maximum is { } maximum && maximum.Caps.Select(situation) is { Value.IsNone: false } cap)
        {
            var used = maximum.Per == Per.Visit ? Fen.Zero : new Fen(before[maximum.Paid.Of(maximum.Per, facts.PolicyOn)]);
            var most = cap.Value.At(cap.Value.Of == CostBase.Total ? facts.Fees.Total : facts.Fees.InScope);
            var room = Fen.Max(Fen.Zero, most - used);
            var entitled = pay;
            pay = Fen.Min(pay, room);
            limitLeft = room - pay;
            trace?.Rule(maximum.Name, cap.Clause, pay, limitLeft, Inputs.Entitled(entitled), Inputs.Limit(most), Inputs.Used(used));
        }
        return pay;
    }

    /// <summary>Pays what the person's own cost of the period exceeds the cap by.</summary>
    private static Fen BackstopPay(Layer layer, in Situation situation, in ClaimFacts facts, Accumulators before, Fen scope, Progress progress, Trace? trace)
    {
        var seen = situation;
        if (layer.HighestLevelUsed) seen = seen.AtLevel(Math.Max(situation.Level, HighestUsed(layer, facts, before)));
        if (layer.CountsMonths) seen = seen.InMonth(1 + OtherMonthsReached(layer, facts, before));
        if (layer.OwnCostCaps.Select(seen) is not { } row) return Fen.Zero;
        var limit = row.Value.Amount;
        if (layer.CostCounted is { } counted)
        {
            // Kept up even where today's cap does not grow with it: a reversal can bring the growing one back.
            var key = layer.CostSum.Of(layer.Period, facts.PolicyOn);
            var cost = counted == CostBase.Total ? facts.Fees.Total : facts.Fees.InScope;
            progress.Change(key, cost);
            limit = row.Value.At(new Fen(before[key]) + cost);
        }
        var own = new Fen(before[layer.OwnCost.Of(layer.Period, facts.PolicyOn)]);
        var pay = Fen.Min(scope, Fen.Max(Fen.Zero, own + scope - limit));
        trace?.Rule(layer.Name, row.Clause, pay, null, Inputs.OwnBefore(own), Inputs.Left(scope), Inputs.OwnCap(limit), Inputs.OwnLeft(Fen.Max(Fen.Zero, limit - own - scope)));
        return pay;
    }

    private static int HighestUsed(Layer layer, in ClaimFacts facts, Accumulators before)
    {
        for (var level = Levels.Rising.Length - 1; level >= 0; level--)
            if (before[layer.LevelCounts[level].Of(layer.Period, facts.PolicyOn)] > 0) return level;
        return 0;
    }

    private static int OtherMonthsReached(Layer layer, in ClaimFacts facts, Accumulators before)
    {
        var count = 0;
        for (var month = 1; month <= 12; month++)
            if (month != facts.PolicyOn.Month && before[layer.Paid.Month(month)] > 0) count++;
        return count;
    }
}
