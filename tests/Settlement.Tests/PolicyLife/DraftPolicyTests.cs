using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>What a version must be to be handed in.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class DraftPolicyTests(SharedPolicyDesk shared) : IClassFixture<SharedPolicyDesk>
{
    private readonly PolicyDesk desk = shared.Desk;

    [Fact]
    public async Task Draft_IsKeptWithItsHashAndItsAuthor()
    {
        var text = PolicyTexts.Version("D1", 80);
        var draft = await desk.Draft(text, note: "住院比例提高十个百分点");
        var published = PolicyTexts.Published(1, text, desk.City);
        Assert.Equal((HttpStatusCode.OK, "draft", desk.City, PolicyTexts.Pack, "D1", published.ContentHash, "2020-01-01"), (draft.Status, draft.State, draft.Body.GetProperty("scope").GetString(),
            draft.Body.GetProperty("pack").GetString(), draft.Body.GetProperty("version").GetString(), draft.Body.GetProperty("sha256").GetString(), draft.Body.GetProperty("effective_on").GetString()));
        var shown = (await desk.Get($"/{draft.No}")).Body;
        Assert.Equal((text, "住院比例提高十个百分点"), (shown.GetProperty("text").GetString(), shown.GetProperty("note").GetString()));
        var act = Assert.Single(shown.GetProperty("acts").EnumerateArray());
        Assert.Equal(("drafted", PolicyDesk.Drafter, "2026-06-30T12:00:00+08:00"), (act.GetProperty("act").GetString(), act.GetProperty("person").GetString(), act.GetProperty("at").GetString()));
    }

    [Fact]
    public async Task SameDraftAgain_IsTheSame()
    {
        var text = PolicyTexts.Version("D2", 80);
        var first = await desk.Draft(text);
        // Whatever ends its lines.
        var again = await desk.Draft(text.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal((first.No, ""), (again.No, again.Code));
        Assert.Single((await desk.Get($"/{first.No}")).Body.GetProperty("acts").EnumerateArray());
    }

    [Fact]
    public async Task YamlFile_IsTakenAsItIs()
    {
        var text = PolicyTexts.Version("D3", 80);
        using var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null) { Content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue("application/yaml")) };
        using var response = await desk.Send(request, $"{desk.City}?person={Uri.EscapeDataString(PolicyDesk.Drafter)}&effective_on=2026-07-01&scope={desk.Counties[0]}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var listed = (await desk.Get($"?scope={desk.Counties[0]}")).Body.GetProperty("policies").EnumerateArray().Single(p => p.GetProperty("version").GetString() == "D3");
        Assert.Equal("2026-07-01", listed.GetProperty("effective_on").GetString());
        using var asked = new HttpRequestMessage(HttpMethod.Get, (Uri?)null);
        using var file = await desk.Send(asked, $"{desk.City}/{listed.GetProperty("no").GetInt64()}/text");
        Assert.Equal(("application/yaml", text), (file.Content.Headers.ContentType!.MediaType, await file.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task PackWithErrors_IsRefusedWithFileAndLineOfEach()
    {
        var text = PolicyTexts.Version("D4", 80).Replace("{when: {person: child, level: \"3\"}, amount: 400 yuan}", "{when: {person: child, level: \"3\"}, amount: 400 dollars}", StringComparison.Ordinal) + "nonsense: 1\n";
        var refused = await desk.Draft(text);
        Assert.Equal((HttpStatusCode.BadRequest, "policy.faulty"), (refused.Status, refused.Code));
        var lines = refused.Body.GetProperty("english").GetString()!.Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^draft\.yaml:\d+: .*400 dollars", lines[1]);
        Assert.Matches(@"^draft\.yaml:\d+: .*nonsense", lines[2]);
    }

    [Fact]
    public async Task RowThatIsNeverReached_IsAnErrorToo()
    {
        var text = PolicyTexts.Version("D5", 80).Replace("  - {id: adult, zh: 成年居民, en: adults}\n", "  - {id: adult, zh: 成年居民, en: adults}\n  - {id: late, zh: 其他, en: others, psn_type: \"15\"}\n", StringComparison.Ordinal);
        var refused = await desk.Draft(text);
        Assert.Equal("policy.faulty", refused.Code);
        Assert.Contains("unreachable", refused.Body.GetProperty("english").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "approval.person_missing")]
    [InlineData("scope", "policy.scope_unknown")]
    [InlineData("text", "policy.text_missing")]
    [InlineData("nul", "policy.text_missing")]
    [InlineData("pack", "policy.pack_not_used")]
    [InlineData("version", "policy.version_invalid")]
    [InlineData("day", "policy.effective_on_invalid")]
    [InlineData("early", "policy.effective_on_invalid")]
    [InlineData("late", "policy.effective_on_invalid")]
    [InlineData("note", "policy.note_too_long")]
    [InlineData("published", "policy.version_exists")]
    public async Task DraftThatCannotBe_IsRefused(string what, string code)
    {
        var text = PolicyTexts.Version("D6", 80, "2026-01-01", "2026-12-31");
        var refused = what switch
        {
            "" => await desk.Draft(text, person: " "),
            "scope" => await desk.Draft(text, scope: "110101"),
            "text" => await desk.Draft(""),
            "nul" => await desk.Draft(text + "#\0"),
            // A pack that no county of the city settles by.
            "pack" => await desk.Draft(TestPacks.Files().Single(f => f.File == "policies/guichi/resident.yaml").Text),
            "version" => await desk.Draft(PolicyTexts.Version(new string('9', 41), 80)),
            "day" => await desk.Draft(text, effectiveOn: "20260701"),
            "early" => await desk.Draft(text, effectiveOn: "2025-12-31"),
            "late" => await desk.Draft(text, effectiveOn: "2027-01-01"),
            "note" => await desk.Draft(text, note: new string('长', 2_001)),
            // The program's own version under its own number with other content.
            _ => await desk.Draft(PolicyTexts.Version("2026.1", 80)),
        };
        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public async Task NumberOfAnotherText_IsTaken()
    {
        var (one, other) = (PolicyTexts.Version("D7", 80), PolicyTexts.Version("D7", 81));
        var draft = await desk.Draft(one);
        Assert.Equal("policy.version_exists", (await desk.Draft(other)).Code);
        Assert.Equal("policy.version_exists", (await desk.Draft(one, person: PolicyDesk.Reviewer)).Code);
        Assert.Equal("policy.version_exists", (await desk.Draft(one, effectiveOn: "2026-07-01")).Code);
        // A county would have the city's version and its own under one number.
        Assert.Equal("policy.version_exists", (await desk.Draft(other, scope: desk.Counties[0])).Code);
        Assert.Equal("", (await desk.Act(draft.No, "withdrawal", PolicyDesk.Drafter, "撤回")).Code);
        Assert.Equal("policy.version_exists", (await desk.Draft(other)).Code);
        Assert.Equal("", (await desk.Draft(other, scope: desk.Counties[0])).Code);
        // Another county's is another.
        Assert.Equal("", (await desk.Draft(one, scope: desk.Counties[1])).Code);
    }

    [Fact]
    public async Task BodyThatIsNone_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null) { Content = new StringContent("{", Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        using var response = await desk.Send(request, desk.City);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
