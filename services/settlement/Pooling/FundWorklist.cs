using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>What waits for somebody: transfers that are proposed, or on their way; arrivals without a transfer; applications; warnings that nobody was told of; at the city differences that nothing explains.</summary>
internal static class FundWorklist
{
    private const int Max = 200;

    public static async Task<object> Query(LedgerPlace place, CancellationToken cancellation)
    {
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        var moves = await FundMove.Read(connection, null, $"WHERE state IN ('proposed', 'sent') ORDER BY number LIMIT {Max}", cancellation);
        var arrivals = await FundArrival.Read(connection, null, $"WHERE state = 'unmatched' ORDER BY arrived_on, bank_reference LIMIT {Max}", cancellation);
        var applications = await FundApplication.Read(connection, null, $"WHERE state = 'applied' ORDER BY number LIMIT {Max}", cancellation);
        var differences = place.Tenant.IsCity ? (await CompareSubAccounts.Query(place.Database, "", cancellation)).FindAll(s => s.UnexplainedFen != 0) : [];
        return new
        {
            ToSend = moves.Where(m => m.State == FundMove.Proposed).Select(m => m.Shown()), ToArrive = moves.Where(m => m is { State: FundMove.Sent, Own: false }).Select(m => m.Shown()),
            OnTheWay = moves.Where(m => m is { State: FundMove.Sent, Own: true }).Select(m => m.Shown()), UnmatchedArrivals = arrivals.Select(a => a.Shown()), Applications = applications.Select(a => a.Shown()),
            Differences = differences.Select(CompareSubAccounts.Shown), Warnings = (await FundWarning.Read(connection, "WHERE told_at IS NULL ORDER BY month, county, pool", cancellation)).Select(w => w.Shown()),
        };
    }
}
