using MedInsure.FraudAudit.Tests.Cases;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.ReportFeed;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class ReadReportSupervisionTests(AuditFixture fixture) : IAsyncLifetime
{
    private CaseDesk desk = null!;

    public async Task InitializeAsync() => desk = await CaseDesk.Start(fixture);
    public async Task DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task FindingsAndFieldWork_AreSummed_AndSaidAgainOnlyWhenTheyDiffer()
    {
        await desk.Finding(200);
        await desk.Finding(300, "y");
        await desk.Sql("INSERT INTO ward_check (fixmedins_code, checked_on, ward, round, expected, in_bed, rate_bp, rate_min_bp, checked_by, companion, recorded_at) VALUES ('H1', '2026-11-02', '内科', 1, 10, 6, 6000, 7000, '甲', '乙', now())");
        await desk.Sql("INSERT INTO tip (tip_no, received_on, channel, subject_kind, subject, text, secret_hash, registered_by, registered_at) VALUES (1, '2026-11-03', 'phone', 'provider', 'H1', '举报', '\\x00', '甲', now())");
        var told = await Read();
        var finding = Assert.Single(told.Findings);
        Assert.Equal((CaseNeighbours.Hospital, "open", 2L, 500L), (finding.FixmedinsCode, finding.State, finding.Findings, finding.InScopeFen));
        Assert.Equal([(202611, "tip", "H1", "registered", 1L), (202611, "ward_check", "H1", "below_rate", 1L)], told.FieldWork.Select(w => (w.Month, w.Kind, w.FixmedinsCode, w.Outcome, w.Count)));

        var again = await Read(told);
        Assert.Equal((true, told.Sha256, 0), (again.Unchanged, again.Sha256, again.Findings.Count));
        await desk.Opened(CaseDesk.Piece("finding", await desk.Finding(700, "z")));
        Assert.Equal([("in_case", 1L), ("open", 2L)], (await Read(told)).Findings.Select(f => (f.State, f.Findings)));
    }

    private async Task<ReadReportSupervisionReply> Read(ReadReportSupervisionReply? known = null) =>
        await desk.Host.Feed.ReadReportSupervisionAsync(new ReadReportSupervisionRequest { KnownSha256 = known?.Sha256 ?? Google.Protobuf.ByteString.Empty }, desk.Host.Headers());
}
