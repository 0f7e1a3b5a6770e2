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
        return await PersonReader.Read(connection, [request.PsnNo], cancellation) is [var person] ? person : Refusals.PersonUnknown.At("psn_no");
    }
}
