using Grpc.Core;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Tests.Supplements;

namespace MedInsure.Settlement.Tests.Insurers;

[Trait("Category", "Interop")]
[Collection(PostgresCollection.Name)]
public sealed class WithdrawConsentTests(SharedPostgres postgres)
{
    [Fact]
    public async Task Consent_EndsInItsCounty_AndWhatIsUnknownIsAnsweredTheSame()
    {
        await using var world = await SupplementWorld.Create(postgres.Server);
        await using var county = await CountyServer.Start(world.Node, world.Asking);
        var psn = await world.Consented("POL");
        // Of the contract's city, whichever the county of this test has.
        var directory = new TenantDirectory([world.Node.Tenant with { CityCode = "230100" }, new Tenant("341702", "外市县", "341700", new Dictionary<string, string>())]);
        async Task<Outcome<WithdrawConsentReply>> Withdrawn(string code, string policy) => await WithdrawConsent.Run(world.Node.Contracts.Find(SupplementWorld.Contract)!, directory, county.Client,
            new WithdrawConsentRequest { ContractNo = SupplementWorld.Contract, County = code, PolicyNo = policy }, default);

        // Should the writer have dropped its memory meanwhile, the tables answer: they must have what was answered.
        async Task<MedInsure.Settlement.Journal.Consent?> Held()
        {
            Assert.True(await world.Node.Journal.WaitForTables(TimeSpan.FromSeconds(30), default));
            return (await world.Node.Journal.ReadPerson(psn, default))!.ConsentOn(20260601);
        }

        foreach (var (code, policy) in new[] { (world.Node.Tenant.Code, "NONE"), ("341702", "POL"), ("999999", "POL") }) Assert.Null((await Withdrawn(code, policy)).Refusal);
        Assert.NotNull(await Held());
        Assert.Null((await Withdrawn(world.Node.Tenant.Code, "POL")).Refusal);
        Assert.Null(await Held());
        Assert.Null((await Withdrawn(world.Node.Tenant.Code, "POL")).Refusal);
    }

    [Fact]
    public async Task CountyOutOfReach_IsUnavailable()
    {
        await using var world = await SupplementWorld.Create(postgres.Server);
        await using var county = await CountyServer.Start(world.Node, world.Asking);
        var outcome = await WithdrawConsent.Run(world.Node.Contracts.Find(SupplementWorld.Contract)!, new TenantDirectory([world.Node.Tenant, new Tenant("230199", "远县", "230100", new Dictionary<string, string>())]), county.Client,
            new WithdrawConsentRequest { ContractNo = SupplementWorld.Contract, County = "230199", PolicyNo = "POL" }, default);
        Assert.Equal(RefusalKind.Unavailable, outcome.Refusal?.Kind);
    }

    [Fact]
    public async Task ContractThatIsNoPolicy_HasNone()
    {
        await using var host = await InsurerHost.Start(postgres.Server);
        Assert.Equal((StatusCode.FailedPrecondition, "contract.no_supplement"),
            await InsurerHost.Refused(async () => await host.Client.WithdrawConsentAsync(new WithdrawConsentRequest { ContractNo = InsurerHost.Illness, County = host.Counties[0] }, host.Key.Calls())));
    }
}
