using System.Globalization;
using MedInsure.Billing.Incomes;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Subsidies;

/// <summary>Money of a payer that came for a scheme's year, by the bank's reference: the same reference again is the same money. Negative: it was taken back.</summary>
internal static class RecordSubsidyArrival
{
    internal sealed record Order(string? Kind, string? Level, string? Payer, string? Amount, string? ValueDate, string? Reference, string? RecordedBy);

    internal sealed record Arrival(long ArrivalNo, string Kind, string Level, string Payer, string Amount, string ValueDate, string Reference, string RecordedBy, string RecordedAt);

    public static async Task<Outcome<Arrival>> Execute(NpgsqlDataSource database, string insutype, int year, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoReference(order.Reference) is { } noReference) return noReference;
        if (!RequestTexts.IsAmount(order.Amount, out var amount)) return Refusals.AmountInvalid;
        if (!DateOnly.TryParseExact(order.ValueDate, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var valueOn) || valueOn > calendar.Today) return Refusals.ValueDateInvalid;
        if (TwoPeople.Name(order.RecordedBy, "recorded_by") is { } nobody) return nobody;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Of whom nothing is asked nothing is booked here: such money belongs to the suspense account.
        var payer = new Payer(order.Kind ?? "", order.Level ?? "", order.Payer ?? "");
        if (!await WasClaimed(connection, transaction, insutype, year, payer, cancellation)
            && (await SubsidyState.Read(connection, transaction, insutype, year, SubsidyState.BasisAssessed, cancellation)).TrueForAll(s => s.Payer != payer)) return Refusals.PayerUnknown;
        bool fresh;
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO subsidy_arrival (insutype, year, kind, level, payer, amount_fen, value_on, reference, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (reference) DO NOTHING
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = insutype }, new() { Value = year }, new() { Value = payer.Kind }, new() { Value = payer.Level }, new() { Value = payer.Name }, new() { Value = amount.Value },
                new() { Value = valueOn }, new() { Value = order.Reference }, new() { Value = order.RecordedBy }, new() { Value = calendar.UtcNow.UtcDateTime },
            },
        })
            fresh = await insert.ExecuteNonQueryAsync(cancellation) == 1;
        var recorded = (await Read(connection, transaction, "reference = $1", [order.Reference!], cancellation))[0];
        if (fresh)
        {
            // Of the governments' subsidies the level is what the fund's accounts know; of aid and collective support who gives it.
            var income = new IncomePosting(payer.Kind == "subsidy" ? payer.Level : payer.Kind, insutype, year, amount.Value, 0, valueOn, "treasury", payer.Kind == "aid" ? $"{payer.Level} {payer.Name}" : payer.Name, order.Reference!);
            await PostIncome.Run(connection, transaction, [income], calendar.UtcNow, cancellation);
        }
        await transaction.CommitAsync(cancellation);
        return (recorded.Insutype, recorded.Year, new Payer(recorded.Arrival.Kind, recorded.Arrival.Level, recorded.Arrival.Payer), recorded.Arrival.Amount, recorded.Arrival.ValueDate)
            == (insutype, year, payer, amount.ToString(), BillingJson.Day(valueOn)) ? recorded.Arrival : Refusals.ReferenceReused;
    }

    private static async Task<bool> WasClaimed(NpgsqlConnection connection, NpgsqlTransaction transaction, string insutype, int year, Payer payer, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM subsidy_claim WHERE insutype = $1 AND year = $2 AND kind = $3 AND level = $4 AND payer = $5)", connection, transaction)
        {
            Parameters = { new() { Value = insutype }, new() { Value = year }, new() { Value = payer.Kind }, new() { Value = payer.Level }, new() { Value = payer.Name } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>All of a year, in the order in which they were recorded.</summary>
    public static async Task<List<Arrival>> List(NpgsqlDataSource database, string insutype, int year, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. (await Read(connection, null, "insutype = $1 AND year = $2", [insutype, year], cancellation)).Select(r => r.Arrival)];
    }

    private static async Task<List<(string Insutype, int Year, Arrival Arrival)>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT insutype, year, arrival_no, kind, level, payer, amount_fen, value_on, reference, recorded_by, recorded_at FROM subsidy_arrival WHERE {where} ORDER BY arrival_no", connection, transaction);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var arrivals = new List<(string, int, Arrival)>();
        while (await reader.ReadAsync(cancellation))
            arrivals.Add((reader.GetString(0), reader.GetInt32(1), new Arrival(reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), BillingJson.Yuan(reader.GetInt64(6)),
                BillingJson.Day(reader.GetFieldValue<DateOnly>(7)), reader.GetString(8), reader.GetString(9), BillingJson.Time(reader.GetDateTime(10)))));
        return arrivals;
    }
}
