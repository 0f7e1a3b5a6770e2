using MassTransit;
using MedInsure.Hosting.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MedInsure.Hosting.Tests.Messaging;

[Trait("Category", "Unit")]
public sealed class EventBusTests
{
    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    public void Bus_TellsNobodyOfItsUse(string host)
    {
        var services = new ServiceCollection();
        EventBus.Add(services, new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Bus:RabbitMq:Host"] = host }).Build());
        using var provider = services.BuildServiceProvider();
        Assert.False(provider.GetRequiredService<IOptions<UsageTelemetryOptions>>().Value.Enabled);
    }
}
