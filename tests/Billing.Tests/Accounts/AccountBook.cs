using MedInsure.Billing.Accounts;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.Billing.Tests.Accounts;

/// <summary>Accounts as bills, settlement's and enrollment's events change them, each call one transaction.</summary>
internal static class AccountBook
{
    public static Task Credited(this BillingHost host, params AccountPosting[] postings) =>
        host.InTransaction((connection, transaction) => PostToAccounts.Run(connection, transaction, postings, host.Clock.Now, default));

    public static Task Debited(this BillingHost host, params AccountDebited[] events) => host.InTransaction((connection, transaction) =>
        new AccountDebitedHandler(host.Services.GetRequiredService<ChinaCalendar>()).Handle(new EventContext(host.County, host.County.Code, connection, transaction), events, default));

    public static Task Merged(this BillingHost host, params PersonMerged[] events) => host.InTransaction((connection, transaction) =>
        MergedAccounts.Run(connection, transaction, events, host.Services.GetRequiredService<ChinaCalendar>(), default));

    public static PersonMerged Merge(this BillingHost host, string retired, string surviving, long no = 1) => new(retired, surviving, host.County.Code, no, 2026_11_21, "同一人", []);

    public static async Task InTransaction(this BillingHost host, Func<NpgsqlConnection, NpgsqlTransaction, Task> act)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await act(connection, transaction);
        await transaction.CommitAsync();
    }

    public static async Task<AccountStatement> Account(this BillingHost host, string psnNo) =>
        await host.Client.GetAccountStatementAsync(new GetAccountStatementRequest { PsnNo = psnNo, PageSize = 1_000 }, host.Headers());

    /// <summary>What settlement knows of the credits: the newest of the events that wait in the outbox.</summary>
    public static async Task<Dictionary<string, long>> ToldCredits(this BillingHost host)
    {
        var told = new Dictionary<string, AccountCredited>();
        await using var command = host.Database.CreateCommand("SELECT payload FROM outbox WHERE type = 'AccountCredited' ORDER BY seq");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var credited = EventJson.Read<AccountCredited>(reader.GetFieldValue<byte[]>(0));
            Assert.True(credited.Version > (told.GetValueOrDefault(credited.PsnNo)?.Version ?? 0), "a later event has a higher version");
            told[credited.PsnNo] = credited;
        }
        return told.ToDictionary(t => t.Key, t => t.Value.TotalFen);
    }

    /// <summary>The sums are those of the entries, and a statement's parts add up.</summary>
    public static async Task AccountsAddUp(this BillingHost host, params string[] persons)
    {
        Assert.Equal("", await host.Sql<string>("SELECT coalesce(string_agg(psn_no || ' says ' || said_fen || ', found ' || found_fen, '; '), '') FROM account_difference"));
        foreach (var psnNo in persons)
        {
            var account = await host.Account(psnNo);
            Assert.Equal(account.OpeningFen + account.CreditedFen - account.DebitedFen, account.BalanceFen);
            Assert.Equal(account.OpeningFen + account.Entry.Sum(e => e.AmountFen), account.BalanceFen);
            if (account.Entry.Count > 0) Assert.Equal(account.BalanceFen, account.Entry[^1].BalanceFen);
        }
    }
}
