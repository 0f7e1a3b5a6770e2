using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Tests.Journal;
using Xunit.Abstractions;

namespace MedInsure.Settlement.Tests.Corrections;

/// <summary>
/// Random days at a counter under one version, then another one that decides the same days, corrections, more of the day, corrections again. Every bill with its corrections is what
/// a county gives that had the other version from the start; a second run finds nothing; verify finds nothing wrong.
/// </summary>
[Trait("Category", "Property")]
[Collection(PostgresCollection.Name)]
public sealed class CorrectionPropertyTests(SharedPostgres postgres, ITestOutputHelper output)
{
    private const int Days = 60;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(12); // each, on a slow machine; fewer days then

    private static readonly Gen<Act> Acts = Gen.Frequency(
        (3, Gen.Constant(Act.Open)), (12, Gen.Constant(Act.Charge)), (3, Gen.Constant(Act.Correct)), (5, Gen.Constant(Act.Discharge)), (10, Gen.Constant(Act.Settle)), (6, Gen.Constant(Act.Interim)),
        (3, Gen.Constant(Act.Batch)), (3, Gen.Constant(Act.Sale)), (5, Gen.Constant(Act.Reverse)), (2, Gen.Constant(Act.ReverseMessage)), (1, Gen.Constant(Act.Restart)));

    private static readonly Gen<Move> Moves =
        from act in Acts
        from which in Gen.Choose(0, 200)
        from other in Gen.Choose(0, 60)
        from fen in Gen.Frequency((3, Gen.Choose(1, 30_000)), (3, Gen.Choose(30_000, 5_000_000)), (1, Gen.Choose(1, 60)))
        select new Move(act, which, other, fen);

    private static Arbitrary<(Move[] Before, Move[] After)> AnyDay => Arb.From(
        from before in Moves.ArrayOf(25)
        from after in Moves.ArrayOf(12)
        select (before, after));

    [Theory]
    [InlineData("390", 0)]
    [InlineData("310", 150_000)]
    public Task OriginalsAndCorrections_AreWhatTheOtherVersionGivesFromTheStart(string scheme, long creditFen) => Task.Run(async () =>
    {
        await using var older = await SettlementNode.Create(postgres.Server, policies: PolicyLibrary.LoadEmbedded());
        await using var fresh = await SettlementNode.Create(postgres.Server, policies: PolicyLibrary.LoadEmbedded());
        var (watch, day, compared, corrections) = (Stopwatch.StartNew(), 0, 0, 0);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Days), Prop.ForAll(AnyDay, moves =>
        {
            if (watch.Elapsed > Enough) return;
            // FsCheck's properties are synchronous; this one runs off xunit's threads, so that waiting blocks nobody.
            var played = Play(older, fresh, scheme, creditFen, ++day, moves.Before, moves.After).GetAwaiter().GetResult();
            (compared, corrections) = (compared + played.Compared, corrections + played.Corrections);
        }));
        var report = await older.Holds();
        output.WriteLine($"{scheme}: {day} days, {compared} bills compared, {corrections} corrections, {report.Settlements} settlements and {report.Reversals} reversals, {watch.ElapsedMilliseconds} ms");
        Assert.Equal(corrections, report.Corrections);
        Assert.True(compared > 3 && corrections > 3, $"{compared} bills compared, {corrections} corrections in {day} days");
    });

    /// <summary>Each day has a version of its own; persons of other days are not computed again.</summary>
    private static void Publish(SettlementNode node, string scheme, int day)
    {
        var (ratio, deductible) = (50 + day * 13 % 45, 300 + day * 170 % 900);
        if (scheme == "390") node.Publish("harbin/resident", $"2026.2.{day}", ("70 %, source: \"Hb 居民 住院", $"{ratio} %, source: \"Hb 居民 住院"), ("amount: 720 yuan", $"amount: {deductible} yuan"), ("deductible: 14000 yuan", $"deductible: {6_000 + day * 1_700 % 14_000} yuan"));
        else node.Publish("harbin/employee", $"2026.2.{day}", ("ratio: 75 %", $"ratio: {ratio} %"), ("amount: 720 yuan", $"amount: {deductible} yuan"));
    }

    private static async Task<(int Compared, int Corrections)> Play(SettlementNode older, SettlementNode fresh, string scheme, long creditFen, int day, Move[] before, Move[] after)
    {
        string[] persons = [$"P{day}-1", $"P{day}-2"];
        foreach (var node in (SettlementNode[])[older, fresh])
            foreach (var psn in persons)
            {
                await node.AddPerson(psn, scheme, scheme == "310" ? "1101" : "1501", creditFen);
                await node.Filed(node.Filing(psn, insutype: scheme));
            }
        var (one, two) = (new RandomCounter(older, scheme, persons, creditFen), new RandomCounter(fresh, scheme, persons, creditFen));
        await Begin(one);
        foreach (var move in before) await one.Make(move);
        Publish(older, scheme, day);
        var corrections = await CorrectAll(older, persons);
        foreach (var move in after) await one.Make(move);
        corrections += await CorrectAll(older, persons);
        foreach (var psn in persons) Assert.Empty(await older.Corrected(psn));

        Publish(fresh, scheme, day);
        await Begin(two);
        foreach (var move in (Move[])[.. before, .. after]) await two.Make(move);
        // A restoration asks whether the sums are as they were left: a correction between changes that. Such a day cannot be compared.
        if (one.Refused != two.Refused || !one.Claims.Select(Shape).SequenceEqual(two.Claims.Select(Shape))) return (0, corrections);
        var compared = 0;
        for (var i = 0; i < one.Claims.Count; i++)
        {
            if (one.Claims[i].Record.SettledClaim is null || !Stands(one.Claims, i)) continue;
            var (corrected, given) = (await older.Effective(one.Claims[i].SetlId()), two.Claims[i].Claim().Amounts.Bare());
            // What the account pays of a person's share depends on what it holds; the fund's part does not.
            if (scheme == "310") (corrected.AccountFen, corrected.CashFen, given.AccountFen, given.CashFen) = (0, 0, 0, 0);
            corrected.PoolRatioBp = given.PoolRatioBp; // no money of its own: kept where nothing else differs
            Assert.Equal(given, corrected);
            compared++;
        }
        foreach (var psn in persons) Assert.Equal(await fresh.Sums(psn), await older.Sums(psn));
        return (compared, corrections);
    }

    private static async Task Begin(RandomCounter counter)
    {
        for (var kind = 0; kind < 4; kind++) await counter.Make(new Move(Act.Open, kind, kind, 0));
        for (var visit = 0; visit < 4; visit++) await counter.Make(new Move(Act.Charge, visit, visit, 900_000));
        // A stay with an interim bill, and one that is settled: something to correct.
        foreach (var act in (Act[])[Act.Interim, Act.Charge]) await counter.Make(new Move(act, 1, 1, 2_500_000));
        foreach (var act in (Act[])[Act.Discharge, Act.Settle]) await counter.Make(new Move(act, 3, 3, 0));
    }

    private static async Task<int> CorrectAll(SettlementNode node, string[] persons)
    {
        var count = 0;
        foreach (var psn in persons) count += (await node.Corrected(psn)).Count;
        return count;
    }

    private static (string, bool, long) Shape(Committed claim) => (claim.Record.PsnNo, claim.Record.SettledClaim is not null, Math.Abs(claim.Claim().Amounts.TotalFen));

    private static bool Stands(List<Committed> claims, int root)
    {
        var last = claims.FindLast(c => c.Record.ReversedClaim?.RootSetlId == claims[root].SetlId());
        return last is null || last.Record.ReversedClaim.Restores;
    }
}
