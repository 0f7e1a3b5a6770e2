using System.Net;
using System.Text;
using System.Text.Json;

namespace MedInsure.Billing.Tests.Reconciliation;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class TakeBankFileTests(BillingFixture fixture)
{
    private static byte[] File(params string[] lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");

    [Fact]
    public async Task Deductions_GoOutWithConsentAndComeBackOnce()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"), TestPerson.New("B"), TestPerson.New("C"), TestPerson.New("D"));
        await host.Assess(2027);
        foreach (var p in (string[])["A", "B", "C"]) await Consent(p);
        Assert.Equal(HttpStatusCode.OK, (await Consent("A")).Status);
        Assert.Equal("request.key_reused", (await Consent("A", account: "6222000000114321")).Body.GetProperty("code").GetString());
        Assert.Equal("consent.stands", (await Consent("A", "again")).Body.GetProperty("code").GetString());
        Assert.Equal("payment.person_unknown", (await Consent("nobody")).Body.GetProperty("code").GetString());
        var withdrawn = (await host.Get("/deduction-consents?psn_no=C")).Body.GetProperty("consents")[0];
        Assert.Equal("****4321", withdrawn.GetProperty("account_no").GetString());
        Assert.Equal(HttpStatusCode.OK, (await host.Post($"/deduction-consents/{withdrawn.GetProperty("consent_no").GetInt64()}/withdrawal", new { reason = "本人要求", withdrawn_by = "钱经办" })).Status);

        var order = new { request_key = "b1", bank = "icbc", insutype = "390", year = 2027, made_by = "钱经办" };
        var (status, batch) = await host.Post("/bank-batches", order);
        Assert.True(status == HttpStatusCode.OK, batch.GetRawText());
        var no = batch.GetProperty("batch_no").GetInt64();
        Assert.Equal((2, "560.00"), (batch.GetProperty("persons").GetInt32(), batch.GetProperty("amount").GetString()));
        Assert.Equal("batch.nobody", (await host.Post("/bank-batches", order with { request_key = "b2" })).Body.GetProperty("code").GetString()); // under way already
        var sent = await host.Http.GetStringAsync(new Uri($"/billing/{host.County.Code}/bank-batches/{no}/file", UriKind.Relative));
        Assert.Equal($"H,{host.County.Code},deduct,icbc,{no},390,2027", sent.Split('\n')[0]);
        Assert.EndsWith("\nT,2,560.00\n", sent, StringComparison.Ordinal);

        // Of A it came; of B there was no money; the third row is nobody of the batch, and its money is here all the same.
        string[] returned = [$"H,{host.County.Code},return,icbc,{no}", "D,1,A,280.00,ok,R1,2026-11-21,", "D,2,B,280.00,failed,,,余额不足", "D,3,X,99.50,ok,R3,2026-11-21,", "T,3,379.50"];
        foreach (var cut in new[] { returned[..4], [.. returned[..3], "T,3,379.50"], [.. returned[..4], "T,3,379.51"], returned[..1] })
            Assert.Equal("bank_file.cut", (await host.Upload("/bank-files?uploaded_by=x", File(cut))).Body.GetProperty("code").GetString());
        Assert.Equal("bank_file.cut", (await host.Upload("/bank-files?uploaded_by=x", File(returned)[..^1])).Body.GetProperty("code").GetString());
        Assert.Equal(("bank_file.row_invalid", "line 2"), Problem(await host.Upload("/bank-files?uploaded_by=x", File([returned[0], "D,1,A,280.001,ok,R1,2026-11-21,", .. returned[2..]]))));
        Assert.Equal("bank_file.header_invalid", (await host.Upload("/bank-files?uploaded_by=x", File("H,000000,return,icbc,1", "D,1,A,280.00,ok,R1,2026-11-21,", "T,1,280.00"))).Body.GetProperty("code").GetString());
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM payment"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Upload("/bank-files?uploaded_by=x", File(returned))));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.OK, 1, 1, 1), (a.Status, a.Body.GetProperty("booked").GetInt32(), a.Body.GetProperty("in_suspense").GetInt32(), a.Body.GetProperty("failed").GetInt32())));
        Assert.Single(answers, a => !a.Body.GetProperty("same_file_again").GetBoolean());
        Assert.Equal(("280.00", "0.00"), (Paid(await host.Get("/assessments/390/2027/persons/A")), Paid(await host.Get("/assessments/390/2027/persons/B"))));
        Assert.Equal("99.50", (await host.Get("/suspense?reason=payment.unknown_reference")).Body.GetProperty("items")[0].GetProperty("left").GetString());
        // Another file with rows that came before: those change nothing; one that says another amount is a finding.
        var again = (await host.Upload("/bank-files?uploaded_by=x", File(returned[0], returned[1], "D,3,X,99.60,ok,R3,2026-11-21,", "T,2,379.60"))).Body;
        Assert.Equal((2, 1), (again.GetProperty("repeated").GetInt32(), again.GetProperty("conflicts").GetInt32()));
        // B may be deducted again now.
        Assert.Equal(1, (await host.Post("/bank-batches", order with { request_key = "b3" })).Body.GetProperty("persons").GetInt32());
        await host.MoneyAddsUp();

        static string? Paid((HttpStatusCode, JsonElement Body) answer) => answer.Body.GetProperty("assessment").GetProperty("paid").GetString();
        static (string?, string?) Problem((HttpStatusCode, JsonElement Body) answer) => (answer.Body.GetProperty("code").GetString(), answer.Body.GetProperty("field").GetString());
        Task<(HttpStatusCode Status, JsonElement Body)> Consent(string psnNo, string key = "", string account = "6222000000004321") => host.Post("/deduction-consents", new
        {
            request_key = $"consent {psnNo}{key}", psn_no = psnNo, bank = "icbc", account_no = account, account_name = "李四", agreed_on = "2026-11-20", recorded_by = "钱经办",
        });
    }

    [Fact]
    public async Task Statement_FindsEveryInjectedFault()
    {
        await using var host = await fixture.Start(workers: false);
        string[] persons = ["P1", "P2", "P3", "P4", "P5"];
        await host.Hear([.. persons.Select(p => TestPerson.New(p))]);
        await host.Assess(2027);
        foreach (var p in persons)
        {
            var (_, order) = await host.Post("/online-orders", new { request_key = $"o{p}", channel = "unionpay", insutype = "390", year = 2027, payer = "李四", persons = new[] { new { psn_no = p, amount = "280.00" } } });
            // P5's channel never called back.
            if (p != "P5") await host.Callback(new { transaction_no = $"T{p}", order_no = order.GetProperty("order_no").GetInt64(), amount = "280.00", paid_on = p == "P4" ? "2026-11-20" : "2026-11-21" });
        }
        // TP1 twice, TP2 missing, TP3 of another amount, TP4 of another day, TP5 not known here.
        var header = $"H,{host.County.Code},statement,online-unionpay,2026-11-21";
        string[] rows = ["D,TP1,280.00,2026-11-21", "D,TP1,280.00,2026-11-21", "D,TP3,28.00,2026-11-21", "D,TP4,280.00,2026-11-21", "D,TP5,280.00,2026-11-21"];
        var (status, result) = await host.Upload("/bank-files?uploaded_by=x", File([header, .. rows, "T,5,1148.00"]));
        Assert.True(status == HttpStatusCode.OK, result.GetRawText());
        Assert.Equal([("missing_at_bank", "TP2"), ("twice", "TP1"), ("unknown_reference", "TP5"), ("wrong_amount", "TP3"), ("wrong_day", "TP4")], await Findings());
        // The money of TP5 is booked, for nobody yet; when its channel calls back at last it is P5's.
        Assert.Equal("280.00", (await host.Get("/suspense")).Body.GetProperty("items")[0].GetProperty("left").GetString());
        var orderNo = await host.Sql<long>("SELECT order_no FROM online_order WHERE request_key = 'oP5'");
        var late = (await host.Callback(new { transaction_no = "TP5", order_no = orderNo, amount = "280.00", paid_on = "2026-11-21" })).Body;
        Assert.Equal(("280.00", "0.00"), (late.GetProperty("allocated").GetString(), late.GetProperty("suspense").GetString()));
        Assert.True((await host.Callback(new { transaction_no = "TP5", order_no = orderNo, amount = "280.00", paid_on = "2026-11-21" })).Body.GetProperty("repeated").GetBoolean());

        // A corrected statement: what it no longer shows is gone, the rest stays for somebody to resolve.
        await host.Upload("/bank-files?uploaded_by=x", File(header, "D,TP1,280.00,2026-11-21", "D,TP2,280.00,2026-11-21", "D,TP3,280.00,2026-11-21", "D,TP4,280.00,2026-11-21", "D,TP5,280.00,2026-11-21", "T,5,1400.00"));
        Assert.Equal([("wrong_day", "TP4")], await Findings());
        var no = (await host.Get("/money-findings")).Body.GetProperty("findings")[0].GetProperty("finding_no").GetInt64();
        Assert.Equal("request.reason_missing", (await host.Post($"/money-findings/{no}/resolution", new { resolved_by = "钱经办" })).Body.GetProperty("code").GetString());
        Assert.Equal("resolved", (await host.Post($"/money-findings/{no}/resolution", new { reason = "跨日交易，银行次日入账", resolved_by = "钱经办" })).Body.GetProperty("state").GetString());
        Assert.Empty(await Findings());
        await host.MoneyAddsUp();

        async Task<(string?, string?)[]> Findings() =>
            [.. (await host.Get("/money-findings")).Body.GetProperty("findings").EnumerateArray().Select(f => (f.GetProperty("kind").GetString(), f.GetProperty("reference").GetString())).Order()];
    }
}
