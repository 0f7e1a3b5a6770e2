using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Tests.Pooling;
using MedInsure.Hosting.Tenancy;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>The city keeps a ledger as a county does, without a journal of settlements.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class CityLedgerTests(SharedPostgres postgres) : IAsyncLifetime
{
    private PoolHost host = null!;

    public async Task InitializeAsync() => host = await PoolHost.Start(postgres.Server);
    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    private static object Order(string no, decimal debit = 100) => new
    {
        request_no = no, effective_on = "2026-06-30", memo = "利息", prepared_by = LedgerDesk.First, approver = LedgerDesk.Second,
        entries = new object[] { new { purpose = "fiscal_account", fund = "390100", debit }, new { purpose = "revenue_interest", fund = "390100", credit = 100m } },
    };

    [Fact]
    public async Task Day_FromVoucherToExport()
    {
        var ledger = $"/ledger/{host.City}";
        var booked = await host.Post(ledger + "/vouchers", Order("V1"));
        Assert.Equal(booked.GetRawText(), (await host.Post(ledger + "/vouchers", Order("V1"))).GetRawText());
        Assert.Equal("ledger.unbalanced", await host.Refused(ledger + "/vouchers", Order("V2", 100.01m)));
        Assert.Equal(["fiscal_account/390100/ 10000", "revenue_interest/390100/ -10000"], await host.Balances(host.City));
        Assert.Empty(await host.Balances(host.Counties[0]));
        Assert.Equal("ledger.day_not_over", await host.Refused(ledger + "/closings", new { day = "2026-06-30", closed_by = "王" }));
        host.SetDay(2026, 7, 1);
        var closed = await host.Post(ledger + "/closings", new { day = "2026-06-30", closed_by = "王" });
        Assert.Equal((0, 0, 2), (closed.GetProperty("journal_seq").GetInt32(), closed.GetProperty("settlement_no").GetInt32(), closed.GetProperty("balances").GetArrayLength()));
        var now = await host.Get(ledger);
        Assert.Equal(("2026-06-30", 2), (now.GetProperty("closed_on").GetString(), now.GetProperty("balances").GetArrayLength()));
        var report = await LedgerDesk.Verify(await host.Download(ledger + "/export"));
        Assert.Equal((host.City, 2L, "2026-06-30", 0), (report.County, report.Vouchers, report.ClosedOn, report.Findings.Count));
        var job = await VerifyJournal.Run(host.Database(host.City), new Tenant(host.City, host.City, host.City, new Dictionary<string, string>()), PolicyLibrary.LoadEmbedded(), default);
        Assert.Empty(job.Findings);
        // What only a county has is none of the city's.
        Assert.Equal("tenant.unknown", await host.Refused(ledger + "/splits", new { request_no = "S1", insutype = "390", year = 2026, heads = 1, prepared_by = "王", approver = "李" }));
        Assert.Equal("tenant.unknown", await host.Refused("/ledger/999900", null));
    }

    [Fact]
    public async Task NightlyWork_ClosesTheCitysDay()
    {
        await host.Post($"/ledger/{host.City}/vouchers", Order("V1"));
        host.SetDay(2026, 7, 1, 3);
        await host.Restart(); // its worker looks at once when it begins
        await host.Until(host.City, "SELECT coalesce(closed_on::text, '') FROM ledger_head", "2026-06-30");
    }
}
