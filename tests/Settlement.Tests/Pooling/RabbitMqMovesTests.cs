using MedInsure.Embedded;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>Moves between a county and its city over a real broker, while the service is replaced in between.</summary>
[Trait("Category", "Messaging")]
[Collection(PostgresCollection.Name)]
public sealed class RabbitMqMovesTests(SharedPostgres postgres) : IAsyncLifetime
{
    private RabbitMqServer broker = null!;

    public async Task InitializeAsync() => broker = await RabbitMqServer.Start();
    public Task DisposeAsync() => broker.DisposeAsync().AsTask();

    [Fact]
    public async Task ServiceThatIsReplaced_LosesNothingAndBooksNothingTwice()
    {
        await using var host = await PoolHost.Start(postgres.Server, broker: broker);
        var county = host.Counties[0];
        await host.Receives(county, PoolDesk.Income(1, 100_000_00));
        await host.Remitted(county, "R1", 60_000m);
        // Sent just before the service ends: the message waits in the outbox or at the broker.
        var number = PoolDesk.Text(await host.Post($"/fund/{county}/remittances", new { request_no = "R2", reason = "上解", prepared_by = PoolDesk.First }), "number");
        await host.Post($"/fund/{county}/moves/{number}/sending", new { approver = PoolDesk.Second, bank_reference = "B2", sent_on = "2026-06-30", amount = 40_000 });
        await host.Restart();
        await host.Until(host.City, $"SELECT state FROM fund_move WHERE number = '{number}'", "sent");
        await host.Post($"/fund/{host.City}/arrivals", new { bank_reference = "C2", number, amount = 40_000, arrived_on = "2026-06-30", confirmed_by = PoolDesk.CityFirst });
        await host.Restart();
        await host.Until(county, $"SELECT state FROM fund_move WHERE number = '{number}'", "arrived");
        await host.Allocated(county, "A1", 25_000m);
        Assert.Equal(["city_pool/390100/ 7500000", "expenditure_account/390100/ 2500000", "revenue_personal/390100/ -10000000"], await host.Balances(county));
        Assert.Equal(["fiscal_account/390100/ 7500000", $"sub_account/390100/{county} -7500000"], await host.Balances(host.City));
        host.SetDay(2026, 7, 1);
        await host.Closes(county, "2026-06-30");
        Assert.Equal(["01 390100 current: 75000.00 75000.00 0.00 0.00"], await host.SubAccounts());
    }
}
