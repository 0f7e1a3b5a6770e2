using System.Globalization;
using System.Text.Json;

namespace MedInsure.Local.Tests.CityYear;

/// <summary>Clearing between the city's counties: both sides to the fen, confirmed by both, netted, transferred, arrived.</summary>
internal sealed class CityClearing(CityHost host, CityBooks books, CityDesks desks)
{
    private const string First = "孙经办", Second = "钱复核";
    private int clearedTo;

    /// <summary>In fen, all transfers together.</summary>
    public long TransferredFen { get; private set; }

    private string Today => host.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Every county has told the providers' counties all that it settled.</summary>
    public async Task Told()
    {
        foreach (var of in books.Bills.Where(b => b.Home != b.County).GroupBy(b => b.Home))
        {
            var expected = of.GroupBy(b => b.County).ToDictionary(g => g.Key, g => g.LongCount());
            await host.Until(async () => (await host.Get($"/clearing/{of.Key}/links")).GetProperty("told").EnumerateArray().Count(l => expected.GetValueOrDefault(l.GetProperty("provider_county").GetString()!) == l.GetProperty("told_no").GetInt64()) == expected.Count,
                $"{of.Key} has told all its bills");
        }
    }

    /// <summary>What is owed stands in both counties' ledgers alike, and is what the bills come to; then it is cleared.</summary>
    public async Task Clear(int month)
    {
        await Told();
        var balances = new Dictionary<string, Dictionary<(string Purpose, string Fund, string Counterparty), long>>();
        foreach (var county in host.Counties) balances[county] = await desks.Balances(county);
        foreach (var home in host.Counties)
            foreach (var county in host.Counties.Where(c => c != home))
            {
                // What was settled since the month's end waits for the next clearing, and stands in both ledgers too.
                var owed = books.Owed(home, county, clearedTo + 1, int.MaxValue);
                Assert.Equal(owed, Of(balances[home], "county_payable", county, -1));
                Assert.Equal(owed, Of(balances[county], "county_receivable", home, 1));
            }

        var matrix = await Ring(month);
        await host.Until(async () => (matrix = await Ring(month)).GetProperty("blocked").GetInt32() == 0, $"all pairs of {month} agree");
        Assert.Empty((await host.Get($"/clearing/{host.City}/{month}/differences")).GetProperty("differences").EnumerateArray());
        var agreed = matrix.GetProperty("pairs").EnumerateArray().Where(p => p.GetProperty("state").GetString() != "nothing").Select(p => (A: p.GetProperty("county_a").GetString()!, B: p.GetProperty("county_b").GetString()!)).ToList();
        Assert.Equal(Pairs(month).Count(p => Cleared(p, month).Any()), agreed.Count);
        foreach (var county in agreed.SelectMany(p => ((string County, string Other)[])[(p.A, p.B), (p.B, p.A)]).GroupBy(p => p.County, p => p.Other))
        {
            await Reached(month, async () => (await host.Get($"/clearing/{county.Key}?month={month}")).GetProperty("statements").GetArrayLength() >= county.Count(), $"{county.Key} has its statements of {month}");
            foreach (var other in county) await host.Post($"/clearing/{county.Key}/{month}/{other}/confirmation", new { prepared_by = First, approver = Second });
        }
        await host.Until(async () => !States(matrix = await Ring(month)).Contains("agreed"), $"all pairs of {month} are confirmed");
        await host.Post($"/clearing/{host.City}/{month}/orders", new { prepared_by = First, approver = Second });

        var transfers = (matrix = await Ring(month)).GetProperty("transfers").EnumerateArray().Select(t => (No: t.GetProperty("order_no").GetString()!, Payer: t.GetProperty("payer").GetString()!, Payee: t.GetProperty("payee").GetString()!, Amount: t.GetProperty("amount").GetDecimal())).ToList();
        Assert.Equal(0m, matrix.GetProperty("net_sum").GetDecimal());
        Assert.Equal(Expected(month), transfers.ToDictionary(t => (t.Payer, t.Payee), t => decimal.ToInt64(t.Amount * 100)));
        foreach (var transfer in transfers)
        {
            await Reached(month, async () => await Of(transfer.Payer, month, transfer.No) is not null, $"{transfer.Payer} has order {transfer.No}");
            await host.Post($"/clearing/{transfer.Payer}/transfers/{transfer.No}/payment", new { amount = transfer.Amount, paid_on = Today, reference = $"HK{transfer.No}", paid_by = First, approver = Second });
        }
        foreach (var transfer in transfers)
        {
            await Reached(month, async () => await Of(transfer.Payee, month, transfer.No) is "paid", $"{transfer.Payee} knows that {transfer.No} is paid");
            await host.Post($"/clearing/{transfer.Payee}/transfers/{transfer.No}/arrival", new { amount = transfer.Amount, arrived_on = Today, received_by = First, approver = Second });
        }
        await host.Until(async () => States(matrix = await Ring(month)).All(s => s is "nothing" or "settled"), $"all pairs of {month} are settled");
        TransferredFen += transfers.Sum(t => decimal.ToInt64(t.Amount * 100));
        clearedTo = month;
    }

    /// <summary>What each county pays another after netting, fund by fund, by the bills.</summary>
    private Dictionary<(string Payer, string Payee), long> Expected(int month)
    {
        var pays = new Dictionary<(string, string), long>();
        foreach (var (a, b) in Pairs(month))
        {
            var (ab, ba) = (books.Owed(a, b, clearedTo + 1, month), books.Owed(b, a, clearedTo + 1, month));
            foreach (var fund in ab.Keys.Union(ba.Keys))
            {
                var net = ab.GetValueOrDefault(fund) - ba.GetValueOrDefault(fund);
                if (net > 0) pays[(a, b)] = pays.GetValueOrDefault((a, b)) + net;
                if (net < 0) pays[(b, a)] = pays.GetValueOrDefault((b, a)) - net;
            }
        }
        return pays;
    }

    private IEnumerable<(string A, string B)> Pairs(int month) => host.Counties.SelectMany(a => host.Counties.Where(b => string.CompareOrdinal(a, b) < 0).Select(b => (a, b)));

    private IEnumerable<BookedBill> Cleared((string A, string B) pair, int month) =>
        books.Bills.Where(b => b.Month > clearedTo && b.Month <= month && ((b.Home == pair.A && b.County == pair.B) || (b.Home == pair.B && b.County == pair.A)));

    private async Task<string?> Of(string county, int month, string orderNo) => (await host.Get($"/clearing/{county}?month={month}")).GetProperty("transfers").EnumerateArray()
        .Where(t => t.GetProperty("order_no").GetString() == orderNo).Select(t => t.GetProperty("state").GetString()).SingleOrDefault();

    private Task Reached(int month, Func<Task<bool>> condition, string what) => host.Until(async () =>
    {
        if (await condition()) return true;
        await Ring(month);
        return false;
    }, what);

    /// <summary>Opened again nothing changes, but the city asks its counties at once.</summary>
    private Task<JsonElement> Ring(int month) => host.Post($"/clearing/{host.City}/months", new { month, prepared_by = First, approver = Second });

    private static HashSet<string> States(JsonElement matrix) => [.. matrix.GetProperty("states").EnumerateObject().Select(s => s.Name)];

    private static SortedDictionary<string, long> Of(Dictionary<(string Purpose, string Fund, string Counterparty), long> balances, string purpose, string counterparty, int sign) =>
        new(balances.Where(b => b.Key.Purpose == purpose && b.Key.Counterparty == counterparty).ToDictionary(b => b.Key.Fund, b => sign * b.Value), StringComparer.Ordinal);
}
