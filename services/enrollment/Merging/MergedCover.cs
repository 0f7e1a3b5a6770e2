using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Merging;

/// <summary>
/// What two records of one person come to. Of each scheme the surviving record's periods stand as they are; the retired record's give way to them and keep the days that
/// are left, in as many pieces as that takes. What was credited goes with the first piece, or where none is left to the surviving period that took its place: the sum stays.
/// Categories hold on every day on which either record had them.
/// </summary>
internal static class MergedCover
{
    /// <summary>A period that both records had paid for or were billed for: what a refund is asked for by.</summary>
    public sealed record Twice(string Insutype, int FromOn, int ToOn);

    public static (List<Coverage> Cover, List<Twice> Twice) Unite(IEnumerable<Coverage> surviving, IEnumerable<Coverage> retired)
    {
        var cover = surviving.Select(c => c.Clone()).ToList();
        var twice = new List<Twice>();
        foreach (var old in retired)
        {
            var own = cover.Where(c => c.Insutype == old.Insutype).OrderBy(c => c.FromOn).ToList();
            var pieces = new List<(int From, int To)> { (old.FromOn, End(old)) };
            Coverage? inItsPlace = null;
            foreach (var period in own)
            {
                var left = new List<(int, int)>();
                foreach (var (from, to) in pieces)
                {
                    if (period.FromOn > to || End(period) < from) { left.Add((from, to)); continue; }
                    inItsPlace ??= period;
                    twice.Add(new Twice(old.Insutype, Math.Max(from, period.FromOn), Open(Math.Min(to, End(period)))));
                    if (from < period.FromOn) left.Add((from, DayNumber.Of(DayNumber.ToDate(period.FromOn).AddDays(-1))));
                    if (to > End(period)) left.Add((DayNumber.Of(DayNumber.ToDate(period.ToOn).AddDays(1)), to));
                }
                pieces = left;
            }
            var credit = old.AccountCreditFen;
            if (pieces.Count == 0) inItsPlace!.AccountCreditFen = checked(inItsPlace.AccountCreditFen + credit);
            foreach (var (from, to) in pieces)
            {
                var piece = old.Clone();
                (piece.FromOn, piece.ToOn, piece.AccountCreditFen) = (from, Open(to), credit);
                cover.Add(piece);
                credit = 0;
            }
        }
        return ([.. cover.OrderBy(c => c.Insutype, StringComparer.Ordinal).ThenBy(c => c.FromOn)], twice);
    }

    public static List<Category> Unite(IEnumerable<Category> surviving, IEnumerable<Category> retired)
    {
        var united = new List<Category>();
        foreach (var next in surviving.Concat(retired).OrderBy(c => c.Name, StringComparer.Ordinal).ThenBy(c => c.FromOn))
        {
            // Periods that touch are one: a category that ends one day and begins the next never stopped.
            if (united.LastOrDefault() is { } last && last.Name == next.Name && (last.ToOn == 0 || DayNumber.ToDate(next.FromOn) <= DayNumber.ToDate(last.ToOn).AddDays(1)))
                last.ToOn = last.ToOn == 0 || next.ToOn == 0 ? 0 : Math.Max(last.ToOn, next.ToOn);
            else united.Add(next.Clone());
        }
        return united;
    }

    private static int End(Coverage period) => period.ToOn == 0 ? int.MaxValue : period.ToOn;
    private static int Open(int day) => day == int.MaxValue ? 0 : day;
}
