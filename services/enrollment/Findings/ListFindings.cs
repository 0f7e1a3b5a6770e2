using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Findings;

/// <summary>A finding as work lists show it.</summary>
internal sealed record Finding(
    long FindingNo, string Source, string Kind, string? PsnNo, string? OtherPsnNo, string Certno, string PsnName, DateOnly? BirthOn, string Township, string Village, string Address, string Detail,
    string State, long FoundIn, long SeenIn, DateTimeOffset FoundAt, DateTimeOffset ChangedAt);

/// <summary>The work lists: by source, kind, state, township and village, in the order of their numbers.</summary>
internal static class ListFindings
{
    public const int PageMax = 1_000;
    private static readonly string[] States = ["open", "confirmed", "dismissed", "resolved"];
    private static readonly string[] CsvColumns =
        ["finding_no", "source", "kind", "psn_no", "other_psn_no", "certno", "psn_name", "birth_on", "township", "village", "address", "detail", "state", "found_at"];

    /// <summary>Empty = any.</summary>
    public sealed record Filter(string Source, string Kind, string State, string Township, string Village);

    private const string Where = "WHERE ($1 = '' OR source = $1) AND ($2 = '' OR kind = $2) AND ($3 = '' OR state = $3) AND ($4 = '' OR township = $4) AND ($5 = '' OR village = $5)";
    private const string Columns = "finding_no, source, kind, psn_no, other_psn_no, certno, psn_name, birth_on, township, village, address, detail, state, found_in, seen_in, found_at, changed_at";

    public static async Task<Outcome<IReadOnlyList<Finding>>> Query(NpgsqlDataSource database, Filter filter, long after, int limit, CancellationToken cancellation)
    {
        if (filter.State.Length > 0 && !States.Contains(filter.State)) return Refusals.FindingStateUnknown.At("state");
        if (limit is < 1 or > PageMax) return Refusals.TooMany.At("limit");
        var page = new List<Finding>();
        await foreach (var finding in Read(database, filter, after, limit, cancellation)) page.Add(finding);
        return page;
    }

    /// <summary>How many of each kind and state there are in each village.</summary>
    public static async Task<List<object>> Count(NpgsqlDataSource database, Filter filter, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT township, village, source, kind, state, count(*) FROM finding {Where} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5");
        AddFilter(command, filter);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var counts = new List<object>();
        while (await reader.ReadAsync(cancellation))
            counts.Add(new { township = reader.GetString(0), village = reader.GetString(1), source = reader.GetString(2), kind = reader.GetString(3), state = reader.GetString(4), findings = reader.GetInt64(5) });
        return counts;
    }

    /// <summary>All that the filter lets through, row by row, with the byte-order mark that spreadsheets ask for.</summary>
    public static async Task WriteCsv(NpgsqlDataSource database, Filter filter, Stream output, CancellationToken cancellation)
    {
        await using var text = new StreamWriter(output, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n", InjectionOptions = InjectionOptions.Escape });
        foreach (var column in CsvColumns) csv.WriteField(column);
        await csv.NextRecordAsync();
        await foreach (var f in Read(database, filter, 0, int.MaxValue, cancellation))
        {
            foreach (var field in (string?[])[$"{f.FindingNo}", f.Source, f.Kind, f.PsnNo, f.OtherPsnNo, f.Certno, f.PsnName, f.BirthOn?.ToString("yyyy-MM-dd"), f.Township, f.Village, f.Address, f.Detail, f.State, f.FoundAt.ToString("O")])
                csv.WriteField(field);
            await csv.NextRecordAsync();
        }
    }

    private static async IAsyncEnumerable<Finding> Read(NpgsqlDataSource database, Filter filter, long after, int limit, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM finding {Where} AND finding_no > $6 ORDER BY finding_no LIMIT $7");
        AddFilter(command, filter);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) yield return Of(reader);
    }

    public static async Task<Finding?> Find(NpgsqlConnection connection, NpgsqlTransaction transaction, long number, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM finding WHERE finding_no = $1 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = number } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Of(reader) : null;
    }

    private static Finding Of(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.IsDBNull(3) ? null : r.GetString(3), r.IsDBNull(4) ? null : r.GetString(4), r.GetString(5), r.GetString(6),
        r.IsDBNull(7) ? null : r.GetFieldValue<DateOnly>(7), r.GetString(8), r.GetString(9), r.GetString(10), r.GetString(11), r.GetString(12), r.GetInt64(13), r.GetInt64(14),
        r.GetFieldValue<DateTimeOffset>(15), r.GetFieldValue<DateTimeOffset>(16));

    private static void AddFilter(NpgsqlCommand command, Filter filter)
    {
        foreach (var value in (string[])[filter.Source, filter.Kind, filter.State, filter.Township, filter.Village]) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
    }
}
