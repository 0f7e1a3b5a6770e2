using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using MedInsure.Kernel;
using MedInsure.Settlement.Insurers;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>The golden years of golden/risk-sharing.yaml, exact to the fen, arithmetic in the file's comments.</summary>
[Trait("Category", "Golden")]
public sealed class RiskSharingTests
{
    private static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "Insurers", "golden", "risk-sharing.yaml");

    private static readonly Dictionary<string, (SharingTerms Sharing, Fen PerHead)> Terms = new()
    {
        ["guichi"] = Embedded("CX341700-CI-390"),
        ["harbin"] = Embedded("CX230100-CI-390"),
        ["odd"] = (new SharingTerms(new BasisPoints(255), [new(new BasisPoints(150), new BasisPoints(3_333)), new(null, new BasisPoints(5_000))], [new(null, new BasisPoints(1_234))]), Fen.Zero),
    };

    public static TheoryData<string> Cases() => [.. Read().Select(c => Text(c, "name")!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Year_IsSharedToTheFen(string name)
    {
        var given = Read().Single(c => Text(c, "name") == name);
        var terms = Terms[Text(given, "contract")!];
        var premium = Text(given, "heads") is { } heads ? terms.PerHead.Times(int.Parse(heads, CultureInfo.InvariantCulture)) : Yuan(given, "premium");
        var shared = RiskSharing.Of(terms.Sharing, premium, Yuan(given, "claims"), Yuan(given, "adjusted"));
        var want = (YamlMappingNode)given["want"];
        Assert.Equal((Yuan(want, "operating_cost"), Yuan(want, "balance"), Yuan(want, "to_fund"), Yuan(want, "insurer")), (shared.OperatingCost, shared.Balance, shared.ToFund, shared.InsurerResult));
        Assert.Equal(All(want, "part"), shared.Bands.Select(b => b.Part));
        Assert.Equal(All(want, "fund"), shared.Bands.Select(b => b.Fund));
    }

    private static (SharingTerms, Fen) Embedded(string number) => ContractLibrary.LoadEmbedded().Find(number) is { Sharing: { } sharing, Premium: { } premium } ? (sharing, premium.PerHead) : throw new InvalidOperationException(number);

    private static IEnumerable<YamlMappingNode> Read()
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(Path);
        stream.Load(reader);
        return ((YamlSequenceNode)stream.Documents[0].RootNode["cases"]).Cast<YamlMappingNode>();
    }

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value : null;
    private static Fen Yuan(YamlMappingNode node, string key) => Yuan(Text(node, key) ?? "0");
    private static Fen Yuan(string text) => Fen.TryParseYuan(text, out var fen) ? fen : throw new FormatException(text);
    private static IEnumerable<Fen> All(YamlMappingNode node, string key) => ((YamlSequenceNode)node[key]).Select(n => Yuan(((YamlScalarNode)n).Value!));
}

/// <summary>What holds for every premium, cost and set of bands.</summary>
[Trait("Category", "Property")]
public sealed class RiskSharingPropertyTests
{
    internal sealed record Year(SharingTerms Terms, Fen Premium, Fen Claims, Fen Adjusted)
    {
        public RiskSharing Shared => RiskSharing.Of(Terms, Premium, Claims, Adjusted);
    }

    private static Gen<SharingStep[]> Steps =>
        from ends in Gen.Choose(1, 3_000).ListOf(3)
        from shares in Gen.Choose(0, BasisPoints.Whole).ListOf(4)
        let rising = ends.Distinct().Order().ToArray()
        select rising.Select((end, i) => new SharingStep(new BasisPoints(end), new BasisPoints(shares[i]))).Append(new SharingStep(null, new BasisPoints(shares[rising.Length]))).ToArray();

    private static Arbitrary<Year> Years => Arb.From(
        from cost in Gen.Choose(0, 1_500)
        from gain in Steps
        from loss in Steps
        from premium in Gen.Frequency((1, Gen.Choose(0, 50)), (5, Gen.Choose(0, 2_000_000_000)))
        from share in Gen.Choose(-200, 3_000)
        from adjusted in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, 100_000)))
        select new Year(new SharingTerms(new BasisPoints(cost), gain, loss), new Fen(premium), new Fen((long)premium * share / 1_000), new Fen(adjusted)));

    private static void Always(Func<Year, bool> holds) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(3_000), Prop.ForAll(Years, holds));

    [Fact]
    public void Bands_SumToTheBalanceOnItsSideAndAreEmptyOnTheOther() => Always(year =>
    {
        var shared = year.Shared;
        return Sum(shared.Bands.Where(b => b.Gain)) == Fen.Max(shared.Balance, Fen.Zero) && Sum(shared.Bands.Where(b => !b.Gain)) == Fen.Max(-shared.Balance, Fen.Zero)
            && shared.Bands.All(b => !b.Part.IsNegative && !b.Fund.IsNegative && b.Fund <= b.Part);
    });

    [Fact]
    public void Fund_NeverTakesMoreThanTheGainNorPaysMoreThanTheLoss() => Always(year =>
    {
        var shared = year.Shared;
        return shared.ToFund + shared.InsurerResult == shared.Balance
            && (shared.Balance.IsNegative ? shared.ToFund <= Fen.Zero && shared.ToFund >= shared.Balance : shared.ToFund >= Fen.Zero && shared.ToFund <= shared.Balance);
    });

    /// <summary>A better year is better for both, to the fen.</summary>
    [Fact]
    public void MoreClaims_NeverHelpTheFundOrTheInsurer() => Always(year => new long[] { 1, 2, 99, 12_345, 50_000_000 }.All(more =>
    {
        var (before, after) = (year.Shared, (year with { Claims = year.Claims + new Fen(more) }).Shared);
        return after.ToFund <= before.ToFund && after.InsurerResult <= before.InsurerResult;
    }));

    private static Fen Sum(IEnumerable<SharedBand> bands) => bands.Aggregate(Fen.Zero, (sum, b) => sum + b.Part);
}
