using System.Runtime.CompilerServices;
using MedInsure.Kernel;

namespace MedInsure.Settlement.Calculation;

/// <summary>How a catalog treats a line. What is <see cref="SelfPaid"/> is out of catalog for this settlement, wholly.</summary>
public enum LineClass : byte
{
    /// <summary>甲: in scope without a first payment.</summary>
    Covered,
    /// <summary>乙: in scope after the person's first payment.</summary>
    CoveredWithFirstPay,
    /// <summary>丙, a first-pay ratio of 1 or more, in no catalog, out of its dates, level too low, or limited use not approved.</summary>
    SelfPaid,
}

/// <summary>Why a line is wholly self-paid; the line's memo says it.</summary>
public enum SelfPaidReason : byte { None, ClassC, NotInCatalog, NotValidOnDate, LevelTooLow, FirstPayIsWhole, LimitedUseNotApproved }

/// <summary>What the catalog said of a line when it was priced. Stored with the settlement, so that it can be recomputed without the catalog.</summary>
/// <param name="FirstPay">Only <see cref="LineClass.CoveredWithFirstPay"/> uses it.</param>
/// <param name="Ceiling">The price ceiling at the provider's level; null = none.</param>
public readonly record struct LineTerms(LineClass Class, BasisPoints FirstPay, UnitPrice? Ceiling, bool CountsForOutpatientPool, SelfPaidReason Reason)
{
    public static LineTerms WhollySelfPaid(SelfPaidReason reason) => new(LineClass.SelfPaid, BasisPoints.Full, null, false, reason);
}

/// <summary>One charged item. A negative quantity corrects an earlier line of the same code in the same encounter.</summary>
public readonly record struct ClaimLine(string Code, DateOnly On, Quantity Quantity, UnitPrice UnitPrice, LineTerms Terms);

/// <summary>The four parts of a line: Amount = FullSelfPay + OverLimit + FirstPay + InScope, always.</summary>
public readonly record struct LineShare(Fen Amount, Fen FullSelfPay, Fen OverLimit, Fen FirstPay, Fen InScope);

/// <summary>Sums over lines: Total = FullSelfPay + OverLimit + FirstPay + InScope. InScopeOfPool = the in-scope part of the lines that count for outpatient pooling.</summary>
public readonly record struct FeeTotals(Fen Total, Fen FullSelfPay, Fen OverLimit, Fen FirstPay, Fen InScope, Fen InScopeOfPool)
{
    public static FeeTotals operator +(FeeTotals a, FeeTotals b) => new(
        a.Total + b.Total, a.FullSelfPay + b.FullSelfPay, a.OverLimit + b.OverLimit, a.FirstPay + b.FirstPay, a.InScope + b.InScope, a.InScopeOfPool + b.InScopeOfPool);

    public static FeeTotals operator -(FeeTotals a) => new(-a.Total, -a.FullSelfPay, -a.OverLimit, -a.FirstPay, -a.InScope, -a.InScopeOfPool);

    /// <summary>These totals with one more line.</summary>
    public FeeTotals With(in LineShare share, bool countsForOutpatientPool) => new(
        Total + share.Amount, FullSelfPay + share.FullSelfPay, OverLimit + share.OverLimit, FirstPay + share.FirstPay, InScope + share.InScope,
        countsForOutpatientPool ? InScopeOfPool + share.InScope : InScopeOfPool);
}

/// <summary>settlement-calculation.md section 2: price ceiling first, then the first payment, the rest is in scope.</summary>
public static class Lines
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LineShare Split(in ClaimLine line)
    {
        var amount = line.UnitPrice.TimesHalfUp(line.Quantity);
        if (line.Terms.Class == LineClass.SelfPaid) return new LineShare(amount, amount, Fen.Zero, Fen.Zero, Fen.Zero);
        var over = line.Terms.Ceiling is { } ceiling && line.UnitPrice > ceiling ? (line.UnitPrice - ceiling).TimesHalfUp(line.Quantity) : Fen.Zero;
        var rest = amount - over;
        var first = line.Terms.Class == LineClass.CoveredWithFirstPay ? rest.ShareHalfUp(line.Terms.FirstPay) : Fen.Zero;
        return new LineShare(amount, Fen.Zero, over, first, rest - first);
    }

    public static FeeTotals Sum(ReadOnlySpan<ClaimLine> lines)
    {
        // Sums of their own, in registers: of all that a claim costs, its lines are the greater part.
        Fen total = default, fullSelfPay = default, overLimit = default, firstPay = default, inScope = default, ofPool = default;
        foreach (ref readonly var line in lines)
        {
            var share = Split(line);
            total += share.Amount;
            fullSelfPay += share.FullSelfPay;
            overLimit += share.OverLimit;
            firstPay += share.FirstPay;
            inScope += share.InScope;
            if (line.Terms.CountsForOutpatientPool) ofPool += share.InScope;
        }
        return new FeeTotals(total, fullSelfPay, overLimit, firstPay, inScope, ofPool);
    }

    /// <summary>
    /// The first code of which the corrections take back more than was charged, in the amount or in one of its parts; null = none. The parts count too:
    /// rounding can leave one of them a fen below zero while the amount is not (0.05 charged at 10 % first pay and taken back in two pieces).
    /// </summary>
    public static string? FindNegativeCode(ReadOnlySpan<ClaimLine> lines)
    {
        var corrected = false;
        foreach (ref readonly var line in lines) corrected |= line.Quantity.TenThousandths < 0;
        if (!corrected) return null;
        var sums = new Dictionary<string, FeeTotals>(StringComparer.Ordinal);
        foreach (ref readonly var line in lines)
            sums[line.Code] = sums.GetValueOrDefault(line.Code).With(Split(line), line.Terms.CountsForOutpatientPool);
        foreach (ref readonly var line in lines)
        {
            var sum = sums[line.Code];
            if (sum.Total.IsNegative || sum.FullSelfPay.IsNegative || sum.OverLimit.IsNegative || sum.FirstPay.IsNegative || sum.InScope.IsNegative || sum.InScopeOfPool.IsNegative)
                return line.Code;
        }
        return null;
    }
}
