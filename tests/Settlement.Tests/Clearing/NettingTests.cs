using FsCheck;
using FsCheck.Fluent;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Clearing;

namespace MedInsure.Settlement.Tests.Clearing;

/// <summary>Whatever two counties owe each other: offset and transfer together are exactly it, one direction per fund, and all counties together pay what they are paid.</summary>
[Trait("Category", "Property")]
public sealed class NettingTests
{
    private static readonly string[] Funds = ["310100", "310200", "390100", "390200"];

    private static readonly Gen<List<FundAmount>> Owing = Gen.ListOf(Gen.Elements(Funds).SelectMany(fund => Gen.Choose(-1_000_000, 1_000_000).Select(fen => new FundAmount { Fund = fund, AmountFen = fen * 1_000_003L })))
        .Select(all => all.DistinctBy(f => f.Fund).ToList());

    private static long Of(IEnumerable<FundAmount> owing, string fund) => owing.Where(f => f.Fund == fund).Sum(f => f.AmountFen);

    [Fact]
    public void OffsetAndTransfer_AreWhatWasOwed() => Prop.ForAll(Gen.Zip(Owing, Owing).ToArbitrary(), pair =>
    {
        var (a, b) = pair;
        var net = Netting.Of(a, b);
        return Funds.All(fund =>
        {
            var (aPays, bPays, offset) = (net.APays.GetValueOrDefault(fund), net.BPays.GetValueOrDefault(fund), net.Offset.GetValueOrDefault(fund));
            return aPays >= 0 && bPays >= 0 && Math.Min(aPays, bPays) == 0 && offset + aPays == Of(a, fund) && offset + bPays == Of(b, fund);
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void OtherWayRound_IsTheSameSeenFromTheOther() => Prop.ForAll(Gen.Zip(Owing, Owing).ToArbitrary(), pair =>
    {
        var (here, there) = (Netting.Of(pair.Item1, pair.Item2), Netting.Of(pair.Item2, pair.Item1));
        return here.APays.SequenceEqual(there.BPays) && here.BPays.SequenceEqual(there.APays) && here.Offset.SequenceEqual(there.Offset);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AllPairsOfACity_NetToZeroInEveryFund() => Prop.ForAll(Gen.ArrayOf(Gen.Zip(Owing, Owing), 15).ToArbitrary(), sums =>
    {
        string[] counties = ["1", "2", "3", "4", "5", "6"];
        var pairs = counties.SelectMany((a, i) => counties.Skip(i + 1).Select(b => (A: a, B: b))).Zip(sums, (p, s) => Pair(p.A, p.B, s.Item1, s.Item2)).ToList();
        var net = ShowClearing.Net(pairs);
        // A county's net is what it is owed less what it owes, over all others.
        return Funds.All(fund => net.Where(n => n.Key.Fund == fund).Sum(n => n.Value) == 0 && counties.All(c => net.GetValueOrDefault((c, fund))
            == pairs.Sum(p => p.CountyA == c ? Of(p.BOwes!.Fund, fund) - Of(p.AOwes!.Fund, fund) : p.CountyB == c ? Of(p.AOwes!.Fund, fund) - Of(p.BOwes!.Fund, fund) : 0)));
    }).QuickCheckThrowOnFailure();

    private static ClearingPair Pair(string a, string b, List<FundAmount> aOwes, List<FundAmount> bOwes)
    {
        var (owesA, owesB) = (new PairSum(), new PairSum());
        owesA.Fund.AddRange(aOwes);
        owesB.Fund.AddRange(bOwes);
        return new ClearingPair(202606, a, b, "agreed", "", null, owesA, owesB, "", [], [], [], false, false, []);
    }
}
