using System.Numerics;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A drug or item paid for a number of days in its window, and used longer (限支付疗程). Days are those that lines say they last, and each day on which a line says nothing.</summary>
internal sealed class PaidCourse(string number) : BillRule(number)
{
    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        if (lines.InScope() <= 0) return;
        var (from, to) = point.Window is "bill" or "" ? (0, 0) : (AuditDays.Window(point.Window, lines[^1].OccurredOn).From, AuditDays.Window(point.Window, lines[^1].OccurredOn).To);
        var origin = lines[0].OccurredOn;
        Span<ulong> silent = stackalloc ulong[16];
        var (days, silentDays) = (0L, 0L);
        foreach (var line in lines)
            if (from == 0 || line.OccurredOn >= from) Add(line, origin, silent, ref days);
        foreach (var word in silent) silentDays += BitOperations.PopCount(word);
        var own = days + silentDays;

        var before = 0L;
        if (from != 0)
        {
            days = 0;
            silent.Clear();
            for (var i = bill.Earlier.Count - 1; i >= 0; i--)
            {
                var earlier = bill.Earlier[i];
                if (RuleSet.DayOf(earlier) < from) continue;
                var theirs = NetLines.Of(earlier.Line);
                for (var k = 0; k < theirs.Count; k++)
                    if (theirs[k].OccurredOn >= from && theirs[k].OccurredOn <= to && point.Codes.Contains(theirs[k].MedListCode)) Add(theirs[k], from, silent, ref days);
            }
            before = days;
            foreach (var word in silent) before += BitOperations.PopCount(word);
        }
        var limit = point.LimitE4 / 10_000;
        var excess = Math.Min(own, before + own - limit);
        if (excess <= 0) return;
        bill.Find(this, point.PointNo, lines.ToArray(), LineMoney.Part(lines.InScope(), excess, own),
            $"{point.ItemName}限支付{limit}天（{WindowText(point.Window)}），已用{before}天，本次{own}天，超出{excess}天",
            $"{point.ItemName} is paid for {limit} days ({(point.Window.Length == 0 ? "bill" : point.Window)}): {before} were used before, {own} now, {excess} too many");
    }

    public static string WindowText(string window) => window switch
    {
        "" or "bill" => "本次", "day" => "每日", "week" => "每周", "month" => "每月", "quarter" => "每季度", "year" => "每年", _ => $"{window}天内",
    };

    private static void Add(AuditLine line, int origin, Span<ulong> silent, ref long days)
    {
        if (line.QuantityE4 <= 0) return;
        if (line.SupplyDaysE2 > 0) { days += AuditDays.Supply(line); return; }
        var at = AuditDays.Between(origin, line.OccurredOn);
        // Windows and stays of more days than the history has are no care.
        if (at >= 0 && at < silent.Length * 64) silent[at / 64] |= 1UL << (at % 64);
    }
}
