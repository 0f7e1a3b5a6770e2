using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>What was booked to accounts of a purpose and fund.</summary>
/// <param name="County">Whose it is.</param>
/// <param name="Month">yyyyMM in which it was booked.</param>
/// <param name="Year">To which it belongs (<see cref="Events.FundFlow"/>).</param>
internal readonly record struct FundFlowSum(string County, int Month, int Year, string Purpose, string Fund, bool Carried, long DebitFen, long CreditFen)
{
    public long NetFen => DebitFen - CreditFen;

    /// <summary>What it brings the fund; what is credited to persons' accounts is their fund's revenue. A carry-over brings and costs nothing.</summary>
    public long RevenueFen => Carried ? 0 : FundSides.IsRevenue(Purpose) ? -NetFen : FundSides.IsPersonalAccount(Purpose) ? CreditFen : 0;

    public long ExpenditureFen => Carried ? 0 : FundSides.IsExpense(Purpose) ? NetFen : FundSides.IsPersonalAccount(Purpose) ? DebitFen : 0;

    public string Pool => FundSides.PoolOf(Fund);
}

/// <summary>Of a county from its own vouchers, of a city from what its counties told as they closed their days.</summary>
internal static class FundFlows
{
    /// <param name="county">Of a city, one of its counties; empty: all.</param>
    public static async Task<List<FundFlowSum>> Read(NpgsqlConnection connection, LedgerPlace place, string county, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(place.Tenant.IsCity
            ? "SELECT county, (extract(year FROM day) * 100 + extract(month FROM day))::int, year, purpose, fund, carried, sum(debit_fen)::bigint, sum(credit_fen)::bigint FROM county_flow WHERE $1 = '' OR county = $1 GROUP BY 1, 2, 3, 4, 5, 6"
            : $"""
              SELECT $1, (extract(year FROM v.booked_on) * 100 + extract(month FROM v.booked_on))::int, {TellDayClosed.YearOf}, a.purpose, a.fund, {TellDayClosed.IsCarried},
                coalesce(sum(e.amount_fen) FILTER (WHERE e.amount_fen > 0), 0)::bigint, coalesce(-sum(e.amount_fen) FILTER (WHERE e.amount_fen < 0), 0)::bigint
              FROM voucher v JOIN voucher_entry e USING (voucher_no) JOIN ledger_account a USING (account_id) GROUP BY 2, 3, 4, 5, 6
              """, connection)
        {
            CommandTimeout = 0, Parameters = { new NpgsqlParameter<string> { TypedValue = place.Tenant.IsCity ? county : place.Tenant.Code } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var flows = new List<FundFlowSum>();
        while (await reader.ReadAsync(cancellation))
            flows.Add(new FundFlowSum(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.GetBoolean(5), reader.GetInt64(6), reader.GetInt64(7)));
        return flows;
    }

    /// <summary>A pool's revenue that belongs to a year, in fen.</summary>
    public static long Revenue(IEnumerable<FundFlowSum> flows, string pool, int year) => flows.Where(f => f.Year == year && f.Pool == pool).Sum(f => f.RevenueFen);

    public static long Expenditure(IEnumerable<FundFlowSum> flows, string pool, int year) => flows.Where(f => f.Year == year && f.Pool == pool).Sum(f => f.ExpenditureFen);

    public static long Budgeted(FundApplication budget, string pool, string side) => budget.Lines.Where(l => l.Line == side && FundSides.PoolOf(l.Fund) == pool).Sum(l => l.AmountFen);

    /// <summary>Of one county: nothing of a year's result is left, which its carry-over has taken.</summary>
    public static bool IsCarried(IEnumerable<FundFlowSum> flows, int year) => flows.Where(f => f.Year == year && FundSides.IsResult(f.Purpose)).GroupBy(f => (f.Purpose, f.Fund)).All(g => g.Sum(f => f.NetFen) == 0);
}
