using Grpc.Core;
using MedInsure.FraudAudit.Tests.Cases;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.ReportFeed;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class ReadReportCasesTests(AuditFixture fixture) : IAsyncLifetime
{
    private CaseDesk desk = null!;

    public async Task InitializeAsync() => desk = await CaseDesk.Start(fixture);
    public async Task DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task CaseInForce_IsToldWithItsDecisionAndItsSanctions()
    {
        await desk.InForce();
        var told = Assert.Single((await Read(new() { Copy = true, Max = 10 })).Case);
        var today = int.Parse(desk.Today.Replace("-", "", StringComparison.Ordinal));
        Assert.Equal((1L, "provider", CaseNeighbours.Hospital, "in_force", today, today, today, 0), (told.CaseNo, told.SubjectKind, told.Subject, told.State, told.OpenedOn, told.DecidedOn, told.ReleasedOn, told.ClosedOn));
        // 2,453.20 of the finding and 1,000.00 of the document are recovered; damages of 2,453.20 by the ladder's multiple.
        Assert.Equal((345_320L, 2, 345_320L, 0, ""), (told.EvidenceFen, told.EvidenceCount, told.PrincipalFen, told.Appeals, told.AppealOutcome));
        Assert.Equal(told.DamagesFen, told.Sanction.Single(s => s.Step == "damages_impersonation").AmountFen);
        Assert.Equal(0, told.DamagesFen % 245_320);
        Assert.Equal((4, 3), (told.Sanction.Count, told.Sanction.Single(s => s.Step == "suspend_agreement").Months));
    }

    [Fact]
    public async Task ActedOn_IsToldAgain_InTheOrderOfTheActs()
    {
        await desk.Opened(CaseDesk.Piece("document", "H-1", 10m, "甲"));
        await desk.Opened(CaseDesk.Piece("document", "H-2", 10m, "乙"));
        var first = await Read(new() { Copy = true, Max = 1 });
        Assert.Equal((1L, 1L, true, 2L), (Assert.Single(first.Case).CaseNo, first.Behind, first.More, first.AtNo));
        Assert.Equal(2, Assert.Single((await Read(new() { Copy = true, After = 1, Max = 1 })).Case).CaseNo);
        await desk.Filed(CaseDesk.Piece("document", "H-3", 10m, "丙")); // opened, filed
        var page = await Read(new() { After = first.AtNo, Max = 1 });
        Assert.Equal(("investigating", 1L, true), (Assert.Single(page.Case).State, page.Behind, page.BehindSinceMs > 0)); // as it is, not as it was then
        var last = await Read(new() { After = page.ReadNo, Max = 10 });
        Assert.Equal((3L, false, last.AtNo), (Assert.Single(last.Case).CaseNo, last.More, last.ReadNo));
        Assert.Empty((await Read(new() { After = last.ReadNo, Max = 10 })).Case);
    }

    [Fact]
    public async Task OpenedAtOnce_NoActIsMissed()
    {
        var opening = Task.WhenAll(Enumerable.Range(0, 10).Select(i => desk.Opened(CaseDesk.Piece("document", $"H-{i}", 10m, "并发"))));
        var (read, no) = (new HashSet<long>(), 0L);
        for (var done = false; !done;)
        {
            done = opening.IsCompleted;
            var page = await Read(new() { After = no, Max = 2 });
            (no, done) = (page.ReadNo, done && !page.More && page.Case.Count == 0);
            read.UnionWith(page.Case.Select(c => c.CaseNo));
        }
        await opening;
        Assert.Equal((10, 10L), (read.Count, no));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, 501)]
    public async Task PageThatIsNone_IsRefused(long after, int max) => Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => Read(new() { After = after, Max = max }))).StatusCode);

    private async Task<ReadReportCasesReply> Read(ReadReportCasesRequest request) => await desk.Host.Feed.ReadReportCasesAsync(request, desk.Host.Headers());
}
