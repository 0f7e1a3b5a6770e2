using System.Data;
using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.ReportFeed;

/// <summary>A page of persons for reporting: of all, or of those who changed since a position.</summary>
internal static class ReadReportPersons
{
    private const int PersonsMax = 2_000;

    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "feed.page_invalid", $"起点不得为负，每页须为1至{PersonsMax}人", $"the position is not negative and a page has 1 to {PersonsMax} persons");

    public static async Task<Outcome<ReadReportPersonsReply>> Query(NpgsqlDataSource database, ReadReportPersonsRequest request, CancellationToken cancellation)
    {
        if (request.AfterNo < 0 || request.AfterIdx < -1 || request.Max is < 1 or > PersonsMax) return PageInvalid;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One state of the log and the persons.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var reply = new ReadReportPersonsReply { ReadNo = request.AfterNo, ReadIdx = request.AfterIdx };
        await using (var end = new NpgsqlCommand("SELECT change_no FROM person_log_head", connection)) reply.AtNo = (long)(await end.ExecuteScalarAsync(cancellation))!;
        var numbers = request.Copy ? await Copied(connection, request, reply, cancellation) : await Changed(connection, request, reply, cancellation);
        foreach (var person in await PersonReader.Read(connection, numbers, cancellation)) reply.Person.Add(Told(person));
        return reply;
    }

    private static async Task<string[]> Copied(NpgsqlConnection connection, ReadReportPersonsRequest request, ReadReportPersonsReply reply, CancellationToken cancellation)
    {
        var numbers = new List<string>(request.Max + 1);
        await using (var command = new NpgsqlCommand("SELECT psn_no FROM person WHERE psn_no > $1 ORDER BY psn_no LIMIT $2", connection) { Parameters = { new() { Value = request.AfterPsnNo }, new() { Value = request.Max + 1 } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) numbers.Add(reader.GetString(0));
        reply.More = numbers.Count > request.Max;
        if (reply.More) numbers.RemoveAt(request.Max);
        if (reply.More && request.CountBehind)
        {
            await using var left = new NpgsqlCommand("SELECT count(*) FROM person WHERE psn_no > $1", connection) { Parameters = { new() { Value = numbers[^1] } } };
            reply.Behind = (long)(await left.ExecuteScalarAsync(cancellation))!;
        }
        reply.Events = numbers.Count;
        return [.. numbers];
    }

    private static async Task<string[]> Changed(NpgsqlConnection connection, ReadReportPersonsRequest request, ReadReportPersonsReply reply, CancellationToken cancellation)
    {
        var numbers = new HashSet<string>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("SELECT change_no, psn_nos FROM person_log WHERE change_no >= $1 ORDER BY change_no LIMIT $2", connection) { Parameters = { new() { Value = request.AfterNo }, new() { Value = request.Max + 1 } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation) && !reply.More)
            {
                var (no, changed) = (reader.GetInt64(0), reader.GetFieldValue<string[]>(1));
                for (var i = no == request.AfterNo ? request.AfterIdx + 1 : 0; i < changed.Length; i++)
                {
                    reply.More = numbers.Count == request.Max && !numbers.Contains(changed[i]);
                    if (reply.More) break;
                    numbers.Add(changed[i]);
                    reply.Events++;
                    (reply.ReadNo, reply.ReadIdx) = (no, i);
                }
            }
        reply.More |= reply.ReadNo < reply.AtNo;
        if (reply.More) await Behind(connection, request.CountBehind, reply, cancellation);
        return [.. numbers];
    }

    /// <summary>The first change that waits may be one that was broken off.</summary>
    private static async Task Behind(NpgsqlConnection connection, bool count, ReadReportPersonsReply reply, CancellationToken cancellation)
    {
        const string waiting = "FROM person_log WHERE change_no >= $1 AND (change_no > $1 OR cardinality(psn_nos) > $2)";
        await using var since = new NpgsqlCommand($"SELECT changed_at {waiting} ORDER BY change_no LIMIT 1", connection) { Parameters = { new() { Value = reply.ReadNo }, new() { Value = reply.ReadIdx + 1 } } };
        if (await since.ExecuteScalarAsync(cancellation) is DateTime at) reply.BehindSinceMs = new DateTimeOffset(at).ToUnixTimeMilliseconds();
        if (!count) return;
        await using var command = new NpgsqlCommand($"SELECT coalesce(sum(cardinality(psn_nos) - CASE WHEN change_no = $1 THEN $2 ELSE 0 END), 0)::bigint {waiting}", connection) { Parameters = { new() { Value = reply.ReadNo }, new() { Value = reply.ReadIdx + 1 } } };
        reply.Behind = (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static ReportPerson Told(Person person)
    {
        var told = new ReportPerson { PsnNo = person.PsnNo, Gend = person.Gend, BirthOn = person.BirthOn, DiedOn = person.DiedOn, HouseholdNo = person.HouseholdNo, MergedInto = person.MergedInto };
        told.Cover.AddRange(person.Coverage.Select(c => new ReportCover { Insutype = c.Insutype, PsnType = c.PsnType, FromOn = c.FromOn, ToOn = c.ToOn, EmployerNo = c.EmployerNo }));
        told.Category.AddRange(person.Category.Select(c => new ReportCategory { Name = c.Name, FromOn = c.FromOn, ToOn = c.ToOn }));
        return told;
    }
}
