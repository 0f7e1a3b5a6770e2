namespace MedInsure.Console.Tests.ProviderStatements;

/// <summary>The list of statements, in every state it can be in.</summary>
[Collection("console")]
[Trait("Category", "Browser")]
public sealed class ProviderStatementsTests(ConsoleHarness harness)
{
    [Fact]
    public async Task NothingThere_IsSaid()
    {
        await using var page = await harness.As("county_reviewer", ConsoleHarness.OtherCounty);
        await page.Go($"/{ConsoleHarness.OtherCounty}/provider-statements?state=rejected");
        await page.Shows("没有符合条件的结算单");
        await page.Check("provider-statements-empty");
    }

    [Fact]
    public async Task UnknownState_IsRefusedByTheService()
    {
        await using var page = await harness.As("county_reviewer");
        await page.Go($"/{ConsoleHarness.County}/provider-statements?state=nonsense");
        await page.Shows("statement.state_unknown");
    }
}
