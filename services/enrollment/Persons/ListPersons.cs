using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

internal static class ListPersons
{
    private const int PageSizeDefault = 100;

    private const string Sql = """
        SELECT psn_no FROM person p
        WHERE psn_no > $1 AND ($2 = '' OR EXISTS (SELECT FROM coverage c WHERE c.psn_no = p.psn_no AND c.insutype = $2))
        ORDER BY psn_no LIMIT $3
        """;

    public static async Task<Outcome<ListPersonsReply>> Read(NpgsqlDataSource database, ListPersonsRequest request, CancellationToken cancellation)
    {
        if (request.PageSize is < 0 or > Refusals.BatchMax) return Refusals.TooMany.At("page_size");
        var size = request.PageSize == 0 ? PageSizeDefault : request.PageSize;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var numbers = new List<string>(size);
        await using (var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = request.AfterPsnNo }, new() { Value = request.Insutype }, new() { Value = size } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) numbers.Add(reader.GetString(0));

        var reply = new ListPersonsReply();
        if (numbers.Count == 0) return reply;
        reply.Person.AddRange(await PersonReader.Read(connection, [.. numbers], cancellation));
        if (numbers.Count == size) reply.NextAfterPsnNo = numbers[^1];
        return reply;
    }
}
