using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListContractsTests(SharedInsurerHost shared) : IClassFixture<SharedInsurerHost>
{
    private readonly InsurerHost host = shared.Host;

    private async Task<List<Contract>> Listed(InsurerKey key) => [.. (await host.Client.ListContractsAsync(new ListContractsRequest(), key.Calls())).Contract];

    [Fact]
    public async Task Insurer_SeesItsOwnContractsAndNoOthers()
    {
        Assert.Equal([InsurerHost.Illness, InsurerHost.OtherIllness], (await Listed(host.Key)).Select(c => c.ContractNo));
        Assert.Equal([InsurerHost.Supplement], (await Listed(host.OtherKey)).Select(c => c.ContractNo));
    }

    [Fact]
    public async Task Contract_IsShownWholly()
    {
        var contracts = await Listed(host.Key);
        contracts[0].LastCursor = contracts[0].AcknowledgedCursor = 0; // another test's
        Assert.Equal(new Contract
        {
            ContractNo = InsurerHost.Illness, Kind = ContractKind.CriticalIllness, City = host.City, County = { host.Counties }, Insutype = "390", FundPayType = "390200", FromOn = 20260101, ToOn = 20261231,
            ChineseName = "大病保险T-CI", EnglishName = "Contract T-CI",
        }, contracts[0]);
        Assert.Equal([host.Counties[0]], contracts[1].County);
        Assert.Equal((ContractKind.Supplement, ""), (await Listed(host.OtherKey)) is [var s] ? (s.Kind, s.Insutype) : default);
    }

    [Fact]
    public async Task Cursors_AreThoseOfTheStream()
    {
        await host.Tell(host.Settled(), host.Settled(), host.Settled());
        await host.Fed(InsurerHost.Illness, 3);
        await host.Client.AcknowledgeClaimsAsync(new AcknowledgeClaimsRequest { ContractNo = InsurerHost.Illness, Cursor = 2 }, host.Key.Calls());
        var contracts = await Listed(host.Key);
        Assert.Equal([(2, 3), (0, 0)], contracts.Select(c => (c.AcknowledgedCursor, c.LastCursor)));
    }

    [Fact]
    public async Task InsurerWithoutContracts_GetsNone()
    {
        using var stranger = new InsurerKey("CXNEW");
        host.Configuration["Insurers:CXNEW:Keys:k1"] = stranger.Private.ExportSubjectPublicKeyInfoPem();
        Assert.Empty(await Listed(stranger));
    }
}
