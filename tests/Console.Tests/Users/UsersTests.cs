using Microsoft.Playwright;

namespace MedInsure.Console.Tests.Users;

/// <summary>Roles are given by two people; every step of it is in the audit log.</summary>
[Collection("console")]
[Trait("Category", "Browser")]
public sealed class UsersTests(ConsoleHarness harness)
{
    private const string Script = "<img src=x onerror=alert(1)>";

    private static async Task Ask(ConsolePage page, string name, string display)
    {
        await page.Go("/users");
        await page.Page.Locator("#name").FillAsync(name);
        await page.Page.Locator("#display").FillAsync(display);
        await page.Page.Locator("#reason").FillAsync("新入职");
        await page.Click("提交申请");
        await page.Page.GetByLabel($"同意 {name}").WaitForAsync();
    }

    [Fact]
    public async Task Role_IsGrantedByAnotherPersonOnly()
    {
        var name = $"clerk-{Guid.NewGuid():N}"[..20];
        await using var first = await harness.As("county_reviewer");
        // A script in a name is a name.
        await Ask(first, name, Script);
        await first.Page.GetByLabel($"同意 {name}").ClickAsync();
        await first.Shows("申请与审批须由不同人员完成");
        await first.Check("users-same-person");

        await using var second = await harness.As("county_approver");
        await second.Go("/users");
        await second.Page.GetByLabel($"同意 {name}").ClickAsync();
        var password = await second.Page.Locator("#password").TextContentAsync();
        await second.Shows(Script);
        await second.Check("users-granted");

        await using var clerk = await harness.Open();
        await clerk.SignIn(new MedInsure.Tool.RunOperator(name, password!, "county", ConsoleHarness.County));
        await clerk.Shows("结算单:待初审");

        await second.Go($"/audit-log?subject={name}");
        await second.Shows("user.grant.ask");
        await second.Shows("user.grant.grant");
        await second.Check("audit-log");
    }

    [Fact]
    public async Task LostConnection_KeepsWhatWasEntered()
    {
        await using var page = await harness.As("county_second_reviewer");
        await page.Go("/users");
        await page.Page.Locator("#reason").FillAsync("写到一半的原因");
        await page.Offline(true);
        await page.Offline(false);
        await page.Page.ReloadAsync();
        await page.Settled();
        await Assertions.Expect(page.Page.Locator("#reason")).ToHaveValueAsync("写到一半的原因");
    }

    [Fact]
    public async Task ForgedPlaceInTheForm_IsRefused()
    {
        await using var page = await harness.As("county_second_reviewer");
        await page.Go("/users");
        await page.Page.Locator("#name").FillAsync("forged-place");
        await page.Page.Locator("#reason").FillAsync("伪造");
        await page.Page.EvaluateAsync("place => { const s = document.getElementById('where'); s.add(new Option('x', place)); s.value = place; s.dispatchEvent(new Event('change', { bubbles: true })); }", ConsoleHarness.OtherCounty);
        await page.Click("提交申请");
        await page.Shows("user.place_unknown");
        Assert.Equal("forged-place", await page.Page.Locator("#name").InputValueAsync());
    }
}
