using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedInsure.Gateway.Tests.Golden;

/// <summary>A relative's account from the agency's counter to the pharmacy's till, through the real services.</summary>
[Trait("Category", "Golden")]
[Collection(GoldenCollection.Name)]
public sealed class FamilyConsentTests(GoldenPlatform platform)
{
    private const string County = "230102";

    private async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, object body)
    {
        using var http = platform.Operator();
        using var answer = await http.PostAsJsonAsync(path, body);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private object Consent(string payer, string relative, string payerName = "周一") => new
    {
        request_no = $"{payer}-{relative}",
        payer_cert_type = "02",
        payer_cert_no = platform.Persons[payer].Certno,
        payer_name = payerName,
        relative_cert_no = platform.Persons[relative].Certno,
        relative_name = platform.Persons[relative].Name,
        relation = "parent",
        from_on = 20260101,
        to_on = 0,
        evidence = "柜台签字",
    };

    private async Task<JsonNode> Sale(string psnNo)
    {
        var answer = await platform.Sale(psnNo, "390", 3);
        Assert.Equal(0, answer.Infcode);
        return answer.Output;
    }

    [Fact]
    public async Task RelativesBills_ArePaidFromTheAccountUntilItIsEmpty()
    {
        var (status, consent) = await Post($"/family-accounts/{County}", Consent("GF1", "GF2"));
        Assert.Equal((HttpStatusCode.OK, "GF1", "GF2"), (status, consent.GetProperty("payer_no").GetString(), consent.GetProperty("psn_no").GetString()));

        var first = await Sale("GF2");
        Assert.Equal(("0.00", "31.50", "0.00"), Paid(first));
        Assert.Equal("310201", first["setldetail"]![0]!["fund_pay_type"]!.GetValue<string>());
        Assert.Equal(("0.00", "18.50", "13.00"), Paid(await Sale("GF2"))); // 50.00 − 31.50

        using var http = platform.Operator();
        var listed = (await http.GetFromJsonAsync<JsonElement>($"/family-accounts/{County}?psn_no=GF1")).GetProperty("consents")[0];
        Assert.Equal(("GF2", "parent", false), (listed.GetProperty("psn_no").GetString(), listed.GetProperty("relation").GetString(), listed.GetProperty("withdrawn").GetBoolean()));
        Assert.True((await Post($"/family-accounts/{County}/withdrawal", new { payer_no = "GF1", psn_no = "GF2", reason = "本人申请" })).Body.GetProperty("ended").GetBoolean());
        Assert.Equal(("0.00", "0.00", "31.50"), Paid(await Sale("GF2")));
    }

    [Theory]
    [InlineData("GF1", "GN1", "周一", "family.relative_not_here")] // insured in another county
    [InlineData("GF1", "GF2", "李四", "person.name_mismatch")]
    [InlineData("GF2", "GF1", "周二", "family.payer_without_account")]
    public async Task Consent_IsRefusedClearly(string payer, string relative, string name, string code)
    {
        var (status, problem) = await Post($"/family-accounts/{County}", Consent(payer, relative, name));
        Assert.False((int)status < 400);
        Assert.Equal(code, problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Stranger_IsNotLetIn()
    {
        using var http = new HttpClient { BaseAddress = platform.Operator().BaseAddress };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync($"/family-accounts/{County}?psn_no=GF1")).StatusCode);
    }

    private static (string, string, string) Paid(JsonNode output) =>
        (output["setlinfo"]!["acct_pay"]!.ToJsonString(), output["setlinfo"]!["acct_mulaid_pay"]!.ToJsonString(), output["setlinfo"]!["psn_cash_pay"]!.ToJsonString());
}
