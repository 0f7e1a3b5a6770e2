using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Tests.Supplements;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>An insurer's list of consents at the city, each going to its county over the wire.</summary>
[Trait("Category", "Interop")]
[Collection(PostgresCollection.Name)]
public sealed class RecordConsentsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly PersonKey Keys = new(new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:PersonKey", new string('k', 32))]).Build());
    private readonly Dictionary<string, string> persons = [];
    private World world = null!;
    private SettlementNode node = null!;
    private CountyServer county = null!;
    private TenantDirectory directory = null!;

    public async Task InitializeAsync()
    {
        node = (world = await postgres.World()).Node;
        county = await CountyServer.Start(node);
        // 230199 is a county of the city that this process does not serve: out of reach.
        directory = new TenantDirectory([node.Tenant, new Tenant("230199", "远县", "230100", new Dictionary<string, string>()), new Tenant("230100", "市", "230100", new Dictionary<string, string>()), new Tenant("341702", "外市县", "341700", new Dictionary<string, string>())]);
        node.FindPerson = r => persons.TryGetValue(r.Certno, out var psn) ? new Person { PsnNo = psn } : throw Refusals.PersonUnknown.ToRpcException();
    }

    public async Task DisposeAsync()
    {
        node.FindPerson = null;
        await county.DisposeAsync();
    }

    [Fact]
    public async Task Consents_AreTakenOrRefusedEachByItself_InTheirOrder()
    {
        (persons["A"], persons["B"]) = (await world.Person(), await world.Person());
        var reply = await Told(Consent("A", "P1"), Consent("nobody", "P2"), Consent("A", "P3"), Consent("B", "P4"), Consent("B", "P5", of: "341702"), Consent("B", "P6", of: "230100"), Consent("B", "P7", from: 20251231));
        Assert.Equal(["P1 ", "P2 person.unknown", "P3 consent.other_policy", "P4 ", "P5 consent.county_not_covered", "P6 consent.county_not_covered", "P7 consent.period_invalid"],
            reply.Value.Result.Select(r => $"{r.PolicyNo} {r.RefusalCode}"));
        Assert.Equal([Keys.Of(SupplementWorld.Contract, persons["A"]), Keys.Of(SupplementWorld.Contract, persons["B"])], reply.Value.Result.Where(r => r.RefusalCode.Length == 0).Select(r => r.PersonKey));
        Assert.All(reply.Value.Result.Where(r => r.RefusalCode.Length > 0), r => Assert.True(r is { PersonKey: "", ChineseText.Length: > 0, EnglishText.Length: > 0 }));
        Assert.Equal("P1", (await node.Journal.ReadPerson(persons["A"], default))!.ConsentOn(20260601)?.PolicyNo);
    }

    [Fact]
    public async Task ThousandConsents_AreTaken_AndOneMoreAreTooMany()
    {
        for (var i = 0; i < 1_000; i++) persons[$"C{i}"] = $"PC{node.Tenant.Code}{i:D4}";
        await node.AddPersons([.. persons.Values.Select(p => new Person { PsnNo = p, Version = 1 })]);
        var many = Enumerable.Range(0, 1_000).Select(i => Consent($"C{i}", $"POL{i}")).ToArray();
        Assert.All((await Told(many)).Value.Result, r => Assert.Equal("", r.RefusalCode));
        var seq = node.Journal.CommittedSeq;
        Assert.All((await Told(many)).Value.Result, r => Assert.Equal("", r.RefusalCode)); // once more: nothing changes
        Assert.Equal(seq, node.Journal.CommittedSeq);
        Assert.Equal("consent.too_many", (await Told([.. many, Consent("C0", "POL0")])).Refusal?.Code);
    }

    [Fact]
    public async Task CountyOutOfReach_IsUnavailableAndSafeToRepeat()
    {
        persons["D"] = await world.Person();
        Assert.Equal(RefusalKind.Unavailable, (await Told(Consent("D", "P1"), Consent("D", "P2", of: "230199"))).Refusal?.Kind);
        Assert.Equal("", Assert.Single((await Told(Consent("D", "P1"))).Value.Result).RefusalCode);
    }

    [Fact]
    public async Task ContractThatIsNoPolicy_OrNotTheCallers_TakesNone()
    {
        await using var host = await InsurerHost.Start(postgres.Server);
        Assert.Equal((StatusCode.FailedPrecondition, "contract.no_supplement"), await InsurerHost.Refused(async () => await host.Client.RecordConsentsAsync(new RecordConsentsRequest { ContractNo = InsurerHost.Illness }, host.Key.Calls())));
        Assert.Equal((StatusCode.NotFound, "contract.unknown"), await InsurerHost.Refused(async () => await host.Client.RecordConsentsAsync(new RecordConsentsRequest { ContractNo = InsurerHost.Supplement }, host.Key.Calls())));
    }

    private Consent Consent(string certificate, string policy, string? of = null, int from = 20260101) =>
        new() { County = of ?? node.Tenant.Code, CertificateNo = certificate, Name = "王测试", PolicyNo = policy, FromOn = from, ToOn = 20261231 };

    private async Task<Outcome<RecordConsentsReply>> Told(params Consent[] consents)
    {
        var request = new RecordConsentsRequest { ContractNo = SupplementWorld.Contract };
        request.Consent.AddRange(consents);
        return await RecordConsents.Run(node.Contracts.Find(SupplementWorld.Contract)!, directory, county.Client, Keys, request, default);
    }
}
