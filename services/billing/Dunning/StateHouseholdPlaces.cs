using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Dunning;

/// <summary>The agency says where households live. The same list again changes nothing.</summary>
internal static class StateHouseholdPlaces
{
    public const int PlacesMax = 20_000;

    public static readonly Refusal PlacesInvalid = new(RefusalKind.Invalid, "places.invalid", $"须列明1至{PlacesMax}户，每户须有户号和乡镇代码且不重复", $"1 to {PlacesMax} different households are needed, each with its number and township", "places");

    internal sealed record Order(string? StatedBy, IReadOnlyList<Place>? Places);

    internal sealed record Place(string? HouseholdNo, string? Township, string? Village);

    internal sealed record Stated(int Changed);

    public static async Task<Outcome<Stated>> Execute(NpgsqlDataSource database, Order order, DateTimeOffset at, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.StatedBy, "stated_by") is { } nobody) return nobody;
        if (order.Places is not { Count: > 0 and <= PlacesMax } places || places.Select(p => p.HouseholdNo).Distinct().Count() != places.Count
            || places.Any(p => !RequestTexts.IsText(p.HouseholdNo, 40) || !RequestTexts.IsText(p.Township, 20) || p.Village?.Length > 20 || (p.Village ?? "").Contains('\0', StringComparison.Ordinal))) return PlacesInvalid;
        var ordered = places.OrderBy(p => p.HouseholdNo, StringComparer.Ordinal).ToList();
        await using var command = database.CreateCommand("""
            WITH stated AS (
                INSERT INTO household_place AS h (household_no, township, village, stated_by, stated_at) SELECT household_no, township, village, $4, $5 FROM unnest($1, $2, $3) AS p (household_no, township, village)
                ON CONFLICT (household_no) DO UPDATE SET township = excluded.township, village = excluded.village, stated_by = excluded.stated_by, stated_at = excluded.stated_at
                WHERE (h.township, h.village) <> (excluded.township, excluded.village) RETURNING household_no
            ), head AS (
                UPDATE household_place_log_head SET change_no = change_no + (SELECT count(*) FROM stated) RETURNING change_no
            ) INSERT INTO household_place_log (change_no, household_no, changed_at) SELECT head.change_no + 1 - row_number() OVER (), household_no, $5 FROM stated, head
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            ReceivePayments.Column(NpgsqlDbType.Text, ordered, p => p.HouseholdNo!), ReceivePayments.Column(NpgsqlDbType.Text, ordered, p => p.Township!), ReceivePayments.Column(NpgsqlDbType.Text, ordered, p => p.Village ?? ""),
            new() { Value = order.StatedBy!.Trim() }, new() { Value = at.UtcDateTime },
        ]);
        return new Stated(await command.ExecuteNonQueryAsync(cancellation));
    }
}
