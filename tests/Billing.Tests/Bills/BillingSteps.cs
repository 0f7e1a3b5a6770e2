using System.Globalization;
using System.Net;
using System.Text.Json;
using MedInsure.Billing.Bills;
using MedInsure.Billing.Employers;
using MedInsure.Billing.Years;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Billing.Tests.Bills;

/// <summary>What enrollment tells of employments, and the acts around bills, as operators do them.</summary>
internal static class BillingSteps
{
    public static EmploymentChanged Staff(long no, string psnNo, string employerNo, long wageFen, int from = 2026_11, int to = 0, bool maternity = false, long version = 1) =>
        new(no, psnNo, employerNo, "310", from, to, "", maternity, "", 0, [new DeclaredWage(from, wageFen)], version);

    public static EmploymentChanged Freelancer(long no, string psnNo, string choice = "with_account", int baseBp = 10_000, int from = 2026_11, int to = 0, long version = 1) =>
        new(no, psnNo, "", "310", from, to, "", false, choice, baseBp, [], version);

    public static Task Hear(this BillingHost host, params EmploymentChanged[] events) => host.Told((context, calendar) => new EmploymentChangedHandler(calendar).Handle(context, events, default));

    public static Task Hear(this BillingHost host, params EmployerChanged[] events) => host.Told((context, _) => new EmployerChangedHandler().Handle(context, events, default));

    public static Task Hear(this BillingHost host, params PersonTransferred[] events) => host.Told((context, calendar) => new PersonTransferredHandler(calendar).Handle(context, events, default));

    public static async Task Told(this BillingHost host, Func<EventContext, ChinaCalendar, Task> handle)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await handle(new EventContext(host.County, host.County.Code, connection, transaction), host.Services.GetRequiredService<ChinaCalendar>());
        await transaction.CommitAsync();
    }

    public static void Today(this BillingHost host, int year, int month, int day) => host.Clock.Now = new DateTimeOffset(year, month, day, 10, 0, 0, ChinaCalendar.Offset);

    /// <summary>Bills a month and returns the run when it is done; the county's worker is off.</summary>
    public static async Task<JsonElement> BillMonth(this BillingHost host, int month, int employersPerPart = 50)
    {
        var run = await Ok(host.Post("/bill-runs", new { request_key = $"{month} {Guid.NewGuid():N}", insutype = "310", month, started_by = "王经办", reason = "按月出账" }));
        while (await host.Services.GetRequiredService<BillWorker>().Part(host.County, employersPerPart, default)) { }
        run = await Ok(host.Get($"/bill-runs/{run.GetProperty("run_no").GetInt64()}"));
        Assert.Equal("done", run.GetProperty("state").GetString());
        return run;
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> PayBill(this BillingHost host, string payerNo, long fen, string on, string reference) =>
        host.Post("/bill-payments", new { channel = "bank-icbc", reference, payer_no = payerNo, amount = Yuan(fen), value_date = on, recorded_by = "钱经办" });

    public static async Task<JsonElement> Ok(Task<(HttpStatusCode Status, JsonElement Body)> answer)
    {
        var (status, body) = await answer;
        Assert.True(status == HttpStatusCode.OK, body.GetRawText());
        return body;
    }

    public static async Task<string?> Code(Task<(HttpStatusCode Status, JsonElement Body)> answer)
    {
        var (status, body) = await answer;
        Assert.NotEqual(HttpStatusCode.OK, status);
        return body.GetProperty("code").GetString();
    }

    /// <summary>Fails unless bills, months, settlements, accounts, incomes and payments say what their parts say.</summary>
    public static async Task BillsAddUp(this BillingHost host)
    {
        await host.MoneyAddsUp();
        Assert.Equal("", await host.Sql<string>("SELECT coalesce(string_agg(what || ' says ' || said_fen || ', found ' || found_fen, '; '), '') FROM bill_difference"));
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM account_difference"));
        // What income says accounts got is what accounts got, transfers and payments alike.
        Assert.Equal(await host.Sql<long>("SELECT coalesce(sum(account_fen), 0)::bigint FROM income"), await host.Sql<long>("SELECT coalesce(sum(amount_fen), 0)::bigint FROM account_entry WHERE kind IN ('credit', 'correction', 'transfer_in')"));
        // What the bills' income says is what was settled.
        Assert.Equal(await host.Sql<long>("SELECT coalesce(sum(amount_fen), 0)::bigint FROM bill_settlement"), await host.Sql<long>("SELECT coalesce(sum(amount_fen), 0)::bigint FROM income WHERE reference LIKE 'settlement %'"));
    }

    public static string Yuan(long fen) => (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
