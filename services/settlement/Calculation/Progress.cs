using System.Runtime.CompilerServices;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>What is still to be borne of one settlement while the layers are applied, and what they have paid so far. Lives on the stack.</summary>
internal struct Progress
{
    // Sized for the reader's limits: 8 layers with split, level and own-cost counters, and the basic fund's own; rows of the supplement, the hospital and the account.
    private const int ChangesMost = 72, SharesMost = 21;

    private Fen inScope, firstPay, overLimit, outOfCatalog;
    private PaySums sums;
    private Changes changes;
    private Rows shares;

    public Progress(in FeeTotals fees) =>
        (inScope, firstPay, overLimit, outOfCatalog) = (fees.InScope, fees.FirstPay, fees.OverLimit, fees.FullSelfPay);

    public int ChangeCount { get; private set; }
    public int ShareCount { get; private set; }
    public Fen Total { get; private set; }

    public readonly Fen Sum(PayField field) => sums[(int)field];

    /// <summary>What the layers above left of the costs that a layer counts.</summary>
    public readonly Fen Left(Cost counts)
    {
        if (counts == Cost.InScope) return inScope;
        var left = Fen.Zero;
        if ((counts & Cost.InScope) != 0) left += inScope;
        if ((counts & Cost.FirstPay) != 0) left += firstPay;
        if ((counts & Cost.OverLimit) != 0) left += overLimit;
        if ((counts & Cost.OutOfCatalog) != 0) left += outOfCatalog;
        return left;
    }

    /// <summary>A fund takes over <paramref name="amount"/> of the costs it counts, in-scope cost first.</summary>
    public void Pay(PayField field, Cost counts, Fen amount)
    {
        sums[(int)field] += amount;
        Total += amount;
        var left = amount;
        if ((counts & Cost.InScope) != 0) Take(ref inScope, ref left);
        if ((counts & Cost.FirstPay) != 0) Take(ref firstPay, ref left);
        if ((counts & Cost.OverLimit) != 0) Take(ref overLimit, ref left);
        if ((counts & Cost.OutOfCatalog) != 0) Take(ref outOfCatalog, ref left);
        if (!left.IsZero) throw new InvalidOperationException("broken invariant: a fund pays more than its scope");
    }

    public void Change(string key, Fen delta)
    {
        if (delta.IsZero) return;
        changes[ChangeCount++] = new AccumulatorChange(key, delta.Value);
    }

    public void Count(string key) => changes[ChangeCount++] = new AccumulatorChange(key, 1);

    public void Share(string fund, RuleName name, Fen scope, Fen? limitLeft, Fen amount)
    {
        if (amount.IsZero) return;
        shares[ShareCount++] = new FundShare(fund, name.Chinese, name.Id, scope, limitLeft, amount);
    }

    public readonly AccumulatorChange[] ChangeArray() => ((ReadOnlySpan<AccumulatorChange>)changes)[..ChangeCount].ToArray();
    public readonly FundShare[] ShareArray() => ((ReadOnlySpan<FundShare>)shares)[..ShareCount].ToArray();

    private static void Take(ref Fen from, ref Fen left)
    {
        var part = Fen.Min(from, left);
        from -= part;
        left -= part;
    }

    [InlineArray(7)]
    private struct PaySums { private Fen first; }

    [InlineArray(ChangesMost)]
    private struct Changes { private AccumulatorChange first; }

    [InlineArray(SharesMost)]
    private struct Rows { private FundShare first; }
}
