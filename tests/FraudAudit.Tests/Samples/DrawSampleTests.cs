using System.Net;
using System.Text.Json;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Samples;
using MedInsure.FraudAudit.Tests.Rules;

namespace MedInsure.FraudAudit.Tests.Samples;

/// <summary>A sample from the draw over two opinions and a third to the extrapolation.</summary>
[Collection("audit")]
[Trait("Category", "Storage")]
public sealed class DrawSampleTests(AuditFixture fixture)
{
    private static object Order(string key = "s1", string from = "2026-11-01", string to = "2026-11-20", string? seed = "seed1", decimal? share = null, string strata = "provider", string by = "张稽核", string? provider = null) =>
        new { request_key = key, from_on = from, to_on = to, fixmedins_code = provider, strata, share, seed, reason = "月度病历评审", drawn_by = by };

    private static async Task Stays(AuditHost host, int count, string provider = "H1", int on = 20261110)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ClaimStore.Keep(connection, transaction, [.. Enumerable.Range(0, count).Select(i => { var stay = Bill.Stay(on - 5, on, $"P{i}", provider, Bill.Line("X1", 100 + i, on - 4)); stay.JournalSeq = on + i; return stay; })], default);
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task Drawn_OnceByItsKey_AndDrawnAgainByAnyone()
    {
        await using var host = await fixture.Start();
        await Stays(host, 30);
        await Stays(host, 5, "H2");
        var (status, first) = await host.Post("/samples", Order());
        Assert.True(status == HttpStatusCode.OK, first.GetRawText());
        Assert.Equal((35, 5, 0, "0.1"), (first.GetProperty("frame_bills").GetInt32(), first.GetProperty("drawn").GetInt32(), first.GetProperty("reviewed").GetInt32(), first.GetProperty("share").GetRawText()));
        Assert.Equal(first.GetRawText(), (await host.Post("/samples", Order())).Body.GetRawText());
        var (conflict, reused) = await host.Post("/samples", Order(to: "2026-11-19"));
        Assert.Equal((HttpStatusCode.Conflict, "request.key_reused"), (conflict, reused.GetProperty("code").GetString()));

        // From the database's list and the recorded seed the same bills.
        var frame = new List<Drawable>();
        await using (var command = host.Database.CreateCommand("SELECT setl_id, fixmedins_code, in_scope_fen FROM audit_claim"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) frame.Add(new Drawable(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        Assert.Equal(SampleDraw.FrameHash(frame), first.GetProperty("frame_sha256").GetString());
        var items = (await host.Get($"/samples/{first.GetProperty("sample_no")}")).Body.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("setl_id").GetString()!).Order();
        Assert.Equal(SampleDraw.Draw(frame, "seed1", 1_000).SelectMany(s => s.Drawn).Select(b => b.Key).Order(), items);
    }

    [Fact]
    public async Task TwoCallsAtOnce_DrawOneSample()
    {
        await using var host = await fixture.Start();
        await Stays(host, 20);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.Post("/samples", Order(seed: null))));
        Assert.Contains(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal(HttpStatusCode.ServiceUnavailable, a.Status));
        Assert.Equal(1L, await host.Sql<long>("SELECT count(*) FROM audit_sample"));
        Assert.Single(answers.Where(a => a.Status == HttpStatusCode.OK).Select(a => a.Body.GetRawText()).Distinct());
    }

    [Fact]
    public async Task OpinionsArbitrationAndExtrapolation()
    {
        await using var host = await fixture.Start();
        await Stays(host, 40);
        var number = (await host.Post("/samples", Order())).Body.GetProperty("sample_no").GetInt64();
        var drawn = (await host.Get($"/samples/{number}")).Body.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("setl_id").GetString()!).ToList();
        Assert.Equal(4, drawn.Count);
        Assert.Equal("sample.not_reviewed", Code(await host.Get($"/samples/{number}/extrapolation")));

        decimal[] wrong = [0, 1, 2, 1];
        for (var i = 0; i < 4; i++)
        {
            var path = $"/samples/{number}/items/{drawn[i]}";
            var one = await host.Post($"{path}/opinions", Opinion("王专家", wrong[i]));
            Assert.Equal(("one_opinion", 0), (one.Body.GetProperty("state").GetString(), one.Body.GetProperty("opinions").GetArrayLength()));
            Assert.Equal("sample.opinion_stands", Code(await host.Post($"{path}/opinions", Opinion("王专家", wrong[i] + 0.01m))));
            Assert.Equal(HttpStatusCode.OK, (await host.Post($"{path}/opinions", Opinion("王专家", wrong[i]))).Status);
            Assert.Equal("sample.nothing_to_arbitrate", Code(await host.Post($"{path}/arbitration", new { arbiter = "李主任", wrong = 0, reason = "无" })));
            // At the last one they differ.
            var two = await host.Post($"{path}/opinions", Opinion("赵专家", i == 3 ? 5 : wrong[i]));
            Assert.Equal((i == 3 ? "differs" : "agreed", 2), (two.Body.GetProperty("state").GetString(), two.Body.GetProperty("opinions").GetArrayLength()));
            Assert.Equal("sample.two_opinions_given", Code(await host.Post($"{path}/opinions", Opinion("孙专家", 0))));
        }
        var last = $"/samples/{number}/items/{drawn[3]}/arbitration";
        Assert.Equal("approval.same_person", Code(await host.Post(last, new { arbiter = "赵专家", wrong = 1, reason = "复核" })));
        Assert.Equal("sample.wrong_invalid", Code(await host.Post(last, new { arbiter = "李主任", wrong = 100_000, reason = "复核" })));
        Assert.Equal("1.00", (await host.Post(last, new { arbiter = "李主任", wrong = 1, reason = "复核" })).Body.GetProperty("outcome").GetString());
        Assert.Equal("sample.arbitrated", Code(await host.Post(last, new { arbiter = "李主任", wrong = 2, reason = "复核" })));

        // 40 bills, 4 drawn, 0, 1, 2, 1 yuan: 40.00 and found 4.00; variance 1,600 × 0.9 × 6,666.6667 / 4 = 2,400,000 fen²; √ = 1,549.1933; × 1.645 = 2,548.42.
        var (status, answer) = await host.Get($"/samples/{number}/extrapolation");
        Assert.True(status == HttpStatusCode.OK, answer.GetRawText());
        Assert.Equal(("4.00", "40.00", "14.51", "65.49"), (answer.GetProperty("found").GetString(), answer.GetProperty("estimate").GetString(), answer.GetProperty("recoverable").GetString(), answer.GetProperty("high").GetString()));
    }

    [Fact]
    public async Task TwoExpertsAtOnce_OnOneSettlement_BothAndNoThird()
    {
        await using var host = await fixture.Start();
        await Stays(host, 2);
        var number = (await host.Post("/samples", Order())).Body.GetProperty("sample_no").GetInt64();
        var setl = (await host.Get($"/samples/{number}")).Body.GetProperty("items")[0].GetProperty("setl_id").GetString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => host.Post($"/samples/{number}/items/{setl}/opinions", Opinion($"专家{i}", 0))));
        Assert.Equal((2, 4), (answers.Count(a => a.Status == HttpStatusCode.OK), answers.Count(a => a.Status == HttpStatusCode.Conflict)));
    }

    [Theory]
    [InlineData("2026-11-22", "sample.period_invalid")]
    [InlineData("2026-10-01", "sample.period_invalid")]
    [InlineData("2026-11-10", "sample.nothing_to_draw")]
    public async Task BadPeriod_IsRefused(string to, string code)
    {
        await using var host = await fixture.Start();
        Assert.Equal(code, Code(await host.Post("/samples", Order(to: to))));
    }

    [Fact]
    public async Task BadOrders_AreRefused()
    {
        await using var host = await fixture.Start();
        Assert.Equal("sample.share_invalid", Code(await host.Post("/samples", Order(share: 0.001m))));
        Assert.Equal("sample.strata_unknown", Code(await host.Post("/samples", Order(strata: "colour"))));
        Assert.Equal("sample.seed_invalid", Code(await host.Post("/samples", Order(seed: "a b"))));
        Assert.Equal("approval.person_missing", Code(await host.Post("/samples", Order(by: ""))));
        Assert.Equal("sample.unknown", Code(await host.Get("/samples/999/extrapolation")));
        Assert.Equal("sample.item_unknown", Code(await host.Post("/samples/999/items/S1/opinions", Opinion("王专家", 0))));
        Assert.Empty((await host.Get("/samples")).Body.GetProperty("samples").EnumerateArray());
    }

    private static object Opinion(string expert, decimal wrong) => new { expert, wrong, rules = new[] { "MI10000203051000" }, text = "病历与收费不符" };

    private static string? Code((HttpStatusCode Status, JsonElement Body) answer) => answer.Body.TryGetProperty("code", out var code) ? code.GetString() : null;
}
