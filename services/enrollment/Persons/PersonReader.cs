using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

/// <summary>Persons with their cover and categories, in the order of their numbers, in one round trip.</summary>
internal static class PersonReader
{
    public static async Task<List<Person>> Read(NpgsqlConnection connection, string[] numbers, CancellationToken cancellation)
    {
        NpgsqlBatchCommand Part(string sql) => new(sql) { Parameters = { new() { Value = numbers } } };
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Part("SELECT psn_no, psn_cert_type, certno, psn_name, gend, birth_on, county, household_no, version, coalesce(merged_into, ''), died_on FROM person WHERE psn_no = ANY ($1) ORDER BY psn_no"),
                Part("""
                    SELECT c.psn_no, c.insutype, c.psn_type, c.from_on, c.to_on, c.employer_no, coalesce(e.employer_name, ''), c.account_credit_fen
                    FROM coverage c LEFT JOIN employer e USING (employer_no) WHERE c.psn_no = ANY ($1) ORDER BY c.psn_no, c.insutype, c.from_on
                    """),
                Part("SELECT psn_no, name, from_on, to_on FROM category WHERE psn_no = ANY ($1) ORDER BY psn_no, name, from_on"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var persons = new List<Person>(numbers.Length);
        while (await reader.ReadAsync(cancellation))
            persons.Add(new Person
            {
                PsnNo = reader.GetString(0),
                PsnCertType = reader.GetString(1),
                Certno = reader.GetString(2),
                PsnName = reader.GetString(3),
                Gend = reader.GetString(4),
                BirthOn = DayNumber.Of(reader.GetFieldValue<DateOnly>(5)),
                County = reader.GetString(6),
                HouseholdNo = reader.GetString(7),
                Version = reader.GetInt64(8),
                MergedInto = reader.GetString(9),
                DiedOn = Day(reader, 10),
            });
        var byNumber = persons.ToDictionary(p => p.PsnNo);

        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            if (byNumber.TryGetValue(reader.GetString(0), out var person))
                person.Coverage.Add(new Coverage
                {
                    Insutype = reader.GetString(1),
                    PsnType = reader.GetString(2),
                    FromOn = DayNumber.Of(reader.GetFieldValue<DateOnly>(3)),
                    ToOn = Day(reader, 4),
                    EmployerNo = reader.GetString(5),
                    EmployerName = reader.GetString(6),
                    AccountCreditFen = reader.GetInt64(7),
                });

        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            if (byNumber.TryGetValue(reader.GetString(0), out var person))
                person.Category.Add(new Category { Name = reader.GetString(1), FromOn = DayNumber.Of(reader.GetFieldValue<DateOnly>(2)), ToOn = Day(reader, 3) });
        return persons;
    }

    private static int Day(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? 0 : DayNumber.Of(reader.GetFieldValue<DateOnly>(column));
}
