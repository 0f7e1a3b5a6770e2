using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Filings;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Tests.Claims;

/// <summary>2601: what became of a message is uncertain, and it is to have no effect.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ReverseRequestTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("11", "2207A", "2207")]
    [InlineData("11", "2207", "2207A")]
    [InlineData("21", "2304", "2304")]
    [InlineData("11", "2207A", "")]
    public async Task OfASettlement_ReversesIt(string medType, string transaction, string named)
    {
        var psn = await world.Person("310", "1101", creditFen: 50_000);
        var request = await node.Visit(psn, 200_000, medType, insutype: "310", useAccount: true);
        request.Key.Transaction = transaction;
        var settled = await node.Settled(request);
        var reversing = node.ReversingMessage(request.Key.MessageId, named, psn);
        var reversal = await node.ReversedMessage(reversing);
        Assert.True(reversal.Record.ByRequestReversal);
        Assert.Equal(settled.SetlId(), reversal.Record.ReversedClaim.OriginalSetlId);
        var reply = ReverseRequest.Reply(reversal.Record);
        Assert.Equal((reversal.SetlId(), false), (reply.SetlId, reply.Voided));
        Assert.Empty(await node.Sums(psn));
        Assert.Equal(50_000, await node.Balance(psn));
        // The same message again is answered the same; another one finds nothing to reverse.
        var again = await node.ReversedMessage(reversing.Clone());
        Assert.True(again.IsReplay);
        Assert.Equal(reply, ReverseRequest.Reply(again.Record));
        Assert.Equal("settlement.already_reversed", await node.RefusedReversal(node.ReversingMessage(settled)));
        // And the reversed settlement's own message, sent again, gets the answer it had: it was accepted then.
        Assert.True((await node.Settled(request.Clone())).IsReplay);
    }

    [Fact]
    public async Task OfASale_ReversesIt()
    {
        var psn = await world.Person();
        var sale = await node.Settled(node.Inline(psn, 10_000, medType: "41"));
        await node.ReversedMessage(node.ReversingMessage(sale));
        Assert.Empty(await node.Sums(psn));
    }

    [Fact]
    public async Task OfACancelledSettlement_IsRefused()
    {
        var psn = await world.Person();
        var settled = await node.Settled(await node.Visit(psn, 10_000));
        await node.Reversed(settled);
        Assert.Equal("settlement.already_reversed", await node.RefusedReversal(node.ReversingMessage(settled)));
    }

    [Theory]
    [InlineData("visit")]
    [InlineData("stay")]
    [InlineData("sale")]
    public async Task OfACancellation_RestoresTheSettlement(string what)
    {
        var psn = await world.Person("310", "1101", creditFen: 50_000);
        var request = what == "sale" ? node.Inline(psn, 200_000, medType: "41", insutype: "310") : await node.Visit(psn, 200_000, what == "stay" ? "21" : "11", insutype: "310");
        request.UseAccount = true;
        var settled = await node.Settled(request);
        var (sums, balance) = (await node.Sums(psn), await node.Balance(psn));
        var reversal = await node.Reversed(settled);
        var restoration = await node.ReversedMessage(node.ReversingMessage(reversal));

        Assert.Equal((reversal.SetlId(), settled.SetlId(), true),
            (restoration.Record.ReversedClaim.OriginalSetlId, restoration.Record.ReversedClaim.RootSetlId, restoration.Record.ReversedClaim.Restores));
        Assert.Equal(settled.Claim().Amounts, restoration.Claim().Amounts);
        Assert.Equal(sums, await node.Sums(psn));
        Assert.Equal(balance, await node.Balance(psn));
        Assert.Equal(restoration.SetlId(), (await node.Shown(reversal.SetlId())).ReversedBySetlId);
        Assert.Equal("settlement.already_reversed", await node.RefusedReversal(node.ReversingMessage(reversal))); // undone already
        if (what != "sale") Assert.NotNull((await node.Submit(SettleClaim.Command(WithNewKey(request)))).Refusal); // its lines are settled again

        // It stands as if it had never been cancelled: it can be cancelled, by its own number, and that can be undone, and it can be reversed by its own message.
        var second = await node.Reversed(settled);
        Assert.Equal(restoration.SetlId(), second.Record.ReversedClaim.OriginalSetlId);
        Assert.Equal("settlement.already_reversed", await node.Refused(ReverseSettlement.Command(Naming(settled, reversal.SetlId()))));
        await node.ReversedMessage(node.ReversingMessage(second));
        Assert.Equal(sums, await node.Sums(psn));
        Assert.Equal(balance, await node.Balance(psn));
        Assert.Equal("settlement.already_reversed", await node.Refused(ReverseSettlement.Command(Naming(settled, reversal.SetlId()))));
        await node.ReversedMessage(node.ReversingMessage(settled));
        Assert.Empty(await node.Sums(psn));
        Assert.Equal(50_000, await node.Balance(psn));
    }

    [Fact]
    public async Task OfACancellation_AfterARestart_RestoresTheSettlement()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var settled = await county.Settled(await county.Visit("P1", 200_000, "21"));
        var sums = await county.Sums("P1");
        var reversal = await county.Reversed(settled);
        await county.Restart();
        await county.ReversedMessage(county.ReversingMessage(reversal));
        await county.Restart();
        Assert.Equal(sums, await county.Sums("P1"));
        await county.Reversed(settled);
        Assert.Empty(await county.Sums("P1"));
    }

    [Fact]
    public async Task OfACancellation_AfterSomethingElseWasSettled_IsRefused()
    {
        var psn = await world.Person();
        var reversal = await node.Reversed(await node.Settled(await node.Visit(psn, 20_000)));
        var other = await node.Settled(await node.Visit(psn, 20_000));
        Assert.Equal("settlement.later_exists", await node.RefusedReversal(node.ReversingMessage(reversal)));
        // Once that is cancelled too, nothing stands in the way.
        await node.Reversed(other);
        await node.ReversedMessage(node.ReversingMessage(reversal));
    }

    [Fact]
    public async Task OfACancellation_WithASettlementInTheSameBatch_IsRefused()
    {
        // Both may be one journal row, with one seq: their order in it counts.
        var psn = await world.Person();
        for (var i = 0; i < 10; i++)
        {
            var settled = await node.Settled(await node.Visit(psn, 2_000));
            var next = await node.Visit(psn, 2_000);
            var reversing = node.Submit(ReverseSettlement.Command(node.Reversing(settled)));
            var settling = node.Submit(SettleClaim.Command(next));
            var reversal = (await reversing).Value;
            await settling;
            Assert.Equal("settlement.later_exists", await node.RefusedReversal(node.ReversingMessage(reversal)));
        }
    }

    [Fact]
    public async Task OfACancellation_WhenTheAccountIsSpent_IsRefused()
    {
        // The account is one for all years: a bill of last year's can spend it without touching this year's sums.
        var psn = await world.Person("310", "1101", creditFen: 10_000);
        var reversal = await node.Reversed(await node.Settled(await node.Visit(psn, 10_000, insutype: "310", useAccount: true)));
        var lastYear = node.Inline(psn, 6_000, insutype: "310");
        (lastYear.InlineEncounter.BeginAtMs, lastYear.InlineLine[0].OccurredAtMs, lastYear.UseAccount) = (SettlementNode.At(2025, 12, 31), SettlementNode.At(2025, 12, 31), true);
        var other = await node.Settled(lastYear);
        Assert.Equal(4_000, await node.Balance(psn));
        Assert.Equal("settlement.later_exists", await node.RefusedReversal(node.ReversingMessage(reversal)));
        await node.Reversed(other);
        await node.ReversedMessage(node.ReversingMessage(reversal));
        Assert.Equal(0, await node.Balance(psn));
    }

    [Theory]
    [InlineData("visit cancelled")]
    [InlineData("discharge undone")]
    [InlineData("lines cancelled")]
    [InlineData("line added")]
    [InlineData("settled again")]
    public async Task OfACancellation_AfterTheEncounterChanged_IsRefused(string what)
    {
        var psn = await world.Person();
        var request = await node.Visit(psn, 20_000, what == "discharge undone" ? "21" : "11");
        var reversal = await node.Reversed(await node.Settled(request));
        switch (what)
        {
            case "visit cancelled": await node.CancelledEncounter(request.MdtrtId, psn); break;
            case "discharge undone": await node.UndoneDischarge(request.MdtrtId, psn); break;
            case "lines cancelled": await node.CancelledLines(request.MdtrtId, psn, "0000"); break;
            case "line added": await node.Charged(request.MdtrtId, psn, "3", NodeActions.Fee("2", "C1", 100)); break;
            default: await node.Settled(WithNewKey(request)); break;
        }
        Assert.Equal("encounter.changed_since", await node.RefusedReversal(node.ReversingMessage(reversal)));
    }

    [Fact]
    public async Task OfAnAdmission_TakesItBack()
    {
        var psn = await world.Person();
        var opening = node.Opening(psn, "21", NodeActions.FirstOfJune);
        var opened = await node.Accepted(OpenEncounter.Command(opening));
        var reversal = await node.ReversedMessage(node.ReversingMessage(opened));
        Assert.Equal(("", false), (ReverseRequest.Reply(reversal.Record).SetlId, ReverseRequest.Reply(reversal.Record).Voided));
        Assert.Equal("settlement.already_reversed", await node.RefusedReversal(node.ReversingMessage(opened)));
        Assert.Equal("encounter.cancelled", await node.Refused(AddFeeLines.Command(node.Fees(opened.Record.MdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100)))));
        // The visit number is free: the hospital admits anew.
        opening = node.Opening(psn, "21", NodeActions.FirstOfJune, visitNo: opening.Details.VisitNo);
        await node.Accepted(OpenEncounter.Command(opening));
    }

    [Theory]
    [InlineData("lines", "encounter.has_lines")]
    [InlineData("discharged", "encounter.discharged")]
    [InlineData("settled", "encounter.settled")]
    public async Task OfAnAdmissionThatWentOn_IsRefused(string what, string code)
    {
        var psn = await world.Person();
        var opened = await node.Accepted(OpenEncounter.Command(node.Opening(psn, "21", NodeActions.FirstOfJune)));
        var mdtrtId = opened.Record.MdtrtId;
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100));
        if (what != "lines") await node.Discharged(mdtrtId, psn, "3", NodeActions.TenthOfJune);
        if (what == "settled") await node.Settled(node.Settling(mdtrtId, psn, 100));
        Assert.Equal(code, await node.RefusedReversal(node.ReversingMessage(opened)));
    }

    [Fact]
    public async Task OfOtherTransactions_IsRefused()
    {
        var psn = await world.Person();
        var visit = await node.Accepted(OpenEncounter.Command(node.Opening(psn, "11", NodeActions.FirstOfJune)));
        Assert.Equal("request.not_reversible", await node.RefusedReversal(node.ReversingMessage(visit)));
        var charged = await node.Accepted(AddFeeLines.Command(node.Fees(visit.Record.MdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100))));
        Assert.Equal("request.not_reversible", await node.RefusedReversal(node.ReversingMessage(charged)));
        var filed = await node.Accepted(FileTreatment.Command(node.Filing(psn)));
        Assert.Equal("request.not_reversible", await node.RefusedReversal(node.ReversingMessage(filed)));
    }

    [Fact]
    public async Task OfA2601_IsRefused()
    {
        var psn = await world.Person();
        var settled = await node.Settled(await node.Visit(psn, 10_000));
        var reversal = await node.ReversedMessage(node.ReversingMessage(settled));
        Assert.Equal("request.not_reversible", await node.RefusedReversal(node.ReversingMessage(reversal)));
    }

    [Fact]
    public async Task OfAnotherTransactionOrPersonThanTheMessages_IsRefused()
    {
        var psn = await world.Person();
        var settled = await node.Settled(await node.Visit(psn, 10_000));
        var id = settled.Record.Key.MessageId;
        Assert.Equal("request.other_transaction", await node.RefusedReversal(node.ReversingMessage(id, "2304", world.OtherPsn)));
        Assert.Equal("encounter.other_person", await node.RefusedReversal(node.ReversingMessage(id, "2207", world.OtherPsn)));
        // Another provider's message of the same id is another message.
        var foreign = node.ReversingMessage(id, "2207", psn);
        foreign.FixmedinsCode = node.Hospital("2");
        Assert.NotNull((await node.ReversedMessage(foreign)).Record.RequestVoided);
        Assert.Equal("", (await node.Shown(settled.SetlId())).ReversedBySetlId);
    }

    [Fact]
    public async Task OfItself_IsRefused()
    {
        var request = node.ReversingMessage("", "2601", world.Psn);
        request.OriginalMessageId = request.Key.MessageId;
        Assert.Equal("request.reverses_itself", await node.RefusedReversal(request));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789012345678901234567890")] // 31 characters
    public async Task OfNoMessage_IsRefused(string id) => Assert.Equal("request.key_missing", await node.RefusedReversal(node.ReversingMessage(id, "2207", world.Psn)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OfAMessageThatNeverCame_VoidsIt(bool restart)
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var late = await county.Visit("P1", 10_000);
        var reversing = county.ReversingMessage(late.Key.MessageId, "2207", "P1");
        var voided = await county.ReversedMessage(reversing);
        Assert.Equal((true, ""), (ReverseRequest.Reply(voided.Record).Voided, ReverseRequest.Reply(voided.Record).SetlId));
        if (restart) await county.Restart();
        // The late original, in whatever form it comes.
        Assert.Equal("request.voided", await county.Refused(SettleClaim.Command(late)));
        var other = late.Clone();
        other.Key.ContentHash = county.Key(content: "other").ContentHash;
        Assert.Equal("request.voided", await county.Refused(SettleClaim.Command(other)));
        Assert.True((await county.ReversedMessage(reversing.Clone())).IsReplay);
        Assert.Equal("settlement.already_reversed", await county.RefusedReversal(county.ReversingMessage(late.Key.MessageId, "2207", "P1")));
        // Under a new message the hospital settles as usual.
        await county.Settled(WithNewKey(late, county));
        await county.Projected();
    }

    [Fact]
    public async Task TogetherWithItsOriginal_EitherReversesOrVoids_NeverBoth()
    {
        for (var i = 0; i < 10; i++)
        {
            var psn = await world.Person();
            var request = await node.Visit(psn, 10_000);
            var settling = Task.Run(() => node.Submit(SettleClaim.Command(request)));
            var reversing = Task.Run(() => node.SubmitReversal(node.ReversingMessage(request.Key.MessageId, "2207", psn)));
            var (settled, reversed) = (await settling, await reversing);
            Assert.Null(reversed.Refusal);
            Assert.Equal(reversed.Value.Record.RequestVoided is not null, settled.Refusal?.Code == "request.voided");
            Assert.Empty(await node.Sums(psn));
        }
    }

    [Fact]
    public async Task WriterStartedAnewSinceTheLook_SendsTheCallerBack()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var request = await county.Visit("P1", 10_000);
        var reversing = county.ReversingMessage(request.Key.MessageId, "2207", "P1");
        var looked = await county.Journal.FindRequest(reversing.FixmedinsCode, reversing.OriginalMessageId, default);
        Assert.Null(looked.Request);
        // The original comes after all, then the writer loses its connection and with it its memory.
        await county.Settled(request);
        await using (var command = county.Database.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")) await command.ExecuteNonQueryAsync();
        Assert.Equal("settlement.unavailable", (await county.Submit(SettleClaim.Command(county.Inline("P1", 100)))).Refusal?.Code);
        await SettlementNode.Leased(county.Journal);
        // Voiding the message now, on the strength of the old look, would contradict the journal.
        Assert.Equal("settlement.unavailable", (await county.Submit(ReverseRequest.Command(reversing, looked))).Refusal?.Code);
        Assert.NotNull((await county.ReversedMessage(reversing)).Record.ReversedClaim);
    }

    private ReverseSettlementRequest Naming(Committed settled, string setlId)
    {
        var request = node.Reversing(settled);
        request.SetlId = setlId;
        return request;
    }

    private SettleClaimRequest WithNewKey(SettleClaimRequest request, SettlementNode? county = null)
    {
        var copy = request.Clone();
        copy.Key = (county ?? node).Key();
        return copy;
    }
}
