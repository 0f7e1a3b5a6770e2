using System.Collections.Frozen;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>What a county has set of a rule from a day on.</summary>
/// <param name="Stages">Where it runs; null: where its definition says.</param>
/// <param name="Blocks">Null: as its definition says.</param>
internal sealed record RuleSetting(string Rule, int FromOn, bool IsOn, IReadOnlyList<string>? Stages, bool? Blocks, IReadOnlyDictionary<string, decimal> Parameters);

/// <summary>The rules as a county has them, with its knowledge points: immutable, so that a bill sees one state from its first line to its last. One engine for all stages.</summary>
internal sealed class RuleSet
{
    private sealed record Terms(int FromOn, int Stages, RuleTerms Value);

    private readonly record struct Met(int Rule, int Point, AuditLine Line);

    // Rules run one after another on a thread: what they look at lies in the same place for every bill.
    [ThreadStatic] private static Met[]? metRoom;
    [ThreadStatic] private static AuditLine[]? metLines;

    private readonly BillRule[] rules;
    private readonly Terms[][] terms;
    private readonly PeriodRule[] periodRules;
    private readonly FrozenDictionary<string, Terms[]> periodTerms;
    private readonly FrozenDictionary<string, (int Rule, int Point)[]> pointsOfCode;
    private readonly KnowledgePoint[] points;
    private readonly RuleBook book;
    private readonly RuleSetting[] settings;

    public RuleSet(RuleBook book, IEnumerable<RuleSetting> settings, IEnumerable<KnowledgePoint> points)
    {
        (this.book, this.settings) = (book, [.. settings]);
        var set = this.settings.ToLookup(s => s.Rule);
        rules = [.. book.BillRules];
        terms = [.. rules.Select(r => TermsOf(book.Definitions[r.Number], set[r.Number]))];
        periodRules = [.. book.PeriodRules];
        periodTerms = periodRules.Select(r => r.Number).Concat(book.StockRules.Select(r => r.Number)).Concat(book.Measured).ToFrozenDictionary(n => n, n => TermsOf(book.Definitions[n], set[n]));
        this.points = [.. points.OrderBy(p => p.Rule, StringComparer.Ordinal).ThenBy(p => p.PointNo, StringComparer.Ordinal)];
        var indexes = rules.Select((r, i) => (r.Number, i)).ToDictionary(r => r.Number, r => r.i);
        pointsOfCode = this.points
            .SelectMany((p, i) => indexes.TryGetValue(p.Rule, out var rule) ? (book.Definitions[p.Rule].Pairs ? p.Codes.Union(p.Others) : p.Codes).Select(code => (code, reference: (rule, i))) : [])
            .GroupBy(p => p.code).ToFrozenDictionary(g => g.Key, g => g.Select(p => p.reference).ToArray());
    }

    public IReadOnlyList<KnowledgePoint> Points => points;

    /// <summary>Of the county's settings and points; the same for the same ones.</summary>
    public string Version { get; init; } = "";

    /// <summary>As a draft would have it: its settings stand for all of their rules, its points for those of the same number.</summary>
    public RuleSet Drafted(IReadOnlyList<RuleSetting> drafts, IReadOnlyList<KnowledgePoint> points) =>
        new(book, [.. settings.Where(s => drafts.All(d => d.Rule != s.Rule)), .. drafts], [.. this.points.ExceptBy(points.Select(p => (p.Rule, p.PointNo)), p => (p.Rule, p.PointNo)), .. points]);

    /// <summary>A rule's terms on a day; null: it is off then, or not for the stage.</summary>
    public RuleTerms? TermsOf(string rule, int day, string stage)
    {
        var at = Array.FindIndex(rules, r => r.Number == rule);
        var stageBit = BitOf(stage);
        return at >= 0 ? On(terms[at], day, stageBit) : periodTerms.TryGetValue(rule, out var of) ? On(of, day, stageBit) : null;
    }

    /// <summary>Leaves in <see cref="BillUnderAudit.Found"/> what the rules of the stage find.</summary>
    /// <param name="stage">before, during, after.</param>
    /// <param name="only">Numbers of the rules wanted; null = all.</param>
    public void Audit(BillUnderAudit bill, string stage, IReadOnlySet<string>? only = null)
    {
        var (day, stageBit) = (DayOf(bill.Claim), BitOf(stage));
        var met = Meet(bill);
        var handed = metLines!;
        try
        {
            var next = 0;
            for (var i = 0; i < rules.Length; i++)
            {
                var of = (only is null || only.Contains(rules[i].Number)) ? On(terms[i], day, stageBit) : null;
                if (of is not null) rules[i].Check(bill, of);
                while (next < met.Length && met[next].Rule == i)
                {
                    var (first, point) = (next, met[next].Point);
                    while (next < met.Length && met[next].Rule == i && met[next].Point == point) next++;
                    if (of is null) continue;
                    for (var k = first; k < next; k++) handed[k] = met[k].Line;
                    rules[i].Check(bill, of, points[point], handed.AsSpan(first, next - first));
                }
            }
        }
        finally
        {
            // The next bill of the thread uses the room again, and holds nothing of this one.
            met.Clear();
            Array.Clear(handed, 0, met.Length);
        }
    }

    /// <summary>Which lines meet which points, in the order in which rules look at them.</summary>
    private Span<Met> Meet(BillUnderAudit bill)
    {
        var (room, count, lines) = (metRoom ??= new Met[64], 0, bill.Lines);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (!pointsOfCode.TryGetValue(line.MedListCode, out var references)) continue;
            foreach (var (rule, point) in references)
            {
                if (!points[point].IsValidOn(line.OccurredOn)) continue;
                if (count == room.Length) Array.Resize(ref room, count * 2);
                room[count++] = new Met(rule, point, line);
            }
        }
        metRoom = room;
        if (metLines is null || metLines.Length < count) metLines = new AuditLine[room.Length];
        var met = room.AsSpan(0, count);
        met.Sort(static (a, b) =>
            a.Rule != b.Rule ? a.Rule.CompareTo(b.Rule)
            : a.Point != b.Point ? a.Point.CompareTo(b.Point)
            : a.Line.OccurredAtMs != b.Line.OccurredAtMs ? a.Line.OccurredAtMs.CompareTo(b.Line.OccurredAtMs)
            : string.CompareOrdinal(a.Line.FeedetlSn, b.Line.FeedetlSn));
        return met;
    }

    public void Audit(PeriodUnderAudit period, IReadOnlySet<string>? only = null)
    {
        foreach (var rule in periodRules)
            if ((only is null || only.Contains(rule.Number)) && On(periodTerms[rule.Number], period.To, BitOf("after")) is { } of) rule.Check(period, of);
    }

    /// <summary>Whose day decides which terms hold: the bill's last.</summary>
    public static int DayOf(AuditClaim claim) => claim.EndOn != 0 ? claim.EndOn : claim.PolicyOn != 0 ? claim.PolicyOn : claim.BeginOn;

    private static RuleTerms? On(Terms[] of, int day, int stage)
    {
        foreach (var terms in of)
            if (terms.FromOn <= day) return terms.Value.IsOn && (terms.Stages & stage) != 0 ? terms.Value : null;
        return null;
    }

    private static int BitOf(string stage) => stage switch { "before" => 1, "during" => 2, "after" => 4, _ => throw new ArgumentException($"{stage} is no stage", nameof(stage)) };

    private static int BitsOf(IReadOnlyList<string> stages) => stages.Aggregate(0, (bits, stage) => bits | BitOf(stage));

    // The newest first; before the first setting the definition holds.
    private static Terms[] TermsOf(RuleDefinition definition, IEnumerable<RuleSetting> settings) =>
        [
            .. settings.OrderByDescending(s => s.FromOn).Select(s =>
                new Terms(s.FromOn, BitsOf(s.Stages ?? definition.Stages), new RuleTerms(definition, s.IsOn, s.Blocks ?? definition.Blocks, s.Parameters))),
            new Terms(0, BitsOf(definition.Stages), RuleTerms.Default(definition)),
        ];
}
