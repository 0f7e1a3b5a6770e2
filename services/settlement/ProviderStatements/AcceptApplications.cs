using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>
/// The agency makes statements of what was applied for: one of a provider and month, of all its kinds of clearing, so that payment methods and indicators see the whole month. Provider after
/// provider, each in its own transaction: what was interrupted goes on when asked again. The year's settlement (yyyy13) has no application: it is what yearly methods give.
/// </summary>
internal static class AcceptApplications
{
    /// <param name="Month">yyyyMM, or yyyy13.</param>
    /// <param name="FixmedinsCode">Null: all providers with applications of the month.</param>
    internal sealed record Order(int Month, string? FixmedinsCode, string? AcceptedBy);

    internal sealed record Left(string FixmedinsCode, Refusal Refusal);

    internal sealed record Accepted(IReadOnlyList<StatementRow> Statements, IReadOnlyList<Left> NotAccepted);

    private const string Missing = """
        SELECT coalesce(string_agg(DISTINCT c.clearing_type, '、' ORDER BY c.clearing_type), '') FROM provider_claim c
        WHERE c.fixmedins_code = $1 AND c.settled_at >= $2 AND c.settled_at < $3 AND NOT EXISTS (SELECT FROM statement_claim s WHERE s.setl_id = c.setl_id)
          AND NOT EXISTS (SELECT FROM statement_application a WHERE a.fixmedins_code = $1 AND a.month = $4 AND a.clr_type = c.clearing_type AND a.state IN ('applied', 'accepted'))
        """;

    /// <summary>In order: who, the month, all settlements in the tables; of one provider: its refusal.</summary>
    public static async Task<Outcome<Accepted>> Execute(RunPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.AcceptedBy, "accepted_by") is { } nobody) return nobody;
        if (!ClaimMonth.IsMonth(order.Month) && !(ClaimMonth.IsYear(order.Month) && order.FixmedinsCode is not null)) return StatementRefusals.MonthInvalid.At("month");
        if (ClaimMonth.Last(order.Month) >= calendar.Today) return StatementRefusals.PeriodNotOver.At("month");
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        var (made, left, computed) = (new List<StatementRow>(), new List<Left>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var provider in order.FixmedinsCode is { } one ? [one] : await Waiting(place, order.Month, cancellation))
        {
            var outcome = ClaimMonth.IsYear(order.Month) ? await Year(place, provider, order, calendar, cancellation) : await Month(place, provider, order, calendar, computed, cancellation);
            if (outcome.Refusal is not { } refusal) made.Add(outcome.Value);
            else if (order.FixmedinsCode is null) left.Add(new Left(provider, refusal));
            else return refusal;
        }
        return new Accepted(made, left);
    }

    private static async Task<List<string>> Waiting(RunPlace place, int month, CancellationToken cancellation)
    {
        var providers = new List<string>();
        await using var command = place.Database.CreateCommand("SELECT DISTINCT fixmedins_code FROM statement_application WHERE month = $1 AND state = 'applied' ORDER BY 1");
        command.Parameters.Add(new NpgsqlParameter { Value = month });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) providers.Add(reader.GetString(0));
        return providers;
    }

    /// <summary>In order: applications; a statement of the month before (its own answer again where nothing waits); every kind of clearing applied for.</summary>
    private static async Task<Outcome<StatementRow>> Month(RunPlace place, string provider, Order order, ChinaCalendar calendar, HashSet<string> computed, CancellationToken cancellation)
    {
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, provider, cancellation);
        if (await StatementRow.OfMonth(connection, transaction, provider, order.Month, cancellation) is { } before) return before;
        var waiting = await ApplicationRow.Read(connection, transaction, new RowFilter().Add("a.fixmedins_code = ", provider).Add("a.month = ", order.Month), "AND a.state = 'applied' ORDER BY a.number", cancellation);
        if (waiting.Count == 0) return StatementRefusals.NothingToAccept;
        await using (var missing = new NpgsqlCommand(Missing, connection, transaction) { CommandTimeout = 0 })
        {
            foreach (var value in (object[])[provider, ChinaCalendar.StartOf(ClaimMonth.First(order.Month)).UtcDateTime, ChinaCalendar.StartOf(ClaimMonth.Last(order.Month).AddDays(1)).UtcDateTime, order.Month]) missing.Parameters.Add(new NpgsqlParameter { Value = value });
            if ((string)(await missing.ExecuteScalarAsync(cancellation))! is { Length: > 0 } kinds) return StatementRefusals.ApplicationMissing(kinds);
        }
        var row = await Make(connection, transaction, place, provider, order, calendar.UtcNow, cancellation);
        await using (var update = new NpgsqlCommand("UPDATE statement_application SET state = 'accepted', statement_no = $3 WHERE fixmedins_code = $1 AND month = $2 AND state = 'applied'", connection, transaction)
        {
            Parameters = { new() { Value = provider }, new() { Value = order.Month }, new() { Value = row.Number } },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        return await Draft(connection, transaction, place, row, computed, cancellation);
    }

    private static async Task<Outcome<StatementRow>> Year(RunPlace place, string provider, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, provider, cancellation);
        if (await StatementRow.OfMonth(connection, transaction, provider, order.Month, cancellation) is { } before) return before;
        if ((await ComputeMonth.Run(connection, transaction, place.Tenant.Code, provider, order.Month, cancellation)).All(r => r.PayableFen == r.SettledFen)) return StatementRefusals.YearHasNoMethod;
        return await Draft(connection, transaction, place, await Make(connection, transaction, place, provider, order, calendar.UtcNow, cancellation), null, cancellation);
    }

    private static async Task<StatementRow> Draft(NpgsqlConnection connection, NpgsqlTransaction transaction, RunPlace place, StatementRow row, HashSet<string>? computed, CancellationToken cancellation)
    {
        await ComputeStatement.Keep(connection, transaction, row.Number, (await ComputeStatement.Run(connection, transaction, place.Tenant.Code, row, cancellation, computed)).Lines, cancellation);
        await transaction.CommitAsync(cancellation);
        return row;
    }

    private static async Task<StatementRow> Make(NpgsqlConnection connection, NpgsqlTransaction transaction, RunPlace place, string provider, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand("INSERT INTO provider_statement (fixmedins_code, month, accepted_by, accepted_at, changed_at) VALUES ($1, $2, $3, $4, $4) RETURNING number", connection, transaction)
        {
            Parameters = { new() { Value = provider }, new() { Value = order.Month }, new() { Value = order.AcceptedBy!.Trim() }, new() { Value = now.UtcDateTime } },
        };
        var row = (await StatementRow.Find(connection, transaction, (long)(await insert.ExecuteScalarAsync(cancellation))!, cancellation))!;
        await ProviderActs.Write(connection, transaction, [new(row.No(place.Tenant.Code), "accepted", row.AcceptedBy, now, "")], cancellation);
        return row;
    }
}
