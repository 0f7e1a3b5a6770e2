namespace MedInsure.Console.Tests.Operations;

/// <summary>What operations sees: services and failed messages; nothing of persons.</summary>
[Collection("console")]
[Trait("Category", "Browser")]
public sealed class OperationsTests(ConsoleHarness harness)
{
    [Theory]
    [InlineData("/operations", "settlement", "operations")]
    [InlineData("/messages", "没有失败的消息", "messages")]
    [InlineData("/users", "city_manager", "users-operations")]
    public async Task Page_ShowsWhatItIsFor(string path, string text, string picture)
    {
        await using var page = await harness.As("city_operations", ConsoleHarness.City);
        await page.Go(path);
        await page.Shows(text);
        await page.Check(picture);
    }

    [Fact]
    public async Task Persons_AreNotOperations()
    {
        await using var page = await harness.As("city_operations", ConsoleHarness.City);
        var answer = await page.Page.GotoAsync($"/{ConsoleHarness.County}/persons");
        Assert.Equal(403, answer!.Status);
    }

    [Theory]
    [InlineData("city_manager", ConsoleHarness.City)]
    [InlineData("city_auditor", ConsoleHarness.City)]
    [InlineData("city_finance", ConsoleHarness.City)]
    [InlineData("insurer", ConsoleHarness.City)]
    [InlineData("provider", ConsoleHarness.County)]
    [InlineData("township", ConsoleHarness.County)]
    [InlineData("county_cashier", ConsoleHarness.County)]
    public async Task EveryRole_HasAFirstPage(string name, string place)
    {
        await using var page = await harness.As(name, place);
        await page.Go("/");
        await page.Check($"home-{name}");
    }
}
