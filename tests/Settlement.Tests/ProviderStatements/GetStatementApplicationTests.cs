using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>A provider asks for its own application; over the wire as well.</summary>
[Trait("Category", "Interop")]
[Collection(PostgresCollection.Name)]
public sealed class GetStatementApplicationTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private StatementDesk desk = null!;

    public async Task InitializeAsync() => desk = new StatementDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task Application_IsFoundByNumberOrByItsMonth()
    {
        await desk.Bill(20_000);
        desk.Ledger.SetDay(7, 1);
        var first = await desk.Applied("11");
        LedgerDesk.Value(await desk.Withdraw(first.ClrAppyEvtId));
        var second = await desk.Applied("11");
        Assert.Equal(second, LedgerDesk.Value(await Get(new() { FixmedinsCode = desk.Hospital, ClrType = "11", Month = StatementDesk.June })));
        Assert.Equal("", (await desk.Shown(first.ClrAppyEvtId)).ClrStas);
        foreach (var (provider, number, type) in ((string, string, string)[])[(node.Hospital("2"), second.ClrAppyEvtId, ""), (desk.Hospital, "?", ""), (desk.Hospital, "", "21")])
            Assert.Equal("statement.application_unknown", (await Get(new() { FixmedinsCode = provider, ClrAppyEvtId = number, ClrType = type, Month = StatementDesk.June })).Refusal?.Code);
    }

    private Task<Kernel.Outcome<StatementApplication>> Get(GetStatementApplicationRequest request) => GetStatementApplication.Query(desk.Place, request, default);

    [Fact]
    public async Task ThreeRpcs_AnswerOverTheWire()
    {
        await desk.Bill(20_000);
        desk.Ledger.SetDay(7, 1);
        await using var server = await Insurers.CountyServer.Start(node);
        var here = new Grpc.Core.CallOptions(Hosting.Rpc.CallTenant.For(desk.County));
        var applied = await server.Client.ApplyForStatementAsync(await desk.Books("11"), here);
        Assert.Equal(applied, await server.Client.GetStatementApplicationAsync(new() { FixmedinsCode = desk.Hospital, ClrAppyEvtId = applied.ClrAppyEvtId }, here));
        Assert.Equal("", (await server.Client.WithdrawStatementApplicationAsync(new() { FixmedinsCode = desk.Hospital, ClrAppyEvtId = applied.ClrAppyEvtId }, here)).ClrStas);
    }
}
