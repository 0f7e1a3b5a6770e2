using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Tests.Calls;

/// <summary>What the hospital hears when the services refuse, are away or break: -2 only where the answer is certain.</summary>
[Trait("Category", "Unit")]
public sealed class CallOutcomeTests(ScriptedHost host) : IClassFixture<ScriptedHost>
{
    private readonly HospitalSystem hospital = host.Hospital();

    private static JsonObject Claim() => new()
    {
        ["data"] = new JsonObject { ["psn_no"] = "PSN1", ["mdtrt_id"] = "M1", ["insutype"] = "390", ["medfee_sumamt"] = "4.52", ["med_type"] = "11", ["acct_used_flag"] = "0" },
    };

    private static JsonObject Totals() => new()
    {
        ["data"] = new JsonObject { ["stmt_begndate"] = "2030-06-01", ["stmt_enddate"] = "2030-06-15", ["medfee_sumamt"] = "100.00", ["fund_pay_sumamt"] = "60", ["acct_pay"] = 0, ["fixmedins_setl_cnt"] = 3 },
    };

    private static Func<IMessage, Task<IMessage>> Fails(params StatusCode[] codes)
    {
        var at = -1;
        return _ =>
        {
            var i = Interlocked.Increment(ref at);
            return i < codes.Length ? throw new RpcException(new Status(codes[i], "scripted")) : Task.FromResult<IMessage>(new SettlementReply { SetlId = "S1" });
        };
    }

    private int Asked => host.Script.Asked.Count;

    private async Task<HospitalAnswer> Settle(Func<IMessage, Task<IMessage>> answer)
    {
        host.Script.Clear();
        host.Script.Answer = answer;
        return await hospital.Call("2207A", Claim());
    }

    [Fact]
    public async Task Refusal_PassesThroughWithItsCodeAndField()
    {
        var answer = await Settle(_ => throw new Refusal(RefusalKind.Invalid, "claim.total_mismatch", "医疗费总额与费用明细合计不符", "no", "medfee_sumamt").ToRpcException());
        Assert.Equal((-2, "claim.total_mismatch", "医疗费总额(medfee_sumamt)：医疗费总额与费用明细合计不符", "medfee_sumamt"), (answer.Infcode, answer.Code, answer.Message, answer.Json["err_field"]!.GetValue<string>()));
        Assert.Equal(1, Asked);
    }

    [Theory]
    [InlineData(true, 9)]
    [InlineData(false, 0)]
    public async Task PreSettlementThatWarns_StopsASystemOnlyWhereTheBillWouldNotSettle(bool wouldBeRefused, int infcode)
    {
        host.Script.Answer = _ => Task.FromResult<IMessage>(new SettlementReply { TotalFen = 452, Warning = "重复明细（MI10000201052000）：重复4.52元", WouldBeRefused = wouldBeRefused });
        var answer = await hospital.Call("2206A", Claim());
        Assert.Equal((infcode, "重复明细（MI10000201052000）：重复4.52元"), (answer.Infcode, answer.Json["warn_msg"]!.GetValue<string>()));
        Assert.Equal("4.52", answer.Output["setlinfo"]!["medfee_sumamt"]!.ToJsonString());
    }

    [Fact]
    public async Task TraceCodes_GoWithTheSettlement()
    {
        host.Script.Clear();
        host.Script.Answer = _ => Task.FromResult<IMessage>(new SettlementReply { SetlId = "S1" });
        var claim = Claim();
        claim["drug_trac_info"] = new JsonArray(new JsonObject { ["feedetl_sn"] = "1", ["drug_trac_codg"] = "81000000000000000001", ["trdn_flag"] = "1" }, new JsonObject { ["feedetl_sn"] = "2", ["drug_trac_codg"] = "81000000000000000002" });
        await hospital.Call("2207A", claim);
        Assert.Equal([new TraceCode { FeedetlSn = "1", Code = "81000000000000000001", Split = true }, new TraceCode { FeedetlSn = "2", Code = "81000000000000000002" }],
            ((SettleClaimRequest)Assert.Single(host.Script.Asked).Request).TraceCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task UnavailableForAMoment_IsTriedAgainWithTheSameKey(int times)
    {
        var answer = await Settle(Fails([.. Enumerable.Repeat(StatusCode.Unavailable, times)]));
        Assert.Equal(0, answer.Infcode);
        var keys = host.Script.Asked.Select(a => ((SettleClaimRequest)a.Request).Key).ToArray();
        Assert.Equal(times + 1, keys.Length);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public async Task UnavailableForLong_IsAnUnknownOutcome()
    {
        var answer = await Settle(_ => throw new RpcException(new Status(StatusCode.Unavailable, "scripted")));
        Assert.Equal((-1, "system.outcome_unknown"), (answer.Infcode, answer.Code));
        Assert.InRange(Asked, 4, 40); // with growing pauses until the deadline
    }

    [Theory]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.FailedPrecondition)] // without our detail it is nobody's "no"
    public async Task StatusWithoutRefusal_IsAnUnknownOutcome(StatusCode status)
    {
        var answer = await Settle(Fails(status));
        Assert.Equal((-1, "system.outcome_unknown", 1), (answer.Infcode, answer.Code, Asked));
    }

    [Fact]
    public async Task AnswerAfterTheDeadline_IsAnUnknownOutcome()
    {
        var late = new TaskCompletionSource<IMessage>();
        var answer = await Settle(_ => late.Task);
        late.SetResult(new SettlementReply());
        Assert.Equal((-1, "system.outcome_unknown"), (answer.Infcode, answer.Code));
    }

    [Fact]
    public async Task BrokenLookUp_IsUnavailableNotUnknown()
    {
        host.Script.Answer = Fails(StatusCode.Internal);
        var answer = await hospital.Call("3201", Totals());
        Assert.Equal((-1, "system.unavailable"), (answer.Infcode, answer.Code));
    }

    [Fact]
    public async Task UnavailableRefusal_IsAnUnknownOutcome()
    {
        var answer = await Settle(_ => throw new Refusal(RefusalKind.Unavailable, "settlement.unavailable", "结算服务暂不可用", "away").ToRpcException());
        Assert.Equal((-1, "settlement.unavailable"), (answer.Infcode, answer.Code));
    }

    [Fact]
    public async Task AnswerThatCannotBeWritten_IsAnUnknownOutcome()
    {
        var answer = await Settle(_ => Task.FromResult<IMessage>(new SettlementReply { Person = new InsuredIdentity { BirthOn = 1 } }));
        Assert.Equal((-1, "system.outcome_unknown"), (answer.Infcode, answer.Code));
        Assert.Null(answer.Json["output"]);
    }

    [Fact]
    public async Task Key_IsSenderMessageAndContent()
    {
        host.Script.Clear();
        host.Script.Answer = Fails();
        var msgid = hospital.NextMsgid();
        await hospital.Call("2207A", Claim(), msgid: msgid);
        await hospital.Call("2207A", Claim(), msgid: msgid);
        var changed = Claim();
        changed["data"]!["invono"] = "1";
        await hospital.Call("2207A", changed, msgid: msgid);
        var keys = host.Script.Asked.Select(a => ((SettleClaimRequest)a.Request).Key).ToArray();
        Assert.All(keys, k => Assert.Equal(("H00000000001", msgid, "2207A", 16), (k.Sender, k.MessageId, k.Transaction, k.ContentHash.Length)));
        Assert.Equal(keys[0].ContentHash, keys[1].ContentHash);
        Assert.NotEqual(keys[0].ContentHash, keys[2].ContentHash);
    }

    [Theory]
    [InlineData("341702", "230103000001", "341702")] // the envelope says it
    [InlineData("", "230103000001", "230103")]       // the number says it
    [InlineData("", "M1", "230102")]                  // nothing says it: the provider's county
    [InlineData("", "990000000001", "230102")]
    public async Task HomeCounty_IsFound(string insuredArea, string mdtrtId, string county)
    {
        host.Script.Clear();
        host.Script.Answer = Fails();
        var claim = Claim();
        claim["data"]!["mdtrt_id"] = mdtrtId;
        Assert.Equal(0, (await hospital.Call("2207A", claim, insuredArea)).Infcode);
        Assert.Equal(county, Assert.Single(host.Script.Asked).Tenant);
    }

    [Theory]
    [InlineData(ComparisonResult.Equal, "0")]
    [InlineData(ComparisonResult.CentreMore, "1")]
    [InlineData(ComparisonResult.ProviderMore, "2")]
    [InlineData(ComparisonResult.Different, "3")]
    public async Task Totals_AreCompared(ComparisonResult found, string result)
    {
        host.Script.Clear();
        host.Script.Answer = _ => Task.FromResult<IMessage>(new CompareTotalsReply { Result = found, Text = "说明" });
        var statement = (await hospital.Call("3201", Totals())).Output["stmtinfo"]!;
        Assert.Equal((result, "230102", "说明"), (statement["stmt_rslt"]!.GetValue<string>(), statement["setl_optins"]!.GetValue<string>(), statement["stmt_rslt_dscr"]!.GetValue<string>()));
        var asked = (CompareTotalsRequest)Assert.Single(host.Script.Asked).Request;
        // No office and no insured area: all that the provider settled, wherever.
        Assert.Equal(new RowGroup { FixmedinsCode = hospital.FixmedinsCode, FromOn = 20300601, ToOn = 20300615, Everywhere = true }, asked.Group);
        Assert.Equal(new DeclaredTotals { RowCount = 3, TotalFen = 10_000, FundTotalFen = 6_000, AccountFen = 0 }, asked.Declared);
    }

    [Theory]
    [InlineData(3, 10_000, 6_000, 0, "0", "对账平")]
    [InlineData(4, 10_000, 6_000, 0, "1", "中心多：中心4笔，机构3笔")]
    [InlineData(2, 10_000, 6_000, 0, "2", "机构多：中心2笔，机构3笔")]
    [InlineData(3, 10_001, 6_000, 5, "3", "金额不符：医疗费总额中心100.01，机构100.00；个人账户支付中心0.05，机构0.00")]
    public async Task SettlementOfAnEarlierRelease_GivesSumsThatAreComparedHere(int rows, long totalFen, long fundFen, long accountFen, string result, string text)
    {
        host.Script.Clear();
        host.Script.Answer = request => request is SumSettlementsRequest
            ? Task.FromResult<IMessage>(new SumSettlementsReply { RowCount = rows, TotalFen = totalFen, FundTotalFen = fundFen, AccountFen = accountFen, FamilyAccountFen = 7 })
            : throw new RpcException(new Status(StatusCode.Unimplemented, ""));
        var statement = (await hospital.Call("3201", Totals())).Output["stmtinfo"]!;
        Assert.Equal((result, text), (statement["stmt_rslt"]!.GetValue<string>(), statement["stmt_rslt_dscr"]!.GetValue<string>()));
        Assert.Equal(new SumSettlementsRequest { FixmedinsCode = hospital.FixmedinsCode, FromOn = 20300601, ToOn = 20300615 }, host.Script.Asked.Last().Request);
    }

    [Fact]
    public async Task ResultOfALaterRelease_IsNoAnswer()
    {
        host.Script.Answer = _ => Task.FromResult<IMessage>(new CompareTotalsReply { Result = (ComparisonResult)9 });
        Assert.Equal((-1, "system.error"), (await hospital.Call("3201", Totals())) is var answer ? (answer.Infcode, answer.Code) : default);
    }

    [Fact]
    public async Task Totals_OfAnotherOfficeAreAskedThere()
    {
        host.Script.Clear();
        host.Script.Answer = _ => Task.FromResult<IMessage>(new CompareTotalsReply { Result = ComparisonResult.Equal });
        var totals = Totals();
        totals["data"]!["setl_optins"] = "230103";
        await hospital.Call("3201", totals);
        Assert.Equal(("230103", false), Assert.Single(host.Script.Asked) is var named ? (named.Tenant, ((CompareTotalsRequest)named.Request).Group.Everywhere) : default);
        host.Script.Clear();
        await hospital.Call("3201", Totals(), insuredArea: "341702");
        Assert.Equal(("341702", false), Assert.Single(host.Script.Asked) is var meant ? (meant.Tenant, ((CompareTotalsRequest)meant.Request).Group.Everywhere) : default);
        totals["data"]!["setl_optins"] = "999999";
        Assert.Equal("tenant.unknown", (await hospital.Call("3201", totals.DeepClone())).Code);
        totals["data"]!["stmt_enddate"] = "2030-05-31";
        Assert.Equal("field.days_reversed", (await hospital.Call("3201", totals.DeepClone())).Code);
    }
}
