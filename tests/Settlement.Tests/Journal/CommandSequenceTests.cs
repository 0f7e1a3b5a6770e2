using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Tests.Replays;
using Xunit.Abstractions;

namespace MedInsure.Settlement.Tests.Journal;

/// <summary>
/// Random days at a counter, mistakes included, on the real database. Whatever was done: the accumulators are the sums over settlements and reversals, the account is what
/// was credited less what was paid, every settlement's entries balance and the funds' expense is that of the settlements, every settlement recomputes, a replay
/// of the person gives what is booked, the chain holds, and a restart changes nothing.
/// </summary>
[Trait("Category", "Property")]
[Collection(PostgresCollection.Name)]
public sealed class CommandSequenceTests(SharedPostgres postgres, ITestOutputHelper output)
{
    private const int Days = 120;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(15); // each, on a slow machine; fewer days then

    private static readonly Gen<Act> Acts = Gen.Frequency(
        (6, Gen.Constant(Act.Open)), (12, Gen.Constant(Act.Charge)), (4, Gen.Constant(Act.Correct)), (2, Gen.Constant(Act.CancelLines)), (5, Gen.Constant(Act.Discharge)), (2, Gen.Constant(Act.UndoDischarge)),
        (1, Gen.Constant(Act.CancelEncounter)), (8, Gen.Constant(Act.Settle)), (4, Gen.Constant(Act.Interim)), (3, Gen.Constant(Act.Batch)), (4, Gen.Constant(Act.Sale)), (3, Gen.Constant(Act.Try)),
        (6, Gen.Constant(Act.Reverse)), (5, Gen.Constant(Act.ReverseMessage)), (2, Gen.Constant(Act.Replay)), (1, Gen.Constant(Act.Restart)),
        (3, Gen.Constant(Act.Credit)), (2, Gen.Constant(Act.Withdraw)));

    private static readonly Gen<Move> Moves =
        from act in Acts
        from which in Gen.Choose(0, 200)
        from other in Gen.Choose(0, 60)
        from fen in Gen.Frequency((3, Gen.Choose(1, 30_000)), (2, Gen.Choose(30_000, 3_000_000)), (1, Gen.Choose(1, 60)))
        select new Move(act, which, other, fen);

    private static Arbitrary<Move[]> AnyDay => Arb.From(
        from length in Gen.Choose(15, 60)
        from moves in Moves.ArrayOf(length)
        select moves,
        moves => Enumerable.Range(0, moves.Length).Select(i => (Move[])[.. moves[..i], .. moves[(i + 1)..]]));

    [Theory]
    [InlineData("2301", "390", 0)]
    [InlineData("2301", "310", 150_000)]
    [InlineData("3417", "390", 0)]
    public Task WhateverIsDone_TheSumsHold(string city, string scheme, long creditFen) => Task.Run(async () =>
    {
        await using var node = await SettlementNode.Create(postgres.Server, city);
        var (watch, day, claims, refused) = (Stopwatch.StartNew(), 0, 0, 0);
        int[] replayed = [0, 0, 0, 0];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Days), Prop.ForAll(AnyDay, moves =>
        {
            if (watch.Elapsed > Enough) return;
            var counter = Played(node, scheme, creditFen, ++day, moves, replayed);
            (claims, refused) = (claims + counter.Claims.Count, refused + counter.Refused);
        }));
        output.WriteLine($"{city} {scheme}: {day} days, {claims} settlements and reversals, {refused} refusals, {watch.ElapsedMilliseconds} ms; replayed: {replayed[0]} referred stays, {replayed[1]} later bills of a stay, {replayed[2]} cancelled, {replayed[3]} restored");
        // The days are worth something: settlements there were, and mistakes.
        Assert.True(claims > 20 && refused > 20, $"{claims} settlements and reversals, {refused} refusals in {day} days");
        Assert.True(replayed[1] > 0 && replayed[2] > 0, "no stay was settled in parts, or nothing was cancelled");
    });

    // FsCheck's properties are synchronous; this one runs off xunit's threads, so that waiting blocks nobody.
    private static RandomCounter Played(SettlementNode node, string scheme, long creditFen, int day, Move[] moves, int[] replayed) => Play(node, scheme, creditFen, day, moves, replayed).GetAwaiter().GetResult();

    private static async Task<RandomCounter> Play(SettlementNode node, string scheme, long creditFen, int day, Move[] moves, int[] replayed)
    {
        string[] categories = node.Tenant.CityCode == "341700" ? ["low_income", "registered_poor"] : [];
        string[] persons = [$"P{day}-1", $"P{day}-2"];
        await node.AddPerson(persons[0], scheme, scheme == "310" ? "1101" : "1501", creditFen);
        await node.AddPerson(persons[1], scheme, scheme == "310" ? "1201" : "1403", creditFen, categories);
        foreach (var psn in persons)
        {
            await node.Filed(node.Filing(psn, insutype: scheme));
            await node.Filed(node.Filing(psn, kind: FilingKind.Referral, from: 20250101, insutype: scheme, other: node.Hospital("3")));
        }
        var counter = new RandomCounter(node, scheme, persons, creditFen);
        // Something to work on: each kind of visit once, with two lines.
        for (var kind = 0; kind < 4; kind++) await counter.Make(new Move(Act.Open, kind, kind, 0));
        for (var visit = 0; visit < 4; visit++) await counter.Make(new Move(Act.Charge, visit, visit, 900_000));
        foreach (var move in moves) await counter.Make(move);
        await counter.CheckSums();
        await node.Projected();
        var report = await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default);
        Assert.True(report.Findings.Count == 0, string.Join('\n', report.Findings));
        foreach (var psn in persons)
        {
            var replay = await node.ReplayIsBooked(psn);
            replayed[0] += replay.Claims.Count(c => c.Facts.DeductibleOfReferringStay.Value > 0);
            replayed[1] += replay.Claims.Count(c => !c.Facts.FirstOfStay);
            replayed[2] += replay.Claims.Count(c => !c.Stands);
            replayed[3] += counter.Claims.Count(c => c.Record.PsnNo == psn && c.Record.ReversedClaim is { Restores: true });
        }
        return counter;
    }
}
