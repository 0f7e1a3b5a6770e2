using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Statistics;

/// <summary>
/// Finds outliers against peers. Seasons are in everybody's figures: the month is compared with the peers' same month, and growth with the peers' growth since the same
/// month a year before, so that an influenza winter makes nobody conspicuous.
/// </summary>
internal static class Outliers
{
    public const int PeersMin = 5;
    /// <summary>The usual bound of the modified z-score; assumed where no source names one.</summary>
    public const decimal ScoreMin = 3.5m;
    // Of a normal distribution the median absolute deviation is the standard deviation divided by this.
    private const decimal Normal = 1.4826m;
    // Where the peers are all alike, less than this part of their median is no difference.
    private const decimal SpreadMin = 0.05m;

    private sealed record Member(string Key, string Peers, Figure Figure, Figure? Before);

    /// <param name="bills">Of the month.</param>
    /// <param name="before">Of the same month a year before; may be empty.</param>
    public static IReadOnlyList<Outlier> Find(Subject subject, Measure measure, int month, IReadOnlyList<BillSummary> bills, IReadOnlyList<BillSummary> before, decimal scoreMin)
    {
        var earlier = before.Where(b => subject.KeyOf(b) is not null).GroupBy(b => subject.KeyOf(b)!).ToDictionary(g => g.Key, g => measure.Of([.. g]));
        var members = new List<Member>();
        foreach (var own in bills.Where(b => subject.KeyOf(b) is not null).GroupBy(b => subject.KeyOf(b)!))
            if (measure.Of([.. own]) is { } figure && figure.Cases >= measure.CasesMin)
                members.Add(new Member(own.Key, subject.PeersOf(own.First()), figure, earlier.GetValueOrDefault(own.Key) is { } was && was.Cases >= measure.CasesMin && was.Value > 0 ? was : null));

        var found = new List<Outlier>();
        foreach (var peers in members.GroupBy(m => m.Peers))
        {
            if (peers.Count() < PeersMin) continue;
            var grown = peers.Where(m => m.Before is not null).ToList();
            var growth = grown.Count >= PeersMin ? Spread.Of([.. grown.Select(Growth)]) : null;
            var level = Spread.Of([.. peers.Select(m => m.Figure.Value)]);
            foreach (var member in peers)
            {
                var (own, score) = (member.Before is null ? (decimal?)null : Growth(member), level.Score(member.Figure.Value));
                if (score >= scoreMin) found.Add(Of(member, "level", score));
                else if (own is { } grew && growth?.Score(grew) is { } rise && rise >= scoreMin) found.Add(Of(member, "growth", rise));

                Outlier Of(Member of, string kind, decimal by)
                {
                    var since = own is { } g ? $"，同比{Signed(g)}%" + (growth is { } all ? $"（同组中位{Signed(all.Median)}%）" : "") : "";
                    var sinceEn = own is { } h ? $", {Signed(h)} % since the year before" + (growth is { } every ? $" (peers' median {Signed(every.Median)} %)" : "") : "";
                    return new Outlier(subject.Code, of.Key, of.Peers, measure.Code, kind, Round(of.Figure.Value), of.Figure.Cases, Round(level.Median), peers.Count(), Round(by), own is { } o ? Round(o) : null, growth is { } p ? Round(p.Median) : null,
                        $"{subject.Name}{of.Key}{month / 100}年{month % 100}月{measure.Name}{Text(of.Figure.Value, measure)}（{of.Figure.Cases}例），同组{peers.Count()}家中位数{Text(level.Median, measure)}，{(kind == "level" ? "水平" : "增幅")}高出常见离散{by:F1}倍{since}",
                        $"{subject.Code} {of.Key}, {month}: {measure.NameEn} {of.Figure.Value:F2} {measure.Unit} ({of.Figure.Cases} cases), median of {peers.Count()} peers {level.Median:F2}, {kind} {by:F1} usual deviations above{sinceEn}");
                }
            }
        }
        return [.. found.OrderByDescending(o => o.Score).ThenBy(o => o.Key, StringComparer.Ordinal)];
    }

    private static decimal Growth(Member member) => (member.Figure.Value / member.Before!.Value.Value - 1) * 100;

    private static string Text(decimal value, Measure measure) => measure.Unit switch { "yuan" => $"{value:F2}元", "days" => $"{value:F1}天", "%" => $"{value:F2}%", _ => $"{value:F2}次" };

    private static string Signed(decimal percent) => percent.ToString("+0.0;-0.0;0.0", System.Globalization.CultureInfo.InvariantCulture);

    private static decimal Round(decimal value) => Math.Round(value, 4, MidpointRounding.AwayFromZero);

    /// <summary>The middle of many figures and how far from it they usually are; a few odd ones move neither.</summary>
    private sealed record Spread(decimal Median, decimal Usual)
    {
        public static Spread Of(decimal[] values)
        {
            var median = MedianOf(values);
            var usual = Normal * MedianOf([.. values.Select(v => Math.Abs(v - median))]);
            return new Spread(median, Math.Max(usual, Math.Abs(median) * SpreadMin));
        }

        public decimal Score(decimal value) => Usual == 0 ? 0 : (value - Median) / Usual;

        private static decimal MedianOf(decimal[] values)
        {
            Array.Sort(values);
            return values.Length % 2 == 1 ? values[values.Length / 2] : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
        }
    }
}
