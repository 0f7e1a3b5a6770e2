using System.Collections.Concurrent;
using MedInsure.Embedded;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Tests.Journal;

/// <summary>The database dies under load; what was answered is there, nothing is there twice, and the callers' retries end well.</summary>
[Trait("Category", "Crash")]
public sealed class JournalCrashTests : IAsyncLifetime
{
    private const int Callers = 24, PersonCount = 200;
    private PostgresServer server = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        // Its own server, with fsync: it is killed.
        server = await PostgresServer.Start(new PostgresOptions { Durable = true });
        node = await SettlementNode.Create(server);
        await node.AddPersons([.. Enumerable.Range(0, PersonCount).Select(i =>
        {
            var person = new Person { PsnNo = $"P{i}", Certno = "230102198001010010", PsnName = "王测试", BirthOn = 19800101, County = node.Tenant.Code, Version = 1 };
            person.Coverage.Add(new Coverage { Insutype = "390", PsnType = "1501", FromOn = 20200101 });
            return person;
        })]);
    }

    public async Task DisposeAsync()
    {
        await node.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task DatabaseKilledTwiceUnderLoad_EveryAnsweredSettlementIsThereOnce()
    {
        var answered = new ConcurrentDictionary<string, SettledClaim>();
        var unknown = new ConcurrentBag<SettleClaimRequest>();
        for (var round = 0; round < 2; round++)
        {
            using var stop = new CancellationTokenSource();
            var callers = Enumerable.Range(0, Callers).Select(c => Task.Run(() => Call(new Random(round * 100 + c), answered, unknown, stop.Token))).ToArray();
            var goal = answered.Count + 1_500;
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while (answered.Count < goal) await Task.Delay(5, patience.Token); // until enough load is in flight; the callers end only when told
            await server.KillImmediate();
            await stop.CancelAsync();
            await Task.WhenAll(callers);
            await server.StartAgain();
            await SettlementNode.Leased(node.Journal);
        }
        Assert.NotEmpty(unknown);

        // Whoever got no answer sends the same message again, until there is one.
        foreach (var request in unknown)
        {
            var outcome = await Retried(request);
            answered[request.Key.MessageId] = outcome.Record.SettledClaim;
        }
        await node.Projected();

        Assert.Equal(answered.Count, await Count("SELECT count(*) FROM claim"));
        Assert.Equal(answered.Count, await Count("SELECT count(*) FROM request_key"));
        Assert.Equal(answered.Values.Sum(c => c.Amounts.FundTotalFen), await Count("SELECT sum(fund_total_fen)::bigint FROM claim"));
        Assert.Equal(await Count("SELECT sum(fund_total_fen + account_fen)::bigint FROM claim"),
            await Count("SELECT sum(amount_fen)::bigint FROM ledger_entry JOIN ledger_account USING (account_id) WHERE purpose IN ('benefit_expense', 'personal_account')"));
        Assert.Equal(0, await Count("SELECT count(*) FROM (SELECT setl_no FROM ledger_entry GROUP BY setl_no HAVING sum(amount_fen) <> 0) AS unbalanced"));
        Assert.Equal(0, await Count("""
            SELECT count(*) FROM (SELECT psn_no, sum(basic_fund_fen) AS paid FROM claim GROUP BY psn_no) c
            JOIN accumulator a USING (psn_no) WHERE c.paid <> coalesce((a.sums ->> 'basic.paid')::bigint, 0)
            """));
        await using var connection = await node.Database.OpenConnectionAsync();
        Assert.Null(await JournalStore.FindBreak(connection, default));
    }

    private async Task Call(Random random, ConcurrentDictionary<string, SettledClaim> answered, ConcurrentBag<SettleClaimRequest> unknown, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var request = node.Inline($"P{random.Next(PersonCount)}", random.Next(100, 20_000));
            var outcome = await node.Submit(SettleClaim.Command(request));
            if (outcome.Refusal is { } refusal)
            {
                Assert.Equal(RefusalKind.Unavailable, refusal.Kind);
                unknown.Add(request);
                await Task.Delay(20, CancellationToken.None); // a hospital's pause; the writer may only now find out that its connection is gone
                continue;
            }
            answered[request.Key.MessageId] = outcome.Value.Record.SettledClaim;
        }
    }

    private async Task<Committed> Retried(SettleClaimRequest request)
    {
        for (var i = 0; ; i++)
        {
            var outcome = await node.Submit(SettleClaim.Command(request));
            if (outcome.Refusal is null) return outcome.Value;
            Assert.Equal(RefusalKind.Unavailable, outcome.Refusal.Kind);
            Assert.True(i < 200, "the writer did not come back");
            await SettlementNode.Leased(node.Journal);
        }
    }

    private async Task<long> Count(string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
