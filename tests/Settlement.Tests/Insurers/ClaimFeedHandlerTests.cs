using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Insurers;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>What of the counties' settlements an insurer is told: the way from a county's outbox over the bus to the city's feed.</summary>
[Trait("Category", "Messaging")]
[Collection(PostgresCollection.Name)]
public sealed class ClaimFeedHandlerTests(SharedInsurerHost shared) : IClassFixture<SharedInsurerHost>, IAsyncLifetime
{
    private readonly InsurerHost host = shared.Host;

    public Task InitializeAsync() => host.Forget();
    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<List<ClaimEvent>> Heard(string contract, params ClaimSettled[] events)
    {
        await host.Tell(events);
        await host.Handled();
        return await host.Feed(contract);
    }

    [Fact]
    public async Task Settlement_IsToldWholly()
    {
        var settled = host.Settled(totalFen: 100_003, psnNo: "P77") with { ProviderCounty = "110101", MedType = "14", PolicyLevel = "community" };
        var told = Assert.Single(await Heard(InsurerHost.Illness, settled));
        Assert.Equal(new ClaimEvent
        {
            Cursor = 1, ContractNo = InsurerHost.Illness, Kind = ClaimEventKind.Settled, SetlId = settled.SetlId, County = host.Counties[0], ProviderCode = "H1", ProviderCounty = "110101", ProviderLevel = "community",
            PersonKey = host.Services.GetRequiredService<PersonKey>().Of(InsurerHost.Illness, "P77"), Insutype = "390", MedType = "14", PolicyOn = 20260601, SettledAtMs = settled.SettledAtMs,
            TotalFen = 100_003, InScopeFen = 100_003, BasicFundFen = 50_001, FundTotalFen = 70_001, PersonShareFen = 30_002, InsurerFen = 20_000,
        }, told);
    }

    [Theory]
    [InlineData("390", 20260101, true)]  // both ends are included
    [InlineData("390", 20261231, true)]
    [InlineData("390", 20251231, false)]
    [InlineData("390", 20270101, false)]
    [InlineData("310", 20260601, false)] // the scheme
    public async Task Contract_CoversItsSchemeAndItsPeriod(string insutype, int policyOn, bool told) =>
        Assert.Equal(told ? 1 : 0, (await Heard(InsurerHost.Illness, host.Settled(insutype: insutype, policyOn: policyOn))).Count);

    [Fact]
    public async Task Contract_CoversItsCountiesAndItsLayer()
    {
        var (inside, outside) = (host.Settled(host.Counties[0], insutype: "310"), host.Settled(host.Counties[1], insutype: "310"));
        await host.Tell(outside);
        var told = Assert.Single(await Heard(InsurerHost.OtherIllness, inside));
        // Large-sum, not critical illness: each contract has its own layer's amount.
        Assert.Equal((inside.SetlId, inside.LargeSumFen), (told.SetlId, told.InsurerFen));
    }

    [Fact]
    public async Task SettlementThatTheLayerDoesNotReach_IsNotTold() => Assert.Empty(await Heard(InsurerHost.Illness, host.Settled() with { CriticalIllnessFen = 0 }));

    [Fact]
    public async Task Reversal_TakesTheSameBack()
    {
        var settled = host.Settled();
        var told = await Heard(InsurerHost.Illness, settled, host.Reversal(settled));
        Assert.Equal([ClaimEventKind.Settled, ClaimEventKind.Reversed], told.Select(e => e.Kind));
        Assert.Equal(settled.SetlId, told[1].ReversesSetlId);
        Assert.Equal(0, told.Sum(e => e.InsurerFen));
        Assert.Equal(told[0].PersonKey, told[1].PersonKey);
        // And later, in a message of its own; and the reversal itself taken back.
        var other = host.Settled();
        await Heard(InsurerHost.Illness, other);
        var reversal = host.Reversal(other);
        await Heard(InsurerHost.Illness, reversal);
        told = await Heard(InsurerHost.Illness, host.Reversal(reversal));
        Assert.Equal((5, reversal.SetlId, other.CriticalIllnessFen), (told.Count, told[4].ReversesSetlId, told[4].InsurerFen));
    }

    [Fact]
    public async Task ReversalOfWhatWasNeverTold_IsNotTold()
    {
        Assert.Empty(await Heard(InsurerHost.Illness, host.Reversal(host.Settled())));
        Assert.Empty(await Heard(InsurerHost.Illness, host.Reversal(host.Settled() with { CriticalIllnessFen = 0 })));
    }

    private static ClaimCorrected Correction(ClaimSettled of, string number, long criticalIllnessFen, string kind = "corrected", long? beforeFen = null) => new(
        of.HomeCounty + number, of.SetlId, kind, of.MdtrtId, of.PsnNo, of.HomeCounty, of.FixmedinsCode, of.ProviderCounty, of.PolicyLevel, of.Insutype, of.PsnType, of.Categories, of.MedType, of.PolicyOn,
        of.SettledAtMs + 9, "policy", "R1", 0, 1_000 - criticalIllnessFen, 0, 0, criticalIllnessFen, 0, 0, 0, 1_000, -1_000, 0, -1_000, beforeFen ?? (kind == "corrected" ? of.CriticalIllnessFen : 0), 0, "p", "2", 9);

    private async Task<List<ClaimEvent>> HeardOf(params ClaimCorrected[] corrections)
    {
        await host.Tell(corrections[0].HomeCounty, corrections);
        await host.Handled();
        return await host.Feed(InsurerHost.Illness);
    }

    [Fact]
    public async Task Correction_IsToldAsTheDifferenceUnderItsOwnNumberAndTakenBackWithItsClaim()
    {
        var settled = host.Settled(psnNo: "P7");
        await Heard(InsurerHost.Illness, settled);
        var told = (await HeardOf(Correction(settled, "S1", -300)))[1];
        Assert.Equal((ClaimEventKind.Corrected, settled.HomeCounty + "S1", settled.SetlId, "", -300, 0, 1_000, -1_000), (told.Kind, told.SetlId, told.CorrectsSetlId, told.ReversesSetlId, told.InsurerFen, told.TotalFen, told.FundTotalFen, told.PersonShareFen));
        Assert.Equal(host.Services.GetRequiredService<PersonKey>().Of(InsurerHost.Illness, "P7"), told.PersonKey);
        // Announced again, and one that changes nothing of the contract's: not told.
        Assert.Equal(2, (await HeardOf(Correction(settled, "S1", -300), Correction(settled, "S2", 0))).Count);
        await using var connection = await host.CityDatabase.OpenConnectionAsync();
        Assert.Equal((settled.SetlId, true, settled.CriticalIllnessFen - 300), await ClaimChain.Read(connection, InsurerHost.Illness, settled.SetlId, default) is { } chain ? (chain.Named.SetlId, chain.Stands, chain.BorneFen) : default);
        Assert.Null(await ClaimChain.Read(connection, InsurerHost.Illness, settled.HomeCounty + "S1", default));

        var reversal = host.Reversal(settled);
        await Heard(InsurerHost.Illness, reversal);
        var all = await HeardOf(Correction(settled, reversal.SetlId[settled.HomeCounty.Length..], 300, "taken_back"));
        Assert.Equal((4, 0), (all.Count, all.Sum(e => e.InsurerFen)));
        Assert.Equal((false, 0), await ClaimChain.Read(connection, InsurerHost.Illness, settled.SetlId, default) is { } taken ? (taken.Stands, taken.BorneFen) : default);
    }

    [Fact]
    public async Task CorrectionOfAClaimThatWasNotBorne_IsToldWhereItIsBorneNow()
    {
        var (unborne, unknown) = (host.Settled() with { CriticalIllnessFen = 0 }, host.Settled());
        await Heard(InsurerHost.Illness, unborne);
        // The other one was borne before the contract's file came: it stays untold.
        var told = Assert.Single(await HeardOf(Correction(unborne, "S3", 500), Correction(unknown, "S4", 500)));
        Assert.Equal((unborne.SetlId, 500), (told.CorrectsSetlId, told.InsurerFen));
        await using var connection = await host.CityDatabase.OpenConnectionAsync();
        Assert.Equal(500, (await ClaimChain.Read(connection, InsurerHost.Illness, unborne.SetlId, default))!.BorneFen);
        var back = await HeardOf(Correction(unborne, "S5", -500, "taken_back"), Correction(unknown, "S6", -500, "taken_back"));
        Assert.Equal((2, 0), (back.Count, back.Sum(e => e.InsurerFen)));
    }

    [Fact]
    public async Task EventAnnouncedAgain_IsToldOnce()
    {
        // A county's tables rebuilt from its journal, after the inbox has forgotten: the same facts under new event ids.
        var (settled, later) = (host.Settled(), host.Settled());
        await Heard(InsurerHost.Illness, settled, host.Reversal(settled));
        var told = await Heard(InsurerHost.Illness, settled, settled, later);
        Assert.Equal([1, 2, 3], told.Select(e => e.Cursor));
        Assert.Equal(later.SetlId, told[2].SetlId);
    }

    [Fact]
    public async Task CountiesAtOnce_ShareOneStreamWithoutGaps()
    {
        const int rounds = 15, each = 40;
        var random = new Random(7);
        var events = host.Counties.ToDictionary(c => c, c => Enumerable.Range(0, rounds).Select(_ => Enumerable.Range(0, each).Select(_ => host.Settled(c, totalFen: random.Next(100, 1_000_000))).ToArray()).ToList());
        await Task.WhenAll(host.Counties.Select(async county => { foreach (var part in events[county]) await host.Tell(part); }));
        await host.Handled();
        var told = await host.Feed(InsurerHost.Illness);
        Assert.Equal(Enumerable.Range(1, rounds * each * 3).Select(i => (long)i), told.Select(e => e.Cursor));
        foreach (var county in host.Counties)
            Assert.Equal(events[county].SelectMany(e => e).Select(e => (e.SetlId, e.CriticalIllnessFen)), told.Where(e => e.County == county).Select(e => (e.SetlId, e.InsurerFen)));
    }

    [Fact]
    public async Task HandlersAtOnce_WaitForEachOthersCommit()
    {
        // Two transactions append: the second sees the first's cursors, and a reader never sees the second's before the first's.
        await using var first = await host.CityDatabase.OpenConnectionAsync();
        await using var second = await host.CityDatabase.OpenConnectionAsync();
        await using var firstWork = await first.BeginTransactionAsync();
        await using var secondWork = await second.BeginTransactionAsync();
        var last = await InsurerFeed.Lock(first, firstWork, InsurerHost.Illness, default);
        var waiting = InsurerFeed.Lock(second, secondWork, InsurerHost.Illness, default);
        await InsurerFeed.Append(first, firstWork, InsurerHost.Illness, last, [new ClaimEvent { Kind = ClaimEventKind.Settled, SetlId = "A", County = "1", PolicyOn = 20260601 }], default);
        Assert.False(waiting.IsCompleted);
        await firstWork.CommitAsync();
        Assert.Equal(1, await waiting);
        await InsurerFeed.Append(second, secondWork, InsurerHost.Illness, 1, [new ClaimEvent { Kind = ClaimEventKind.Settled, SetlId = "B", County = "1", PolicyOn = 20260601 }], default);
        await secondWork.CommitAsync();
        Assert.Equal([(1, "A"), (2, "B")], (await host.Feed(InsurerHost.Illness)).Select(e => (e.Cursor, e.SetlId)));
    }

    // ---- supplements

    private ClaimSettled WithPolicy(long onBillFen, string? decisionNo, bool pending = false, string contract = InsurerHost.Supplement) =>
        host.Settled() with { CriticalIllnessFen = 0, Supplement = new ClaimSupplement(contract, "PN1", "B1", decisionNo, onBillFen, 0, pending) };

    private SupplementCaughtUp CaughtUp(ClaimSettled of, long amountFen) => new(of.SetlId, of.PsnNo, of.HomeCounty, InsurerHost.Supplement, "PN1", "B1", "D9", amountFen, of.SettledAtMs + 5);

    [Theory]
    [InlineData(700, "D1", false)]
    [InlineData(0, "D1", false)] // the insurer pays nothing of this bill
    [InlineData(0, null, true)]
    public async Task PolicysPart_IsToldWhateverItPays(long fen, string? decision, bool pending)
    {
        var told = Assert.Single(await Heard(InsurerHost.Supplement, WithPolicy(fen, decision, pending)));
        Assert.Equal((ClaimEventKind.Settled, fen), (told.Kind, told.InsurerFen));
        Assert.Equal(new SupplementState { PolicyNo = "PN1", BillId = "B1", DecisionNo = decision ?? "", Pending = pending }, told.Supplement);
        Assert.Empty(await host.Feed(InsurerHost.Illness));
    }

    [Fact]
    public async Task BillOfBothContracts_IsToldToEachItsOwnPart()
    {
        var settled = host.Settled() with { Supplement = new ClaimSupplement(InsurerHost.Supplement, "PN1", "B1", "D1", 123, 0, false) };
        Assert.Equal(123, Assert.Single(await Heard(InsurerHost.Supplement, settled)).InsurerFen);
        var illness = Assert.Single(await host.Feed(InsurerHost.Illness));
        Assert.Equal((settled.CriticalIllnessFen, null), (illness.InsurerFen, illness.Supplement));
        Assert.NotEqual(illness.PersonKey, (await host.Feed(InsurerHost.Supplement))[0].PersonKey);
    }

    [Fact]
    public async Task LateAnswer_IsToldWithTheSettlementsFacts()
    {
        var settled = WithPolicy(0, null, pending: true);
        await Heard(InsurerHost.Supplement, settled);
        await host.Tell<SupplementCaughtUp>(host.Counties[0], CaughtUp(settled, 555), CaughtUp(settled, 555));
        await host.Handled();
        var told = await host.Feed(InsurerHost.Supplement);
        Assert.Equal(2, told.Count); // once, though it came twice
        var expected = told[0].Clone();
        (expected.Cursor, expected.Kind, expected.InsurerFen) = (2, ClaimEventKind.CaughtUp, 555);
        expected.Supplement = new SupplementState { PolicyNo = "PN1", BillId = "B1", DecisionNo = "D9" };
        Assert.Equal(expected, told[1]);
    }

    [Fact]
    public async Task ReversalAfterALateAnswer_TakesBothBack()
    {
        var settled = WithPolicy(0, null, pending: true);
        await Heard(InsurerHost.Supplement, settled);
        await host.Tell<SupplementCaughtUp>(host.Counties[0], CaughtUp(settled, 555));
        var told = await Heard(InsurerHost.Supplement, host.Reversal(settled) with { Supplement = new ClaimSupplement(InsurerHost.Supplement, "PN1", "B1", "D9", 0, -555, false) });
        Assert.Equal([(ClaimEventKind.Settled, 0), (ClaimEventKind.CaughtUp, 555), (ClaimEventKind.Reversed, -555)], told.Select(e => (e.Kind, e.InsurerFen)));
    }

    [Fact]
    public async Task ContractOfAnotherCity_IsNotTold() => Assert.Empty(await Heard(InsurerHost.Supplement, WithPolicy(5, "D1", contract: "ELSEWHERE")));

    [Fact]
    public async Task CountysOwnDatabase_HasNoFeed()
    {
        await Heard(InsurerHost.Illness, host.Settled());
        await using var command = host.Services.GetRequiredService<TenantDatabases>().For(host.Counties[0], SettlementModule.Service).CreateCommand("SELECT (SELECT count(*) FROM insurer_feed) + (SELECT count(*) FROM insurer_stream) + (SELECT count(*) FROM inbox)");
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }
}
