using System.Net;
using System.Text.Json;
using MedInsure.Settlement.ManualClaims;

namespace MedInsure.Settlement.Tests.ManualClaims;

/// <summary>A paper bill as clerks and reviewers handle it over HTTP; and who may not.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class ManualClaimEndpointsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private ManualDesk desk = null!;
    private OperatorDesk http = null!;

    public async Task InitializeAsync()
    {
        desk = new ManualDesk(node = await SettlementNode.Create(postgres.Server));
        http = await OperatorDesk.Start(node, ManualClaimEndpoints.Map);
        await node.AddPerson("P1", "390", "1501");
    }

    public async Task DisposeAsync()
    {
        await http.DisposeAsync();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Bill_FromTheClerkToTheJournal()
    {
        var entered = await http.Post(Path(""), ManualDesk.Order(desk.Bill("P1", 12_000m)));
        var no = entered.GetProperty("claim_no").GetString()!;
        Assert.Equal(("entered", ManualDesk.Clerk), (State(entered), entered.GetProperty("entered_by").GetString()));
        Assert.DoesNotContain("62220200", entered.GetRawText(), StringComparison.Ordinal);
        var attached = await http.Post(Path($"/{no}/attachments"), new AttachToManualClaim.Order(ManualDesk.Clerk, [ManualDesk.Paper(2)]));
        Assert.Equal(2, attached.GetProperty("attachments").GetArrayLength());
        Assert.Equal("first_reviewed", State(await http.Post(Path($"/{no}/first-review"), new { reviewer = ManualDesk.First })));
        Assert.Equal("approval.same_person", await http.Refused(HttpMethod.Post, Path($"/{no}/second-review"), new { reviewer = ManualDesk.First }, HttpStatusCode.UnprocessableEntity));
        Assert.Equal("second_reviewed", State(await http.Post(Path($"/{no}/second-review"), new { reviewer = ManualDesk.Second })));
        var preview = await http.Get(Path($"/{no}/preview"));
        var amount = preview.GetProperty("amounts").GetProperty("fund_pay_sumamt").GetDecimal();
        Assert.Equal(preview.GetProperty("shares").EnumerateArray().Where(s => s.GetProperty("fund_pay_type").GetString() == "390100").Sum(s => s.GetProperty("amount").GetDecimal()), amount);
        Assert.NotEqual(0m, amount);
        var settled = await http.Post(Path($"/{no}/approval"), new { approver = ManualDesk.Approver, amount });
        Assert.Equal(("settled", amount), (State(settled), settled.GetProperty("fund_total").GetDecimal()));
        await node.Projected();

        Assert.Equal([no], (await http.Get(Path("?state=settled&psn_no=P1"))).GetProperty("claims").EnumerateArray().Select(c => c.GetProperty("claim_no").GetString()));
        var shown = await http.Get(Path($"/{no}"));
        Assert.Equal((settled.GetProperty("setl_id").GetString(), 2), (shown.GetProperty("claim").GetProperty("setl_id").GetString(), shown.GetProperty("attachments").GetArrayLength()));
        Assert.Equal("reversed", State(await http.Post(Path($"/{no}/reversal"), new { reviewer = ManualDesk.First, approver = ManualDesk.Approver, reason = "票据有误" })));
    }

    [Fact]
    public async Task EndedAndUnknownBills_AndBodies_AreRefusedByName()
    {
        var no = (await http.Post(Path(""), ManualDesk.Order(desk.Bill("P1", 500m)))).GetProperty("claim_no").GetString();
        Assert.Equal("withdrawn", State(await http.Post(Path($"/{no}/withdrawal"), new { by = ManualDesk.Clerk, reason = "录入有误" })));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await http.Send(HttpMethod.Post, Path($"/{no}/first-review"), new { reviewer = ManualDesk.First })).StatusCode);
        foreach (var unknown in (string[])["/x", $"/{node.Tenant.Code}B000000000099"]) Assert.Equal("manual.unknown", await http.Refused(HttpMethod.Get, Path(unknown), null, HttpStatusCode.NotFound));
        Assert.Equal("manual.state_unknown", await http.Refused(HttpMethod.Get, Path("?state=lost"), null, HttpStatusCode.BadRequest));
        Assert.Equal("request.body_malformed", await http.Refused(HttpMethod.Post, Path(""), "a,b\n", HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task OnlyOperators_AreLetIn()
    {
        foreach (var path in (string[])["", "/1", "/1/preview"]) await http.LetsInNobodyElse(HttpMethod.Get, Path(path));
        foreach (var path in (string[])["", "/1/attachments", "/1/first-review", "/1/second-review", "/1/approval", "/1/rejection", "/1/withdrawal", "/1/reversal", "/1/recovery"]) await http.LetsInNobodyElse(HttpMethod.Post, Path(path));
    }

    private string Path(string below) => $"/manual-claims/{node.Tenant.Code}{below}";
    private static string? State(JsonElement claim) => claim.GetProperty("state").GetString();
}
