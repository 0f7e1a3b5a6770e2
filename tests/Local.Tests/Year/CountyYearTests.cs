using MedInsure.Embedded;

namespace MedInsure.Local.Tests.Year;

/// <summary>A generated county's year of contributions through the real services, PostgreSQL and RabbitMQ, a hundredth of its size; deploy/bench year does the whole.</summary>
[Trait("Category", "Messaging")]
public sealed class CountyYearTests(YearServers servers) : IClassFixture<YearServers>
{
    public static TheoryData<string> Counties => ["shizhu", "guichi"];

    [Theory]
    [MemberData(nameof(Counties))]
    public async Task Year_EndsWithTheTotalsThatFollowFromTheRules(string name)
    {
        var figures = (name == "guichi" ? CountyFigures.Guichi : CountyFigures.Shizhu).Smaller(100);
        await using var host = await CountyHost.Start(servers.Postgres, servers.Broker, figures.County, new DateOnly(2019, 9, 1), TimeSpan.FromMinutes(3));
        var total = await CountyYear.Run(host, figures, TextWriter.Null);
        Assert.Equal(name == "guichi" ? "5,629 × 800 = 4503200.00" : "4,618 × 800 = 3694400.00", total);
    }
}

/// <summary>The counties are of two cities: one server of each kind serves both.</summary>
public sealed class YearServers : IAsyncLifetime
{
    public PostgresServer Postgres { get; private set; } = null!;
    public RabbitMqServer Broker { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Postgres = await PostgresServer.StartForTests();
        Broker = await RabbitMqServer.Start();
    }

    public async Task DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
