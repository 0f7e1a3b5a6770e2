using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Families;

namespace MedInsure.Settlement.Tests.Families;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class RecordFamilyConsentTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<RecordFamilyConsentRequest> Order = new(
        ("family.relation_unknown", (_, r) => r.Relation = "friend"),
        ("family.period_invalid", (_, r) => r.FromOn = 0),
        ("family.period_invalid", (_, r) => r.FromOn = 20260231),
        ("family.period_invalid", (_, r) => r.ToOn = 20250101),
        ("consent.evidence_too_long", (_, r) => r.Evidence = new string('1', 201)),
        ("person.name_mismatch", (_, r) => r.PayerName = ""),
        ("family.payer_not_here", (_, r) => r.PayerCertNo = "nobody"),
        ("person.name_mismatch", (_, r) => r.PayerName = "李四"),
        ("person.name_mismatch", (_, r) => r.RelativeName = ""),
        ("family.relative_not_here", (_, r) => r.RelativeCertNo = "of another county"),
        ("person.name_mismatch", (_, r) => r.RelativeName = "李四"),
        ("family.is_oneself", (_, r) => r.RelativeCertNo = r.PayerCertNo),
        ("family.payer_without_account", (_, r) => r.PayerCertNo = "RESIDENT"));

    private World world = null!;
    private SettlementNode node = null!;
    private string payer = "", relative = "", resident = "";

    public async Task InitializeAsync()
    {
        node = (world = await postgres.World()).Node;
        (payer, relative, resident) = (await world.Person("310", "1101", 5_000), await world.Person(), await world.Person());
        node.IdentifyPerson = r => Found(r.MdtrtCertNo, r.PsnName, tokenNeedsNoName: r.MdtrtCertType == "01");
        node.FindPerson = r => Found(r.Certno, r.PsnName);
    }

    public Task DisposeAsync()
    {
        (node.FindPerson, node.IdentifyPerson) = (null, null);
        return Task.CompletedTask;
    }

    private Person Found(string number, string name, bool tokenNeedsNoName = false)
    {
        var psn = number switch { "PAYER" or "TOKEN" => payer, "RELATIVE" => relative, "RESIDENT" => resident, _ => throw Refusals.PersonUnknown.ToRpcException() };
        if (name != "王测试" && !tokenNeedsNoName) throw Refusals.NameMismatch.ToRpcException();
        var person = new Person { PsnNo = psn };
        person.Coverage.Add(new Coverage { Insutype = psn == payer ? "310" : "390", FromOn = 20200101 });
        return person;
    }

    private static RecordFamilyConsentRequest Request() => new()
    {
        RequestNo = "R1", PayerCertNo = "PAYER", PayerName = "王测试", RelativeCertNo = "RELATIVE", RelativeName = "王测试", Relation = "parent", FromOn = 20260101, Evidence = "柜台签字",
    };

    private Task<Outcome<RecordFamilyConsentReply>> Run(RecordFamilyConsentRequest request) => RecordFamilyConsent.Run(node.Journal, node.EnrollmentClient, request, default);

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Fault_IsRefusedBeforeAllLaterOnes(string row) => Order.Check(row, world, Request, async r => (await Run(r)).Refusal?.Code ?? "");

    [Fact]
    public async Task Consent_IsRecordedOnce()
    {
        var recorded = (await Run(Request())).Value;
        Assert.Equal((payer, relative), (recorded.PayerNo, recorded.PsnNo));
        var seq = node.Journal.CommittedSeq;
        Assert.Null((await Run(Request())).Refusal);
        Assert.Equal(seq, node.Journal.CommittedSeq);
        var listed = Assert.Single((await ListFamilyConsents.Query(node.Journal, node.Database, new ListFamilyConsentsRequest { PsnNo = payer }, default)).Value.Consent);
        Assert.Equal((payer, relative, "parent", 20260101, 0, false), (listed.PayerNo, listed.PsnNo, listed.Relation, listed.FromOn, listed.ToOn, listed.Withdrawn));
    }

    [Fact]
    public async Task ECredential_NeedsNoName()
    {
        var request = Request();
        (request.PayerCertType, request.PayerCertNo, request.PayerName) = ("01", "TOKEN", "");
        Assert.Equal(payer, (await Run(request)).Value.PayerNo);
    }

    [Fact]
    public async Task NinthAccountForOnePerson_IsRefused()
    {
        var psn = await world.Person();
        for (var i = 0; i < 8; i++) await node.Accepted(FamilyWorld.Consent(await world.Person("310", "1101", 100), psn));
        Assert.Equal("family.too_many", await node.Refused(FamilyWorld.Consent(payer, psn)));
    }
}
