using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

internal static class GetPerson
{
    public static async Task<Outcome<Person>> Read(NpgsqlDataSource database, GetPersonRequest request, CancellationToken cancellation)
    {
        if (request.PsnNo.Length == 0) return Refusals.NumberMissing;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await PersonReader.Read(connection, [request.PsnNo], cancellation) is not [var person]) return Refusals.PersonUnknown.At("psn_no");
        return person.MergedInto.Length > 0 && await PersonReader.Read(connection, [person.MergedInto], cancellation) is [var surviving] ? surviving : person;
    }
}
