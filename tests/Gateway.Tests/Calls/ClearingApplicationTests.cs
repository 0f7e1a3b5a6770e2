using System.Text.Json.Nodes;
using Google.Protobuf;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Tests.Calls;

/// <summary>3203, 3204, 3205A and 13203 between the interface's fields and settlement's: months of the past are nothing that the golden platform has.</summary>
[Trait("Category", "Interop")]
public sealed class ClearingApplicationTests(ScriptedHost host) : IClassFixture<ScriptedHost>
{
    private readonly HospitalSystem hospital = host.Hospital();

    private static JsonObject Month(Action<JsonObject>? change = null)
    {
        var data = new JsonObject
        {
            ["clr_type"] = "11", ["clr_way"] = "1", ["setlym"] = "203005", ["psntime"] = "12", ["medfee_sumamt"] = "1000.00", ["fund_appy_sum"] = "600.00", ["cash_payamt"] = "350.00", ["acct_pay"] = "50.00",
            ["begndate"] = "2030-05-01", ["enddate"] = "2030-05-31",
        };
        change?.Invoke(data);
        return new JsonObject { ["data"] = data };
    }

    private void Says(IMessage reply)
    {
        host.Script.Clear();
        host.Script.Answer = _ => Task.FromResult(reply);
    }

    [Fact]
    public async Task Application_GoesToTheProvidersOwnAgency()
    {
        Says(new StatementApplication { ClrAppyEvtId = "230102A1", ClrType = "11", Month = 203005, PersonTimes = 12, TotalFen = 100_000, AccountFen = 4_000, FamilyAccountFen = 1_000, ClrStas = "10", ChangedAtMs = 1_900_000_000_000 });
        var result = (await hospital.Call("3203", Month(), insuredArea: "230103", msgid: "M7")).Output["result"]!;
        Assert.Equal(("230102A1", "10", "已申请", "203005", "1000.00", "40.00"), (result["clr_appy_evt_id"]!.GetValue<string>(), result["clr_stas"]!.GetValue<string>(), result["clr_stas_name"]!.GetValue<string>(),
            result["setlym"]!.GetValue<string>(), result["medfee_sumamt"]!.ToJsonString(), result["acct_pay"]!.ToJsonString()));
        var asked = Assert.Single(host.Script.Asked);
        Assert.Equal("230102", asked.Tenant);
        Assert.Equal(new ApplyForStatementRequest
        {
            FixmedinsCode = hospital.FixmedinsCode, RequestNo = "M7", ClrType = "11", ClrWay = "1", Month = 203005, BeginOn = 20300501, EndOn = 20300531, PersonTimes = 12, TotalFen = 100_000, FundTotalFen = 60_000, CashFen = 35_000,
            AccountFen = 5_000, AppliedBy = "op1",
        }, asked.Request);
    }

    [Theory]
    [InlineData("setlym", "203013", "field.bad_month")]
    [InlineData("setlym", "20305", "field.bad_month")]
    [InlineData("setlym", "", "field.missing")]
    [InlineData("med_sumfee", "1000.01", "field.totals_disagree")]
    [InlineData("clr_optins", "230103", "request.other_clearing_office")]
    [InlineData("clr_type", "12", "field.bad_code")]
    [InlineData("psntime", "-1", "field.negative")]
    public async Task ImpossibleApplication_IsRefusedByField(string field, string value, string code)
    {
        Says(new StatementApplication());
        var answer = await hospital.Call("3203", Month(d => d[field] = value));
        Assert.Equal((code, field), (answer.Code, answer.Json["err_field"]!.GetValue<string>()));
        Assert.Empty(host.Script.Asked);
    }

    [Fact]
    public async Task WithdrawalAndQuery_NameTheApplication()
    {
        Says(new StatementApplication());
        Assert.Equal(0, (await hospital.Call("3204", new JsonObject { ["data"] = new JsonObject { ["clr_appy_evt_id"] = "230102A1", ["memo"] = "重报" } })).Infcode);
        Assert.Equal(new WithdrawStatementApplicationRequest { FixmedinsCode = hospital.FixmedinsCode, ClrAppyEvtId = "230102A1", WithdrawnBy = "op1", Reason = "重报" }, Assert.Single(host.Script.Asked).Request);
        Says(new StatementApplication { ClrStas = "" });
        var result = (await hospital.Call("3205A", new JsonObject { ["data"] = new JsonObject { ["clr_type"] = "21", ["setlym"] = "203005" } })).Output["result"]!;
        Assert.Equal(("", "已撤销"), (result["clr_stas"]!.GetValue<string>(), result["clr_stas_name"]!.GetValue<string>()));
        Assert.Equal(new GetStatementApplicationRequest { FixmedinsCode = hospital.FixmedinsCode, ClrType = "21", Month = 203005 }, Assert.Single(host.Script.Asked).Request);
        Assert.Equal("clr_type", (await hospital.Call("3205A", new JsonObject { ["data"] = new JsonObject { ["setlym"] = "203005" } })).Json["err_field"]!.GetValue<string>());
    }

    [Fact]
    public async Task DailyResults_AreOfTheLastMonthInPagesOfAHundred()
    {
        var reply = new ListDailyResultsReply { Total = 250 };
        foreach (var state in (DailyState[])[DailyState.Balanced, DailyState.Unbalanced, DailyState.NeverCompared, DailyState.Outdated]) reply.Day.Add(new DailyResult { On = 20300601, HomeCounty = "230102", State = state });
        Says(reply);
        var output = (await hospital.Call("13203", new JsonObject { ["data"] = new JsonObject { ["page_size"] = 999, ["page_num"] = 2, ["stmt_rslt"] = "1" } })).Output;
        Assert.Equal(["0 对账平", "1 对账不平", "1 未对账", "1 对账后有新的结算，请重新对账"], output["data"]!.AsArray().Select(d => $"{d!["stmt_rslt"]} {d["stmt_rslt_dscr"]}"));
        Assert.Equal((250, 3, 100), (output["recordCounts"]!.GetValue<int>(), output["pages"]!.GetValue<int>(), output["pageSize"]!.GetValue<int>()));
        Assert.Equal(new ListDailyResultsRequest
        {
            FixmedinsCode = hospital.FixmedinsCode, FromOn = 20300516, ToOn = 20300615, Everywhere = true, Filter = DailyFilter.NotBalanced, PageNumber = 2, PageSize = 100,
        }, Assert.Single(host.Script.Asked).Request);
        Says(new ListDailyResultsReply());
        await hospital.Call("13203", new JsonObject { ["data"] = new JsonObject { ["stmt_date"] = "2030-06-03", ["clr_optins"] = "230103" } });
        Assert.Equal(("230103", 20300603, 20300603, false), Assert.Single(host.Script.Asked) is { Request: ListDailyResultsRequest day } named ? (named.Tenant, day.FromOn, day.ToOn, day.Everywhere) : default);
        Assert.Equal("tenant.unknown", (await hospital.Call("13203", new JsonObject { ["data"] = new JsonObject { ["clr_optins"] = "999999" } })).Code);
    }
}
