using System.Globalization;
using System.Text.Json;

namespace MedInsure.Local.Tests.CityYear;

/// <summary>The counties' money at the city: all that is received goes up, some of it comes down, and the year's end at both.</summary>
internal sealed class CityFund(CityHost host, CityDesks desks)
{
    private const string First = "冯经办", Second = "卫复核", CityFirst = "蒋经办", CitySecond = "沈复核";

    /// <summary>In fen, by county.</summary>
    private readonly Dictionary<string, long> remitted = [], allocated = [];

    private string Today => host.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private string Month => host.Today.ToString("yyyyMM", CultureInfo.InvariantCulture);

    public long Remitted(string county) => remitted.GetValueOrDefault(county);
    public long Allocated(string county) => allocated.GetValueOrDefault(county);

    /// <summary>Up: what the counties' revenue accounts hold. Down: the half of it, of pools.</summary>
    public async Task Move()
    {
        foreach (var county in host.Counties)
        {
            var up = await host.Post($"/fund/{county}/remittances", new { request_no = $"UP{Month}", reason = "上解", prepared_by = First });
            await Sent(county, host.City, up, Second, CityFirst);
            remitted[county] = Remitted(county) + CityDesks.Fen(up.GetProperty("amount"));
            var lines = up.GetProperty("lines").EnumerateArray().Select(l => (Fund: l.GetProperty("fund").GetString()!, Fen: CityDesks.Fen(l.GetProperty("amount")))).Where(l => l.Fund != CityBooks.AccountFund)
                .GroupBy(l => l.Fund).Select(g => new { fund = g.Key, amount = g.Sum(l => l.Fen) / 2 / 100m }).ToList();
            var down = await host.Post($"/fund/{host.City}/allocations", new { request_no = $"DOWN{Month}{county}", county, reason = "拨付", lines, prepared_by = CityFirst });
            await Sent(host.City, county, down, CitySecond, First);
            allocated[county] = Allocated(county) + CityDesks.Fen(down.GetProperty("amount"));
        }
        foreach (var tenant in host.Counties.Append(host.City))
            await host.Until(async () => (await host.Get($"/fund/{tenant}/moves?state=sent")).GetProperty("moves").GetArrayLength() == 0, $"{tenant} has nothing on its way");
    }

    /// <summary>Sent by one side's bank, arrived at the other's.</summary>
    private async Task Sent(string from, string to, JsonElement move, string approver, string confirmedBy)
    {
        var (number, amount) = (move.GetProperty("number").GetString()!, move.GetProperty("amount").GetDecimal());
        await host.Post($"/fund/{from}/moves/{number}/sending", new { approver, bank_reference = $"S{number}", sent_on = Today, amount });
        await host.Until(async () => (await host.Get($"/fund/{to}/moves?state=sent")).GetProperty("moves").EnumerateArray().Any(m => m.GetProperty("number").GetString() == number), $"{to} has heard of {number}");
        var arrival = await host.Post($"/fund/{to}/arrivals", new { bank_reference = $"A{number}", number, amount, arrived_on = Today, confirmed_by = confirmedBy });
        Assert.Equal("matched", arrival.GetProperty("state").GetString());
    }

    /// <summary>Every county carries the year over, then the city sets aside what they put by; all days are closed.</summary>
    public async Task CloseYear(int year)
    {
        await desks.OfAll(county => host.Post($"/fund/{county}/year-ends/{year}", new { request_no = "Y1", prepared_by = First, approver = Second }));
        await NextDay();
        await Compared();
        var aside = await host.Post($"/fund/{host.City}/year-ends/{year}", new { request_no = "Z1", prepared_by = CityFirst, approver = CitySecond });
        Assert.NotEmpty(aside.GetProperty("moves").EnumerateArray());
        foreach (var move in aside.GetProperty("moves").EnumerateArray())
        {
            var (county, number) = (move.GetProperty("county").GetString()!, move.GetProperty("number").GetString()!);
            await host.Until(async () => (await host.Get($"/fund/{county}/moves?kind=year_end")).GetProperty("moves").EnumerateArray().Any(m => m.GetProperty("number").GetString() == number), $"{county} has heard of {number}");
        }
        await NextDay();
        // What a county has at the city is what the city says, and what went up less what came down.
        foreach (var county in (await Compared()).GroupBy(a => a.GetProperty("county").GetString()!))
        {
            Assert.All(county, a => Assert.Equal((county.Key, a.GetProperty("at_county").GetDecimal(), 0m, 0m), (county.Key, a.GetProperty("city").GetDecimal(), a.GetProperty("on_the_way").GetDecimal(), a.GetProperty("unexplained").GetDecimal())));
            Assert.Equal((county.Key, Remitted(county.Key) - Allocated(county.Key)), (county.Key, county.Sum(a => CityDesks.Fen(a.GetProperty("city")))));
        }
        var balances = await desks.Balances(host.City);
        Assert.All(balances.GroupBy(b => b.Key.Fund), fund => Assert.Equal(0, fund.Sum(b => b.Value)));
        Assert.Equal(remitted.Values.Sum() - allocated.Values.Sum(), balances.Where(b => b.Key.Purpose == "fiscal_account").Sum(b => b.Value));
    }

    private async Task NextDay()
    {
        host.Today = host.Today.AddDays(1);
        await desks.Close();
    }

    /// <summary>Once the city has heard of every county's last closed day.</summary>
    private async Task<List<JsonElement>> Compared()
    {
        var day = host.Today.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        List<JsonElement> accounts = [];
        await host.Until(async () => (accounts = [.. (await host.Get($"/fund/{host.City}/sub-accounts")).GetProperty("sub_accounts").EnumerateArray()]).Select(a => a.GetProperty("county").GetString()).Distinct().Count() == host.Counties.Count
            && accounts.TrueForAll(a => a.GetProperty("day").GetString() == day), $"the city has heard that {day} is closed everywhere");
        return accounts;
    }
}
