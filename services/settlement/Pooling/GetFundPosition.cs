using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Pooling;

/// <summary>The position of a county's or the city's pools at a month's end.</summary>
internal static class GetFundPosition
{
    /// <param name="month">yyyyMM; null: the last one that is over.</param>
    /// <param name="county">At the city, one of its counties; empty: all of them.</param>
    public static async Task<Outcome<(int Month, List<PoolPosition> Pools)>> Query(LedgerPlace place, int? month, string county, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var last = calendar.Today.AddMonths(-1);
        var asked = month ?? last.Year * 100 + last.Month;
        if (asked is < 2000_01 or > 2100_12 || asked % 100 is < 1 or > 12) return PoolRefusals.YearInvalid.At("month");
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var (flows, budgets) = (await FundFlows.Read(connection, place, county, cancellation), await FundApplication.Budgets(connection, null, county, asked / 100, cancellation));
        return (asked, FundPosition.Of(flows, asked, PoolTerms.Of(place.Tenant.CityCode), budgets));
    }
}
