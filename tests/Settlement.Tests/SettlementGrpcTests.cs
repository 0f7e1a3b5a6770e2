using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Tests.Insurers;
using MedInsure.Settlement.Tests.Supplements;
using RequestKey = MedInsure.Protos.Settlement.V1.RequestKey;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Settlement.Tests;

/// <summary>Every rpc once over the wire, and what its edge alone refuses. What the use cases do is in their own tests.</summary>
[Trait("Category", "Interop")]
[Collection(PostgresCollection.Name)]
public sealed class SettlementGrpcTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;
    private CountyServer server = null!;
    private Client client = null!;

    private CallOptions Here => new(CallTenant.For(node.Tenant.Code));

    public async Task InitializeAsync()
    {
        node = (world = await postgres.World()).Node;
        server = await CountyServer.Start(node);
        client = server.Client;
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
    }

    [Fact]
    public async Task EveryRpc_AnswersOverTheWire()
    {
        var (psn, hospital) = (await world.Person("310", "1101", creditFen: 10_000), node.Hospital("3"));
        // A visit: registered, changed, charged, one line taken back, tried, settled, cancelled, the cancellation undone.
        var visit = await client.OpenEncounterAsync(node.Opening(psn, "11", NodeActions.FirstOfJune, insutype: "310"), Here);
        Assert.Equal(visit.MdtrtId, (await client.ChangeEncounterAsync(new ChangeEncounterRequest { Key = node.Key("2203"), FixmedinsCode = hospital, MdtrtId = visit.MdtrtId, PsnNo = psn, Details = new EncounterDetails { MedType = "13" } }, Here)).MdtrtId);
        Assert.Equal(2, (await client.AddFeeLinesAsync(node.Fees(visit.MdtrtId, psn, "3", NodeActions.Fee("1", "A1", 3_000), NodeActions.Fee("2", "A1", 5_000)), Here)).Line.Count);
        var taking = new CancelFeeLinesRequest { Key = node.Key("2205"), FixmedinsCode = hospital, MdtrtId = visit.MdtrtId, PsnNo = psn };
        taking.FeedetlSn.Add("2");
        Assert.Equal(psn, (await client.CancelFeeLinesAsync(taking, Here)).PsnNo);
        var settling = node.Settling(visit.MdtrtId, psn, 3_000, insutype: "310", useAccount: true);
        Assert.Equal((3_000, ""), ((await client.PreSettleClaimAsync(settling, Here)).AccountFen, (await client.PreSettleClaimAsync(settling, Here)).SetlId));
        var settled = await client.SettleClaimAsync(settling, Here);
        Assert.Equal((3_000, 7_000, "13"), (settled.AccountFen, settled.AccountBalanceFen, settled.MedType));
        // As a pharmacy does, without the visit's number.
        var cancelling = new ReverseSettlementRequest { Key = node.Key("2208"), FixmedinsCode = hospital, PsnNo = psn, SetlId = settled.SetlId };
        var reversal = await client.ReverseSettlementAsync(cancelling, Here);
        Assert.Equal((-3_000, settled.SetlId), (reversal.TotalFen, reversal.ReversesSetlId));
        var undoing = node.ReversingMessage(cancelling.Key.MessageId, "2208", psn);
        Assert.NotEqual("", (await client.ReverseRequestAsync(undoing, Here)).SetlId);
        Assert.True((await client.ReverseRequestAsync(node.ReversingMessage("never-came-" + psn[^6..], "2207", psn), Here)).Voided);

        // A stay: admitted, discharged, opened again, taken back.
        var stay = await client.OpenEncounterAsync(node.Opening(psn, "21", NodeActions.FirstOfJune, insutype: "310"), Here);
        await client.DischargeEncounterAsync(new DischargeEncounterRequest { Key = node.Key("2402"), FixmedinsCode = hospital, MdtrtId = stay.MdtrtId, PsnNo = psn, EndAtMs = NodeActions.TenthOfJune }, Here);
        await client.UndoDischargeAsync(node.On(stay.MdtrtId, psn, "2405"), Here);
        await client.CancelEncounterAsync(node.On(stay.MdtrtId, psn, "2404"), Here);

        var filing = await client.FileTreatmentAsync(node.Filing(psn, insutype: "310"), Here);
        Assert.Equal([filing], (await client.ListFilingsAsync(new ListFilingsRequest { PsnNo = psn }, Here)).Filing);
        Assert.True((await client.WithdrawFilingAsync(new WithdrawFilingRequest { Key = node.Key("2504"), FixmedinsCode = hospital, PsnNo = psn, FilingId = filing.FilingId }, Here)).Withdrawn);

        node.FindPerson = _ => new Person { PsnNo = psn };
        Assert.Equal(psn, (await client.RecordInsuredConsentAsync(new RecordInsuredConsentRequest { ContractNo = SupplementWorld.Contract, Name = "王测试", PolicyNo = "WIRE", FromOn = 20260101, ToOn = 20261231 }, Here)).PsnNo);
        Assert.Equal(1, (await client.WithdrawInsuredConsentAsync(new WithdrawInsuredConsentRequest { ContractNo = SupplementWorld.Contract, PolicyNo = "WIRE" }, Here)).Ended);
        node.FindPerson = null;

        (node.FindPerson, node.IdentifyPerson) = (_ => new Person { PsnNo = world.Psn }, _ => new Person { PsnNo = psn, Coverage = { new Coverage { Insutype = "310" } } });
        var family = new RecordFamilyConsentRequest { PayerName = "王测试", RelativeName = "王测试", Relation = "spouse", FromOn = 20300101 };
        Assert.Equal((psn, world.Psn), (await client.RecordFamilyConsentAsync(family, Here)) is var recorded ? (recorded.PayerNo, recorded.PsnNo) : default);
        Assert.Contains((await client.ListFamilyConsentsAsync(new ListFamilyConsentsRequest { PsnNo = psn }, Here)).Consent, c => c.PsnNo == world.Psn);
        Assert.True((await client.WithdrawFamilyConsentAsync(new WithdrawFamilyConsentRequest { PayerNo = psn, PsnNo = world.Psn }, Here)).Ended);
        (node.FindPerson, node.IdentifyPerson) = (null, null);

        Assert.NotEmpty((await client.CheckEntitlementAsync(new CheckEntitlementRequest { PsnNo = psn, Insutype = "310", FixmedinsCode = hospital, MedType = "21" }, Here)).Entitlement);
        Assert.Equal(["cancelled", "settled"], (await client.ListEncountersAsync(new ListEncountersRequest { PsnNo = psn }, Here)).Encounter.Select(e => e.State));
        Assert.Equal(3, (await client.ListSettlementsAsync(new ListSettlementsRequest { PsnNo = psn }, Here)).Total);
        Assert.Equal(3_000, Assert.Single((await client.ListFeeLinesAsync(new ListFeeLinesRequest { SetlId = settled.SetlId }, Here)).Line).AmountFen);
        Assert.Empty((await client.GetAccumulatorsAsync(new GetAccumulatorsRequest { PsnNo = psn }, Here)).Accumulator);
        Assert.Equal(7_000, (await client.GetAccountBalanceAsync(new GetAccountBalanceRequest { PsnNo = psn }, Here)).BalanceFen);
        Assert.True((await client.SumSettlementsAsync(new SumSettlementsRequest { FixmedinsCode = hospital, Insutype = "310" }, Here)).RowCount >= 3);
        var group = new RowGroup { FixmedinsCode = hospital, FromOn = 20260601, ToOn = 20260630, Insutype = "310" };
        Assert.True((await client.CompareTotalsAsync(new CompareTotalsRequest { Group = group, Declared = new DeclaredTotals() }, Here)).RowCount >= 3);
        var file = await client.StoreProviderFileAsync(new StoreProviderFileRequest { FixmedinsCode = hospital, FileName = "a.zip", Content = ByteString.CopyFrom(ProviderReconciliation.ReconciliationCounty.Zip("")) }, Here);
        Assert.Equal(file.Size, (await client.ReadProviderFileAsync(new ReadProviderFileRequest { FixmedinsCode = hospital, FileNo = file.FileNo }, Here)).Content.Length);
        Assert.True((await client.CompareDetailsAsync(new CompareDetailsRequest { Group = group, FileNo = file.FileNo, Declared = new DeclaredTotals() }, Here)).CentreMore >= 1);
        Assert.NotEmpty((await client.ListDailyResultsAsync(new ListDailyResultsRequest { FixmedinsCode = hospital, FromOn = 20260601, ToOn = 20260630 }, Here)).Day);
        Assert.Equal(settled.SetlId, (await client.GetStatementAsync(new GetStatementRequest { SetlId = settled.SetlId }, Here)).Settlement.SetlId);
        var status = await client.GetStatusAsync(new GetStatusRequest(), Here);
        Assert.Equal((true, node.Journal.CommittedSeq), (status.HoldsLease, status.JournalSeq));
    }

    [Fact]
    public async Task ConsentedPersonsBill_SettlesWithTheInsurersPart()
    {
        await using var supplements = await SupplementWorld.Create(postgres.Server);
        await using var county = await CountyServer.Start(supplements.Node, supplements.Asking);
        var request = await supplements.Node.Visit(await supplements.Consented(), 20_000);
        var here = new CallOptions(CallTenant.For(supplements.Node.Tenant.Code));
        var reply = await county.Client.SettleClaimAsync(request, here);
        Assert.Equal((5_000, 5_000, 5_000), (reply.OtherFundsFen, reply.PersonShareFen, reply.Share.Single(s => s.FundPayType == "620100").AmountFen));
        Assert.Equal(reply, await county.Client.SettleClaimAsync(request, here));
        Assert.Equal(reply, Assert.Single((await county.Client.ListSettlementsAsync(new ListSettlementsRequest { SetlId = reply.SetlId }, here)).Settlement));
    }

    [Fact]
    public async Task Refusal_TravelsWithItsDetail()
    {
        var request = node.Settling(world.DischargedStay, world.Psn, 1);
        var e = await Assert.ThrowsAsync<RpcException>(async () => await client.SettleClaimAsync(request, Here));
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.Equal(Refusals.TotalMismatch, RefusalStatus.FromRpcException(e));
    }

    [Theory]
    [InlineData("", "m1", 16)]
    [InlineData("H1", "", 16)]
    [InlineData("H1", "0123456789012345678901234567890", 16)] // 31 characters
    [InlineData("H1", "m1", 15)]
    [InlineData("H1", "m1", 32)]
    [InlineData(null, "m1", 16)]
    public async Task MalformedKey_IsRefusedBeforeAnythingElse(string? sender, string id, int hashLength)
    {
        var seq = node.Journal.CommittedSeq;
        var key = sender is null ? null : new RequestKey { Sender = sender, MessageId = id, ContentHash = ByteString.CopyFrom(new byte[hashLength]), Transaction = "2207" };
        var settling = node.Settling("nowhere", world.Psn, 1);
        settling.Key = key;
        var sale = node.Inline(world.Psn, 100);
        sale.Key = key;
        Assert.Equal("request.key_missing", await Refused(async () => await client.SettleClaimAsync(sale, Here)));
        var undoing = node.ReversingMessage("m0", "2207", world.Psn);
        undoing.Key = key;
        var filing = node.Filing(world.Psn);
        filing.Key = key;
        Assert.Equal("request.key_missing", await Refused(async () => await client.SettleClaimAsync(settling, Here)));
        Assert.Equal("request.key_missing", await Refused(async () => await client.ReverseRequestAsync(undoing, Here)));
        Assert.Equal("request.key_missing", await Refused(async () => await client.FileTreatmentAsync(filing, Here)));
        Assert.Equal(seq, node.Journal.CommittedSeq);
    }

    [Fact]
    public async Task TrialWithoutAKey_IsAnswered()
    {
        var sale = node.Inline(world.Psn, 100);
        sale.Key = null;
        Assert.Equal(100, (await client.PreSettleClaimAsync(sale, Here)).TotalFen);
    }

    [Fact]
    public async Task CountyNotServedHere_IsRefused()
    {
        Assert.Equal("tenant.unknown", await Refused(async () => await client.GetStatusAsync(new GetStatusRequest(), CallTenant.For("110101"))));
        Assert.Equal("tenant.missing", await Refused(async () => await client.GetStatusAsync(new GetStatusRequest())));
    }

    private static async Task<string?> Refused(Func<Task> call) => RefusalStatus.FromRpcException(await Assert.ThrowsAsync<RpcException>(call))?.Code;
}
