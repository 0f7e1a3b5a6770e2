using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Persons;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.ReportFeed;
using MedInsure.Settlement.Tests.Corrections;
using MedInsure.Settlement.Tests.Persons;

namespace MedInsure.Settlement.Tests.ReportFeed;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ReadReportClaimsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, policies: PolicyLibrary.LoadEmbedded());
        await node.AddPerson("P1");
    }

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task Stay_IsToldWithWhatReportsCount()
    {
        var settled = await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        var claim = Assert.Single((await Read(0, -1)).Claim);
        var facts = settled.Claim().Facts;
        Assert.Equal(("settled", settled.SetlId(), settled.SetlId(), settled.Record.MdtrtId, "P1"), (claim.Kind, claim.SetlId, claim.RootSetlId, claim.MdtrtId, claim.PsnNo));
        Assert.Equal((node.Hospital("3"), node.Tenant.Code, "3", "390", "1501", "21", "21"), (claim.FixmedinsCode, claim.ProviderCounty, claim.ProviderLevel, claim.Insutype, claim.PsnType, claim.MedType, claim.ClrType));
        Assert.Equal((facts.PolicyOn, settled.Record.AtMs, false, false, false), (claim.PolicyOn, claim.AtMs, claim.OffSite, claim.Paper, claim.Interim));
        // 70 % of 9,280.00 above 720.00.
        Assert.Equal((1_000_000, 1_000_000, 72_000, 649_600, 649_600, 350_400), (claim.Amounts.TotalFen, claim.Amounts.InScopeFen, claim.Amounts.DeductibleFen, claim.Amounts.BasicFundFen, claim.Amounts.FundTotalFen, claim.Amounts.PersonShareFen));
        var share = Assert.Single(claim.Share);
        Assert.Equal(("390100", 649_600), (share.FundPayType, share.AmountFen));
    }

    [Fact]
    public async Task PagesOfOne_GiveWhatOnePageGives_TheSamePositionTheSameRows()
    {
        for (var i = 0; i < 6; i++) await node.Settled(node.Inline("P1", 1_000 + i));
        var whole = await Read(0, -1);
        Assert.Equal((6, false, 0L, 0L), (whole.Claim.Count, whole.More, whole.Behind, whole.BehindSinceMs));
        var (singly, page) = (new List<ReportClaim>(), await Read(0, -1, 1));
        Assert.True(page.Behind >= 5 && page.BehindSinceMs > 0, $"{page.Behind} {page.BehindSinceMs}");
        for (; page.Claim.Count > 0 || page.More; page = await Read(page.ReadSeq, page.ReadIdx, 1)) singly.AddRange(page.Claim);
        Assert.Equal(whole.Claim, singly);
        Assert.Equal(whole.Claim, (await Read(0, -1)).Claim);
        Assert.Equal((whole.ReadSeq, whole.ReadIdx), (page.ReadSeq, page.ReadIdx));
    }

    [Fact]
    public async Task SettledWhileItIsRead_NothingIsMissedAndNothingTwice()
    {
        var settling = Task.WhenAll(Enumerable.Range(0, 40).Select(i => node.Settled(node.Inline("P1", 1_000 + i))));
        var read = new List<string>();
        var (seq, index) = (0L, -1);
        for (var done = false; !done;)
        {
            done = settling.IsCompleted;
            if (done) await node.Projected();
            var page = (await ReadReportClaims.Query(node.Database, node.Tenant, new ReadReportClaimsRequest { AfterSeq = seq, AfterIdx = index, Max = 3 }, default)).Value;
            (seq, index) = (page.ReadSeq, page.ReadIdx);
            read.AddRange(page.Claim.Select(c => c.SetlId));
            done &= !page.More;
        }
        Assert.Equal((await settling).Select(s => s.SetlId()).Order(), read.Order());
    }

    [Fact]
    public async Task ReversalCorrectionAndRestoration_AreRowsOfTheirOwn_ThatSumUp()
    {
        var settled = await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        node.PublishBetter();
        Assert.Single(await node.Corrected("P1"));
        var reversed = await node.Reversed(settled);
        var rows = (await Read(0, -1)).Claim;
        Assert.Equal(["settled", "corrected", "reversed", "taken_back"], rows.Select(r => r.Kind));
        Assert.All(rows, r => Assert.Equal(settled.SetlId(), r.RootSetlId));
        Assert.Equal([1_000_000L, 0, -1_000_000, 0], rows.Select(r => r.Amounts.TotalFen));
        Assert.Equal((110_400, 0L, 0L), (rows[1].Amounts.FundTotalFen, rows.Sum(r => r.Amounts.FundTotalFen), rows.Sum(r => r.Amounts.PersonShareFen)));
        Assert.Equal((rows[2].Seq, rows[2].Idx, 1), (rows[3].Seq, rows[3].Idx, rows[3].Part));
        await node.ReversedMessage(node.ReversingMessage(reversed)); // 2601 of the 2208
        Assert.Equal(["restored", "brought_back"], (await Read(rows[3].Seq, rows[3].Idx)).Claim.Select(r => r.Kind));
    }

    [Fact]
    public async Task TwoRecordsOfOnePerson_TheMergeIsToldWithItsPlace()
    {
        await node.AddPerson("P2");
        await node.Settled(node.Inline("P2", 1_000));
        await node.Accepted(FollowMerge.Command(node.Merge("P2", "P1")));
        var page = await Read(0, -1);
        var merge = Assert.Single(page.Merge);
        Assert.Equal(("P2", "P1", "P2"), (merge.RetiredNo, merge.SurvivingNo, Assert.Single(page.Claim).PsnNo));
        Assert.True((merge.Seq, merge.Idx).CompareTo((page.Claim[0].Seq, page.Claim[0].Idx)) > 0);
    }

    [Theory]
    [InlineData(-1, -1, 1)]
    [InlineData(0, -2, 1)]
    [InlineData(0, -1, 0)]
    [InlineData(0, -1, 5_001)]
    public async Task PageThatIsNone_IsRefused(long seq, int index, int max) =>
        Assert.Equal("feed.page_invalid", (await ReadReportClaims.Query(node.Database, node.Tenant, new ReadReportClaimsRequest { AfterSeq = seq, AfterIdx = index, Max = max }, default)).Refusal?.Code);

    private async Task<ReadReportClaimsReply> Read(long seq, int index, int max = 5_000)
    {
        await node.Projected();
        return (await ReadReportClaims.Query(node.Database, node.Tenant, new ReadReportClaimsRequest { AfterSeq = seq, AfterIdx = index, Max = max, CountBehind = true }, default)).Value;
    }
}
