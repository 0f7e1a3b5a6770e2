using System.Data;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.ReportFeed;

/// <summary>A page of where households live, for reporting: of all, or of those that changed since a position.</summary>
internal static class ReadReportPlaces
{
    public static async Task<Outcome<ReadReportPlacesReply>> Query(NpgsqlDataSource database, ReadReportPlacesRequest request, CancellationToken cancellation)
    {
        if (request.AfterNo < 0 || request.Max is < 1 or > ReadReportIncomes.RowsMax) return ReadReportIncomes.PageInvalid;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One state of the log and the places.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var reply = new ReadReportPlacesReply { ReadNo = request.AfterNo };
        await using (var end = new NpgsqlCommand("SELECT change_no FROM household_place_log_head", connection)) reply.AtNo = (long)(await end.ExecuteScalarAsync(cancellation))!;
        if (request.Copy) await Copied(connection, request, reply, cancellation);
        else await Changed(connection, request, reply, cancellation);
        reply.More = reply.Behind > 0;
        return reply;
    }

    private static async Task Copied(NpgsqlConnection connection, ReadReportPlacesRequest request, ReadReportPlacesReply reply, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT household_no, township, village FROM household_place WHERE household_no > $1 ORDER BY household_no LIMIT $2", connection)
        {
            Parameters = { new() { Value = request.AfterHouseholdNo }, new() { Value = request.Max } },
        };
        await Read(command, reply, cancellation);
        if (reply.Place.Count < request.Max) return;
        await using var left = new NpgsqlCommand("SELECT count(*) FROM household_place WHERE household_no > $1", connection) { Parameters = { new() { Value = reply.Place[^1].HouseholdNo } } };
        reply.Behind = (long)(await left.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task Changed(NpgsqlConnection connection, ReadReportPlacesRequest request, ReadReportPlacesReply reply, CancellationToken cancellation)
    {
        reply.ReadNo = Math.Min(reply.AtNo, request.AfterNo + request.Max);
        reply.Behind = Math.Max(0, reply.AtNo - reply.ReadNo);
        await using var command = new NpgsqlCommand("""
            SELECT household_no, township, village FROM household_place WHERE household_no IN (SELECT household_no FROM household_place_log WHERE change_no > $1 AND change_no <= $2) ORDER BY household_no
            """, connection) { Parameters = { new() { Value = request.AfterNo }, new() { Value = reply.ReadNo } } };
        await Read(command, reply, cancellation);
        if (reply.Behind == 0) return;
        await using var since = new NpgsqlCommand("SELECT changed_at FROM household_place_log WHERE change_no = $1", connection) { Parameters = { new() { Value = reply.ReadNo + 1 } } };
        reply.BehindSinceMs = new DateTimeOffset((DateTime)(await since.ExecuteScalarAsync(cancellation))!).ToUnixTimeMilliseconds();
    }

    private static async Task Read(NpgsqlCommand command, ReadReportPlacesReply reply, CancellationToken cancellation)
    {
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation)) reply.Place.Add(new ReportPlace { HouseholdNo = r.GetString(0), Township = r.GetString(1), Village = r.GetString(2) });
    }
}
