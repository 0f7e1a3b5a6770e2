using System.Net.Http.Json;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.Json;
using Grpc.Net.Client;
using MedInsure.Protos.Billing.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Tool.Imports;
using MedInsure.Tool;
using Xunit.Abstractions;
using BillingClient = MedInsure.Protos.Billing.V1.Billing.BillingClient;
using SettlementClient = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Gateway.Tests.Golden;

/// <summary>
/// A personal account through the whole platform: credited in billing, spent at the pharmacy, withdrawn for heirs. Whatever the order, repeats and cancellations: billing's statement says what
/// settlement says, once the events have come. On a platform of its own: interest is everybody's.
/// </summary>
[Trait("Category", "Messaging")]
public sealed class AccountTests(GoldenPlatform platform, ITestOutputHelper output) : IClassFixture<GoldenPlatform>
{
    private const string County = "230102", Psn = "GE1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task AnyOrderOfCreditsBillsReversalsAndWithdrawals_StatementIsTheBalance()
    {
        using var channel = GrpcChannel.ForAddress(platform.Run.Grpc);
        var (billing, settlement, headers) = (new BillingClient(channel), new SettlementClient(channel), ServiceCall.For(platform.Run, County));
        var (opening, credited, taken) = (100_00L, 0L, 0L);
        var sales = new List<(string Msgid, JsonObject Input, HospitalAnswer Answer, bool Reversed)>();
        var (random, runs, payouts, refused) = (new Random(20261122), 0, 0, 0);
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(10))
            {
                case < 2: // another rate: more, less or nothing of what was credited
                    var rate = random.Next(0, 3_000);
                    var run = await Post($"/billing/{County}/interest-runs", new { request_key = $"I{++runs}", year = platform.Today.Year - 1, rate_bp = rate, source = "测试", started_by = "王经办", approver = "赵复核" });
                    await Until(async () => (await Get($"/billing/{County}/interest-runs/{run.GetProperty("run_no").GetInt64()}")).GetProperty("state").GetString() == "done");
                    credited = opening * rate / 10_000;
                    // Bills may only be compared with what settlement has heard of.
                    await Until(async () => (await settlement.GetAccountBalanceAsync(new GetAccountBalanceRequest { PsnNo = Psn }, headers)).CreditedFen == credited);
                    break;
                case < 6:
                    var (input, msgid) = (Sale(random.Next(1, 2_500)), platform.System(GoldenPlatform.Pharmacy).NextMsgid());
                    var sold = await platform.System(GoldenPlatform.Pharmacy).Call("2102", input.DeepClone(), County, msgid);
                    Assert.Equal(0, sold.Infcode);
                    var paid = Fen(sold, "acct_pay");
                    Assert.Equal(Math.Min(Fen(sold, "psn_part_amt"), Math.Max(0, opening + credited - taken)), paid);
                    taken += paid;
                    sales.Add((msgid, input, sold, false));
                    break;
                case 6 when sales.Count > 0: // the same message again
                    var again = sales[random.Next(sales.Count)];
                    Assert.Equal(again.Answer.Output["setlinfo"]!.ToJsonString(), (await platform.System(GoldenPlatform.Pharmacy).Call("2102", again.Input.DeepClone(), County, again.Msgid)).Output["setlinfo"]!.ToJsonString());
                    break;
                case < 9 when sales.Exists(s => !s.Reversed):
                    var which = sales.FindIndex(s => !s.Reversed);
                    var back = await platform.System(GoldenPlatform.Pharmacy).Call("2103", new JsonObject
                    {
                        ["data"] = new JsonObject { ["setl_id"] = sales[which].Answer.Output["setlinfo"]!["setl_id"]!.GetValue<string>(), ["mdtrt_id"] = sales[which].Answer.Output["setlinfo"]!["mdtrt_id"]!.GetValue<string>(), ["psn_no"] = Psn },
                    }, County);
                    Assert.Equal(0, back.Infcode);
                    taken -= Fen(sales[which].Answer, "acct_pay");
                    sales[which] = sales[which] with { Reversed = true };
                    break;
                default: // a part of what is there, or more than that
                    var (left, wanted) = (Math.Max(0, opening + credited - taken), random.Next(1, 6_000));
                    var no = (await Post($"/billing/{County}/account-payouts", new
                    {
                        request_key = $"P{++payouts}", psn_no = Psn, cause = "pay_out", amount = $"{wanted / 100}.{wanted % 100:D2}", reason = "出境定居", proposed_by = "王经办",
                        payees = new[] { new { name = "李一", relation = "本人", bank_account = "6222", share_bp = 10_000 } },
                    })).GetProperty("payout_no").GetInt64();
                    using (var http = platform.Operator())
                    {
                        var decided = await http.PostAsJsonAsync($"/billing/{County}/account-payouts/{no}/decision", new { approved = true, approver = "赵复核" });
                        Assert.Equal(wanted <= left ? HttpStatusCode.OK : HttpStatusCode.UnprocessableEntity, decided.StatusCode);
                    }
                    if (wanted <= left) taken += wanted; else refused++;
                    break;
            }
        }
        output.WriteLine($"{runs} interest runs, {sales.Count} sales, {sales.Count(s => s.Reversed)} reversed, {payouts} pay-outs, {refused} of them refused");
        Assert.True(runs > 2 && sales.Count(s => s.Reversed) > 2 && payouts > refused && refused > 0, "the steps are worth something");

        AccountStatement statement = null!;
        await Until(async () => (statement = await billing.GetAccountStatementAsync(new GetAccountStatementRequest { PsnNo = Psn, PageSize = 1_000 }, headers)).DebitedFen == taken);
        Assert.Equal((opening, credited, taken, opening + credited - taken), (statement.OpeningFen, statement.CreditedFen, statement.DebitedFen, statement.BalanceFen));
        Assert.Equal(statement.BalanceFen, opening + statement.Entry.Sum(e => e.AmountFen));
        var told = await settlement.GetAccountBalanceAsync(new GetAccountBalanceRequest { PsnNo = Psn }, headers);
        Assert.Equal((statement.OpeningFen, statement.CreditedFen, statement.DebitedFen, Math.Max(0, statement.BalanceFen)), (told.OpeningFen, told.CreditedFen, told.TakenFen, told.BalanceFen));
        var asked = await platform.System(GoldenPlatform.Hospital3).Call("5368", new JsonObject { ["data"] = new JsonObject { ["psn_no"] = Psn } }, County);
        Assert.Equal(told.BalanceFen, (long)(asked.Output["acctinfo"]!["balc"]!.GetValue<decimal>() * 100));
    }

    private JsonObject Sale(int fen)
    {
        var (price, day) = ($"{fen / 100}.{fen % 100:D2}", $"{platform.Today:yyyy-MM-dd} 00:00:01");
        return new JsonObject
        {
            ["druginfo"] = new JsonObject
            {
                ["psn_no"] = Psn, ["mdtrt_cert_type"] = "02", ["mdtrt_cert_no"] = platform.Persons[Psn].Certno, ["begntime"] = day, ["medfee_sumamt"] = price, ["invono"] = "R1", ["insutype"] = "310", ["dise_codg"] = "", ["dise_name"] = "",
                ["acct_used_flag"] = "1", ["med_type"] = "41",
            },
            ["drugdetail"] = new JsonArray(new JsonObject
            {
                ["feedetl_sn"] = "1", ["fee_ocur_time"] = day, ["med_list_codg"] = "G001", ["medins_list_codg"] = "YG001", ["det_item_fee_sumamt"] = price, ["cnt"] = "1", ["pric"] = price,
                ["bilg_dept_codg"] = "01", ["bilg_dept_name"] = "内科", ["bilg_dr_codg"] = "D1", ["bilg_dr_name"] = "医生", ["hosp_appr_flag"] = "1",
            }),
        };
    }

    private static long Fen(HospitalAnswer answer, string field) => (long)(answer.Output["setlinfo"]![field]!.GetValue<decimal>() * 100);

    private async Task<JsonElement> Post(string path, object body)
    {
        using var http = platform.Operator();
        using var answer = await http.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> Get(string path)
    {
        using var http = platform.Operator();
        return await http.GetFromJsonAsync<JsonElement>(path);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !await holds(); await Task.Delay(50)) Assert.True(waited.Elapsed < Patience, "it did not come about in time");
    }
}
