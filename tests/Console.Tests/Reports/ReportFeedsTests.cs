namespace MedInsure.Console.Tests.Reports;

/// <summary>What reports are made of, and what is kept of them.</summary>
[Collection("console")]
[Trait("Category", "Browser")]
public sealed class ReportFeedsTests(ConsoleHarness harness)
{
    [Fact]
    public async Task Operations_RebuildsAFeed()
    {
        await using var page = await harness.As("city_operations", ConsoleHarness.City);
        await page.Go($"/{ConsoleHarness.City}/report-feeds");
        await page.Check("report-feeds");
        await page.Page.Locator("#feed").SelectOptionAsync($"claims/{ConsoleHarness.County}");
        await page.Page.Locator("#why").FillAsync("核对");
        await page.Click("从头重建");
        await page.Shows("已开始重建");
    }

    [Fact]
    public async Task Snapshots_AreListedForTheCity()
    {
        await using var page = await harness.As("city_manager", ConsoleHarness.City);
        await page.Go($"/{ConsoleHarness.City}/report-snapshots");
        await page.Check("report-snapshots");
    }
}
