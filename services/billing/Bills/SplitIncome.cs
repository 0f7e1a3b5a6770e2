using MedInsure.Billing.Incomes;
using MedInsure.Kernel;

namespace MedInsure.Billing.Bills;

/// <summary>What bills settled together bring the fund, by the payments that settled them: income has its payment's channel and day. Pure.</summary>
internal static class SplitIncome
{
    /// <param name="AmountFen">Moved from suspense to the bills; negative: back.</param>
    internal sealed record Moved(string Channel, DateOnly ValueOn, long AmountFen);

    /// <param name="parts">Adds up to what was moved.</param>
    /// <param name="moved">All of one sign; one of nothing where bills settle each other.</param>
    public static IEnumerable<IncomePosting> Over(IReadOnlyList<IncomePosting> parts, IReadOnlyList<Moved> moved)
    {
        var sign = moved.Any(m => m.AmountFen < 0) ? -1 : 1;
        // What goes the other way is the first payment's: it takes so much more of the rest.
        foreach (var against in parts.Where(p => p.AmountFen * sign < 0)) yield return against with { Channel = moved[0].Channel, ValueOn = moved[0].ValueOn };
        var room = moved.Select(m => m.AmountFen * sign).ToArray();
        room[0] -= parts.Where(p => p.AmountFen * sign < 0).Sum(p => p.AmountFen * sign);
        var at = 0;
        foreach (var part in parts.Where(p => p.AmountFen * sign > 0))
        {
            var (whole, done, account) = (part.AmountFen * sign, 0L, 0L);
            while (done < whole)
            {
                while (room[at] == 0) at++;
                var piece = Math.Min(room[at], whole - done);
                (room[at], done) = (room[at] - piece, done + piece);
                // The account's part goes along, so that all pieces of it add up.
                var until = HalfUp.DivideProduct(part.AccountFen, done, whole);
                yield return part with { Channel = moved[at].Channel, ValueOn = moved[at].ValueOn, AmountFen = piece * sign, AccountFen = until - account };
                account = until;
            }
        }
    }
}
