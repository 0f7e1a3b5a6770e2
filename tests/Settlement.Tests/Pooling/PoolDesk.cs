using System.Text.Json;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>What people of a city and its counties do over HTTP.</summary>
public static class PoolDesk
{
    public const string First = "王经办", Second = "李复核", CityFirst = "赵出纳", CitySecond = "钱会计";

    /// <summary>Income of a county, as billing tells it.</summary>
    public static async Task Receives(this PoolHost host, string county, params IReadOnlyList<IncomeReceived> incomes)
    {
        await using var connection = await host.Database(county).OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Outbox.Add(connection, transaction, [.. incomes.Select(i => OutboxEvent.Of("income", i, SettlementNode.Start))]);
        await transaction.CommitAsync();
        await host.Until(county, "SELECT count(*)::text FROM voucher WHERE kind = 'income' AND number::bigint IN (" + string.Join(',', incomes.Select(i => i.IncomeNo)) + ")", $"{incomes.Count}");
    }

    public static IncomeReceived Income(long no, long fen, string source = "personal", int period = 2026) => LedgerDesk.Income(no, source, fen, period: period, valueOn: 2025_01_01);

    /// <summary>Money goes up and its arrival is confirmed.</summary>
    public static async Task<string> Remitted(this PoolHost host, string county, string requestNo, decimal amount, string? kind = null, string day = "2026-06-30")
    {
        var number = Text(await host.Post($"/fund/{county}/remittances", new { request_no = requestNo, kind, reason = "上解", lines = new[] { new { fund = "390100", account = "revenue_account", counterparty = "counter", amount } }, prepared_by = First }), "number");
        await host.Post($"/fund/{county}/moves/{number}/sending", new { approver = Second, bank_reference = "UP-" + number, sent_on = day, amount });
        await host.Until(host.City, $"SELECT state FROM fund_move WHERE number = '{number}'", "sent");
        Assert.Equal("matched", Text(await host.Post($"/fund/{host.City}/arrivals", new { bank_reference = "IN-" + number, number, amount, arrived_on = day, confirmed_by = CityFirst }), "state"));
        await host.Until(county, $"SELECT state FROM fund_move WHERE number = '{number}'", "arrived");
        return number;
    }

    /// <summary>Money comes down and its arrival is confirmed.</summary>
    public static async Task<string> Allocated(this PoolHost host, string county, string requestNo, decimal amount, string day = "2026-06-30")
    {
        var number = Text(await host.Post($"/fund/{host.City}/allocations", new { request_no = requestNo, county, reason = "下拨", lines = new[] { new { fund = "390100", amount } }, prepared_by = CityFirst }), "number");
        await host.Post($"/fund/{host.City}/moves/{number}/sending", new { approver = CitySecond, bank_reference = "DOWN-" + number, sent_on = day, amount });
        await host.Until(county, $"SELECT state FROM fund_move WHERE number = '{number}'", "sent");
        await host.Post($"/fund/{county}/arrivals", new { bank_reference = "GOT-" + number, number, amount, arrived_on = day, confirmed_by = First });
        await host.Until(host.City, $"SELECT state FROM fund_move WHERE number = '{number}'", "arrived");
        return number;
    }

    /// <summary>A county closes a day, and the city has heard of it.</summary>
    public static async Task Closes(this PoolHost host, string county, string day)
    {
        await host.Post($"/ledger/{county}/closings", new { day, closed_by = First });
        await host.Until(host.City, $"SELECT count(*)::text FROM county_day WHERE county = '{county}' AND day = '{day}'", "1");
    }

    public static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    /// <summary>fund part: city county on the way, unexplained; one line each.</summary>
    public static async Task<List<string>> SubAccounts(this PoolHost host) =>
        [.. (await host.Get($"/fund/{host.City}/sub-accounts")).GetProperty("sub_accounts").EnumerateArray().Select(s => $"{Text(s, "county")[^2..]} {Text(s, "fund")} {Text(s, "part")}: {s.GetProperty("city")} {s.GetProperty("at_county")} {s.GetProperty("on_the_way")} {s.GetProperty("unexplained")}")];

    /// <summary>Hands an event to a handler in a tenant's database, as the bus does, but as often as it likes.</summary>
    public static async Task Hears<T>(this PoolHost host, string tenant, string source, IEventHandler<T> handler, params T[] events)
    {
        await using var connection = await host.Database(tenant).OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await handler.Handle(new EventContext(new Tenant(tenant, tenant, host.City, new Dictionary<string, string>()), source, connection, transaction), events, default);
        await transaction.CommitAsync();
    }
}
