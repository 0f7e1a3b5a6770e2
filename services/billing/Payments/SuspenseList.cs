using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Payments;

/// <summary>The work list of money that nobody's due took.</summary>
internal static class SuspenseList
{
    internal sealed record Item(
        long SuspenseNo, long PaymentNo, string Channel, string Reference, string Payer, string ValueDate, string Reason, string PsnNo, string Insutype, int Year, string Amount, string Left, string Held, string CreatedAt);

    /// <param name="State">open (something is left), done, all.</param>
    internal sealed record Filter(string? State, string? Reason, string? Channel, long? After, int? PageSize);

    internal sealed record Page(List<Item> Items, long? NextAfter);

    public static async Task<Outcome<Page>> Read(NpgsqlDataSource database, Filter filter, CancellationToken cancellation)
    {
        if (filter.PageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var state = filter.State switch { null or "" or "open" => "s.left_fen > 0", "done" => "s.left_fen = 0", "all" => "true", _ => null };
        if (state is null) return PaymentRefusals.StateUnknown;
        var size = filter.PageSize ?? 100;
        await using var command = database.CreateCommand($"""
            SELECT s.suspense_no, s.payment_no, p.channel, p.reference, p.payer, p.value_on, s.reason, s.psn_no, s.insutype, s.year, s.amount_fen, s.left_fen, s.held_fen, s.created_at
            FROM suspense_item s JOIN payment p USING (payment_no)
            WHERE s.suspense_no > $1 AND {state} AND ($2 = '' OR s.reason = $2) AND ($3 = '' OR p.channel = $3) ORDER BY s.suspense_no LIMIT $4
            """);
        foreach (var value in (object[])[filter.After ?? 0, filter.Reason ?? "", filter.Channel ?? "", size]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var items = new List<Item>();
        while (await reader.ReadAsync(cancellation))
            items.Add(new Item(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), BillingJson.Day(reader.GetFieldValue<DateOnly>(5)), reader.GetString(6), reader.GetString(7),
                reader.GetString(8), reader.GetInt32(9), BillingJson.Yuan(reader.GetInt64(10)), BillingJson.Yuan(reader.GetInt64(11)), BillingJson.Yuan(reader.GetInt64(12)), BillingJson.Time(reader.GetDateTime(13))));
        return new Page(items, items.Count == size ? items[^1].SuspenseNo : null);
    }
}
