using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

internal static class BatchGetPersons
{
    public static async Task<Outcome<BatchGetPersonsReply>> Read(NpgsqlDataSource database, BatchGetPersonsRequest request, CancellationToken cancellation)
    {
        if (request.PsnNo.Count > Refusals.BatchMax) return Refusals.TooMany.At("psn_no");
        var reply = new BatchGetPersonsReply();
        if (request.PsnNo.Count == 0) return reply;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        reply.Person.AddRange(await PersonReader.Read(connection, [.. request.PsnNo], cancellation));
        return reply;
    }
}
