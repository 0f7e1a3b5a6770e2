namespace MedInsure.Console.Tests.Persons;

/// <summary>Somebody at the counter is found, masked, and the reading is written down.</summary>
[Collection("console")]
[Trait("Category", "Browser")]
public sealed class PersonsTests(ConsoleHarness harness)
{
    private MedInsure.Tool.RunPerson Somebody => harness.Run.Persons.First(p => p.County == ConsoleHarness.County);

    private async Task Search(ConsolePage page, string what)
    {
        await page.Go($"/{ConsoleHarness.County}/persons");
        await page.Page.Locator("#q").FillAsync(what);
        await page.Click("查询");
        await page.Settled();
    }

    [Fact]
    public async Task Certificate_FindsThePersonMaskedAndLogged()
    {
        await using var page = await harness.As("county_reviewer");
        await Search(page, Somebody.Certno);
        await page.Shows(Somebody.PsnNo);
        Assert.DoesNotContain(Somebody.PsnName, await page.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await page.Check("persons");

        await page.Page.GetByText(Somebody.PsnNo).First.ClickAsync();
        await page.Shows("参保");
        await page.Check("person");
        await page.Go($"/audit-log?subject={Somebody.PsnNo}");
        await page.Shows("read");
    }

    [Fact]
    public async Task Name_FindsThem()
    {
        await using var page = await harness.As("county_reviewer");
        await Search(page, Somebody.PsnName);
        await page.Shows(Somebody.PsnNo);
    }

    [Theory]
    [InlineData("' OR 1=1 --")]
    [InlineData("<script>alert(1)</script>")]
    public async Task Nonsense_FindsNobody(string what)
    {
        await using var page = await harness.As("county_reviewer");
        await Search(page, what);
        await page.Shows("没有符合条件的参保人");
        await page.Check("persons-nobody");
    }

    [Fact]
    public async Task OtherCountysBill_DoesNotExist()
    {
        await using var page = await harness.As("county_reviewer");
        await page.Go($"/{ConsoleHarness.County}/bills/{ConsoleHarness.OtherCounty}S000000000001");
        await page.Shows("desk.not_there");
        await page.Check("bill-foreign");
    }
}
