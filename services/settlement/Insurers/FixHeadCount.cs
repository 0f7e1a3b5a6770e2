using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// The agency fixes for how many persons a year's premium is paid: once, after the count day, all counties together. What enrollment learns later of that
/// day changes nothing any more.
/// </summary>
internal static class FixHeadCount
{
    internal sealed record Order(string? Reviewer, string? Approver);

    private const string Insert = """
        INSERT INTO insurer_head_count (contract_no, year, county, heads, counted_on, fixed_at, reviewer, approver)
        SELECT $1, $2, c.county, c.heads, $5, $6, $7, $8 FROM unnest($3, $4) AS c (county, heads)
        """;

    public static async Task<Outcome<HeadCounts.HeadCount>> Execute(NpgsqlDataSource city, HeadCounts heads, InsurerContract contract, int year, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.Reviewer, "reviewer", order.Approver) is { } unfit) return unfit;
        if (ContractYears.Check(contract, year) is { } foreign) return foreign;
        var day = HeadCounts.CountDay(contract, year);
        if (calendar.Today <= day) return Refusals.HeadCountTooEarly;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        if (await HeadCounts.Fixed(connection, contract.Number, year, cancellation) is { } already) return already;
        // Asked for before the lock: counties may be slow.
        var counted = await heads.Count(contract, day, cancellation);
        if (counted.Refusal is { } refusal) return refusal;
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        if (await HeadCounts.Fixed(connection, contract.Number, year, cancellation) is { } meanwhile) return meanwhile;
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = contract.Number },
                new NpgsqlParameter<int> { TypedValue = year },
                new NpgsqlParameter<string[]> { TypedValue = [.. counted.Value.ByCounty.Keys], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new NpgsqlParameter<int[]> { TypedValue = [.. counted.Value.ByCounty.Values], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new NpgsqlParameter<DateOnly> { TypedValue = day },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = calendar.UtcNow },
                new NpgsqlParameter<string> { TypedValue = order.Reviewer! },
                new NpgsqlParameter<string> { TypedValue = order.Approver! },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return counted.Value with { Fixed = true };
    }
}
