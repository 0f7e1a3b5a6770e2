using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class GetAccumulatorsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Sums_AreThoseOfTheSettlements_BySchemeAndYear()
    {
        var psn = await world.Person();
        var person = new Protos.Enrollment.V1.Person { PsnNo = psn, PsnName = "王测试", Certno = "230102198001010010", BirthOn = 19800101, County = node.Tenant.Code, Version = 2 };
        foreach (var scheme in new[] { "390", "310" }) person.Coverage.Add(new Protos.Enrollment.V1.Coverage { Insutype = scheme, PsnType = scheme == "390" ? "1501" : "1101", FromOn = 20200101 });
        await node.AddPersons([person]);
        await node.Settled(await node.Visit(psn, 1_000_000, "21"));
        await node.Settled(await node.Visit(psn, 100_000, "21", insutype: "310"));
        var sale = node.Inline(psn, 10_000);
        sale.InlineEncounter.BeginAtMs = sale.InlineLine[0].OccurredAtMs = SettlementNode.At(2025, 3, 1);
        await node.Settled(sale);

        // Residents: deductible 720.00, 70 % of 9,280.00, and 3,504.00 of burden toward critical illness.
        var all = await Asked(new GetAccumulatorsRequest { PsnNo = psn });
        Assert.Equal([("310", "basic.inpatient.deductible", 72_000L), ("310", "basic.paid", 21_000), ("310", "stays", 1),
            ("390", "basic.inpatient.deductible", 72_000), ("390", "basic.paid", 649_600), ("390", "critical.burden", 350_400), ("390", "stays", 1)], all.Select(a => (a.Insutype, a.Key, a.Value)));
        Assert.All(all, a => Assert.Equal(2026, a.Year));
        Assert.Equal(3, (await Asked(new GetAccumulatorsRequest { PsnNo = psn, Insutype = "310" })).Count);
        Assert.Equal([("basic.paid", 5_000L), ("basic.pooling.eligible", 10_000)], (await Asked(new GetAccumulatorsRequest { PsnNo = psn, Year = 2025 })).Select(a => (a.Key, a.Value)));
    }

    [Fact]
    public async Task PersonWithoutSettlements_HasNone() => Assert.Empty(await Asked(new GetAccumulatorsRequest { PsnNo = await world.Person() }));

    private async Task<IReadOnlyList<Accumulator>> Asked(GetAccumulatorsRequest request) =>
        (await GetAccumulators.Query(node.Journal, node.Database, request, new DateOnly(2026, 6, 30), default)).Value.Accumulator;
}
