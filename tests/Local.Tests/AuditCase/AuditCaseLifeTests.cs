using System.Text.Json;
using MedInsure.Embedded;
using MedInsure.FraudAudit;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Settlement;

namespace MedInsure.Local.Tests.AuditCase;

/// <summary>A case against a hospital from the lead to the fund's ledger, the hospital's next statements and its agreement, through the services themselves.</summary>
[Trait("Category", "Crash")]
public sealed class AuditCaseLifeTests : IAsyncLifetime
{
    private const string Investigator = "李调查", Decider = "周决定", Releaser = "吴签发", Chief = "孙立案";

    private PostgresServer postgres = null!;
    private CaseHost host = null!; // the last one started
    private int lastKey;

    public async Task InitializeAsync() => postgres = await PostgresServer.Start(new PostgresOptions { Durable = false });

    public async Task DisposeAsync()
    {
        if (host is { } last) await last.DisposeAsync();
        await postgres.DisposeAsync();
    }

    private static string Audit => $"/audit/{CaseHost.County}";

    private Dictionary<string, object?> Act(string by, string reason, params (string Name, object? Value)[] more)
    {
        var body = new Dictionary<string, object?> { ["request_key"] = $"K{++lastKey:D4}", ["by"] = by, ["reason"] = reason };
        foreach (var (name, value) in more) body[name] = value;
        return body;
    }

    private Task<JsonElement> On(string no, string act, Dictionary<string, object?> body) => host.Post($"{Audit}/cases/{no}/{act}", body);

    private async Task<string> Notice(string no, string kind) =>
        (await host.Get($"{Audit}/cases/{no}")).GetProperty("notices").EnumerateArray().Last(n => n.GetProperty("kind").GetString() == kind).GetProperty("notice_no").GetString()!;

    private Task Effect(string no, string kind, string state) => host.Until(async () =>
        (await host.Get($"{Audit}/cases/{no}")).GetProperty("effects").EnumerateArray().Any(e => e.GetProperty("kind").GetString() == kind && e.GetProperty("state").GetString() == state), $"{kind} {state}");

    private async Task<string> Money(string notice)
    {
        var m = await host.Get($"{Audit}/notices/{notice}/money");
        return $"waiting {m.GetProperty("waiting")}, recovered {m.GetProperty("recovered")}, to return {m.GetProperty("to_return")}, returned {m.GetProperty("returned")}";
    }

    private async Task<decimal> Income() => (await host.Get($"/ledger/{CaseHost.County}")).GetProperty("balances").EnumerateArray()
        .Where(b => b.GetProperty("purpose").GetString() == "deduction_income").Sum(b => b.GetProperty("balance").GetDecimal());

    /// <summary>The hospital's month from its application to the approval: stays of 10,000.00, of which 6,664.00 are the fund's, and visits of 100.00, half of them (Hb, policy-parameters.md).</summary>
    private async Task<JsonElement> Statement(int month, int stays, int visits = 0)
    {
        foreach (var (kind, times, total, fund) in ((string, int, long, long)[])[("21", stays, 1_000_000, 666_400), ("11", visits, 10_000, 5_000)])
        {
            if (times == 0) continue;
            var applied = await host.Client.ApplyForStatementAsync(new ApplyForStatementRequest
            {
                FixmedinsCode = CaseHost.Hospital, RequestNo = $"A{month}{kind}", ClrType = kind, Month = month, PersonTimes = times, TotalFen = times * total, FundTotalFen = times * fund, CashFen = times * (total - fund),
            }, CallTenant.For(CaseHost.County));
            Assert.Equal("10", applied.ClrStas);
        }
        var no = (await host.Post($"/provider-statements/{CaseHost.County}/acceptances", new { month, fixmedins_code = CaseHost.Hospital, accepted_by = "赵受理" })).GetProperty("statements")[0].GetProperty("statement_no").GetString()!;
        var of = $"/provider-statements/{CaseHost.County}/{no}";
        await host.Post($"{of}/review", new { reviewer = "王初审" });
        var payable = (await host.Post($"{of}/first-review", new { reviewer = "王初审" })).GetProperty("payable").GetDecimal();
        await host.Post($"{of}/second-review", new { reviewer = "李复核", payable });
        await host.Post($"{of}/approval", new { approver = "陈审批", payable });
        return await host.Get(of);
    }

    [Fact]
    public async Task Case_FromTheLeadToTheLedger_AndBackAfterAnAppeal()
    {
        // June: five stays, 6,664.00 of the pool each. July: one more, before the decision.
        host = await CaseHost.Start(postgres, new DateOnly(2026, 6, 20), effects: false);
        await host.Insure([.. Enumerable.Range(1, 8).Select(n => $"P{n}")]);
        var stays = new List<string>();
        for (var n = 1; n <= 5; n++)
        {
            var stay = await host.Stay($"P{n}");
            Assert.Equal(666_400, stay.FundTotalFen);
            stays.Add(stay.SetlId);
        }
        host.Today = new DateOnly(2026, 7, 3);
        await host.Stay("P6");
        await host.Until(async () =>
        {
            await using var count = host.Database(FraudAuditModule.Service).CreateCommand("SELECT count(*) FROM audit_claim");
            return await count.ExecuteScalarAsync() is 6L;
        }, "settlement's feed is read");

        var no = (await host.Post($"{Audit}/cases", Act("钱登记", "回访", ("subject_kind", "provider"), ("subject", CaseHost.Hospital), ("title", "协助冒名住院"), ("evidence", new object[]
        {
            new { kind = "document", number = "HF-1", setl_id = stays[0], amount = 2_453.20m, text = "患者未住院" }, new { kind = "document", number = "CY-1", setl_id = stays[1], amount = 1_000m, text = "病历不符" },
        })))).GetProperty("case_no").GetString()!;
        await On(no, "filing", Act(Chief, "立案", ("investigator", Investigator)));
        await On(no, "hearing", Act(Investigator, "告知", ("text", "涉嫌协助冒名住院")));
        await host.Post($"{Audit}/notices/{await Notice(no, "hearing")}/service", Act("钱登记", "送达", ("served_on", host.Day), ("served_how", "直接送达")));
        await On(no, "statement", Act("钱登记", "收件", ("text", "仅有一例"), ("received_on", host.Day)));
        object[] sanctions =
        [
            new { step = "recover" }, new { step = "damages_impersonation", amount = 2_453.20m }, new { step = "damages_record_review", amount = 1_000m }, new { step = "yellow_card" }, new { step = "correction", days = 20 },
            new { step = "suspend_agreement", months = 3 },
        ];
        await On(no, "conclusion", Act(Investigator, "终结", ("sanctions", sanctions)));
        await On(no, "decision", Act(Decider, "事实清楚", ("sanctions", sanctions)));
        Assert.Equal("approval.same_person", await host.PostRefused($"{Audit}/cases/{no}/release", Act(Decider, "签发")));
        await On(no, "release", Act(Releaser, "签发"));
        Assert.Null(await host.Refused("P7")); // the process ends before anything of it is done elsewhere
        await host.DisposeAsync();

        // The next one does it: 3,453.20 + 24,532.00 + 1,000.00 = 28,985.20, and the agreement stands still at once.
        host = await CaseHost.Start(postgres, new DateOnly(2026, 7, 4));
        await Effect(no, "book_notice", "done");
        await Effect(no, "suspend", "done");
        await host.Until(() => Task.FromResult(host.Standing == ProviderStanding.Suspended), "settlement hears of the suspension");
        Assert.Equal("provider.suspended", await host.Refused("P8"));
        var notice = await Notice(no, "deduction");
        Assert.Equal("waiting 28985.20, recovered 0.00, to return 0.00, returned 0.00", await Money(notice));
        await using (var again = host.Database(FraudAuditModule.Service).CreateCommand("UPDATE case_effect SET state = 'pending', done_at = NULL WHERE kind = 'book_notice'")) // ended between the call and its mark
            await again.ExecuteNonQueryAsync();
        await Effect(no, "book_notice", "done");
        await using (var once = host.Database(SettlementModule.Service).CreateCommand("SELECT count(*) FROM statement_deduction")) Assert.Equal(1L, await once.ExecuteScalarAsync());

        // June's statement: 33,320.00 less 28,985.20.
        var june = await Statement(202606, 5);
        Assert.Equal(4_334.80m, june.GetProperty("payable").GetDecimal());
        var line = june.GetProperty("lines").EnumerateArray().Single(l => l.GetProperty("kind").GetString() == "deduction");
        Assert.Equal(("20", -28_985.20m), (line.GetProperty("det_type").GetString(), line.GetProperty("amount").GetDecimal()));
        var deduction = june.GetProperty("deductions").EnumerateArray().Single();
        Assert.Equal(($"{no} {notice}", "inspection"), (deduction.GetProperty("evidence").GetString(), deduction.GetProperty("kind").GetString()));
        Assert.Equal([stays[0], stays[1]], deduction.GetProperty("setl_ids").EnumerateArray().Select(s => s.GetString()!));
        Assert.Equal("waiting 0.00, recovered 28985.20, to return 0.00, returned 0.00", await Money(notice));
        Assert.Equal(-28_985.20m, await Income());
        Assert.Equal("D", (await host.Get($"{Audit}/credit/{CaseHost.Hospital}")).GetProperty("grade").GetString());

        // The appeal: it was no impersonation. 24,532.00 come back, the suspension ends, the correction stays.
        await host.Post($"{Audit}/notices/{await Notice(no, "decision")}/service", Act("钱登记", "送达", ("served_on", host.Day), ("served_how", "邮寄")));
        await On(no, "appeals", Act("钱登记", "收件", ("text", "患者确已住院"), ("received_on", host.Day)));
        await On(no, "appeals/decision", Act("郑申诉", "证据采信", ("released_by", Chief), ("outcome", "changed"), ("sanctions", new object[] { new { step = "recover" }, new { step = "damages_record_review", amount = 1_000m }, new { step = "correction" } })));
        await Effect(no, "reverse_notice", "done");
        await Effect(no, "resume", "done");
        await host.Until(() => Task.FromResult(host.Standing == ProviderStanding.Active), "settlement hears that it goes on");
        Assert.Null(await host.Refused("P8"));
        Assert.Equal("waiting 0.00, recovered 28985.20, to return 24532.00, returned 0.00", await Money(notice));
        await On(no, "re-check", Act(Investigator, "已整改", ("passed", true)));
        await host.Post($"{Audit}/notices/{await Notice(no, "decision")}/service", Act("钱登记", "送达", ("served_on", host.Day), ("served_how", "邮寄")));
        Assert.Equal("case.money_open", await host.PostRefused($"{Audit}/cases/{no}/closing", Act(Investigator, "办结")));

        host.Today = new DateOnly(2026, 8, 4);
        var july = await Statement(202607, 1, visits: 2); // P7's before the suspension, P8's after it
        Assert.Equal(6_664m + 100m + 24_532m, july.GetProperty("payable").GetDecimal());
        Assert.Contains(july.GetProperty("lines").EnumerateArray(), l => l.GetProperty("kind").GetString() == "restitution" && l.GetProperty("amount").GetDecimal() == 24_532m && l.GetProperty("reference").GetString() == notice);
        Assert.Equal(-4_453.20m, await Income());
        await On(no, "closing", Act(Investigator, "办结"));
        var timeline = (await host.Get($"{Audit}/cases/{no}")).GetProperty("timeline").EnumerateArray().Select(a => a.GetProperty("act").GetString()!).ToList();
        foreach (var act in (string[])["opened", "filed", "hearing_opened", "statement_recorded", "concluded", "decided", "released", "book_notice_done", "suspend_done", "appeal_filed", "appeal_decided", "reverse_notice_done", "resume_done", "re_checked", "closed"])
            Assert.Contains(act, timeline);
    }
}
