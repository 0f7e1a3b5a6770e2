using Grpc.Core;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>The city asks the home county over the wire and shows what its contract allows.</summary>
[Trait("Category", "Interop")]
[Collection(PostgresCollection.Name)]
public sealed class GetClaimTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;
    private InsurerDesk desk = null!;

    public async Task InitializeAsync()
    {
        node = (world = await postgres.World("3417")).Node;
        desk = await InsurerDesk.Open(postgres.Server, node);
    }

    public Task DisposeAsync() => desk.DisposeAsync().AsTask();

    private async Task<Claim> Asked(string contract, string setlId) => await desk.Client.GetClaimAsync(new GetClaimRequest { ContractNo = contract, SetlId = setlId }, desk.Headers);

    /// <summary>A stay of 30,000.00 whose critical-illness layer pays 1,478.75, told under a contract.</summary>
    private async Task<(Committed Settled, ClaimEvent Event)> Settled(string contract)
    {
        var settled = await node.Settled(await node.Visit(await world.Person(categories: "low_income"), 3_000_000, "21", item: "B10"));
        var told = desk.Settled(settled.Claim().Amounts.CriticalIllnessFen, county: node.Tenant.Code, setlId: settled.SetlId());
        await desk.Tell(contract, told);
        return (settled, (await desk.Feed(contract)).Last());
    }

    [Fact]
    public async Task Claim_HasLinesSharesAndTheRulesItWentThrough()
    {
        var contract = desk.Contract();
        var (settled, told) = await Settled(contract);
        var claim = await Asked(contract, settled.SetlId());
        Assert.Equal(told, claim.Event);
        Assert.Equal(147_875, claim.Event.InsurerFen);
        var line = Assert.Single(claim.Line);
        Assert.Equal(("B10", "项目B10", 20260601, 10_000L, 30_000_000_000L, 3_000_000L, 0L, 0L, 300_000L, 2_700_000L),
            (line.ItemCode, line.ItemName, line.On, line.QuantityE4, line.UnitPriceMicroYuan, line.AmountFen, line.FullSelfPayFen, line.OverLimitFen, line.FirstPayFen, line.InScopeFen));
        // 75 % of 26,300.00; 65 % above 5,000.00; 70 % of what is left (GetStatementTests has the arithmetic).
        Assert.Equal([("390100", 1_972_500L), ("390200", 147_875), ("610100", 405_738)], claim.Share.Select(s => (s.FundPayType, s.AmountFen)).Order());
        Assert.All(claim.Share, s => Assert.NotEqual("", s.Name));
        Assert.Contains(claim.Rule, r => r.RuleId.StartsWith("critical", StringComparison.Ordinal) && r.ResultFen == 147_875);
        Assert.All(claim.Rule, r => Assert.True(r.ChineseName.Length > 0 && r.EnglishName.Length > 0 && r.Clause.Length > 0 && r.Input.Count > 0, r.RuleId));
        Assert.Equal((settled.Claim().PolicyPack, settled.Claim().PolicyVersion, settled.Claim().CatalogVersion, 20260601, 20260610, "测试医院3", ""),
            (claim.PolicyPack, claim.PolicyVersion, claim.CatalogVersion, claim.BeginOn, claim.EndOn, claim.ProviderName, claim.ReversedBySetlId));
    }

    [Fact]
    public async Task Person_IsMaskedUnlessTheContractShowsNames()
    {
        var contract = desk.Contract();
        var (settled, told) = await Settled(contract);
        var masked = (await Asked(contract, settled.SetlId())).Person;
        Assert.Equal(new ClaimPerson { PersonKey = told.PersonKey, Name = "王**", CertificateType = "01", CertificateNo = PersonalData.MaskCertificate("230102198001010010"), Gender = "1", BirthOn = 19800101, PersonType = "1501" }, masked);

        var (other, _) = await Settled(InsurerDesk.Shown);
        var shown = (await Asked(InsurerDesk.Shown, other.SetlId())).Person;
        Assert.Equal(("王测试", "230102198001010010"), (shown.Name, shown.CertificateNo));
    }

    [Fact]
    public void BirthDate_IsMaskedToItsYear()
    {
        var contract = MedInsure.Settlement.Insurers.ContractLibrary.LoadEmbedded().All.First(c => !c.ShowsPersonalData);
        var statement = new Protos.Settlement.V1.Statement { Settlement = new() { Person = new() { BirthOn = 19791231 } } };
        Assert.Equal(19790101, MedInsure.Settlement.Insurers.GetClaim.Render(contract, new ClaimEvent(), statement).Person.BirthOn);
        Assert.Equal(19791231, MedInsure.Settlement.Insurers.GetClaim.Render(contract with { ShowsPersonalData = true }, new ClaimEvent(), statement).Person.BirthOn);
        statement.Settlement.Person.BirthOn = 0;
        Assert.Equal(0, MedInsure.Settlement.Insurers.GetClaim.Render(contract, new ClaimEvent(), statement).Person.BirthOn);
    }

    [Fact]
    public async Task Reversal_ShowsTheLinesOfWhatItTakesBackAndTheClaimWhoDidIt()
    {
        var contract = desk.Contract();
        var (settled, told) = await Settled(contract);
        var before = await Asked(contract, settled.SetlId());
        var reversal = await node.Reversed(settled);
        var back = desk.Reversal(told);
        back.SetlId = reversal.SetlId();
        await desk.Tell(contract, back);

        var claim = await Asked(contract, reversal.SetlId());
        Assert.Equal((settled.SetlId(), -147_875L), (claim.Event.ReversesSetlId, claim.Event.InsurerFen));
        Assert.Equal((before.Line, before.Rule), (claim.Line, claim.Rule));
        Assert.Equal(before.Share.Select(s => -s.AmountFen), claim.Share.Select(s => s.AmountFen));
        Assert.Equal(reversal.SetlId(), (await Asked(contract, settled.SetlId())).ReversedBySetlId);
        Assert.Equal("", claim.ReversedBySetlId);
    }

    [Fact]
    public async Task DecisionOnADispute_DoesNotHideTheClaim()
    {
        var contract = desk.Contract();
        var (settled, told) = await Settled(contract);
        await desk.Raised(desk.Disputing(contract, settled.SetlId()));
        await desk.Decide(contract, "D1", InsurerDesk.Upholding(5));
        Assert.Equal(told, (await Asked(contract, settled.SetlId())).Event);
    }

    [Fact]
    public async Task ClaimOfAnotherContractOrOfNone_IsUnknown()
    {
        var (contract, other) = (desk.Contract(), desk.Contract());
        var (settled, _) = await Settled(contract);
        foreach (var (asked, setlId) in new[] { (other, settled.SetlId()), (contract, ""), (contract, "nowhere"), (contract, "\0") })
            Assert.Equal((StatusCode.NotFound, "claim.unknown"), await InsurerDesk.Refused(() => Asked(asked, setlId)));
        // It settled in the county, but its layer paid nothing: no business of the insurer's.
        var small = await node.Settled(await node.Visit(await world.Person(), 10_000));
        Assert.Equal((StatusCode.NotFound, "claim.unknown"), await InsurerDesk.Refused(() => Asked(contract, small.SetlId())));
        Assert.Equal((StatusCode.NotFound, "contract.unknown"),
            await InsurerDesk.Refused(async () => await desk.Client.GetClaimAsync(new GetClaimRequest { ContractNo = contract, SetlId = settled.SetlId() }, desk.OtherHeaders)));
    }

    [Fact]
    public async Task CountyThatDoesNotHaveIt_IsNoAnswer()
    {
        // The feed knows a claim that the county, say restored from yesterday, does not: not "unknown", but not now.
        var (contract, told) = (desk.Contract(), desk.Settled(1_000, county: node.Tenant.Code, setlId: node.Tenant.Code + "S999999999999"));
        await desk.Tell(contract, told);
        Assert.Equal((StatusCode.Unavailable, "service.unavailable"), await InsurerDesk.Refused(() => Asked(contract, told.SetlId)));
    }

    [Fact]
    public async Task CountyThatIsAway_IsUnavailable()
    {
        var contract = desk.Contract();
        var (settled, _) = await Settled(contract);
        Assert.NotEmpty((await Asked(contract, settled.SetlId())).Line);
        await desk.CountyGoesAway();
        Assert.Equal((StatusCode.Unavailable, "service.unavailable"), await InsurerDesk.Refused(() => Asked(contract, settled.SetlId())));
    }
}
