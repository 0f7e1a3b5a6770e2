using System.Net.Http.Json;
using System.Text.Json;

namespace MedInsure.Gateway.Tests.Golden;

/// <summary>Two records of one person, from the agency's counter to the till, through the real services and their events.</summary>
[Trait("Category", "Golden")]
[Collection(GoldenCollection.Name)]
public sealed class MergedPersonTests(GoldenPlatform platform)
{
    private async Task<JsonElement> Counter(string path, object body)
    {
        using var http = platform.Operator();
        using var answer = await http.PostAsJsonAsync($"/enrolment/230102/{path}", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    [Fact]
    public async Task RetiredNumber_PaysFromTheSurvivorsAccount_WhichHasPaidWhatBothDid()
    {
        var before = await platform.Sale("GM2", "310", 1);
        Assert.Equal("9.50", before.Output["setlinfo"]!["balc"]!.ToJsonString()); // of 20.00
        var merge = await Counter("merges", new { request_key = "golden merge", retired_no = "GM2", surviving_no = "GM1", why = "护照与身份证为同一人", proposer = "窗口甲" });
        await Counter($"merges/{merge.GetProperty("merge_no").GetInt64()}/decision", new { approve = true, approver = "主管乙" });

        // The events take their time: until then the number is refused with the one to use, or the message is to be sent again.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (; ; await Task.Delay(100, patience.Token))
        {
            var trial = await platform.Sale("GM2", "310", 1, "2101");
            if (trial.Infcode == 0 && trial.Output["setlinfo"]!["psn_no"]!.GetValue<string>() == "GM1") break;
            Assert.Contains(trial.Code, (string[])["", "person.merged", "person.merging"]);
        }
        Assert.Equal(("GM1", "31.50", "18.00"), Shown(await platform.Sale("GM2", "310", 3))); // 60.00 of both records, less 10.50 and 31.50
        Assert.Equal(("GM1", "18.00", "0.00"), Shown(await platform.Sale("GM1", "310", 2)));
    }

    private static (string, string, string) Shown(HospitalAnswer answer)
    {
        Assert.Equal(0, answer.Infcode);
        var info = answer.Output["setlinfo"]!;
        return (info["psn_no"]!.GetValue<string>(), info["acct_pay"]!.ToJsonString(), info["balc"]!.ToJsonString());
    }
}
