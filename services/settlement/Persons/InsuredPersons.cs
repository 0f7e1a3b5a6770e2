using Google.Protobuf;
using MedInsure.Events;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Persons;

/// <summary>One tenant's copy of enrollment's persons: filled by events, and by asking where an event has not come yet.</summary>
public sealed class InsuredPersons(Tenant tenant, NpgsqlDataSource database, Enrollment.EnrollmentClient enrollment)
{
    private const int PersonsPerCall = 500;

    /// <summary>Asks enrollment for persons that this service has not heard of, and keeps what it says. Unknown numbers are left out.</summary>
    public async Task<IReadOnlyList<Person>> AskEnrollment(IReadOnlyList<string> psnNos, CancellationToken cancellation)
    {
        var found = new List<Person>(psnNos.Count);
        foreach (var part in psnNos.Chunk(PersonsPerCall))
        {
            var request = new BatchGetPersonsRequest();
            request.PsnNo.AddRange(part);
            var reply = await enrollment.BatchGetPersonsAsync(request, CallTenant.For(tenant.Code), cancellationToken: cancellation);
            found.AddRange(reply.Person);
        }
        if (found.Count == 0) return found;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Keep(connection, null, found, cancellation);
        return found;
    }

    /// <summary>Keeps persons, each unless a newer state is known.</summary>
    public static async Task Keep(NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<Person> persons, CancellationToken cancellation)
    {
        var newest = persons.GroupBy(p => p.PsnNo).Select(g => g.MaxBy(p => p.Version)!).OrderBy(p => p.PsnNo, StringComparer.Ordinal).ToList();
        await using var command = new NpgsqlCommand("""
            INSERT INTO insured (psn_no, version, doc) SELECT * FROM unnest($1, $2, $3)
            ON CONFLICT (psn_no) DO UPDATE SET version = excluded.version, doc = excluded.doc WHERE insured.version < excluded.version
            """, connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = [.. newest.Select(p => p.PsnNo)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new NpgsqlParameter<long[]> { TypedValue = [.. newest.Select(p => p.Version)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                new NpgsqlParameter<byte[][]> { TypedValue = [.. newest.Select(p => p.ToByteArray())], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static Person PersonOf(InsuredPersonChanged changed)
    {
        var person = new Person
        {
            PsnNo = changed.PsnNo,
            PsnCertType = changed.PsnCertType,
            Certno = changed.Certno,
            PsnName = changed.PsnName,
            Gend = changed.Gend,
            BirthOn = changed.BirthOn,
            County = changed.County,
            Version = changed.Version,
            HouseholdNo = changed.HouseholdNo ?? "",
            MergedInto = changed.MergedInto ?? "",
            DiedOn = changed.DiedOn,
        };
        foreach (var c in changed.Coverage)
            person.Coverage.Add(new Coverage { Insutype = c.Insutype, PsnType = c.PsnType, FromOn = c.FromOn, ToOn = c.ToOn, EmployerNo = c.EmployerNo, AccountCreditFen = c.AccountCreditFen });
        foreach (var c in changed.Categories) person.Category.Add(new Category { Name = c.Name, FromOn = c.FromOn, ToOn = c.ToOn });
        return person;
    }
}
