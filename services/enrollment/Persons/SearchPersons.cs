using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

/// <summary>Who is meant at the counter: by number, by certificate or by the whole name; names and certificates masked. Each way has an index, so that millions of persons answer in milliseconds.</summary>
internal static class SearchPersons
{
    internal const int PageMax = 100;

    internal sealed record Query(string? PsnNo, string? Certno, string? Name, string? After, int? Limit);

    /// <summary>Masked; days as yyyyMMdd.</summary>
    internal sealed record Found(string PsnNo, string PsnName, string Certno, string Gend, int BirthOn, string HouseholdNo, string MergedInto);

    // Found by their hashes, whose indexes are four bytes a person.
    internal const string ByCertificate = "SELECT psn_no, psn_name, certno, gend, birth_on, household_no, coalesce(merged_into, '') FROM person WHERE hashtext(certno) = hashtext($1) AND certno = $1 AND psn_no > $2 ORDER BY psn_no LIMIT $3";
    internal const string ByName = "SELECT psn_no, psn_name, certno, gend, birth_on, household_no, coalesce(merged_into, '') FROM person WHERE hashtext(psn_name) = hashtext($1) AND psn_name = $1 AND psn_no > $2 ORDER BY psn_no LIMIT $3";
    private const string ByNumber = "SELECT psn_no, psn_name, certno, gend, birth_on, household_no, coalesce(merged_into, '') FROM person WHERE psn_no = $1 AND psn_no > $2 LIMIT $3";

    public static async Task<Outcome<List<Found>>> Execute(NpgsqlDataSource database, Query query, CancellationToken cancellation)
    {
        var size = Math.Clamp(query.Limit ?? 50, 1, PageMax);
        var (sql, value) = query switch
        {
            { PsnNo.Length: > 0 } => (ByNumber, query.PsnNo),
            // Stored with a capital X; a foreigner's certificate keeps its letters, and is looked for as it was typed.
            { Certno.Length: > 0 } => (ByCertificate, query.Certno.Length == 18 ? query.Certno.ToUpperInvariant() : query.Certno),
            { Name.Length: > 0 } => (ByName, query.Name),
            _ => ("", ""),
        };
        if (sql.Length == 0) return Refusals.CertificateMissing;
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in (object[])[value, query.After ?? "", size]) command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        List<Found> rows = [];
        while (await reader.ReadAsync(cancellation))
            rows.Add(new(reader.GetString(0), PersonalData.MaskName(reader.GetString(1)), PersonalData.MaskCertificate(reader.GetString(2)), reader.GetString(3), DayNumber.Of(reader.GetFieldValue<DateOnly>(4)), reader.GetString(5), reader.GetString(6)));
        return rows;
    }

    /// <summary>One person with cover and categories, masked as well; of a number that was merged away, the record that it became part of.</summary>
    public static async Task<Outcome<object>> One(NpgsqlDataSource database, string psnNo, CancellationToken cancellation)
    {
        var found = await GetPerson.Read(database, new GetPersonRequest { PsnNo = psnNo }, cancellation);
        if (found.Refusal is { } refusal) return refusal;
        var p = found.Value;
        return new
        {
            p.PsnNo, PsnName = PersonalData.MaskName(p.PsnName), Certno = PersonalData.MaskCertificate(p.Certno), p.Gend, p.BirthOn, p.County, p.HouseholdNo, p.DiedOn, p.Version,
            Coverage = p.Coverage.Select(c => new { c.Insutype, c.PsnType, c.FromOn, c.ToOn, c.EmployerNo, c.EmployerName, AccountCredit = new Fen(c.AccountCreditFen).ToString() }),
            Categories = p.Category.Select(c => new { c.Name, c.FromOn, c.ToOn }),
        };
    }
}
