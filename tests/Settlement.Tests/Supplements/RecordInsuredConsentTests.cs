using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.Tests.Supplements;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class RecordInsuredConsentTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<RecordInsuredConsentRequest> Order = new(
        ("contract.unknown", (_, r) => r.ContractNo = "X"),
        ("contract.no_supplement", (_, r) => r.ContractNo = "CX230100-CI-390"),
        ("consent.policy_number_invalid", (_, r) => r.PolicyNo = ""),
        ("consent.policy_number_invalid", (_, r) => r.PolicyNo = new string('1', 41)),
        ("consent.policy_number_invalid", (_, r) => r.PolicyNo = "P\0"),
        ("consent.evidence_too_long", (_, r) => r.Evidence = new string('1', 201)),
        ("consent.period_invalid", (_, r) => r.FromOn = 0),
        ("consent.period_invalid", (_, r) => r.FromOn = 20260231),
        ("consent.period_invalid", (_, r) => r.ToOn = 20260101),
        ("consent.period_invalid", (_, r) => r.FromOn = 20251231), // before the contract
        ("consent.period_invalid", (_, r) => r.ToOn = 20290101), // after it
        ("person.name_mismatch", (_, r) => r.Name = ""),
        ("person.unknown", (_, r) => r.CertificateNo = "nobody"),
        ("person.name_mismatch", (_, r) => r.Name = "李四"),
        ("consent.other_policy", (_, r) => r.PolicyNo = "ANOTHER"));

    private World world = null!;
    private SettlementNode node = null!;
    private string psn = "";

    public async Task InitializeAsync()
    {
        node = (world = await postgres.World()).Node;
        psn = await world.Person();
        node.FindPerson = r => r.Certno != "C1" ? throw Refusals.PersonUnknown.ToRpcException() : r.PsnName != "王测试" ? throw Refusals.NameMismatch.ToRpcException() : new Person { PsnNo = psn };
    }

    public Task DisposeAsync()
    {
        node.FindPerson = null;
        return Task.CompletedTask;
    }

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row)
    {
        await Taken(Consent("FIRST", 20260301, 20260630));
        await Order.Check(row, world, () => Consent("FIRST", 20260601, 20261231), async r => (await Run(r)).Refusal?.Code ?? "");
    }

    [Fact]
    public async Task Consent_IsInForceAtOnceAndAfterARestart()
    {
        await using var own = await SettlementNode.Create(postgres.Server);
        await own.AddPerson("P1");
        own.FindPerson = _ => new Person { PsnNo = "P1" };
        var reply = await RecordInsuredConsent.Run(own.Journal, own.Contracts, own.EnrollmentClient, Consent("POL", 20260301, 20260630), default);
        Assert.Equal("P1", reply.Value.PsnNo);
        for (var round = 0; round < 2; round++)
        {
            var person = await own.Journal.ReadPerson("P1", default);
            Assert.Equal(["", "POL", "POL", ""], new[] { 20260228, 20260301, 20260630, 20260701 }.Select(d => person!.ConsentOn(d)?.PolicyNo ?? ""));
            await own.Projected();
            await own.Restart();
        }
    }

    [Fact]
    public async Task SameConsentAgain_ChangesNothing_AndAnotherPeriodReplacesIt()
    {
        await Taken(Consent("POL", 20260301, 20260630));
        var seq = node.Journal.CommittedSeq;
        await Taken(Consent("POL", 20260301, 20260630));
        Assert.Equal(seq, node.Journal.CommittedSeq);
        await Taken(Consent("POL", 20260501, 20260531));
        Assert.Null((await node.Journal.ReadPerson(psn, default))!.ConsentOn(20260301));
        await Taken(Consent("OTHER", 20260601, 20261231)); // the days are free now
        Assert.Equal("consent.other_policy", (await Run(Consent("POL", 20260501, 20260601))).Refusal?.Code);
        Assert.Equal(["OTHER", "POL"], await Rows());
    }

    [Fact]
    public async Task EnrollmentOutOfReach_IsUnavailable()
    {
        node.FindPerson = null;
        Assert.Equal(RefusalKind.Unavailable, (await Run(Consent("POL", 20260301, 20260630))).Refusal?.Kind);
    }

    [Fact]
    public async Task CountyOfAnotherCity_IsNotCovered()
    {
        var guichi = await postgres.World("3417");
        Assert.Equal("consent.county_not_covered", (await RecordInsuredConsent.Run(guichi.Node.Journal, guichi.Node.Contracts, guichi.Node.EnrollmentClient, Consent("POL", 20260301, 20260630), default)).Refusal?.Code);
    }

    private static RecordInsuredConsentRequest Consent(string policy, int from, int to) =>
        new() { ContractNo = SupplementWorld.Contract, CertificateNo = "C1", Name = "王测试", PolicyNo = policy, FromOn = from, ToOn = to, Evidence = "档案1" };

    private Task<Outcome<RecordInsuredConsentReply>> Run(RecordInsuredConsentRequest request) => RecordInsuredConsent.Run(node.Journal, node.Contracts, node.EnrollmentClient, request, default);

    private async Task Taken(RecordInsuredConsentRequest request) => Assert.Equal(psn, (await Run(request)).Value.PsnNo);

    private async Task<List<string>> Rows()
    {
        await node.Projected();
        await using var command = node.Database.CreateCommand("SELECT policy_no FROM consent WHERE psn_no = $1 AND NOT withdrawn ORDER BY policy_no");
        command.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = psn });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }
}
