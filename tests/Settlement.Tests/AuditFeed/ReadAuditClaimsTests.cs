using MedInsure.Hosting.Rpc;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.AuditFeed;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Persons;
using MedInsure.Settlement.Tests.Insurers;
using MedInsure.Settlement.Tests.Persons;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Settlement.Tests.AuditFeed;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ReadAuditClaimsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server);
        await node.AddPerson("P1");
    }

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task Stay_IsToldWithItsEncounterAndEachLinesInScopeMoney()
    {
        var opening = node.Opening("P1", "21", NodeActions.FirstOfJune);
        (opening.Details.DoctorCode, opening.Details.Bed, opening.Details.OperationCode) = ("D9", "12", "81.5400");
        opening.Diagnosis.Add(new Diagnosis { Type = "1", Code = "M17.9", Main = true });
        var stay = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        var drug = NodeActions.Fee("1", "B10", 10_000);
        (drug.PrescriptionNo, drug.DoctorCode, drug.DepartmentCode) = ("RX1", "D2", "07");
        foreach (var (name, value) in ((string, string)[])[("prd_days", "7"), ("dscg_tkdrug_flag", "1"), ("tcmdrug_used_way", "2"), ("hosp_appr_flag", "1")]) drug.Particulars[name] = value;
        await node.Charged(stay, "P1", "3", drug, NodeActions.Fee("2", "C1", 500), NodeActions.Correction("3", "B10", 1_000, "1"));
        await node.Discharged(stay, "P1", "3", NodeActions.TenthOfJune);
        var settled = await node.Settled(node.Settling(stay, "P1", 9_500));

        var claim = Assert.Single((await Read(0, -1)).Claim);
        Assert.Equal((TenantState.SettlementIdOf(settled.Record), stay, "P1", node.Tenant.Code, node.Hospital("3"), "3"), (claim.SetlId, claim.MdtrtId, claim.PsnNo, claim.HomeCounty, claim.FixmedinsCode, claim.PolicyLevel));
        Assert.Equal(("390", "1501", "21", "1", 19800101, 0), (claim.Insutype, claim.PsnType, claim.MedType, claim.Gend, claim.BirthOn, claim.DiedOn));
        Assert.Equal((20260601, 20260610, 20260610, NodeActions.FirstOfJune), (claim.BeginOn, claim.EndOn, claim.PolicyOn, claim.BeginAtMs));
        Assert.Equal(("D9", "12", "81.5400", "1"), (claim.DoctorCode, claim.Bed, Assert.Single(claim.OperationCode), claim.DischargeWay));
        Assert.Equal(new AuditDiagnosis { Type = "1", Code = "M17.9", Main = true }, Assert.Single(claim.Diagnosis));
        // 100.00 at 10 % first pay, class C wholly self-paid, 10.00 taken back.
        Assert.Equal([9_000L, 0, -900], claim.Line.Select(l => l.InScopeFen));
        Assert.Equal((9_500L, 8_100L), (claim.TotalFen, claim.InScopeFen));
        var line = claim.Line[0];
        Assert.Equal(("1", "B10", "项目B10", "101", "09", "02"), (line.FeedetlSn, line.MedListCode, line.ItemName, line.ListType, line.MedChrgitmType, line.ChrgitmLv));
        Assert.Equal(("RX1", "D2", "07", 700, true, true, "2"), (line.PrescriptionNo, line.DoctorCode, line.DepartmentCode, line.SupplyDaysE2, line.TakeHome, line.Approved, line.HerbUse));
        Assert.Equal(("D9", "01"), (claim.Line[1].DoctorCode, claim.Line[1].DepartmentCode)); // its own are not said: the stay's
        Assert.Equal("1", claim.Line[2].OriginalFeedetlSn);
    }

    [Fact]
    public async Task PagesOfOne_GiveWhatOnePageGives_InTheJournalsOrder()
    {
        for (var i = 0; i < 7; i++) await node.Settled(node.Inline("P1", 1_000 + i));
        await node.Visit("P1", 2_000); // charged, not settled: records after the last settlement
        var whole = await Read(0, -1);
        Assert.Equal(7, whole.Claim.Count);
        Assert.False(whole.More);
        var singly = new List<AuditClaim>();
        var page = await Read(0, -1, 1);
        for (; page.Claim.Count > 0 || page.More; page = await Read(page.ReadSeq, page.ReadIdx, 1)) singly.AddRange(page.Claim);
        Assert.Equal(whole.Claim, singly);
        Assert.Equal(singly.OrderBy(c => (c.JournalSeq, c.Idx)), singly);
        Assert.Equal((whole.ReadSeq, whole.ReadIdx, whole.AtSeq), (page.ReadSeq, page.ReadIdx, page.ReadSeq));
    }

    [Fact]
    public async Task ReversalAndItsReversal_AreTold()
    {
        var settled = await node.Settled(node.Inline("P1", 1_000));
        var reversed = await node.Reversed(settled);
        await node.ReversedMessage(node.ReversingMessage(reversed)); // 2601 of the 2208
        var told = (await Read(0, -1)).Claim;
        Assert.Equal(3, told.Count);
        Assert.Equal((told[0].SetlId, false, told[0].SetlId, -1_000L, 0), (told[1].ReversesSetlId, told[1].Restores, told[1].RootSetlId, told[1].TotalFen, told[1].Line.Count));
        Assert.Equal((told[1].SetlId, true, told[0].SetlId, 1_000L), (told[2].ReversesSetlId, told[2].Restores, told[2].RootSetlId, told[2].TotalFen));
    }

    [Fact]
    public async Task SettledInParts_EachIsToldAsItWasThen()
    {
        var visit = await node.Opened("P1", "11", NodeActions.FirstOfJune);
        await node.Charged(visit, "P1", "3", NodeActions.Fee("1", "A1", 1_000, batch: "B1"));
        await node.Settled(node.Settling(visit, "P1", 1_000));
        var change = new ChangeEncounterRequest { Key = node.Key("2203"), FixmedinsCode = node.Hospital("3"), MdtrtId = visit, PsnNo = "P1", Details = new EncounterDetails { DoctorCode = "D5" } };
        change.Diagnosis.Add(new Diagnosis { Type = "1", Code = "I10", Main = true });
        await node.Accepted(ChangeEncounter.Command(change));
        await node.Charged(visit, "P1", "3", NodeActions.Fee("2", "A1", 700, batch: "B2"));
        await node.Settled(node.Settling(visit, "P1", 700));
        var told = (await Read(0, -1)).Claim;
        Assert.Equal(("", 0), (told[0].DoctorCode, told[0].Diagnosis.Count));
        Assert.Equal(("D5", "I10", "2"), (told[1].DoctorCode, Assert.Single(told[1].Diagnosis).Code, Assert.Single(told[1].Line).FeedetlSn));
    }

    [Fact]
    public async Task TwoRecordsOfOnePerson_TheMergeIsToldInItsPlace()
    {
        await node.AddPerson("P2");
        await node.Settled(node.Inline("P2", 1_000));
        await node.Accepted(FollowMerge.Command(node.Merge("P2", "P1")));
        var page = await Read(0, -1);
        Assert.Equal(("P2", "P1"), (Assert.Single(page.Merge).RetiredNo, page.Merge[0].SurvivingNo));
        Assert.Equal("P2", Assert.Single(page.Claim).PsnNo);
        Assert.Empty((await Read(page.ReadSeq, page.ReadIdx)).Merge);
    }

    [Fact]
    public async Task BillOfThirtyThousandLines_TravelsWhole_AsOtherServicesCallIt()
    {
        const int lines = 30_000, perUpload = 1_000;
        var stay = await node.Opened("P1", "21", NodeActions.FirstOfJune);
        foreach (var upload in Enumerable.Range(1, lines).Chunk(perUpload)) await node.Charged(stay, "P1", "3", [.. upload.Select(n => Line($"2026060100000000{n:D8}"))]);
        await node.Discharged(stay, "P1", "3", NodeActions.TenthOfJune);
        await node.Settled(node.Settling(stay, "P1", lines * 100));
        var small = await node.Settled(node.Inline("P1", 1_000));
        await node.Projected();

        await using var server = await CountyServer.Start(node);
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["Services:settlement:Address"] = server.Address;
        builder.Configuration["Secrets:ServiceToken"] = "service-token-of-this-test";
        builder.AddServiceClient<Protos.Settlement.V1.AuditFeed.AuditFeedClient>("settlement");
        await using var caller = builder.Build();
        var feed = caller.Services.GetRequiredService<Protos.Settlement.V1.AuditFeed.AuditFeedClient>();
        var page = await feed.ReadAuditClaimsAsync(new ReadAuditClaimsRequest { AfterIdx = -1, Max = 2_000 }, CallTenant.For(node.Tenant.Code));
        Assert.True(page.CalculateSize() > 4 << 20, $"{page.CalculateSize()} bytes pass gRPC's own bound too");
        Assert.Equal((lines, true), (Assert.Single(page.Claim).Line.Count, page.More)); // alone on its page
        page = await feed.ReadAuditClaimsAsync(new ReadAuditClaimsRequest { AfterSeq = page.ReadSeq, AfterIdx = page.ReadIdx, Max = 2_000 }, CallTenant.For(node.Tenant.Code));
        Assert.Equal((small.SetlId(), false), (Assert.Single(page.Claim).SetlId, page.More));

        static FeeLine Line(string number)
        {
            var line = NodeActions.Fee(number, "A1", 100);
            (line.PrescriptionNo, line.DoctorCode, line.DepartmentCode) = ($"RX-{number}-001", "D230100000001", "0301");
            return line;
        }
    }

    [Theory]
    [InlineData(-1, -1, 1)]
    [InlineData(0, -2, 1)]
    [InlineData(0, -1, 0)]
    [InlineData(0, -1, 2_001)]
    public async Task PageThatIsNone_IsRefused(long seq, int index, int max) =>
        Assert.Equal("feed.page_invalid", (await ReadAuditClaims.Query(node.Database, node.Tenant, new ReadAuditClaimsRequest { AfterSeq = seq, AfterIdx = index, Max = max }, default)).Refusal?.Code);

    private async Task<ReadAuditClaimsReply> Read(long seq, int index, int max = 2_000)
    {
        await node.Projected();
        return (await ReadAuditClaims.Query(node.Database, node.Tenant, new ReadAuditClaimsRequest { AfterSeq = seq, AfterIdx = index, Max = max }, default)).Value;
    }
}
