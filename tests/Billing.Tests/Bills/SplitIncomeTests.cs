using FsCheck;
using FsCheck.Fluent;
using MedInsure.Billing.Bills;
using MedInsure.Billing.Incomes;

namespace MedInsure.Billing.Tests.Bills;

[Trait("Category", "Property")]
public sealed class SplitIncomeTests
{
    private static IncomePosting Part(string source, long fen, long account) => new(source, "310", 202611, fen, account, default, "", "E1", "settlement 1");

    [Fact]
    public void TwoPaymentsAndACorrection_EachPaymentGetsWhatItPaid()
    {
        // 60 by one payment, 30 by another: employer 90 with 27 for accounts, employee 20 wholly for accounts, 20 given back.
        var split = SplitIncome.Over([Part("employee", 20, 20), Part("employee", -20, -20), Part("employer", 90, 27)], [new("bank-a", new(2026, 11, 1), 60), new("bank-b", new(2026, 11, 2), 30)]).ToList();
        Assert.Equal(["employee bank-a -20 -20", "employee bank-a 20 20", "employer bank-a 60 18", "employer bank-b 30 9"], split.Select(s => $"{s.Source} {s.Channel} {s.AmountFen} {s.AccountFen}"));
    }

    private static readonly Gen<byte[]> Amounts = Gen.Choose(1, 255).Select(i => (byte)i).ArrayOf();

    [Fact]
    public void Whatever_SumsByPartAndByPaymentStay() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(
        Amounts.Zip(Amounts).Zip(Amounts.Zip(Gen.Choose(0, 1))).ToArbitrary(), c => Stay(c.Item1.Item1, c.Item1.Item2, c.Item2.Item1, c.Item2.Item2 == 1)));

    private static void Stay(byte[] positive, byte[] negative, byte[] cuts, bool back)
    {
        var sign = back ? -1 : 1;
        var parts = positive.Where(p => p > 0).Select((p, i) => Part($"p{i}", sign * p, sign * (p / 3))).Concat(negative.Where(n => n > 0).Select((n, i) => Part($"n{i}", -sign * n, -sign * (n / 2)))).ToList();
        var total = parts.Sum(p => p.AmountFen) * sign;
        if (total < 0) return; // the sign of what is moved is that of the sum
        var (moved, left) = (new List<SplitIncome.Moved>(), total);
        foreach (var cut in cuts.Where(c => c > 0))
        {
            if (left == 0) break;
            var piece = Math.Min(left, cut);
            moved.Add(new($"bank-{moved.Count}", new(2026, 11, 1), sign * piece));
            left -= piece;
        }
        if (left > 0 || moved.Count == 0) moved.Add(new($"bank-{moved.Count}", new(2026, 11, 1), sign * left));

        var split = SplitIncome.Over(parts, moved).ToList();
        foreach (var part in parts) Assert.Equal((part.AmountFen, part.AccountFen), (split.Where(s => s.Source == part.Source).Sum(s => s.AmountFen), split.Where(s => s.Source == part.Source).Sum(s => s.AccountFen)));
        foreach (var payment in moved) Assert.Equal(payment.AmountFen, split.Where(s => s.Channel == payment.Channel).Sum(s => s.AmountFen));
        Assert.All(split, s => Assert.True(s.AccountFen == 0 || (Math.Sign(s.AccountFen) == Math.Sign(s.AmountFen) && Math.Abs(s.AccountFen) <= Math.Abs(s.AmountFen))));
    }
}
