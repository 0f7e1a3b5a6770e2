using MedInsure.Embedded;

namespace MedInsure.Local.Tests.Year;

/// <summary>A generated county's year of contributions through the real services, PostgreSQL and RabbitMQ, a hundredth of its size; deploy/bench year does the whole.</summary>
[Trait("Category", "Messaging")]
public sealed class CountyYearTests
{
    public static TheoryData<string> Counties => ["shizhu", "guichi"];

    [Theory]
    [MemberData(nameof(Counties))]
    public async Task Year_EndsWithTheTotalsThatFollowFromTheRules(string name)
    {
        var figures = (name == "guichi" ? CountyFigures.Guichi : CountyFigures.Shizhu).Smaller(100);
        await using var postgres = await PostgresServer.StartForTests();
        await using var broker = await RabbitMqServer.Start();
        await using var host = await CountyHost.Start(postgres, broker, figures.County, new DateOnly(2019, 9, 1));
        var total = await CountyYear.Run(host, figures, TextWriter.Null);
        Assert.Equal(name == "guichi" ? "5,629 × 800 = 4503200.00" : "4,618 × 800 = 3694400.00", total);
    }
}
