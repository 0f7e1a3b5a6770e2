using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace MedInsure.Billing.Tests.Payments;

/// <summary>
/// Random days of all channels at once, each message perhaps several times and beside the others: whatever came is allocated, in suspense or refunded, to the fen,
/// and what came is what the channels say, once.
/// </summary>
[Trait("Category", "Property")]
[Collection("billing")]
public sealed class MoneyInvariantTests(BillingFixture fixture, ITestOutputHelper output)
{
    private const int Persons = 30, Rounds = 8, ActsPerRound = 25, AtOnce = 6;

    [Fact]
    public async Task WhateverComes_NothingIsLostOrTwice()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var host = await fixture.Start(workers: false);
        string[] persons = [.. Enumerable.Range(0, Persons).Select(i => $"P{i:D3}")];
        await host.Hear([.. persons.Select(p => TestPerson.New(p))]);
        await host.Assess(2027);
        // What must have come: by channel and reference.
        var came = new System.Collections.Concurrent.ConcurrentDictionary<(string, string), long>();
        var orders = new Dictionary<string, long>();
        foreach (var p in persons)
            orders[p] = (await host.Post("/online-orders", new { request_key = $"o{p}", channel = "unionpay", insutype = "390", year = 2027, payer = "李四", persons = new[] { new { psn_no = p, amount = "280.00" } } })).Body.GetProperty("order_no").GetInt64();

        for (var round = 0; round < Rounds; round++)
        {
            var acts = new List<Func<Task>>();
            for (var i = 0; i < ActsPerRound; i++)
            {
                var act = Act(random.Next(8), $"{round}-{i}", persons[random.Next(Persons)], persons[random.Next(Persons)], random.Next(5) == 0 ? random.Next(1, 50_000) : 280_00, random.Next());
                for (var again = random.Next(1, 4); again > 0; again--) acts.Add(act);
            }
            var shuffled = acts.ToArray();
            random.Shuffle(shuffled);
            foreach (var part in shuffled.Chunk(AtOnce)) await Task.WhenAll(part.Select(a => a()));
            await host.MoneyAddsUp();
            Assert.Equal(came.Values.Sum(), await host.Sql<long>("SELECT coalesce(sum(amount_fen), 0)::bigint FROM payment"));
            Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM assessment WHERE paid_fen NOT IN (0, due_fen)"));
        }
        Assert.Equal((long)came.Count, await host.Sql<long>("SELECT count(*) FROM payment"));
        foreach (var place in (string[])["allocated_fen", "suspense_fen", "refunded_fen"]) Assert.True(await host.Sql<long>($"SELECT sum({place})::bigint FROM payment") > 0, $"nothing is {place}");

        Func<Task> Act(int kind, string key, string person, string other, long fen, int choice) => kind switch
        {
            0 => () => Counter(key, person, fen),
            1 or 2 => () => Online(key, person, fen),
            3 => () => Bank(key, person, other, fen),
            4 => () => Village(key, person, other, fen),
            5 => () => Statement(key, fen),
            6 => () => Refund(key, choice),
            _ => () => FromSuspense(key, person, choice),
        };

        async Task Counter(string key, string person, long fen)
        {
            var (status, answer) = await host.Post("/counter-payments", new { request_key = $"c{key}", insutype = "390", year = 2027, amount = Yuan(fen), payer = "李四", cashier = "王收费", persons = new[] { new { psn_no = person, amount = Yuan(fen) } } });
            if (status == HttpStatusCode.OK) came[("counter", $"c{key}")] = fen;
            else Assert.Contains(answer.GetProperty("code").GetString(), new[] { "payment.paid_already", "payment.wrong_amount" });
        }

        async Task Online(string key, string person, long fen)
        {
            await Took(host.Callback(new { transaction_no = $"t{key}", order_no = orders[person], amount = Yuan(fen), paid_on = "2026-11-21" }));
            came[("online-unionpay", $"t{key}")] = fen;
        }

        async Task Bank(string key, string person, string other, long fen)
        {
            // Of a batch that does not exist: a bank's mistake, and money all the same.
            await Took(host.Upload("/bank-files?uploaded_by=x", Encoding.UTF8.GetBytes($"H,{host.County.Code},return,icbc,7\nD,1,{person},{Yuan(fen)},ok,r{key}-1,2026-11-21,\nD,2,{other},{Yuan(fen)},ok,r{key}-2,2026-11-21,\nT,2,{Yuan(2 * fen)}\n")));
            (came[("bank-icbc", $"r{key}-1")], came[("bank-icbc", $"r{key}-2")]) = (fen, fen);
        }

        async Task Village(string key, string person, string other, long fen)
        {
            string[] listed = person == other ? [person] : [person, other];
            await Took(host.Post("/village-hand-ins", new
            {
                request_key = $"v{key}", village = "V", collector = "村会计", day = "2026-11-21", insutype = "390", year = 2027, cash = Yuan(fen * listed.Length + 1), received_by = "王收费", explanation = "多一分", approver = "赵复核",
                persons = listed.Select(p => new { psn_no = p, amount = Yuan(fen) }),
            }));
            came[("village", $"v{key}")] = fen * listed.Length + 1;
        }

        async Task Statement(string key, long fen)
        {
            await Took(host.Upload("/bank-files?uploaded_by=x", Encoding.UTF8.GetBytes($"H,{host.County.Code},statement,online-unionpay,2026-11-21\nD,s{key},{Yuan(fen)},2026-11-21\nT,1,{Yuan(fen)}\n")));
            came[("online-unionpay", $"s{key}")] = fen;
        }

        async Task Refund(string key, int choice)
        {
            if (await Item(choice) is not { } item) return;
            var (status, refund) = await host.Post("/refunds", new { request_key = $"f{key}", suspense_no = item.No, amount = Yuan(item.Fen), cause = "unknown", reason = "退回", payee = "李四", proposed_by = "钱经办" });
            if (status != HttpStatusCode.OK) return;
            var no = refund.GetProperty("refund_no").GetInt64();
            await host.Post($"/refunds/{no}/decision", new { approved = choice % 4 != 0, approver = "赵复核", remark = "看过" });
            await host.Post($"/refunds/{no}/pay-out", new { reference = $"out{no}", paid_on = "2026-11-21", cashier = "王收费" });
        }

        async Task FromSuspense(string key, string person, int choice)
        {
            if (await Item(choice) is not { } item) return;
            await host.Post($"/suspense/{item.No}/allocation", new { request_key = $"a{key}", psn_no = person, insutype = "390", year = 2027, amount = "280.00", reason = "查明", decided_by = "钱经办" });
        }

        async Task<(long No, long Fen)?> Item(int choice)
        {
            var items = (await host.Get("/suspense?page_size=1000")).Body.GetProperty("items");
            if (items.GetArrayLength() == 0) return null;
            var item = items[choice % items.GetArrayLength()];
            return (item.GetProperty("suspense_no").GetInt64(), (long)(decimal.Parse(item.GetProperty("left").GetString()!, CultureInfo.InvariantCulture) * 100));
        }

        static string Yuan(long fen) => (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);

        static async Task Took(Task<(HttpStatusCode Status, JsonElement Body)> answer)
        {
            var (status, body) = await answer;
            Assert.True(status == HttpStatusCode.OK, body.GetRawText());
        }
    }
}
