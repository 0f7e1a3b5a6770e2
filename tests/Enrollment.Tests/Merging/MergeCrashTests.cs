using MedInsure.Embedded;
using MedInsure.Enrollment.Tests.Persons;
using Npgsql;

namespace MedInsure.Enrollment.Tests.Merging;

/// <summary>The database is killed while merges are approved: each is whole or has not happened, and approving all again completes them.</summary>
[Trait("Category", "Crash")]
public sealed class MergeCrashTests
{
    [Fact]
    public async Task KilledWhileMerging_CompletesWithoutLossOrRepeat()
    {
        const int pairs = 40;
        await using var server = await PostgresServer.Start(new PostgresOptions());
        await using var host = await EnrollmentHost.Start(server, "http://127.0.0.1:1", ["650901"], null);
        var persons = Enumerable.Range(0, pairs).Select(_ => PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", Balance = "10.00", From = "2022-01-01" }).ToList();
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(persons));
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(persons.Select(p => p with { PsnNo = p.PsnNo + "t", From = "2020-01-01", Balance = "1.00" })));
        var merges = new List<long>();
        foreach (var p in persons)
            merges.Add((await host.Ask("merges", new { request_key = p.PsnNo, retired_no = p.PsnNo + "t", surviving_no = p.PsnNo, why = "重复", proposer = "王经办" })).Body.GetProperty("merge_no").GetInt64());

        var answered = 0;
        var all = Task.WhenAll(merges.Select(number => Task.Run(async () =>
        {
            // Refused as unavailable, or broken off: either way the caller does not know, and asks again later.
            try { if ((await host.Ask($"merges/{number}/decision", new { approve = true, approver = "李审批" })).Status == System.Net.HttpStatusCode.OK) Interlocked.Increment(ref answered); }
            catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException) { /* Cut off. */ }
        })));
        for (var waited = 0; Volatile.Read(ref answered) < 5 && waited < 2_000; waited++) await Task.Delay(10);
        await server.KillImmediate();
        await all;
        await server.StartAgain();
        NpgsqlConnection.ClearAllPools();

        var approved = await host.Sql<long>("SELECT count(*) FROM person_merge WHERE state = 'approved'");
        Assert.True(approved >= answered, $"{answered} answers, {approved} merges");
        await Consistent();
        foreach (var number in merges) Assert.Equal("approved", (await host.Ask($"merges/{number}/decision", new { approve = true, approver = "李审批" })).Body.GetProperty("state").GetString());
        await Consistent();
        Assert.Equal(pairs, await host.Sql<long>("SELECT count(*) FROM outbox WHERE type = 'PersonMerged'"));

        async Task Consistent()
        {
            Assert.Equal(await host.Sql<long>("SELECT count(*) FROM person_merge WHERE state = 'approved'"), await host.Sql<long>("SELECT count(*) FROM person WHERE merged_into IS NOT NULL"));
            Assert.Equal(0, await host.Sql<long>("SELECT count(*) FROM coverage JOIN person USING (psn_no) WHERE merged_into IS NOT NULL"));
            Assert.Equal(pairs * 1_100, (long)await host.Sql<decimal>("SELECT sum(account_credit_fen) FROM coverage"));
            Assert.Equal(pairs * 2, await host.Count("coverage"));
        }
    }
}
