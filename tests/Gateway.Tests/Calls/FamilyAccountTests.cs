using System.Text.Json.Nodes;
using Google.Protobuf;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Tests.Calls;

public sealed class FamilyInsideHost : ScriptedHost
{
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Gateway:FamilyAccount"] = "inside" };
}

/// <summary>acct_mulaid_pay beside acct_pay, or inside it where the region's hospitals read it so.</summary>
[Trait("Category", "Interop")]
public sealed class FamilyAccountTests(ScriptedHost beside, FamilyInsideHost inside) : IClassFixture<ScriptedHost>, IClassFixture<FamilyInsideHost>
{
    private ScriptedHost Host(string convention) => convention == "beside" ? beside : inside;

    [Theory]
    [InlineData("beside", "30.00")]
    [InlineData("inside", "50.00")]
    public async Task Settlement_NamesTheFamilysPartByTheRegionsConvention(string convention, string account)
    {
        var host = Host(convention);
        host.Script.Answer = _ => Task.FromResult<IMessage>(new SettlementReply { TotalFen = 10_000, PersonShareFen = 10_000, AccountFen = 3_000, FamilyAccountFen = 2_000, CashFen = 5_000 });
        var answer = await host.Hospital().Call("2207A", new JsonObject
        {
            ["data"] = new JsonObject { ["psn_no"] = "PSN1", ["mdtrt_id"] = "M1", ["insutype"] = "310", ["medfee_sumamt"] = "100.00", ["med_type"] = "11", ["acct_used_flag"] = "1" },
        });
        var info = answer.Output["setlinfo"]!;
        Assert.Equal((account, "20.00", "50.00"), (info["acct_pay"]!.ToJsonString(), info["acct_mulaid_pay"]!.ToJsonString(), info["psn_cash_pay"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("beside")]
    [InlineData("inside")]
    public async Task Totals_CompareTheAccountByTheSameConvention(string convention)
    {
        var host = Host(convention);
        host.Script.Clear();
        host.Script.Answer = _ => Task.FromResult<IMessage>(new CompareTotalsReply { Result = ComparisonResult.Equal });
        await host.Hospital().Call("3201", new JsonObject
        {
            ["data"] = new JsonObject { ["stmt_begndate"] = "2030-06-01", ["stmt_enddate"] = "2030-06-15", ["medfee_sumamt"] = "100.00", ["fund_pay_sumamt"] = "0", ["acct_pay"] = "30", ["fixmedins_setl_cnt"] = 1 },
        });
        Assert.Equal(convention == "inside", ((CompareTotalsRequest)Assert.Single(host.Script.Asked).Request).Group.FamilyInsideAccount);
    }
}
