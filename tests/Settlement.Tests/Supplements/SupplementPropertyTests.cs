using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using MedInsure.Events;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Tests.Replays;

namespace MedInsure.Settlement.Tests.Supplements;

/// <summary>
/// Random bills of two consented persons with an insurer that answers, errs, decides but keeps silent, or comes late; cancelled, restored, repeated, asked about again, over
/// restarts of the writer and two workers at once. Whatever happens, what the insurer was told sums to what it decided for the bills that stand, and each bill counts once.
/// </summary>
[Trait("Category", "Property")]
[Collection(PostgresCollection.Name)]
public sealed class SupplementPropertyTests(SharedPostgres postgres)
{
    private const int Cases = 30, StepsEach = 18;

    private enum Step { Settle, SettleErring, SettleSilent, SettleTogether, Repeat, Reverse, Restore, Round, RoundSilent, RoundsTogether, Restart, DuringReversal }

    [Fact]
    public async Task WhatTheInsurerHeard_IsWhatItDecidedForTheBillsThatStand()
    {
        // The generator is FsCheck's; the cases run on one county, since a database each would take longer than they do.
        await using var world = await SupplementWorld.Create(postgres.Server);
        // What makes late answers and takes them back comes more often.
        Step[] often = [Step.SettleErring, Step.SettleSilent, Step.Round, Step.Reverse, Step.Reverse, Step.Restore];
        var gen = Gen.Elements((Step[])[.. Enum.GetValues<Step>(), .. often]).ArrayOf(StepsEach).Zip(Gen.Choose(0, int.MaxValue - 1));
        foreach (var (steps, seed) in Enumerable.Range(0, Cases).SelectMany(_ => gen.Sample(1))) await Check(world, steps, seed);
        await world.Holds();
    }

    private static async Task Check(SupplementWorld world, Step[] steps, int seed)
    {
        await world.Begin();
        var persons = new[] { await world.Consented(), await world.Consented() };
        var settled = new List<(Committed Claim, Protos.Settlement.V1.SettleClaimRequest Request)>();
        var reversals = new Dictionary<int, Committed>();
        var said = $"seed {seed}: {string.Join(' ', steps)}";
        var random = new System.Random(seed);
        foreach (var step in steps)
        {
            (world.Insurer.Before, world.Insurer.After) = ((_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask);

            switch (step)
            {
                case Step.SettleErring: world.Insurer.Before = Fails; break;
                case Step.SettleSilent or Step.RoundSilent: world.Insurer.After = Fails; break; // it has decided, but nobody hears
            }
            switch (step)
            {
                case Step.Settle or Step.SettleErring or Step.SettleSilent: await Settle(await Bill()); break;
                case Step.SettleTogether:
                    var bills = new[] { await Bill(), await Bill(), await Bill() };
                    foreach (var (claim, i) in (await Task.WhenAll(bills.Select(world.Settled))).Select((c, i) => (c, i))) settled.Add((claim, bills[i]));
                    break;
                case Step.Repeat when settled.Count > 0:
                    var again = settled[random.Next(settled.Count)];
                    Assert.Equal(again.Claim.Record, (await world.Settled(again.Request)).Record);
                    break;
                case Step.Reverse when Pick(i => !reversals.ContainsKey(i)) is { } standing: await Reverse(standing); break;
                case Step.Restore when Pick(reversals.ContainsKey) is { } cancelled:
                    var outcome = await world.Node.SubmitReversal(world.Node.ReversingMessage(reversals[cancelled]));
                    if (outcome.Refusal is null) reversals.Remove(cancelled);
                    else Assert.Contains(outcome.Refusal.Code, new[] { "settlement.later_exists", "encounter.changed_since" });
                    break;
                case Step.Round or Step.RoundSilent: await Round(); break;
                case Step.RoundsTogether: await Task.WhenAll(Round(), Round()); break;
                case Step.DuringReversal when Pick(i => !reversals.ContainsKey(i)) is { } doomed:
                    var once = 0;
                    world.Insurer.After = async (r, _) =>
                    {
                        if (r.SetlId == settled[doomed].Claim.SetlId() && Interlocked.Exchange(ref once, 1) == 0) await Reverse(doomed);
                    };
                    await Round();
                    break;
                case Step.Restart: await world.Node.Restart(); break;
            }
        }
        (world.Insurer.Before, world.Insurer.After) = ((_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask);
        await Round(); // all that is still awaited is answered now
        foreach (var psn in persons) await world.Node.ReplayIsBooked(psn);

        var events = (await world.Events(persons[0])).Concat(await world.Events(persons[1])).ToList();
        var told = events.Sum(e => e is ClaimSettled { Supplement: { } s } ? s.OnBillFen + s.LateFen : e is SupplementCaughtUp late ? late.AmountFen : 0);
        var decided = settled.Where((s, i) => !reversals.ContainsKey(i) && s.Claim.Claim().Facts.Supplement is not null).Sum(s => Decided(s.Claim));
        Assert.True(decided == told, $"{said}: decided {decided}, told {told}");
        // Each bill: on the bill, or once late; never both.
        foreach (var (claim, _) in settled)
        {
            var late = events.OfType<SupplementCaughtUp>().Count(e => e.SetlId == claim.SetlId());
            Assert.True(late <= (claim.Claim().Facts.Supplement is { DecisionNo.Length: 0 } ? 1 : 0), $"{said}: {claim.SetlId()} was caught up {late} times");
        }
        Assert.Equal(events.OfType<ClaimSettled>().Count(), events.OfType<ClaimSettled>().DistinctBy(e => e.SetlId).Count());

        long Decided(Committed claim) => claim.Claim().Facts.Supplement.DecisionNo.Length > 0 ? claim.Claim().Amounts.SupplementFen : world.Insurer.Decisions[claim.Claim().Facts.Supplement.BillId].Reply.AmountFen;

        async Task<Protos.Settlement.V1.SettleClaimRequest> Bill() => await world.Node.Visit(persons[random.Next(2)], random.Next(2_000, 20_000));
        async Task Settle(Protos.Settlement.V1.SettleClaimRequest request) => settled.Add((await world.Settled(request), request));
        async Task Reverse(int which) => reversals[which] = await world.Node.Reversed(settled[which].Claim);
        int? Pick(Func<int, bool> fits) => Enumerable.Range(0, settled.Count).Where(fits).OrderBy(_ => random.Next()).Cast<int?>().FirstOrDefault();
        async Task Round()
        {
            world.Clock.Now += TimeSpan.FromHours(8); // beyond every interval
            await world.Round();
        }
        static Task Fails(Protos.Insurer.V1.AuthorizeBillRequest request, ServerCallContext context) => throw new RpcException(new Status(StatusCode.Internal, "test"));
    }
}
