using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using MedInsure.Kernel;
using MedInsure.Settlement.Indicators;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Settlement.Tests.Indicators;

/// <summary>The golden months of golden/indicators.yaml, exact to the fen, arithmetic in the file's comments.</summary>
[Trait("Category", "Golden")]
public sealed class IndicatorTests
{
    private static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "Indicators", "golden", "indicators.yaml");

    public static TheoryData<string> Cases() => [.. Read().Select(c => ((YamlScalarNode)c["name"]).Value!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Month_IsHeldAgainstItsLimitsToTheFen(string name)
    {
        var given = Read().Single(c => ((YamlScalarNode)c["name"]).Value == name);
        var m = (YamlMappingNode)given["month"];
        var month = new IndicatorMonth(Whole(m, "stays"), Fen(m, "stay_total"), Fen(m, "in_scope"), Fen(m, "stay_fund"), Whole(m, "days"), Whole(m, "chargeable"), Whole(m, "charged"), Whole(m, "readmissions"), Whole(m, "visits"),
            Fen(m, "visit_total"), Fen(m, "fund"));
        var limits = ((YamlMappingNode)given["limits"]).ToDictionary(l => ((YamlScalarNode)l.Key).Value!, l =>
        {
            var (limit, share) = (Number(l.Value[0]), Number(l.Value[1]));
            return ((long)(limit * (Indicator.Find(((YamlScalarNode)l.Key).Value)!.IsRatio ? 10_000 : 100)), new BasisPoints((int)(share * 10_000)), 15);
        });
        var want = ((YamlMappingNode)given["want"]).Select(w => $"{((YamlScalarNode)w.Key).Value} {Number(w.Value[0]).ToString("F4", CultureInfo.InvariantCulture)} {(long)(Number(w.Value[1]) * 100)}");
        // What has a value without being asked about needs no line where nothing of it was given: its parts are zero.
        var results = Indicator.Of(month, limits).Where(r => r.Value != 0 || limits.ContainsKey(r.Indicator));
        Assert.Equal(want, results.Select(r => $"{r.Indicator} {r.Value.ToString("F4", CultureInfo.InvariantCulture)} {r.DeductionFen}"));
    }

    private static IEnumerable<YamlMappingNode> Read()
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(Path);
        stream.Load(reader);
        return ((YamlSequenceNode)stream.Documents[0].RootNode["cases"]).Cast<YamlMappingNode>();
    }

    private static decimal Number(YamlNode node) => decimal.Parse(((YamlScalarNode)node).Value!, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    private static long Whole(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? (long)Number(value) : 0;
    private static long Fen(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? (long)(Number(value) * 100) : 0;
}

/// <summary>What holds for every month and limit.</summary>
[Trait("Category", "Property")]
public sealed class IndicatorPropertyTests
{
    private static Arbitrary<(IndicatorMonth Month, Dictionary<string, (long, BasisPoints, int)> Limits)> Situations => Arb.From(
        from n in Gen.Choose(0, 100_000).ArrayOf(11)
        from limits in Gen.Choose(0, 12_000).ArrayOf(Indicator.All.Count)
        from shares in Gen.Choose(0, BasisPoints.Whole).ArrayOf(Indicator.All.Count)
        select (new IndicatorMonth(n[0] / 100, (long)n[1] * 1_000, (long)n[1] * n[2] / 100, (long)n[1] * n[3] / 100, n[4] / 10, n[4] / 20, n[5] / 20, n[6] % (n[0] / 100 + 1), n[7], (long)n[8] * 100, (long)n[9] * 1_000 - 10_000),
            Indicator.All.Select((k, i) => (k.Code, (k.IsRatio ? Math.Min(10_000L, limits[i]) : limits[i] * 100L, new BasisPoints(shares[i]), 15))).ToDictionary(x => x.Code, x => x.Item2)));

    private static void Always(Func<(IndicatorMonth Month, Dictionary<string, (long, BasisPoints, int)> Limits), bool> holds) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(3_000), Prop.ForAll(Situations, holds));

    [Fact]
    public void Deductions_AreNeverNegative_AndTogetherNoMoreThanWasPaid() => Always(s =>
    {
        var results = Indicator.Of(s.Month, s.Limits);
        return results.All(r => r.DeductionFen >= 0) && results.Sum(r => r.DeductionFen) <= Math.Max(0, s.Month.FundFen);
    });

    [Fact]
    public void WithinItsLimit_NothingIsDeducted() => Always(s => Indicator.All.All(kind =>
        Indicator.Value(kind, s.Month) is not { } value || !(kind.IsFloor ? value > s.Limits[kind.Code].Item1 : value < s.Limits[kind.Code].Item1) || Indicator.OverFen(kind, s.Month, s.Limits[kind.Code].Item1) == 0));

    [Fact]
    public void HarderLimit_NeverTakesLess() => Always(s => Indicator.All.All(kind =>
    {
        var limit = s.Limits[kind.Code].Item1;
        return Indicator.OverFen(kind, s.Month, kind.IsFloor ? limit + 1 : Math.Max(0, limit - 1)) >= Indicator.OverFen(kind, s.Month, limit);
    }));
}
