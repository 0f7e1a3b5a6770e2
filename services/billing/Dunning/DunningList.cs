using Npgsql;

namespace MedInsure.Billing.Dunning;

/// <summary>Who has not paid for a year, household by household in the order of their villages, as CSV for whoever goes from door to door.</summary>
internal static class DunningList
{
    public const string Header = "township,village,household_no,psn_no,psn_name,psn_type,due,paid,owed";

    /// <param name="Village">Or township, or household; empty: any.</param>
    internal sealed record Filter(string Insutype, int Year, string? Township, string? Village, string? HouseholdNo);

    public static async Task Write(NpgsqlDataSource database, Filter filter, TextWriter output, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT coalesce(h.township, ''), coalesce(h.village, ''), a.household_no, a.psn_no, p.psn_name, a.psn_type, a.due_fen, a.paid_fen
            FROM assessment a JOIN insured_person p USING (psn_no) LEFT JOIN household_place h ON h.household_no = a.household_no
            WHERE a.insutype = $1 AND a.year = $2 AND a.paid_fen < a.due_fen AND p.died_on IS NULL
              AND ($3 = '' OR h.township = $3) AND ($4 = '' OR h.village = $4) AND ($5 = '' OR a.household_no = $5)
            ORDER BY 1, 2, 3, 4
            """);
        foreach (var value in (object[])[filter.Insutype, filter.Year, filter.Township ?? "", filter.Village ?? "", filter.HouseholdNo ?? ""]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await output.WriteAsync(Header + "\n");
        while (await reader.ReadAsync(cancellation))
        {
            var (due, paid) = (reader.GetInt64(6), reader.GetInt64(7));
            string[] fields = [.. Enumerable.Range(0, 6).Select(reader.GetString), BillingJson.Yuan(due), BillingJson.Yuan(paid), BillingJson.Yuan(due - paid)];
            await output.WriteAsync(string.Join(',', fields.Select(Quoted)) + "\n");
        }
    }

    /// <summary>A spreadsheet must not take a name for a formula.</summary>
    internal static string Quoted(string field)
    {
        if (field is ['=' or '+' or '-' or '@', ..]) field = "'" + field;
        return field.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }
}
