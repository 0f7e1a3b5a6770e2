using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>A move of the city's in which no money moves: booked here at once, and by the county as it hears of it.</summary>
internal static class BookShare
{
    /// <summary>In the caller's transaction, which holds the head. The same request again is the move that it began.</summary>
    public static async Task<FundMove> Run(NpgsqlConnection connection, NpgsqlTransaction transaction, LedgerPlace city, string kind, string county, string requestNo, int year, string reason, IReadOnlyList<MoveLine> lines,
        IReadOnlyList<string> people, DateOnly effectiveOn, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var move = new FundMove(await FundMove.NextNumber(connection, transaction, city.Tenant.Code, cancellation), kind, county, true, requestNo, FundMove.Sent, year, reason, lines, people, "", effectiveOn, null, null);
        move = await move.Book(connection, transaction, city.Tenant, head, effectiveOn, FundMove.Sent, calendar, cancellation);
        await FundMove.Tell(connection, transaction, move.Number, move.Event, calendar.UtcNow, cancellation);
        return move;
    }
}
