using System.Net;

namespace MedInsure.Console.Tests.SignIn;

/// <summary>Who gets in, and to what.</summary>
[Collection("console")]
[Trait("Category", "Browser")]
public sealed class SignInTests(ConsoleHarness harness)
{
    [Fact]
    public async Task Reviewer_SeesTheirWorkLists()
    {
        await using var page = await harness.As("county_reviewer");
        await page.Go("/");
        await page.Shows("结算单:待初审");
        await page.Check("home-county");
    }

    [Fact]
    public async Task English_IsChosenByOneLink()
    {
        await using var page = await harness.As("county_reviewer");
        await page.Go("/");
        await page.Page.GetByText("English").ClickAsync();
        await page.Shows("Work lists");
        Assert.Equal("en", await page.Page.Locator("html").GetAttributeAsync("lang"));
        await page.Check("home-county-en");
    }

    [Fact]
    public async Task WrongPassword_IsRefusedAndTheNameIsKept()
    {
        await using var page = await harness.Open();
        await page.Go("/sign-in");
        await page.Page.Locator("#user").FillAsync("nobody-here");
        await page.Page.Locator("#password").FillAsync("wrong");
        await page.Click("登录");
        await page.Shows("用户名或密码不正确");
        Assert.Equal("nobody-here", await page.Page.Locator("#user").InputValueAsync());
        await page.Check("sign-in-refused");
    }

    [Fact]
    public async Task Stranger_IsSentToSignInAndBack()
    {
        await using var page = await harness.Open();
        await page.Go($"/{ConsoleHarness.County}/provider-statements");
        Assert.Contains("/sign-in", page.Page.Url, StringComparison.Ordinal);
        await page.Check("sign-in");
    }

    [Fact]
    public async Task OtherCountysAddress_DoesNotExist()
    {
        await using var page = await harness.As("county_reviewer");
        var answer = await page.Page.GotoAsync($"/{ConsoleHarness.OtherCounty}/provider-statements");
        Assert.Equal((int)HttpStatusCode.NotFound, answer!.Status);
        await page.Shows("没有这个页面");
    }

    [Fact]
    public async Task PageWithoutPermission_IsForbidden()
    {
        await using var page = await harness.As("township");
        var answer = await page.Page.GotoAsync($"/{ConsoleHarness.County}/provider-statements");
        Assert.Equal((int)HttpStatusCode.Forbidden, answer!.Status);
        await page.Shows("没有权限");
    }
}
