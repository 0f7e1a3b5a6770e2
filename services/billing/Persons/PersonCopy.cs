using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Persons;

/// <summary>This service's copy of enrollment's persons, kept set-wise. The higher version wins, whichever way it came.</summary>
internal static class PersonCopy
{
    /// <returns>Those whose copy changed, by number.</returns>
    public static async Task<string[]> Keep(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<InsuredPersonChanged> persons, CancellationToken cancellation)
    {
        // In one order, so that an event and the first copying wait for each other in one direction only.
        var newest = persons.GroupBy(p => p.PsnNo).Select(g => g.MaxBy(p => p.Version)!).OrderBy(p => p.PsnNo, StringComparer.Ordinal).ToList();
        var changed = new HashSet<string>(newest.Count);
        await using (var command = new NpgsqlCommand("""
            INSERT INTO insured_person AS p (psn_no, version, psn_cert_type, certno, psn_name, gend, birth_on, household_no, died_on)
            SELECT psn_no, version, psn_cert_type, certno, psn_name, gend, birth_on, coalesce(household_no, ''), died_on FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
                AS e (psn_no, version, psn_cert_type, certno, psn_name, gend, birth_on, household_no, died_on)
            ON CONFLICT (psn_no) DO UPDATE SET version = excluded.version, psn_cert_type = excluded.psn_cert_type, certno = excluded.certno, psn_name = excluded.psn_name, gend = excluded.gend,
                birth_on = excluded.birth_on, household_no = CASE WHEN excluded.household_no = '' THEN p.household_no ELSE excluded.household_no END, died_on = excluded.died_on
            WHERE p.version < excluded.version
            RETURNING psn_no
            """, connection, transaction))
        {
            Text(command, newest, p => p.PsnNo);
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. newest.Select(p => p.Version)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            Text(command, newest, p => p.PsnCertType);
            Text(command, newest, p => p.Certno);
            Text(command, newest, p => p.PsnName);
            Text(command, newest, p => p.Gend);
            Days(command, newest, p => DayNumber.ToDate(p.BirthOn));
            Text(command, newest, p => p.HouseholdNo);
            Days(command, newest, p => DayNumber.ToOptionalDate(p.DiedOn));
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) changed.Add(reader.GetString(0));
        }
        if (changed.Count == 0) return [];

        string[] numbers = [.. changed.Order(StringComparer.Ordinal)];
        var cover = newest.Where(p => changed.Contains(p.PsnNo)).SelectMany(p => p.Coverage.Select(c => (p.PsnNo, Cover: c))).ToList();
        var categories = newest.Where(p => changed.Contains(p.PsnNo)).SelectMany(p => p.Categories.Select(c => (p.PsnNo, Category: c))).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("DELETE FROM insured_cover WHERE psn_no = ANY ($1)") { Parameters = { new() { Value = numbers } } },
                new("DELETE FROM insured_category WHERE psn_no = ANY ($1)") { Parameters = { new() { Value = numbers } } },
                new("INSERT INTO insured_cover (psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)")
                {
                    Parameters =
                    {
                        Texts(cover, c => c.PsnNo), Texts(cover, c => c.Cover.Insutype), Dates(cover, c => DayNumber.ToDate(c.Cover.FromOn)), Dates(cover, c => DayNumber.ToOptionalDate(c.Cover.ToOn)),
                        Texts(cover, c => c.Cover.PsnType), Texts(cover, c => c.Cover.EmployerNo),
                        new NpgsqlParameter<long[]> { TypedValue = [.. cover.Select(c => c.Cover.AccountCreditFen)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                    },
                },
                new("INSERT INTO insured_category (psn_no, name, from_on, to_on) SELECT * FROM unnest($1, $2, $3, $4)")
                {
                    Parameters =
                    {
                        Texts(categories, c => c.PsnNo), Texts(categories, c => c.Category.Name), Dates(categories, c => DayNumber.ToDate(c.Category.FromOn)), Dates(categories, c => DayNumber.ToOptionalDate(c.Category.ToOn)),
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
        return numbers;
    }

    /// <summary>A person as enrollment's look-ups give them, in the form of its event.</summary>
    public static InsuredPersonChanged Of(Person person) => new(
        person.PsnNo, person.PsnCertType, person.Certno, person.PsnName, person.Gend, person.BirthOn, person.County, person.Version,
        [.. person.Coverage.Select(c => new InsuredCoverage(c.Insutype, c.PsnType, c.FromOn, c.ToOn, c.EmployerNo, c.AccountCreditFen))],
        [.. person.Category.Select(c => new InsuredCategory(c.Name, c.FromOn, c.ToOn))], person.HouseholdNo, person.MergedInto.Length > 0 ? person.MergedInto : null, person.DiedOn);

    private static void Text(NpgsqlCommand command, List<InsuredPersonChanged> persons, Func<InsuredPersonChanged, string?> column) => command.Parameters.Add(Texts(persons, column));

    private static void Days(NpgsqlCommand command, List<InsuredPersonChanged> persons, Func<InsuredPersonChanged, DateOnly?> column) => command.Parameters.Add(Dates(persons, column));

    private static NpgsqlParameter<string?[]> Texts<T>(List<T> rows, Func<T, string?> column) => new() { TypedValue = [.. rows.Select(column)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter<DateOnly?[]> Dates<T>(List<T> rows, Func<T, DateOnly?> column) => new() { TypedValue = [.. rows.Select(column)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date };
}
