using Grpc.Core;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Checks;

[Trait("Category", "Interop")]
[Collection("audit")]
public sealed class CheckClaimTests(AuditFixture fixture) : IAsyncLifetime
{
    private const string PersonRule = "MI10000101051000";
    private CatalogServer catalog = null!;
    private AuditHost host = null!;

    public async Task InitializeAsync()
    {
        catalog = await CatalogServer.Start();
        host = await fixture.Start(neighbours: catalog.Address);
        await CatalogServer.Loaded(host);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await catalog.DisposeAsync();
    }

    [Fact]
    public async Task OrderAsTheHospitalSendsIt_IsPricedByTheCatalogAndFound()
    {
        var reply = await Check(CheckStage.Before, Order("W1", 30m));
        var finding = Assert.Single(reply.Finding);
        Assert.Equal((PersonRule, "超目录限定人群", true, false, "2"), (finding.Rule, finding.RuleName, finding.Certain, finding.Blocks, finding.Severity));
        // 30.00 over a ceiling of 20.00; of these a tenth is the first payment: 18.00 in scope.
        Assert.Equal((1_800L, 1_800L, "order-1"), (finding.AmountFen, Assert.Single(finding.Line).AmountFen, finding.Line[0].FeedetlSn));
        Assert.Contains("项目W1目录限女性", finding.Text, StringComparison.Ordinal);
        Assert.StartsWith(host.County.Code, reply.CheckNo, StringComparison.Ordinal);
        Assert.Equal($"{reply.CheckNo}-1", finding.FindingNo);
        Assert.NotEqual("", finding.Definition);
    }

    [Fact]
    public async Task NothingToFind_IsAnsweredWithANumberAlone()
    {
        Assert.Empty((await Check(CheckStage.Before, Order("D1", 30m))).Finding);
        Assert.Empty((await Check(CheckStage.During, Order("S1", 30m))).Finding); // self-paid: no fund's money
        var woman = Order("W1", 30m);
        woman.Gend = "2";
        Assert.Empty((await Check(CheckStage.Before, woman)).Finding);
    }

    [Fact]
    public async Task OnlySomeRules_AreRunWhereTheyAreNamed()
    {
        Assert.Empty((await Check(CheckStage.Before, Order("W1", 30m), "GZ10000301004000")).Finding);
        Assert.Single((await Check(CheckStage.Before, Order("W1", 30m), "GZ10000301004000", PersonRule)).Finding);
    }

    [Fact]
    public async Task WhatTheOrderDoesNotSayOfThePerson_TheirBillsTell()
    {
        var unnamed = Order("W1", 30m);
        (unnamed.Gend, unnamed.BirthOn) = ("", 0);
        // Neither sex nor age is known: nothing is said of persons.
        Assert.Empty((await Check(CheckStage.Before, unnamed.Clone())).Finding);
        var known = Bill.Visit(20261020, psn: unnamed.PsnNo, lines: [Bill.Line("D1", on: 20261020)]);
        (known.Gend, known.JournalSeq) = ("1", 1);
        await PersonHistoriesTests.Keep(host.Database, known);
        // The person was looked for a moment ago: what is held is a second old at most, and another host has not asked yet.
        await using var other = await fixture.Start(neighbours: catalog.Address);
        await CatalogServer.Loaded(other);
        await PersonHistoriesTests.Keep(other.Database, known);
        Assert.Single((await other.Client.CheckClaimAsync(new CheckClaimRequest { Stage = CheckStage.Before, Claim = unnamed }, other.Headers())).Finding);
    }

    [Fact]
    public async Task Refusals_ComeInTheirOrder()
    {
        var claim = Order("D1", 10m);
        Assert.Equal("check.stage_unknown", (await Refused(CheckStage.Unspecified, claim)).Code);
        Assert.Equal("check.claim_missing", (await Refused(CheckStage.Before, new AuditClaim { PsnNo = "P1" })).Code);
        var many = claim.Clone();
        for (var i = 0; i < 2_000; i++) many.Line.Add(claim.Line[0].Clone());
        Assert.Equal("check.too_large", (await Refused(CheckStage.Before, many)).Code);
        var nonsense = claim.Clone();
        nonsense.BeginOn = 20261399;
        Assert.Equal("check.day_invalid", (await Refused(CheckStage.Before, nonsense)).Code);
        var line = claim.Clone();
        line.Line[0].OccurredOn = 1;
        Assert.Equal("check.day_invalid", (await Refused(CheckStage.Before, line)).Code);
        var e = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.CheckClaimAsync(new CheckClaimRequest { Stage = CheckStage.Before, Claim = claim }, host.Headers("999999")));
        Assert.NotEqual(StatusCode.OK, e.StatusCode);
    }

    /// <summary>As 3101 brings it: items and sums, nothing of the catalog.</summary>
    internal static AuditClaim Order(string item, decimal yuan, string psn = "P1", string provider = "H1") => new()
    {
        MdtrtId = "M1", PsnNo = psn, FixmedinsCode = provider, MedType = "11", Gend = "1", BirthOn = 19800615, DoctorCode = "D1", DepartmentCode = "K1",
        Line = { new AuditLine { FeedetlSn = "order-1", MedListCode = item, OccurredAtMs = Bill.MsOf(20261122, 9), QuantityE4 = 10_000, UnitPriceMicroYuan = (long)(yuan * 1_000_000), AmountFen = (long)(yuan * 100) } },
    };

    private async Task<CheckClaimReply> Check(CheckStage stage, AuditClaim claim, params string[] rules)
    {
        var request = new CheckClaimRequest { Stage = stage, Claim = claim };
        request.Rule.AddRange(rules);
        return await host.Client.CheckClaimAsync(request, host.Headers());
    }

    private async Task<Kernel.Refusal> Refused(CheckStage stage, AuditClaim claim)
    {
        var e = await Assert.ThrowsAsync<RpcException>(() => Check(stage, claim));
        return RefusalStatus.FromRpcException(e) ?? throw e;
    }
}
