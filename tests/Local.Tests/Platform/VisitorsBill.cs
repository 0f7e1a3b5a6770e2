using System.Net.Http.Json;
using System.Text.Json;
using MedInsure.Tool;
using MedInsure.Tool.Hospital;

namespace MedInsure.Local.Tests.Platform;

/// <summary>A person of one county buys at a pharmacy of another: the home county settles, and the pharmacy's county comes to hold it.</summary>
internal static class VisitorsBill
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task IsMirrored(RunFile run)
    {
        var pharmacy = run.Providers.First(p => p.PolicyLevel == "pharmacy");
        var city = run.Tenants.First(t => t.County == pharmacy.County).City;
        var person = run.Persons.First(p => p.County != pharmacy.County && p.CoverTo.Length == 0 && run.Tenants.First(t => t.County == p.County).City == city);
        using var gateway = new GatewayClient(run.Gateway, TimeProvider.System, (_, _) => { });
        await gateway.SignIn(pharmacy);
        var day = Encounters.Day(gateway.Today);
        var answer = await gateway.Call(pharmacy, "2102", new
        {
            druginfo = new { psn_no = person.PsnNo, mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, begntime = $"{day} 00:00:01", medfee_sumamt = "4.00", invono = "1", insutype = person.Insutype, acct_used_flag = "0", med_type = "41" },
            drugdetail = new[] { new { feedetl_sn = "1", fee_ocur_time = $"{day} 00:00:01", med_list_codg = "NONE", medins_list_codg = "1", det_item_fee_sumamt = "4.00", cnt = "2", pric = "2" } },
        }, person.County);
        Assert.True(answer.Accepted, answer.Message);
        Assert.StartsWith(person.County, GatewayAnswer.Text(answer.Output.GetProperty("setlinfo"), "setl_id"), StringComparison.Ordinal);

        using var http = new HttpClient { BaseAddress = new Uri(run.Desks), DefaultRequestHeaders = { { "authorization", $"Bearer {run.OperatorToken}" } } };
        using var patience = new CancellationTokenSource(Patience);
        while (!await Heard()) await Task.Delay(100, patience.Token); // told behind the answer, by a worker that tells nobody else
        Assert.Contains((await Links(person.County)).GetProperty("told").EnumerateArray(), l => l.GetProperty("provider_county").GetString() == pharmacy.County && l.GetProperty("told_no").GetInt64() >= 1);

        async Task<bool> Heard() => (await Links(pharmacy.County)).GetProperty("heard").EnumerateArray().Any(h => h.GetProperty("home_county").GetString() == person.County && h.GetProperty("held_no").GetInt64() >= 1);
        Task<JsonElement> Links(string county) => http.GetFromJsonAsync<JsonElement>($"/clearing/{county}/links", patience.Token);
    }
}
