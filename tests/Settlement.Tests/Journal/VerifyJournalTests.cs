using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.Settlement.Tests.Journal;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class VerifyJournalTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server);
        await node.AddPerson("P1");
        await node.AddPerson("P2", "310", "1101", 50_000);
        var stay = await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        await node.Settled(await node.Visit("P2", 20_000, insutype: "310", useAccount: true));
        await node.ReversedMessage(node.ReversingMessage(await node.Reversed(stay)));
        await node.Settled(node.Inline("P1", 10_000, medType: "41"));
        await node.Reversed(await node.Settled(await node.Visit("P2", 10_000, insutype: "310", useAccount: true)));
        await node.Projected();
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task UntouchedJournal_Holds()
    {
        var report = await Run();
        Assert.Empty(report.Findings);
        Assert.Equal((node.Journal.CommittedSeq, node.Journal.CommittedSeq, 4, 3), (report.HeadSeq, report.ProjectedSeq, report.Settlements, report.Reversals));
    }

    /// <summary>Who can change tables behind the service's back is found out, whatever they changed.</summary>
    [Theory]
    [InlineData("UPDATE journal SET records = records || '\\x00'::bytea WHERE seq = 3", "seq 3: the chain of hashes is broken")]
    [InlineData("UPDATE journal SET hash = sha256(records) WHERE seq = 3", "seq 3: the chain of hashes is broken")]
    [InlineData("DELETE FROM journal WHERE seq = 3", "seq 4: the chain of hashes is broken")]
    [InlineData("UPDATE journal SET record_count = 7 WHERE seq = 2", "seq 2: 1 records, said to be 7")]
    [InlineData("UPDATE claim SET fund_total_fen = fund_total_fen + 1, basic_fund_fen = basic_fund_fen + 1, person_share_fen = person_share_fen - 1, cash_fen = cash_fen - 1 WHERE fund_total_fen > 0", "otherwise in the table")]
    [InlineData("DELETE FROM claim WHERE reverses_setl_id IS NULL AND psn_no = 'P2'", "otherwise in the table")]
    [InlineData("UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE entry_no = 1 AND setl_no = 1", "does not balance")]
    [InlineData("UPDATE ledger_entry SET amount_fen = 2 * amount_fen WHERE setl_no = 1", "is booked otherwise")]
    [InlineData("DELETE FROM ledger_entry WHERE setl_no = 2", "is booked otherwise")]
    [InlineData("INSERT INTO ledger_entry SELECT 99, entry_no, account_id, amount_fen, effective_on, booked_on FROM ledger_entry WHERE setl_no = 1", "1 settlements are in the ledger alone")]
    [InlineData("UPDATE accumulator SET sums = jsonb_set(sums, '{stays}', '5') WHERE psn_no = 'P1'", "the accumulators of P1 390 2026 are not the sums")]
    [InlineData("DELETE FROM accumulator WHERE psn_no = 'P1'", "the accumulators of P1 390 2026 are missing")]
    [InlineData("UPDATE account SET paid_fen = paid_fen + 1", "the account of P2 is not the sum")]
    [InlineData("DELETE FROM account", "the account of P2 is missing: 20000")]
    [InlineData("INSERT INTO account VALUES ('P9', 5)", "the account of P9 is not the sum")]
    public async Task ChangedBehindItsBack_IsFound(string sql, string finding)
    {
        Assert.True(await node.Tamper(sql) > 0);
        Assert.Contains((await Run()).Findings, f => f.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsNotProjectedYet_IsNoFinding()
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        await using (var hold = await connection.BeginTransactionAsync())
        {
            // The projection waits for this row; the journal goes on.
            await using (var command = new NpgsqlCommand("SELECT FROM projection_checkpoint FOR UPDATE", connection)) await command.ExecuteNonQueryAsync();
            await node.Settled(node.Inline("P1", 500));
            var report = await Run();
            Assert.Empty(report.Findings);
            Assert.Equal(report.ProjectedSeq + 1, report.HeadSeq);
        }
        await node.Projected();
        Assert.Empty((await Run()).Findings);
    }

    [Fact]
    public async Task Job_ReportsTheHeadAndFailsOnAFinding()
    {
        var expected = await Run();
        Assert.Matches("^[0-9a-f]{64}$", expected.HeadHash);
        var step = await Job();
        var report = Assert.IsType<JournalReport>(step.Report);
        Assert.Equal((JobState.Done, expected.HeadSeq, expected.HeadHash), (step.State, report.HeadSeq, report.HeadHash));

        await using (var admin = new NpgsqlConnection(postgres.Server.ConnectionString(TenantNames.Database(node.Tenant.Code))))
        {
            await admin.OpenAsync();
            await using var command = new NpgsqlCommand("UPDATE settlement.account SET paid_fen = paid_fen + 1", admin);
            await command.ExecuteNonQueryAsync();
        }
        step = await Job();
        Assert.Equal((JobState.Failed, 1), (step.State, ((JournalReport)step.Report!).Findings.Count));
    }

    private async Task<JobStep> Job()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(node.Settings());
        builder.AddSettlement();
        await using var app = builder.Build();
        return Assert.Single((await app.Services.GetRequiredService<JobRunner>().Go(SettlementModule.VerifyJob)).Steps);
    }

    private Task<JournalReport> Run() => VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default);
}
