using System.Numerics;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>Drugs of one class for the same days (重复用药): another drug of the class in the bill, or any of it from a bill before. A point is a class. A few days are a change of drug, or stock.</summary>
internal sealed class DuplicateMedication() : BillRule("MI10000301051000")
{
    private const int Words = 8, DaysMax = Words * 64;

    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        var (origin, least) = (AuditDays.Count(lines[0].OccurredOn), terms.Whole("overlap_days_min"));
        Span<ulong> before = stackalloc ulong[Words], mine = stackalloc ulong[Words], other = stackalloc ulong[Words];
        AuditClaim? earlier = null;
        // What a ward gives while there is some at home is no second supply.
        for (var i = bill.IsStay ? -1 : bill.Earlier.Count - 1; i >= 0; i--)
        {
            if (origin - AuditDays.Count(RuleSet.DayOf(bill.Earlier[i])) > terms.Whole("look_back_days")) continue;
            var theirs = NetLines.Of(bill.Earlier[i].Line);
            for (var k = 0; k < theirs.Count; k++)
                if (point.Codes.Contains(theirs[k].MedListCode) && Cover(before, theirs[k], origin)) earlier ??= bill.Earlier[i];
        }

        // Drug by drug: its days that a bill before covers, or one of the bill's drugs that came first.
        var (fen, days, longest) = (0L, 0, -1);
        for (var i = 0; i < lines.Length; i++)
        {
            if (IsRepeat(lines, i)) continue;
            mine.Clear();
            var money = 0L;
            for (var k = i; k < lines.Length; k++)
                if (lines[k].MedListCode == lines[i].MedListCode && Cover(mine, lines[k], origin)) money += lines[k].InScopeFen;
            var (covered, twice) = (0, 0);
            for (var w = 0; w < Words; w++)
            {
                covered += BitOperations.PopCount(mine[w]);
                twice += BitOperations.PopCount(mine[w] & (before[w] | other[w]));
                other[w] |= mine[w];
            }
            if (twice < least) continue;
            fen += LineMoney.Part(money, twice, covered);
            if (twice > days) (days, longest) = (twice, i);
        }
        if (longest < 0) return;
        bill.Find(this, point.PointNo, lines.ToArray(), fen, $"{point.ItemName}类药品重复使用：{lines[longest].ItemName}与同类药品用药日期重叠{days}天",
            $"drugs of the class {point.ItemName} for the same days: {lines[longest].ItemName} overlaps by {days} days", earlier is null ? [] : [earlier]);
    }

    private static bool IsRepeat(ReadOnlySpan<AuditLine> lines, int at)
    {
        for (var i = 0; i < at; i++)
            if (lines[i].MedListCode == lines[at].MedListCode) return true;
        return false;
    }

    /// <returns>False: none of its days lie behind the first day of the bill's lines.</returns>
    private static bool Cover(Span<ulong> days, AuditLine line, int origin)
    {
        if (line.QuantityE4 <= 0) return false;
        var first = AuditDays.Count(line.OccurredOn) - origin;
        var (from, to) = (Math.Max(0, first), Math.Min(DaysMax, first + AuditDays.Supply(line)));
        for (var day = from; day < to; day++) days[day / 64] |= 1UL << (day % 64);
        return from < to;
    }
}
