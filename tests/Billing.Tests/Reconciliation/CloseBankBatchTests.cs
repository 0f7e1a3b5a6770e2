using System.Net;
using System.Text;
using System.Text.Json;

namespace MedInsure.Billing.Tests.Reconciliation;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class CloseBankBatchTests(BillingFixture fixture)
{
    [Fact]
    public async Task NeverAnswered_IsClosedByTwo_ItsPersonsAreAskedAgain_AndALateAnswerIsBookedOnce()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"), TestPerson.New("B"));
        await host.Assess(2027);
        foreach (var p in (string[])["A", "B"])
            await host.Post("/deduction-consents", new { request_key = p, psn_no = p, bank = "icbc", account_no = "6222000000004321", account_name = "李四", agreed_on = "2026-11-20", recorded_by = "钱经办" });
        var order = new { request_key = "b1", bank = "icbc", insutype = "390", year = 2027, made_by = "钱经办" };
        var first = await Batch(order);
        Assert.Equal("batch.nobody", Code(await host.Post("/bank-batches", order with { request_key = "b2" })));

        var closing = new { closed_by = "钱经办", approver = "赵复核", reason = "银行三十日未回盘" };
        Assert.Equal("approval.same_person", Code(await host.Post($"/bank-batches/{first}/closing", closing with { approver = "钱经办" })));
        Assert.Equal("request.reason_missing", Code(await host.Post($"/bank-batches/{first}/closing", closing with { reason = " " })));
        Assert.Equal("batch.unknown", Code(await host.Post("/bank-batches/99/closing", closing)));
        var closed = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => host.Post($"/bank-batches/{first}/closing", closing)));
        Assert.Single(closed.Select(c => (c.Status, c.Body.GetProperty("closed_at").GetString())).Distinct());
        Assert.Equal("batch.closed", Code(await host.Post($"/bank-batches/{first}/closing", closing with { reason = "另一个原因" })));

        // Asked again; of A the second batch brings the money. Then the bank answers the first one after all: of A it deducted twice, of B once.
        var second = await Batch(order with { request_key = "b2" });
        await Return(second, "D,1,A,280.00,ok,R1,2026-11-21,", "D,2,B,280.00,failed,,,余额不足", "T,2,280.00");
        var late = await Return(first, "D,1,A,280.00,ok,L1,2026-11-20,", "D,2,B,280.00,ok,L2,2026-11-20,", "T,2,560.00");
        Assert.Equal((1, 1), (late.GetProperty("booked").GetInt32(), late.GetProperty("in_suspense").GetInt32()));
        Assert.Equal("payment.paid_already", (await host.Get("/suspense")).Body.GetProperty("items")[0].GetProperty("reason").GetString());
        Assert.True((await Return(first, "D,1,A,280.00,ok,L1,2026-11-20,", "D,2,B,280.00,ok,L2,2026-11-20,", "T,2,560.00")).GetProperty("same_file_again").GetBoolean());
        Assert.Equal("batch.returned", Code(await host.Post($"/bank-batches/{second}/closing", closing)));
        Assert.Equal(2L, await host.Sql<long>("SELECT count(*) FROM assessment WHERE paid_fen = due_fen"));
        await host.MoneyAddsUp();

        async Task<long> Batch(object wanted)
        {
            var (status, batch) = await host.Post("/bank-batches", wanted);
            Assert.True(status == HttpStatusCode.OK && batch.GetProperty("persons").GetInt32() == 2, batch.GetRawText());
            return batch.GetProperty("batch_no").GetInt64();
        }

        async Task<JsonElement> Return(long batch, params string[] rows)
        {
            var (status, result) = await host.Upload("/bank-files?uploaded_by=x", Encoding.UTF8.GetBytes($"H,{host.County.Code},return,icbc,{batch}\n{string.Join('\n', rows)}\n"));
            Assert.True(status == HttpStatusCode.OK, result.GetRawText());
            return result;
        }

        static string? Code((HttpStatusCode, JsonElement Body) answer) => answer.Body.GetProperty("code").GetString();
    }
}
