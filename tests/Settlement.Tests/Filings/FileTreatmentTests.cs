using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Filings;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Filings;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class FileTreatmentTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<FileTreatmentRequest> Order = new(
        ("filing.period_invalid", (_, r) => r.FromOn = 0),
        ("filing.period_invalid", (_, r) => r.FromOn = 20260231), // no such day
        ("filing.period_invalid", (_, r) => r.ToOn = 20250101),
        ("filing.kind_missing", (_, r) => r.Kind = FilingKind.Unspecified),
        ("provider.unknown", (_, r) => r.FixmedinsCode = "H000"),
        ("provider.no_agreement", (_, r) => r.FixmedinsCode = World.Expired),
        ("provider.suspended", (_, r) => r.FixmedinsCode = World.Suspended),
        ("provider.terminated", (_, r) => r.FixmedinsCode = World.Terminated),
        ("person.unknown", (_, r) => r.PsnNo = "P-NOBODY"),
        ("coverage.none_on_date", (_, r) => r.Insutype = "310"),
        ("filing.disease_not_listed", (_, r) => r.DiseaseCode = "X99"));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row)
    {
        var psn = await world.Person();
        await Order.Check(row, world, () => node.Filing(psn), r => node.Refused(FileTreatment.Command(r)));
    }

    [Fact]
    public async Task Filing_GetsItsNumberAndKeepsItsPapers()
    {
        var psn = await world.Person();
        var request = node.Filing(psn, "CH1", to: 20261231);
        request.Particulars["addr"] = "某路1号";
        var committed = await node.Accepted(FileTreatment.Command(request));
        var filing = FileTreatment.Reply(committed.Record);
        Assert.StartsWith(node.Tenant.Code + "F", filing.FilingId, StringComparison.Ordinal);
        Assert.Equal((psn, "CH1", 20260101, 20261231, false), (filing.PsnNo, filing.DiseaseCode, filing.FromOn, filing.ToOn, filing.Withdrawn));
        Assert.Equal("某路1号", committed.Record.TreatmentFiled.Particulars["addr"]);
        Assert.Equal(filing, FileTreatment.Reply((await node.Accepted(FileTreatment.Command(request.Clone()))).Record));
        Assert.Equal(filing, Assert.Single((await ListFilings.Query(node.Journal, node.Database, new ListFilingsRequest { PsnNo = psn }, default)).Value.Filing));
    }

    [Theory]
    [InlineData(20260101, 0, true)]
    [InlineData(20260630, 0, true)]          // begins on the other's last day
    [InlineData(20260701, 0, false)]         // begins the day after it
    [InlineData(20250101, 20251231, false)]
    [InlineData(20250101, 20260101, true)]
    [InlineData(20260301, 20260302, true)]
    public async Task SameDiseaseInTheSamePeriod_IsRefused(int from, int to, bool overlaps)
    {
        var psn = await world.Person();
        await node.Filed(node.Filing(psn, from: 20260101, to: 20260630));
        var outcome = await node.Submit(FileTreatment.Command(node.Filing(psn, from: from, to: to)));
        Assert.Equal(overlaps ? "filing.overlaps" : null, outcome.Refusal?.Code);
    }

    [Fact]
    public async Task OtherDiseasePersonOrWithdrawnFiling_IsNoOverlap()
    {
        var (psn, other) = (await world.Person(), await world.Person());
        var filing = await node.Filed(node.Filing(psn));
        await node.Filed(node.Filing(psn, "CH1"));
        await node.Filed(node.Filing(other));
        Assert.Equal("filing.overlaps", await node.Refused(FileTreatment.Command(node.Filing(psn))));
        await node.Accepted(WithdrawFiling.Command(new WithdrawFilingRequest { Key = node.Key("2504"), FixmedinsCode = node.Hospital("3"), PsnNo = psn, FilingId = filing.FilingId }));
        await node.Filed(node.Filing(psn));
    }

    [Fact]
    public async Task Referral_NeedsNoListedDisease_AndOnePerHospitalReferredTo()
    {
        var psn = await world.Person();
        await node.Filed(node.Filing(psn, "I21.9", FilingKind.Referral, other: node.Hospital("3")));
        await node.Filed(node.Filing(psn, "I21.9", FilingKind.Referral, other: node.Hospital("2")));
        Assert.Equal("filing.overlaps", await node.Refused(FileTreatment.Command(node.Filing(psn, "I21.9", FilingKind.Referral, other: node.Hospital("3")))));
    }

    [Fact]
    public async Task OffSiteFilings_OfTwoAreas_AreTwo()
    {
        var psn = await world.Person();
        await node.Filed(node.Filing(psn, "I21.9", FilingKind.Referral, area: "310101"));
        await node.Filed(node.Filing(psn, "I21.9", FilingKind.Referral, area: "320101"));
        Assert.Equal("filing.overlaps", await node.Refused(FileTreatment.Command(node.Filing(psn, "I21.9", FilingKind.Referral, area: "310101"))));
    }
}
