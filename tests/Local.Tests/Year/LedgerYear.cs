using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Local.Tests.Year;

/// <summary>What settlement's ledger says of the year's income: nothing that did not come, everything that did, each under its source.</summary>
public sealed class LedgerYear(CountyHost host, CountyFigures figures, TextWriter log)
{
    public async Task Totals(MonthDue employees)
    {
        Assert.Equal(0L, await host.Sql<long>("billing", "SELECT count(*) FROM income_difference"));
        await host.Until(async () => await host.Sql<long>("settlement", "SELECT count(*) FROM voucher WHERE kind = 'income'") == await host.Sql<long>("billing", "SELECT count(*) FROM income"), "the ledger has all income");
        host.Today = new DateOnly(2021, 1, 2);
        await host.Post($"/ledger/{host.County}/closings", new { day = "2020-12-31", closed_by = "李会计" });
        var ledger = await host.Get($"/ledger/{host.County}");
        Assert.Equal(JsonValueKind.Null, ledger.TryGetProperty("missing_income_no", out var missing) ? missing.ValueKind : JsonValueKind.Null);
        var balances = ledger.GetProperty("balances").EnumerateArray().Select(b => (Purpose: b.GetProperty("purpose").GetString()!, Fen: (long)(b.GetProperty("balance").GetDecimal() * 100))).ToLookup(b => b.Purpose, b => b.Fen);
        Assert.Equal(0, balances.Sum(b => b.Sum()));
        var (heads, aid) = (figures.Residents, figures.FullAided * GeneratedCounty.PersonalFen + figures.FixedAided * GeneratedCounty.FixedAidFen);
        var received = heads * 800_00L + employees.Employer + employees.Employee + employees.Maternity;
        var expected = new SortedDictionary<string, long>
        {
            ["money"] = received, ["suspense"] = 0, ["revenue_personal"] = -(heads * GeneratedCounty.PersonalFen - aid), ["revenue_aid"] = -aid, ["revenue_central"] = -heads * 330_00L, ["revenue_province"] = -heads * 165_00L,
            ["revenue_county"] = -heads * 55_00L, ["personal_account"] = -employees.Account,
            // The employees' part goes to their accounts whole.
            ["revenue_employer"] = -(received - heads * 800_00L - employees.Account), ["revenue_employee"] = 0,
        };
        var found = new SortedDictionary<string, long>(expected.Keys.ToDictionary(k => k, k => k == "money" ? balances["revenue_account"].Sum() + balances["fiscal_account"].Sum() : balances[k].Sum()));
        Assert.Equal(expected, found);
        Assert.DoesNotContain(balances, b => b.Key != "revenue_account" && b.Key != "fiscal_account" && !expected.ContainsKey(b.Key) && b.Sum() != 0);
        log.WriteLine($"ledger closed: received {new Fen(received)}, nothing in suspense, accounts sum to zero");
    }
}
