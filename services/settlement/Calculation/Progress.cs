using System.Runtime.CompilerServices;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>
/// What is still to be borne of one settlement while the layers are applied, and what they have paid so far. One per thread, used again for each
/// settlement: on the stack its rows had to be cleared each time, which cost as much as the layers.
/// </summary>
internal sealed class Progress
{
    // Sized for the reader's limits: 8 layers with split, level and own-cost counters, and the basic fund's own; rows of the supplement, the hospital, the account and the relatives' accounts.
    private const int ChangesMost = 72, SharesMost = 22;

    [ThreadStatic] private static Progress? own;

    private Fen inScope, firstPay, overLimit, outOfCatalog;
    private PaySums sums;
    private readonly AccumulatorChange[] changes = new AccumulatorChange[ChangesMost];
    private readonly FundShare[] shares = new FundShare[SharesMost];

    /// <summary>The calling thread's, for one settlement until the next begins.</summary>
    public static Progress Begin(in FeeTotals fees)
    {
        var progress = own ??= new Progress();
        (progress.inScope, progress.firstPay, progress.overLimit, progress.outOfCatalog) = (fees.InScope, fees.FirstPay, fees.OverLimit, fees.FullSelfPay);
        (progress.sums, progress.Total, progress.ChangeCount, progress.ShareCount) = (default, Fen.Zero, 0, 0);
        return progress;
    }

    public int ChangeCount { get; private set; }
    public int ShareCount { get; private set; }
    public Fen Total { get; private set; }

    public Fen Sum(PayField field) => sums[(int)field];

    /// <summary>What the layers above left of the costs that a layer counts.</summary>
    public Fen Left(Cost counts)
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

    public void Change(AccumulatorKey key, Fen delta)
    {
        if (delta.IsZero) return;
        changes[ChangeCount++] = new AccumulatorChange(key, delta.Value);
    }

    public void Count(AccumulatorKey key) => changes[ChangeCount++] = new AccumulatorChange(key, 1);

    public void Share(Payer payer, Fen scope, Fen? limitLeft, Fen amount)
    {
        if (amount.IsZero) return;
        shares[ShareCount++] = new FundShare(payer, scope, limitLeft, amount);
    }

    public AccumulatorChange[] ChangeArray() => changes.AsSpan(0, ChangeCount).ToArray();
    public FundShare[] ShareArray() => shares.AsSpan(0, ShareCount).ToArray();

    private static void Take(ref Fen from, ref Fen left)
    {
        var part = Fen.Min(from, left);
        from -= part;
        left -= part;
    }

    [InlineArray(7)]
    private struct PaySums { private Fen first; }
}
