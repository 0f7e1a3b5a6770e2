using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>
/// A county's money at the city, as both ledgers have it at the end of the county's last closed day. What is on its way explains a difference; anything left is a mistake that somebody must find.
/// </summary>
/// <param name="Part">current, or accumulated_surplus.</param>
/// <param name="CityFen">The city's sub-account; <paramref name="CountyFen"/> the county's city_pool; <paramref name="OnTheWayFen"/> what the county has booked and the city has not, less the reverse.</param>
internal sealed record SubAccount(string County, DateOnly Day, string Fund, string Part, long CityFen, long CountyFen, long OnTheWayFen)
{
    public long UnexplainedFen => CountyFen - CityFen - OnTheWayFen;
}

internal static class CompareSubAccounts
{
    public const string Current = "current";

    /// <param name="county">Empty: of all.</param>
    public static async Task<List<SubAccount>> Query(NpgsqlDataSource database, string county, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var days = new Dictionary<string, DateOnly>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("SELECT county, max(day) FROM county_day WHERE $1 = '' OR county = $1 GROUP BY county", connection) { Parameters = { new() { Value = county } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) days[reader.GetString(0)] = reader.GetFieldValue<DateOnly>(1);

        var sums = new Dictionary<(string County, string Fund, string Part), (long City, long County, long Way)>();
        await using (var command = new NpgsqlCommand("SELECT county, fund, counterparty, sum(debit_fen - credit_fen)::bigint FROM county_flow WHERE purpose = 'city_pool' AND ($1 = '' OR county = $1) GROUP BY 1, 2, 3", connection) { Parameters = { new() { Value = county } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) Add((reader.GetString(0), reader.GetString(1), PartOf(reader.GetString(2))), 0, reader.GetInt64(3), 0);
        foreach (var day in days.Values.Distinct())
            foreach (var (account, fen) in await AccountSums.Read(connection, null, [LedgerPurposes.SubAccount, LedgerPurposes.AccumulatedSurplus], cancellation, day))
                if (days.TryGetValue(account.Counterparty, out var closed) && closed == day) Add((account.Counterparty, account.Fund, account.Purpose == LedgerPurposes.SubAccount ? Current : LedgerPurposes.AccumulatedSurplus), -fen, 0, 0);
        foreach (var move in await FundMove.Read(connection, null, "WHERE state IN ('sent', 'arrived') AND ($1 = '' OR county = $1)", cancellation, county))
        {
            if (!days.TryGetValue(move.County, out var day)) continue;
            var (atCity, atCounty) = (move.BookedOn <= day, move.PeerBookedOn <= day);
            if (atCity == atCounty) continue;
            foreach (var entry in MoveEntries.AtCounty(move.Kind, move.County, move.Lines).Where(e => e.Account.Purpose == LedgerPurposes.CityPool))
                Add((move.County, entry.Account.Fund, PartOf(entry.Account.Counterparty)), 0, 0, atCounty ? entry.AmountFen : -entry.AmountFen);
        }
        return [.. sums.Where(s => s.Value != default).Select(s => new SubAccount(s.Key.County, days[s.Key.County], s.Key.Fund, s.Key.Part, s.Value.City, s.Value.County, s.Value.Way)).OrderBy(s => (s.County, s.Fund, s.Part))];

        void Add((string, string, string) key, long cityFen, long countyFen, long wayFen)
        {
            var sum = sums.GetValueOrDefault(key);
            sums[key] = (sum.City + cityFen, sum.County + countyFen, sum.Way + wayFen);
        }
    }

    private static string PartOf(string counterparty) => counterparty.Length == 0 ? Current : counterparty;

    public static object Shown(SubAccount s) => new
    {
        s.County, Day = LedgerText.Day(s.Day), s.Fund, s.Part, City = Yuan.Of(s.CityFen), AtCounty = Yuan.Of(s.CountyFen), OnTheWay = Yuan.Of(s.OnTheWayFen), Unexplained = Yuan.Of(s.UnexplainedFen),
    };
}
