using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class CheckEntitlementTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<CheckEntitlementRequest> Order = new(
        ("query.day_invalid", (_, r) => r.On = 20260231),
        ("provider.unknown", (_, r) => r.FixmedinsCode = "H000"),
        ("provider.no_agreement", (_, r) => r.FixmedinsCode = World.Expired),
        ("provider.suspended", (_, r) => r.FixmedinsCode = World.Suspended),
        ("provider.terminated", (_, r) => r.FixmedinsCode = World.Terminated),
        ("person.unknown", (_, r) => r.PsnNo = "P-NOBODY"),
        ("person.unknown", (_, r) => r.PsnNo = "P\0"),
        ("policy.none_in_force", (_, r) => r.Insutype = "340"));

    private World world = null!, guichi = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        (world, guichi) = (await postgres.World(), await postgres.World("3417"));
        node = world.Node;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row) => await Order.Check(row, world, () => Asking(world.Psn, "21"),
        async r => (await CheckEntitlement.Query(node.Journal, node.Journal.LookingContext(), r, default)).Refusal?.Code ?? "");

    [Theory]
    [InlineData("21", "390100 390200")]
    [InlineData("11", "390100")]
    [InlineData("52", "")] // Harbin's residents have no benefit for deliveries
    [InlineData("41", "")]
    public async Task FundsThatPay_AreThoseOfTheKindOfVisit(string medType, string paying)
    {
        var psn = await world.Person();
        var reply = await Asked(world, Asking(psn, medType));
        Assert.Equal(["390100", "390200"], reply.Entitlement.Select(e => e.FundPayType));
        Assert.Equal(paying, string.Join(' ', reply.Entitlement.Where(e => e.MayPay).Select(e => e.FundPayType)));
        Assert.All(reply.Entitlement, e => Assert.Equal(e.MayPay, e.Reason.Length == 0));
        Assert.All(reply.Entitlement, e => Assert.Equal((20200101, 0), (e.FromOn, e.ToOn)));
    }

    [Fact]
    public async Task Categories_BringTheirFunds()
    {
        var poor = await guichi.Person(categories: "registered_poor");
        var other = await guichi.Person();
        Assert.Equal(["390100", "390200", "610100", "640100"], (await Asked(guichi, Asking(poor, "21", guichi))).Entitlement.Where(e => e.MayPay).Select(e => e.FundPayType));
        Assert.Equal(["390100", "390200"], (await Asked(guichi, Asking(other, "21", guichi))).Entitlement.Where(e => e.MayPay).Select(e => e.FundPayType));
    }

    [Fact]
    public async Task Account_PaysWhileItHoldsSomething()
    {
        var (rich, empty) = (await world.Person("310", "1101", creditFen: 1), await world.Person("310", "1101"));
        Assert.Contains((await Asked(world, Asking(rich, "11", insutype: "310"))).Entitlement, e => e is { FundPayType: "310200", MayPay: true });
        Assert.Contains((await Asked(world, Asking(empty, "11", insutype: "310"))).Entitlement, e => e is { FundPayType: "310200", MayPay: false });
    }

    [Fact]
    public async Task UsedUpBenefit_NoLongerPays()
    {
        var psn = await world.Person();
        await node.Settled(await node.Visit(psn, 30_000)); // all 300.00 of the year's pooling
        var pooling = (await Asked(world, Asking(psn, "11"))).Entitlement.Single(e => e.FundPayType == "390100");
        Assert.Equal((false, "该基金不支付此类就诊，或本年度限额已用完"), (pooling.MayPay, pooling.Reason));
        Assert.True((await Asked(world, Asking(psn, "21"))).Entitlement.Single(e => e.FundPayType == "390100").MayPay);
    }

    [Fact]
    public async Task SpecialOutpatient_PaysWithItsFilingInForceUnderTheScheme()
    {
        var psn = await world.Person();
        var person = new Person { PsnNo = psn, PsnName = "王测试", Certno = "230102198001010010", BirthOn = 19800101, County = node.Tenant.Code, Version = 2 };
        foreach (var scheme in new[] { "390", "310" }) person.Coverage.Add(new Coverage { Insutype = scheme, PsnType = "1501", FromOn = 20200101 });
        await node.AddPersons([person]);
        var asking = Asking(psn, "14");
        asking.DiseaseCode = "SP1";
        Assert.All((await Asked(world, asking)).Entitlement, e => Assert.Equal((false, Refusals.FilingMissing.Chinese), (e.MayPay, e.Reason)));
        await node.Filed(node.Filing(psn, insutype: "310")); // of the other scheme
        Assert.DoesNotContain((await Asked(world, asking)).Entitlement, e => e.MayPay);
        await node.Filed(node.Filing(psn, from: 20260615, to: 20260620));
        Assert.DoesNotContain((await Asked(world, asking)).Entitlement, e => e.MayPay); // asked for today, the thirtieth
        asking.On = 20260620;
        Assert.Contains((await Asked(world, asking)).Entitlement, e => e is { FundPayType: "390100", MayPay: true });
    }

    /// <summary>Chronic diseases of Harbin's residents are nothing, those of the children's list are: what 2001 says is what the settlement does.</summary>
    [Fact]
    public async Task ChildsDiseaseOnTwoLists_PaysAsItsSettlementDoes()
    {
        await using var own = await SettlementNode.Create(postgres.Server);
        foreach (var kind in new[] { "chronic_outpatient", "special_outpatient_child" })
            own.Reference = own.Reference.WithDiseases(new Disease { Code = "TWO", Name = "两个目录的病种", Kind = kind, Insutype = "390", FromOn = 20200101 });
        await own.AddPerson("P1", psnType: "1403");
        await own.Filed(own.Filing("P1", "TWO"));
        var outcome = await CheckEntitlement.Query(own.Journal, own.Journal.LookingContext(),
            new CheckEntitlementRequest { PsnNo = "P1", Insutype = "390", FixmedinsCode = own.Hospital("3"), MedType = "14", DiseaseCode = "TWO" }, default);
        var sale = own.Inline("P1", 100_000, "14");
        sale.InlineEncounter.DiseaseCode = "TWO";
        Assert.Equal(70_000, (await own.Settled(sale)).Claim().Amounts.BasicFundFen);
        Assert.Contains(outcome.Value.Entitlement, e => e is { FundPayType: "390100", MayPay: true });
    }

    [Fact]
    public async Task DayWithoutCover_IsNoRefusalButTheReason()
    {
        var psn = await world.Person();
        var asking = Asking(psn, "21");
        asking.On = 20200101;
        Assert.Contains((await Asked(world, asking)).Entitlement, e => e.MayPay);
        asking = Asking(psn, "21", insutype: "310");
        Assert.All((await Asked(world, asking)).Entitlement, e => Assert.Equal((false, Refusals.NotCovered.Chinese, 0), (e.MayPay, e.Reason, e.FromOn)));
    }

    private CheckEntitlementRequest Asking(string psn, string medType, World? at = null, string insutype = "390") =>
        new() { PsnNo = psn, Insutype = insutype, FixmedinsCode = (at ?? world).Node.Hospital("3"), MedType = medType };

    private static async Task<CheckEntitlementReply> Asked(World at, CheckEntitlementRequest request)
    {
        var outcome = await CheckEntitlement.Query(at.Node.Journal, at.Node.Journal.LookingContext(), request, default);
        Assert.Null(outcome.Refusal);
        return outcome.Value;
    }
}
