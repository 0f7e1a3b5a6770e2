using MedInsure.Embedded;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Local.Tests.CityYear;

/// <summary>A generated year of the counties of Harbin through the settlement's own interfaces: bills, income, providers' claims paid by the bank, clearing, money up to the city and down, the year's end. Every total is counted from the bills.</summary>
[Trait("Category", "Storage")]
public sealed class CityYearTests : IAsyncLifetime
{
    private const int Year = 2026;
    private const string City = "230100";

    private PostgresServer postgres = null!;

    /// <summary>Of charts/divisions.csv.</summary>
    private static readonly string[] Counties =
        ["230102", "230103", "230104", "230108", "230109", "230110", "230111", "230112", "230113", "230123", "230124", "230125", "230126", "230127", "230128", "230129", "230183", "230184"];

    private static readonly Dictionary<string, string> Packs = new() { ["390"] = "harbin/resident", ["310"] = "harbin/employee" };

    public async Task InitializeAsync() => postgres = await PostgresServer.Start(new PostgresOptions { Durable = false, ConnectionsMax = 600 });
    public async Task DisposeAsync() => await postgres.DisposeAsync();

    [Fact]
    public async Task Year_ClosesWithEveryYuanAccountedFor()
    {
        await using var host = await CityHost.Start(postgres, City, Counties, Packs, CityBills.Providers(Counties), new DateOnly(Year, 1, 1));
        AgreedYear[] agreed =
        [
            new("230123", CityBills.Hospital("230123"), "390100", 40_000_00, 6_000, 5_000), new("230124", CityBills.Hospital("230124"), "390100", 400_000_00, 6_000, 5_000),
            new("230125", CityBills.Township("230125"), "390100", 500_00, 2_000, 8_000), new("230126", CityBills.Township("230126"), "390100", 50_000_00, 2_000, 8_000),
        ];
        var books = new CityBooks();
        var bills = new CityBills(host, books, 20261122);
        var desks = new CityDesks(host, books, agreed);
        var clearing = new CityClearing(host, books, desks);
        var fund = new CityFund(host, desks);
        var random = new Random(7);

        await bills.Insure();
        await desks.Agree(Year);
        for (var month = 1; month <= 12; month++)
        {
            host.Today = new DateOnly(Year, month, 8);
            await desks.Receive(random);
            await bills.Day();
            host.Today = new DateOnly(Year, month, 20);
            await bills.Day();
            await bills.TakeBack();
            host.Today = new DateOnly(Year, month, 1).AddMonths(1).AddDays(4);
            await bills.TakeBack();
            await clearing.Told();
            await desks.Claims(Year * 100 + month);
            if (month < 3 || month % 3 == 0) await clearing.Clear(Year * 100 + month);
            if (month % 6 == 0) await fund.Move();
            await desks.Close();
        }
        host.Today = new DateOnly(Year + 1, 1, 12);
        await desks.SettleYear(Year);

        foreach (var county in Counties) await Holds(host, county, books, desks, fund);
        host.Today = new DateOnly(Year + 1, 1, 13);
        await desks.Close();
        await fund.CloseYear(Year);
        foreach (var county in Counties) await IsCarried(county, books, desks);
        foreach (var tenant in Counties.Append(City)) await Verified(host, tenant);
        using var journals = new StringWriter();
        Assert.True(await VerifyCommand.Run(host.Configuration, journals) == 0, journals.ToString());

        // It was a year, not an empty one.
        Assert.InRange(books.Bills.Count, 2_000, 3_000);
        Assert.InRange(books.Bills.Count(b => b.Home != b.County), books.Bills.Count / 15, books.Bills.Count / 7);
        Assert.InRange(books.Bills.Count(b => b.Times < 0), 20, 300);
        Assert.True(clearing.TransferredFen > 0);
        Assert.True(desks.Statements > 300, $"{desks.Statements} statements");
    }

    /// <summary>A county's ledger against the bills, the bank and the agreements.</summary>
    private static async Task Holds(CityHost host, string county, CityBooks books, CityDesks desks, CityFund fund)
    {
        var balances = await desks.Balances(county);
        Assert.All(balances.GroupBy(b => b.Key.Fund), fund => Assert.Equal((county, fund.Key, 0L), (county, fund.Key, fund.Sum(b => b.Value))));
        Assert.Equal(books.Expense(county), new SortedDictionary<string, long>(Of("benefit_expense").ToDictionary(b => b.Key.Fund, b => b.Value), StringComparer.Ordinal));
        var (received, ofAccounts) = desks.Received[county];
        Assert.Equal(CityBooks.Funds(books.Bills.Where(b => b.Home == county)).GetValueOrDefault(CityBooks.AccountFund) - ofAccounts, Of("personal_account").Sum(b => b.Value));
        Assert.Equal((received, 0), (fund.Remitted(county), Of("revenue_account").Sum(b => b.Value)));
        Assert.Equal(received - fund.Allocated(county), Of("city_pool").Sum(b => b.Value));

        // Cleared: nobody owes another county anything.
        Assert.Empty(Of("county_payable").Concat(Of("county_receivable")));
        long cleared = 0;
        foreach (var bill in books.Bills.Where(b => b.Home != b.County)) cleared += (bill.County == county ? 1 : bill.Home == county ? -1 : 0) * bill.Funds.Values.Sum();

        // Every payable is paid, or listed: what came to nothing or less waits for the provider's next statement.
        Assert.Empty((await host.Get($"/provider-payments/{county}/payable")).GetProperty("payable").EnumerateArray());
        Assert.Empty((await host.Get($"/provider-payments/{county}/returns/open")).GetProperty("lines").EnumerateArray());
        var listed = (await host.Get($"/provider-statements/{county}?state=approved")).GetProperty("statements").EnumerateArray().Where(s => !s.TryGetProperty("carried_into", out var next) || next.ValueKind == System.Text.Json.JsonValueKind.Null)
            .GroupBy(s => s.GetProperty("fixmedins_code").GetString()!).ToDictionary(g => g.Key, g => g.Sum(s => CityDesks.Fen(s.GetProperty("payable"))));
        long paid = 0;
        foreach (var provider in (string[])[CityBills.Hospital(county), CityBills.Township(county), CityBills.Pharmacy(county)])
        {
            var had = desks.Paid.GetValueOrDefault(provider);
            Assert.Equal((provider, desks.Due(provider, Year)), (provider, had + listed.GetValueOrDefault(provider)));
            Assert.Equal((provider, listed.GetValueOrDefault(provider)), (provider, -Of("provider_payable").Where(b => b.Key.Counterparty == provider).Sum(b => b.Value)));
            paid += had;
        }
        Assert.Equal(fund.Allocated(county) + cleared - paid, Of("expenditure_account").Sum(b => b.Value));
        Assert.Empty(Of("provider_deposit"));

        IEnumerable<KeyValuePair<(string Purpose, string Fund, string Counterparty), long>> Of(string purpose) => balances.Where(b => b.Key.Purpose == purpose);
    }

    /// <summary>What the year left of the county's pools is put by: income less what was spent, with what methods gave beyond the bills, and deductions. What was kept of deposits was decided after the year: it is the next one's.</summary>
    private static async Task IsCarried(string county, CityBooks books, CityDesks desks)
    {
        var balances = await desks.Balances(county);
        Assert.DoesNotContain(balances, b => b.Key.Purpose is "benefit_expense" or "payment_method_result" || (b.Key.Purpose.StartsWith("revenue_", StringComparison.Ordinal) && b.Key.Purpose != "revenue_account"));
        var (received, ofAccounts) = desks.Received[county];
        var (left, kept) = (received - ofAccounts - books.Expense(county).Values.Sum(), 0L);
        foreach (var provider in (string[])[CityBills.Hospital(county), CityBills.Township(county), CityBills.Pharmacy(county)])
        {
            left -= desks.Due(provider, Year) - CityBooks.Funds(books.Of(provider, Year * 100 + 1, Year * 100 + 12)).Values.Sum();
            if (!desks.HasDeposit(provider)) continue;
            var (withheld, back) = books.Deposits(provider, Year);
            kept += withheld - back;
        }
        Assert.Equal((county, kept), (county, -balances.Where(b => b.Key.Purpose == "deduction_income").Sum(b => b.Value)));
        Assert.Equal((county, left - kept), (county, -balances.Where(b => b.Key.Purpose == "accumulated_surplus").Sum(b => b.Value)));
    }

    /// <summary>Of the export alone, as an auditor holds it.</summary>
    private static async Task Verified(CityHost host, string tenant)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, await host.Bytes($"/ledger/{tenant}/export"));
            using var report = new StringWriter();
            Assert.True(await LedgerCommand.Run(["verify", file], report) == 0, report.ToString());
        }
        finally { File.Delete(file); }
    }
}
