using System.Net;
using Microsoft.Playwright;

namespace MedInsure.Console.Tests.Reports;

/// <summary>Reports as people open them: list, one report, its file, and whose they are.</summary>
[Collection("console")]
[Trait("Category", "Browser")]
public sealed class ReportPageTests(ConsoleHarness harness)
{
    [Fact]
    public async Task CitysManager_OpensAReportFromTheList()
    {
        await using var page = await harness.As("city_manager", ConsoleHarness.City);
        await page.Go($"/{ConsoleHarness.City}/reports");
        await page.Check("reports");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "待遇享受情况表（按县区）" }).ClickAsync();
        await page.Shows("指标口径");
        await page.Page.GetByText("指标口径").ClickAsync();
        await page.Check("report");
    }

    [Fact]
    public async Task InsuredPersons_AreDrawnAndLeadToTheRowsBehind()
    {
        await using var page = await harness.As("city_manager", ConsoleHarness.City);
        await page.Go($"/{ConsoleHarness.City}/reports/enrolment?period=202611&live=true");
        await Assertions.Expect(page.Page.Locator("#report-chart svg")).ToBeVisibleAsync();
        await page.Check("report-chart");
        await page.Page.Locator("tbody a").First.ClickAsync();
        await page.Shows("返回报表");
        await page.Settled();
        await Assertions.Expect(page.Page.Locator("tbody tr").First).ToBeVisibleAsync();
        await page.Check("report-rows");
    }

    [Fact]
    public async Task CountysFile_IsOfTheCountyWhateverItAsks()
    {
        await using var page = await harness.As("county_reviewer");
        var file = await page.Page.APIRequest.GetAsync($"/{ConsoleHarness.County}/reports/benefits/file?format=csv&period=202610&county={ConsoleHarness.OtherCounty}");
        Assert.Equal((int)HttpStatusCode.OK, file.Status);
        Assert.Contains($"benefits-202610-{ConsoleHarness.County}.csv", file.Headers["content-disposition"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherPlacesReports_DoNotExist()
    {
        await using var page = await harness.As("county_reviewer");
        foreach (var place in (string[])[ConsoleHarness.OtherCounty, ConsoleHarness.City])
        {
            Assert.Equal((int)HttpStatusCode.NotFound, (await page.Page.APIRequest.GetAsync($"/{place}/reports/benefits")).Status);
            Assert.Equal((int)HttpStatusCode.NotFound, (await page.Page.APIRequest.GetAsync($"/{place}/reports/benefits/file?format=csv")).Status);
        }
    }

    [Fact]
    public async Task Provider_MayNotReadReports()
    {
        await using var page = await harness.As("provider");
        Assert.Equal((int)HttpStatusCode.Forbidden, (await page.Page.APIRequest.GetAsync($"/{ConsoleHarness.County}/reports/benefits/file?format=csv")).Status);
    }

    [Fact]
    public async Task UnknownPeriod_IsRefusedByTheService()
    {
        await using var page = await harness.As("county_reviewer");
        await page.Page.GotoAsync($"/{ConsoleHarness.County}/reports/benefits?period=nonsense");
        await page.Shows("report.period_invalid");
    }

    [Fact]
    public async Task Township_SeesNoRowsBehindFigures()
    {
        await using var page = await harness.As("township");
        await page.Go($"/{ConsoleHarness.County}/reports/enrolment/rows?column=insured&period=202610");
        await page.Shows("desk.not_there");
    }
}
