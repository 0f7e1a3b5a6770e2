using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Reconciliation;

/// <summary>The work list of what does not agree with whoever holds the money.</summary>
internal static class MoneyFindings
{
    /// <param name="Kind">missing_at_bank, unknown_reference, twice, wrong_amount, wrong_day; reference_conflict: a channel's message contradicts an earlier one.</param>
    internal sealed record Found(string Channel, DateOnly Day, string Kind, string Reference, long? OurFen, long? BanksFen, long? PaymentNo);

    internal sealed record Finding(
        long FindingNo, string Channel, string Day, string Kind, string Reference, string? Ours, string? Banks, long? PaymentNo, string State, string Resolution, string ResolvedBy, string FoundAt, string? ResolvedAt);

    internal sealed record Resolution(string? Reason, string? ResolvedBy);

    internal sealed record Page(List<Finding> Findings, long? NextAfter);

    /// <summary>Each once; one that had gone and is found again is open again.</summary>
    public static async Task Add(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Found> found, DateTimeOffset at, CancellationToken cancellation)
    {
        if (found.Count == 0) return;
        var once = found.DistinctBy(f => (f.Channel, f.Day, f.Kind, f.Reference)).ToList();
        await using var command = new NpgsqlCommand("""
            INSERT INTO money_finding AS f (channel, day_on, kind, reference, our_fen, banks_fen, payment_no, found_at) SELECT *, $8 FROM unnest($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (channel, day_on, kind, reference) DO UPDATE SET state = 'open', our_fen = excluded.our_fen, banks_fen = excluded.banks_fen, payment_no = excluded.payment_no WHERE f.state = 'gone'
            """, connection, transaction)
        {
            Parameters =
            {
                ReceivePayments.Column(NpgsqlDbType.Text, once, f => f.Channel), ReceivePayments.Column(NpgsqlDbType.Date, once, f => f.Day), ReceivePayments.Column(NpgsqlDbType.Text, once, f => f.Kind),
                ReceivePayments.Column(NpgsqlDbType.Text, once, f => f.Reference), ReceivePayments.Column(NpgsqlDbType.Bigint, once, f => f.OurFen), ReceivePayments.Column(NpgsqlDbType.Bigint, once, f => f.BanksFen),
                ReceivePayments.Column(NpgsqlDbType.Bigint, once, f => f.PaymentNo), new() { Value = at.UtcDateTime },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A new statement of the day no longer shows them.</summary>
    public static async Task Drop(NpgsqlConnection connection, NpgsqlTransaction transaction, string channel, DateOnly day, IReadOnlyList<Found> stillThere, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE money_finding SET state = 'gone' WHERE channel = $1 AND day_on = $2 AND state = 'open' AND kind <> 'reference_conflict' AND (kind, reference) NOT IN (SELECT * FROM unnest($3, $4))
            """, connection, transaction)
        {
            Parameters = { new() { Value = channel }, new() { Value = day }, ReceivePayments.Column(NpgsqlDbType.Text, stillThere, f => f.Kind), ReceivePayments.Column(NpgsqlDbType.Text, stillThere, f => f.Reference) },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<Outcome<Page>> List(NpgsqlDataSource database, string? state, string? channel, DateOnly? day, long? after, int? pageSize, CancellationToken cancellation)
    {
        if (pageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var size = pageSize ?? 100;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await Read(connection, "finding_no > $1 AND ($2 = 'all' OR state = $2) AND ($3 = '' OR channel = $3) AND ($4 IS NULL OR day_on = $4) ORDER BY finding_no LIMIT $5",
            [new() { Value = after ?? 0 }, new() { Value = string.IsNullOrEmpty(state) ? "open" : state }, new() { Value = channel ?? "" }, new() { NpgsqlDbType = NpgsqlDbType.Date, Value = (object?)day ?? DBNull.Value }, new() { Value = size }], cancellation);
        return new Page(rows, rows.Count == size ? rows[^1].FindingNo : null);
    }

    public static async Task<Outcome<Finding>> Resolve(NpgsqlDataSource database, long findingNo, Resolution resolution, DateTimeOffset at, CancellationToken cancellation)
    {
        if (RequestTexts.NoReason(resolution.Reason) is { } noReason) return noReason;
        if (TwoPeople.Name(resolution.ResolvedBy, "resolved_by") is { } nobody) return nobody;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using (var command = new NpgsqlCommand("UPDATE money_finding SET state = 'resolved', resolution = $2, resolved_by = $3, resolved_at = $4 WHERE finding_no = $1 AND state = 'open'", connection)
        {
            Parameters = { new() { Value = findingNo }, new() { Value = resolution.Reason }, new() { Value = resolution.ResolvedBy }, new() { Value = at.UtcDateTime } },
        })
            await command.ExecuteNonQueryAsync(cancellation);
        var found = (await Read(connection, "finding_no = $1", [new() { Value = findingNo }], cancellation)).SingleOrDefault();
        if (found is null) return BankRefusals.FindingUnknown;
        return found.State == "resolved" && (found.Resolution, found.ResolvedBy) == (resolution.Reason, resolution.ResolvedBy) ? found : BankRefusals.FindingClosed;
    }

    private static async Task<List<Finding>> Read(NpgsqlConnection connection, string where, NpgsqlParameter[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT finding_no, channel, day_on, kind, reference, our_fen, banks_fen, payment_no, state, resolution, resolved_by, found_at, resolved_at FROM money_finding WHERE {where}", connection);
        command.Parameters.AddRange(values);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var findings = new List<Finding>();
        while (await reader.ReadAsync(cancellation))
            findings.Add(new Finding(reader.GetInt64(0), reader.GetString(1), BillingJson.Day(reader.GetFieldValue<DateOnly>(2)), reader.GetString(3), reader.GetString(4),
                reader.IsDBNull(5) ? null : BillingJson.Yuan(reader.GetInt64(5)), reader.IsDBNull(6) ? null : BillingJson.Yuan(reader.GetInt64(6)), reader.IsDBNull(7) ? null : reader.GetInt64(7), reader.GetString(8), reader.GetString(9),
                reader.GetString(10), BillingJson.Time(reader.GetDateTime(11)), reader.IsDBNull(12) ? null : BillingJson.Time(reader.GetDateTime(12))));
        return findings;
    }
}
