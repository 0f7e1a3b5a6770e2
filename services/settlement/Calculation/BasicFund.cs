using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>What the layers above need to know of the basic fund's part.</summary>
internal readonly record struct BasicPay(Fen Deductible, BasisPoints Ratio, Fen CutOff);

/// <summary>settlement-calculation.md section 3: fixed amount, or deductible and ratio; then the ceilings, the annual cap last.</summary>
internal static class BasicFund
{
    public static BasicPay Pay(BasicFundTerms terms, in Situation situation, in ClaimFacts facts, Accumulators before, Progress progress, Trace? trace)
    {
        BasicRule? rule = null;
        foreach (var candidate in terms.Rules)
        {
            if (!candidate.When.Holds(situation)) continue;
            rule = candidate;
            break;
        }
        if (rule is null)
        {
            trace?.NoRule();
            return default;
        }

        var scope = rule.PoolCatalogOnly ? facts.Fees.InScopeOfPool : facts.Fees.InScope;
        var counted = scope;
        if (rule.Eligible?.Caps.Select(situation) is { Value.IsNone: false } eligible)
        {
            var key = rule.Eligible.Paid.Of(rule.Eligible.Per, facts.PolicyOn);
            var left = Fen.Max(Fen.Zero, eligible.Value.Amount - new Fen(before[key]));
            counted = Fen.Min(counted, left);
            // The amount is used up whatever the caps below then pay (section 11).
            progress.Change(key, counted);
            trace?.Rule(rule.Eligible.Name, eligible.Clause, counted, left - counted, Inputs.InScope(scope), Inputs.LimitLeft(left));
        }

        var (taken, entitled, ratio) = (Fen.Zero, Fen.Zero, BasisPoints.Zero);
        var basis = counted;
        if (rule.Fixed.Select(situation) is { } fix)
        {
            entitled = FixedAmount(fix.Value, facts, counted);
            trace?.Rule(rule.FixedName, fix.Clause, entitled, null, Inputs.InScope(counted), Inputs.Amount(fix.Value.Amount ?? facts.Fixed!.Amount), Inputs.Units(Units(fix.Value, facts)));
        }
        else
        {
            taken = TakeDeductible(rule, situation, facts, before, counted, progress, trace);
            basis = counted - taken;
            if (rule.Ratios.Select(situation) is { } row)
            {
                entitled = row.Value.Of(basis);
                if (row.Value.IsFlat) ratio = row.Value.Ratios[0];
                trace?.Rule(rule.RatioName, row.Clause, entitled, null, Inputs.Basis(basis), Inputs.Ratios(row.Value));
            }
        }

        var otherFund = Fen.Zero;
        if (rule.Split is { } split && split.FirstShare.Select(situation) is { } share)
        {
            var first = entitled.ShareHalfUp(share.Value);
            (otherFund, entitled) = (entitled - first, first);
            trace?.Rule(split.Name, share.Clause, otherFund, null, Inputs.Entitled(first + otherFund), Inputs.FirstShare(share.Value));
        }

        var paid = entitled;
        Fen? limitLeft = null;
        foreach (var limit in rule.Maximums)
        {
            if (limit.Caps.Select(situation) is not { Value.IsNone: false } cap) continue;
            paid = Under(limit, cap, facts, before, paid, ref limitLeft, trace);
        }
        // A ceiling of one kind limits first, the annual cap second: only what the annual cap cut off is a large-sum layer's base.
        var belowMaximums = paid;
        if (terms.AnnualCap?.Caps.Select(situation) is { Value.IsNone: false } annual)
            paid = Under(terms.AnnualCap, annual, facts, before, paid, ref limitLeft, trace);

        foreach (var limit in rule.Maximums)
            if (limit.Per is Per.Month or Per.Year && limit.Caps.Select(situation) is not null) progress.Change(limit.Paid.Of(limit.Per, facts.PolicyOn), paid);
        progress.Change(terms.PaidKey, paid);
        progress.Pay(PayField.BasicFund, Cost.InScope, paid);
        progress.Share(terms.Payer, scope, limitLeft, paid);
        if (!otherFund.IsZero)
        {
            progress.Change(rule.Split!.Paid.Year, otherFund);
            progress.Pay(rule.Split.Pays, Cost.InScope, otherFund);
            progress.Share(rule.Split.Payer, scope, null, otherFund);
        }
        return new BasicPay(taken, Effective(paid, entitled, otherFund, ratio, basis), belowMaximums - paid);
    }

    private static Fen TakeDeductible(BasicRule rule, in Situation situation, in ClaimFacts facts, Accumulators before, Fen cost, Progress progress, Trace? trace)
    {
        if (rule.Deductible is not { } deductible || deductible.Amounts.Select(situation) is not { } row) return Fen.Zero;
        var key = deductible.Taken.Year;
        var due = deductible.Per switch
        {
            Per.Year => row.Value - new Fen(before[key]),
            // Once per stay, however often it is settled; after an upward referral only the difference to the higher one.
            Per.Stay => Fen.Max(Fen.Zero, row.Value - facts.DeductibleOfReferringStay) - facts.DeductibleTakenInStay,
            _ => row.Value,
        };
        var taken = Fen.Min(cost, Fen.Max(Fen.Zero, due));
        progress.Change(key, taken);
        trace?.Rule(deductible.Name, row.Clause, taken, null, Inputs.InScope(cost), Inputs.Amount(row.Value), Inputs.Before(row.Value - Fen.Max(Fen.Zero, due)), Inputs.Stay(facts.StayOrdinal));
        return taken;
    }

    private static Fen FixedAmount(FixedAmount fix, in ClaimFacts facts, Fen cost)
    {
        var whole = (fix.Amount ?? facts.Fixed!.Amount).Times(Units(fix, facts));
        return Fen.Min(cost, Fen.Max(Fen.Zero, whole - facts.BasicFundPaidInStay));
    }

    private static int Units(FixedAmount fix, in ClaimFacts facts) => fix.Unit switch
    {
        FixedUnit.Case => 1,
        FixedUnit.Eye => Math.Max(1, facts.Fixed?.Count ?? 1),
        _ => facts.Fixed?.Count ?? Math.Max(1, facts.PolicyOn.DayNumber - facts.BeginOn.DayNumber),
    };

    private static Fen Under(Limit limit, Row<Cap> cap, in ClaimFacts facts, Accumulators before, Fen pay, ref Fen? lowest, Trace? trace)
    {
        var used = limit.Per is Per.Visit or Per.Stay ? facts.BasicFundPaidInStay : new Fen(before[limit.Paid.Of(limit.Per, facts.PolicyOn)]);
        var most = cap.Value.At(cap.Value.Of == CostBase.Total ? facts.Fees.Total : facts.Fees.InScope);
        var left = Fen.Max(Fen.Zero, most - used);
        var paid = Fen.Min(pay, left);
        lowest = lowest is { } other ? Fen.Min(other, left - paid) : left - paid;
        trace?.Rule(limit.Name, cap.Clause, paid, left - paid, Inputs.Entitled(pay), Inputs.Limit(most), Inputs.Used(used));
        return paid;
    }

    /// <summary>The ratio itself where nothing else bore on the pay, else what the pay amounts to, rounded to the basis point.</summary>
    private static BasisPoints Effective(Fen paid, Fen entitled, Fen otherFund, BasisPoints flat, Fen basis)
    {
        if (basis.IsZero) return BasisPoints.Zero;
        if (flat != BasisPoints.Zero && paid == entitled && otherFund.IsZero) return flat;
        return new BasisPoints((int)HalfUp.DivideProduct(paid.Value, BasisPoints.Whole, basis.Value));
    }
}
