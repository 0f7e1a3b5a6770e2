using System.Net;
using System.Text.Json;

namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>What operators see of versions, and that nobody else does.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class ListPoliciesTests(SharedPolicyDesk shared, SharedPostgres postgres) : IClassFixture<SharedPolicyDesk>
{
    private readonly PolicyDesk desk = shared.Desk;

    private static async Task<(string Versions, string Next)> List(PolicyDesk desk, string query)
    {
        var page = (await desk.Get("?" + query)).Body;
        return (string.Join(' ', page.GetProperty("policies").EnumerateArray().Select(p => p.GetProperty("version").GetString())), page.GetProperty("next_page_token").GetString()!);
    }

    [Fact]
    public async Task Versions_AreListedByStatePackAndScope_PageByPage()
    {
        await using var desk = await PolicyDesk.Open(postgres.Server);
        // In 2026; what decides what follows from the order of publication.
        await desk.Published(PolicyTexts.Version("L1", 80, "2026-01-01"));
        await desk.Published(PolicyTexts.Version("L2", 81, "2026-01-01"), effectiveOn: "2026-07-01");
        await desk.Draft(PolicyTexts.Version("L3", 82));
        await desk.Draft(PolicyTexts.Version("L4", 83), desk.Counties[0]);
        await desk.Approved(PolicyTexts.Version("L5", 84), desk.Counties[0]);
        await desk.Act((await desk.Draft(PolicyTexts.Version("L6", 85))).No, "withdrawal", PolicyDesk.Drafter, "x");
        Assert.Equal(("L6 L5 L4 L3 L2 L1", ""), await List(desk, ""));
        var (first, next) = await List(desk, "page_size=4");
        Assert.Equal("L6 L5 L4 L3", first);
        Assert.Equal(("L2 L1", ""), await List(desk, "page_size=4&page_token=" + next));
        Assert.Equal("L4 L3", (await List(desk, "state=draft")).Versions);
        Assert.Equal("L5", (await List(desk, "state=consented")).Versions);
        Assert.Equal("L6", (await List(desk, "state=withdrawn")).Versions);
        Assert.Equal("L5 L4", (await List(desk, "scope=" + desk.Counties[0])).Versions);
        Assert.Equal("L4", (await List(desk, $"scope={desk.Counties[0]}&state=draft")).Versions);
        Assert.Equal("", (await List(desk, "pack=harbin/employee")).Versions);
        // It is the thirtieth of June: tomorrow the second takes over.
        Assert.Equal(("L2 L1", ""), (await List(desk, "state=published")));
        desk.Today = new DateOnly(2026, 7, 1);
        Assert.Equal(("L2", "L1"), ((await List(desk, "state=published")).Versions, (await List(desk, "state=superseded")).Versions));
        desk.Today = new DateOnly(2026, 6, 30);
        var shown = (await desk.Get("?state=published")).Body.GetProperty("policies")[1].GetProperty("decides");
        Assert.Equal(["2026-01-01 2026-06-30"], shown.EnumerateArray().Select(d => $"{d.GetProperty("from").GetString()} {d.GetProperty("to").GetString()}"));
        Assert.Equal("policy.state_unknown", (await desk.Get("?state=gone")).Code);
        Assert.Equal("query.page_invalid", (await desk.Get("?page_size=0")).Code);
        Assert.Equal("query.page_invalid", (await desk.Get("?page_token=x")).Code);
    }

    [Fact]
    public async Task Changes_AreAgainstWhatDecidesNowOrWhatIsNamed()
    {
        var one = await desk.Draft(PolicyTexts.Version("C1", 80, "2024-01-01", "2024-12-31"));
        Assert.Equal(("program", "2026.1", "70 % 80 %"), await Changed(one.No));
        var published = await desk.Published(PolicyTexts.Version("C2", 81, "2024-01-01", "2024-12-31"), desk.Counties[1]);
        // Of the county's own, the city's draft knows nothing.
        Assert.Equal(("program", "2026.1", "70 % 80 %"), await Changed(one.No));
        var own = await desk.Draft(PolicyTexts.Version("C3", 82, "2024-01-01", "2024-12-31"), desk.Counties[1]);
        Assert.Equal((published.No.ToString(System.Globalization.CultureInfo.InvariantCulture), "C2", "81 % 82 %"), await Changed(own.No));
        Assert.Equal(("program", "2026.1", "70 % 82 %"), await Changed(own.No, "program"));
        Assert.Equal(("C1", "80 % 82 %"), await Changed(own.No, one.No.ToString(System.Globalization.CultureInfo.InvariantCulture)) is var (_, version, ratio) ? (version, ratio) : default);
        Assert.Equal("policy.unknown", (await desk.Get($"/{own.No}/changes?from=999999")).Code);
        Assert.Equal("policy.unknown", (await desk.Get($"/{own.No}/changes?from=x")).Code);
        // A published one is shown against what it followed.
        Assert.Equal(("program", "2026.1", "70 % 81 %"), await Changed(published.No));
    }

    private async Task<(string From, string Version, string Ratio)> Changed(long no, string from = "")
    {
        var body = (await desk.Get($"/{no}/changes?from={from}")).Body;
        var ratio = body.GetProperty("changes").EnumerateArray().Single(c => c.GetProperty("place").GetString()!.EndsWith("/ratio", StringComparison.Ordinal));
        return (body.GetProperty("from").GetString()!, body.GetProperty("from_version").GetString()!, $"{ratio.GetProperty("before").GetProperty("value").GetString()} {ratio.GetProperty("after").GetProperty("value").GetString()}");
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "")]
    [InlineData("GET", "/1")]
    [InlineData("GET", "/1/text")]
    [InlineData("GET", "/1/changes")]
    [InlineData("POST", "/1/revisions")]
    [InlineData("POST", "/1/review")]
    [InlineData("POST", "/1/approval")]
    [InlineData("POST", "/1/consent")]
    [InlineData("POST", "/1/publication")]
    [InlineData("POST", "/1/rejection")]
    [InlineData("POST", "/1/withdrawal")]
    [InlineData("POST", "/announcements")]
    [InlineData("GET", "/adopted")]
    public async Task WhoIsNoOperator_IsNotLetIn(string method, string path)
    {
        foreach (var token in (string?[])[null, "wrong"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), (Uri?)null);
            // Another value than the client's own, which is an operator's.
            request.Headers.Authorization = new("Bearer", token ?? "none");
            using var response = await desk.Send(request, desk.City + path);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task TenantThatIsNoCityHere_IsUnknown()
    {
        Assert.Equal("tenant.unknown", (await desk.Get("", "110100")).Code);
        // A county has no drafts, a city adopts nothing.
        Assert.Equal("tenant.unknown", (await desk.Get("", desk.Counties[0])).Code);
        Assert.Equal("tenant.unknown", (await desk.Get("/adopted")).Code);
    }
}
