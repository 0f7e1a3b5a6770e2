using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.Tests.Journal;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class TenantJournalTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = await SettlementNode.Create(postgres.Server);
    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task ConcurrentSettlementsOfOnePerson_EqualTheSerialResult()
    {
        // 32 stays of one person at once: deductible, cap and critical illness all depend on what came before.
        const int stays = 32;
        await node.AddPerson("P-CONC");
        await node.AddPerson("P-SERIAL");
        var together = await Stays("P-CONC", stays);
        var oneByOne = await Stays("P-SERIAL", stays);

        var committed = await Task.WhenAll(together.Select(r => Task.Run(() => node.Accepted(SettleClaim.Command(r)))));
        var serial = new List<Committed>();
        // The concurrent order is the journal's: the serial run takes the bills in that order.
        foreach (var c in committed.OrderBy(c => c.Record.SettledClaim.SetlId, StringComparer.Ordinal))
            serial.Add(await node.Accepted(SettleClaim.Command(oneByOne[Array.FindIndex(together, r => r.MdtrtId == c.Record.MdtrtId)])));

        Assert.Equal(serial.Select(s => s.Record.SettledClaim.Amounts), committed.OrderBy(c => c.Record.SettledClaim.SetlId, StringComparer.Ordinal).Select(c => c.Record.SettledClaim.Amounts));
        Assert.Equal(node.Journal.CommittedSeq, (await node.Journal.ReadPerson("P-SERIAL", default))!.LastSeq);
        await node.Projected();
        Assert.Equal(await Sums("P-SERIAL"), await Sums("P-CONC"));
    }

    [Fact]
    public async Task SameKeySameContent_GetsTheStoredAnswer()
    {
        await node.AddPerson("P1");
        var request = node.Inline("P1", 10_000);
        var first = await node.Accepted(SettleClaim.Command(request));
        var again = await node.Accepted(SettleClaim.Command(request.Clone()));
        Assert.True(again.IsReplay);
        Assert.Equal(first.Record, again.Record);
        Assert.Equal(first.Seq, again.Seq);
    }

    [Fact]
    public async Task SameKeySameContent_AfterARestart_GetsTheStoredAnswer()
    {
        await node.AddPerson("P1");
        var request = node.Inline("P1", 10_000);
        var first = await node.Accepted(SettleClaim.Command(request));
        await node.Restart();
        var again = await node.Accepted(SettleClaim.Command(request.Clone()));
        Assert.True(again.IsReplay);
        Assert.Equal(first.Record, again.Record);
    }

    [Fact]
    public async Task SameKeyOtherContent_IsRefused()
    {
        await node.AddPerson("P1");
        var request = node.Inline("P1", 10_000);
        await node.Accepted(SettleClaim.Command(request));
        var other = node.Inline("P1", 20_000, key: node.Key("2102", request.Key.MessageId, "other"));
        Assert.Equal("request.key_reused", await node.Refused(SettleClaim.Command(other)));
        var otherTransaction = request.Clone();
        otherTransaction.Key.Transaction = "2207A";
        Assert.Equal("request.key_reused", await node.Refused(SettleClaim.Command(otherTransaction)));
    }

    [Fact]
    public async Task SameKeyManyTimesAtOnce_SettlesOnce()
    {
        await node.AddPerson("P1");
        var request = node.Inline("P1", 10_000);
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => node.Accepted(SettleClaim.Command(request.Clone())))));
        Assert.Single(all.Select(c => c.Record.SettledClaim.SetlId).Distinct());
        Assert.Single(all, c => !c.IsReplay);
        await node.Projected();
        Assert.Equal(1L, await Count("SELECT count(*) FROM claim WHERE psn_no = 'P1'"));
    }

    [Fact]
    public async Task OneBadMember_DoesNotFailItsBatch()
    {
        await node.AddPerson("P1");
        var good = Enumerable.Range(0, 20).Select(i => node.Inline("P1", 100 + i)).ToArray();
        var bad = node.Inline("P1", 100);
        bad.TotalFen = 99;
        var outcomes = await Task.WhenAll(good.Append(bad).Select(r => Task.Run(() => node.Submit(SettleClaim.Command(r)))));
        Assert.All(outcomes[..^1], o => Assert.Null(o.Refusal));
        Assert.Equal("claim.total_mismatch", outcomes[^1].Refusal?.Code);
    }

    [Fact]
    public async Task RestartedWriter_GoesOnWhereTheLastOneEnded()
    {
        await node.AddPerson("P1");
        var first = (await node.Accepted(SettleClaim.Command(node.Inline("P1", 10_000)))).Record.SettledClaim;
        var seq = node.Journal.CommittedSeq;
        await node.Restart();
        Assert.Equal(seq, node.Journal.CommittedSeq);
        var second = (await node.Accepted(SettleClaim.Command(node.Inline("P1", 10_000)))).Record.SettledClaim;
        Assert.Equal(TenantState.NumberOf(first.SetlId) + 1, TenantState.NumberOf(second.SetlId));
        Assert.Equal(first.Change.Select(c => (c.Key, c.Delta)).ToHashSet(), second.Before.Select(b => (b.Key, b.Value)).ToHashSet());
        Assert.Null(await Broken());
    }

    [Fact]
    public async Task SecondWriter_DoesNotGetTheLease()
    {
        var second = node.NewJournal();
        await node.AddPerson("P1");
        await node.Accepted(SettleClaim.Command(node.Inline("P1", 10_000)));
        Assert.False(second.HoldsLease);
        Assert.Equal("settlement.not_the_writer", (await second.Submit(SettleClaim.Command(node.Inline("P1", 10_000)))).Refusal?.Code);
        await node.Close();
        await SettlementNode.Leased(second);
        Assert.Null((await second.Submit(SettleClaim.Command(node.Inline("P1", 10_000)))).Refusal);
        await second.DisposeAsync();
        await second.Projector.DisposeAsync();
        await node.Open();
    }

    [Fact]
    public async Task LeaseLostBehindTheWriter_ItsAppendFailsAndNothingIsBookedTwice()
    {
        await node.AddPerson("P1");
        await node.Accepted(SettleClaim.Command(node.Inline("P1", 10_000)));
        // As if another writer had the lease and wrote: the next seq is taken.
        await using (var rival = await node.Database.OpenConnectionAsync())
        {
            var head = await JournalStore.ReadHead(rival, default);
            await JournalStore.Append(rival, head, RivalBatch(), SettlementNode.Start, default);
        }
        var request = node.Inline("P1", 10_000);
        Assert.Equal("settlement.unavailable", (await node.Submit(SettleClaim.Command(request))).Refusal?.Code);
        await SettlementNode.Leased(node.Journal);
        var retried = await node.Accepted(SettleClaim.Command(request.Clone()));
        Assert.False(retried.IsReplay);
        Assert.Null(await Broken());
        await node.Projected();
        Assert.Equal(2L, await Count("SELECT count(*) FROM claim WHERE psn_no = 'P1'"));
    }

    [Fact]
    public void BatchFromItsRecordsEncodings_IsTheBatchsEncoding()
    {
        JournalEntry[] entries = [.. Enumerable.Range(0, 300).Select(i => JournalEntry.Of(new JournalRecord { PsnNo = new string('x', i), AtMs = i }))];
        var batch = new JournalBatch();
        batch.Record.AddRange(entries.Select(e => e.Record));
        Assert.Equal(Google.Protobuf.MessageExtensions.ToByteArray(batch), JournalStore.Encode(entries));
    }

    [Fact]
    public async Task TablesEmptiedAndProjectedAgain_AreTheSame()
    {
        await node.AddPerson("P1");
        foreach (var request in await Stays("P1", 5)) await node.Accepted(SettleClaim.Command(request));
        var reversed = await node.Accepted(SettleClaim.Command(node.Inline("P1", 5_000)));
        await node.Accepted(ReverseSettlement.Command(new ReverseSettlementRequest { Key = node.Key("2208"), FixmedinsCode = node.Hospital("3"), PsnNo = "P1", MdtrtId = reversed.Record.MdtrtId, SetlId = reversed.Record.SettledClaim.SetlId }));
        // Of a supplementary policy: recorded, replaced, ended; settled without an answer that came later, that was cancelled, that is still awaited.
        async Task Consents(string policy, int to) => await node.Accepted(RecordInsuredConsent.Command("P1", new RecordInsuredConsentRequest { ContractNo = "HM230100-SUP", PolicyNo = policy, FromOn = 20260101, ToOn = to }));
        await Consents("POL1", 20260301);
        await node.Accepted(WithdrawInsuredConsent.Command("P1", new WithdrawInsuredConsentRequest { ContractNo = "HM230100-SUP", PolicyNo = "POL1" }));
        await Consents("POL2", 20260301);
        await Consents("POL2", 20261231);
        var pending = new List<Committed>();
        for (var i = 0; i < 3; i++) pending.Add(await node.Accepted(SettleClaim.Command(node.Inline("P1", 5_000))));
        await node.Accepted(CatchUpSupplement.Command(pending[0].SetlId(), "P1", pending[0].Record.MdtrtId, new InsurerDecision("D1", new Fen(100), "")));
        foreach (var answered in pending.Take(2)) await node.Reversed(answered);
        await node.Projected();
        var before = await Fingerprint();
        Assert.Equal(["answered", "pending", "reversed"], (await Scalar("SELECT string_agg(state, ' ' ORDER BY state) FROM late_supplement"))!.ToString()!.Split(' '));
        await node.Close();
        await node.Tamper("""
            TRUNCATE request_key, encounter, encounter_record, claim, accumulator, account, filing, ledger_entry, consent, late_supplement, policy_version;
            UPDATE projection_checkpoint SET seq = 0, last_encounter_no = 0, last_settlement_no = 0, last_filing_no = 0;
            """);
        await node.Open();
        Assert.Equal(before, await Fingerprint());
    }

    private static JournalEntry[] RivalBatch() => [JournalEntry.Of(new JournalRecord { Key = new RequestKey { Sender = "rival", MessageId = "1", Transaction = "2601" }, RequestVoided = new RequestVoided { Sender = "rival", MessageId = "0" } })];

    private async Task<SettleClaimRequest[]> Stays(string psnNo, int count)
    {
        var requests = new SettleClaimRequest[count];
        for (var i = 0; i < count; i++) requests[i] = await node.Visit(psnNo, 1_000_000 + i * 7_777, "21");
        return requests;
    }

    private async Task<string> Sums(string psnNo) => (string)(await Scalar($"SELECT sums::text FROM accumulator WHERE psn_no = '{psnNo}'"))!;

    private async Task<string> Fingerprint() => string.Join("\n", await Task.WhenAll(new[] { "request_key", "encounter", "encounter_record", "claim", "accumulator", "account", "filing", "ledger_entry", "consent", "late_supplement" }
        .Select(async table => $"{table} {await Scalar($"SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t")}")));

    private async Task<long> Count(string sql) => (long)(await Scalar(sql))!;

    private async Task<long?> Broken()
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        return await JournalStore.FindBreak(connection, default);
    }

    private async Task<object?> Scalar(string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
