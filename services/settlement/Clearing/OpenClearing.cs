using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>Two people of the city open a month: all pairs of its counties wait for their sums. What an earlier month did not fix is in this one from now on. Opened again it changes nothing.</summary>
internal static class OpenClearing
{
    /// <param name="Month">yyyyMM.</param>
    internal sealed record Order(int? Month, string? PreparedBy, string? Approver);

    /// <summary>In order: who, the month, its end, opened before, a later month before it.</summary>
    public static async Task<Outcome<int>> Execute(LedgerPlace city, Order order, IReadOnlyList<Tenant> counties, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (order.Month is not { } month) return ClearingRefusals.MonthInvalid;
        if (ClearingMonth.Check(month, calendar.Today) is { } early) return early;
        var codes = counties.Select(c => c.Code).Order(StringComparer.Ordinal).ToList();
        var pairs = codes.SelectMany((a, i) => codes.Skip(i + 1).Select(b => (A: a, B: b))).ToList();
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await ClearingPair.Begin(connection, cancellation);
        await using (var last = new NpgsqlCommand("SELECT coalesce(max(month), 0), coalesce(bool_or(month = $1), false) FROM clearing_month", connection, transaction) { Parameters = { new NpgsqlParameter<int> { TypedValue = month } } })
        await using (var reader = await last.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            if (reader.GetBoolean(1)) return month;
            if (reader.GetInt32(0) > month) return ClearingRefusals.MonthPassed;
        }
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO clearing_month (month, opened_by, opened_at) VALUES ($1, $2, $3)")
                {
                    Parameters =
                    {
                        new NpgsqlParameter<int> { TypedValue = month }, new NpgsqlParameter<string[]> { TypedValue = [order.PreparedBy!.Trim(), order.Approver!.Trim()] },
                        new NpgsqlParameter<DateTimeOffset> { TypedValue = calendar.UtcNow },
                    },
                },
                new("UPDATE clearing_pair SET state = 'carried' WHERE month < $1 AND state IN ('open', 'missing', 'differs')") { Parameters = { new NpgsqlParameter<int> { TypedValue = month } } },
                new("INSERT INTO clearing_pair (month, county_a, county_b) SELECT $1, * FROM unnest($2, $3)")
                {
                    Parameters = { new NpgsqlParameter<int> { TypedValue = month }, new NpgsqlParameter<string[]> { TypedValue = [.. pairs.Select(p => p.A)] }, new NpgsqlParameter<string[]> { TypedValue = [.. pairs.Select(p => p.B)] } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return month;
    }
}
