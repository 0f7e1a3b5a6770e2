using System.Data;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Reporting.Reports;

/// <summary>The rows behind a figure, page by page: numbers, days, codes and what each adds. Always from the facts as they are now.</summary>
internal static class ListReportRows
{
    /// <param name="Keys">Of the figure's row, dimension to code; empty: behind the total.</param>
    /// <param name="After">The last number seen; null: from the first.</param>
    internal sealed record Question(GetReport.Question Report, string? Column, IReadOnlyDictionary<string, string> Keys, string? After, int PageSize);

    internal sealed record Row(string Number, string Day, string County, IReadOnlyDictionary<string, string> Keys, string Value);

    internal sealed record Page(IReadOnlyList<Row> Rows, bool More);

    public static async Task<Outcome<Page>> Run(ReportPlace place, Question question, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var read = GetReport.Read(place, question.Report, calendar);
        if (read.Refusal is { } refusal) return refusal;
        var (report, period, county) = read.Value;
        if (report.Measures.FirstOrDefault(m => m.Key == question.Column) is not { } measure) return ReportingRefusals.ColumnUnknown;
        var dimensions = report.Dimensions;
        List<int> keys = [.. Enumerable.Range(0, dimensions.Count).Where(i => question.Keys.ContainsKey(dimensions[i].Key))];
        if (keys.Count != question.Keys.Count) return ReportingRefusals.KeyUnknown;
        if (question.PageSize is < 1 or > ReportingRefusals.PageMax) return ReportingRefusals.PageInvalid;

        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(ReportSql.Behind(report, measure, keys), connection) { CommandTimeout = 0 };
        GetReport.Bind(command, period, county);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)question.After ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = question.PageSize + 1 });
        foreach (var key in keys) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = question.Keys[dimensions[key].Key] });
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, cancellation);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellation))
        {
            var codes = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < dimensions.Count; i++)
                if (reader.GetString(3 + i) is { Length: > 0 } code) codes[dimensions[i].Key] = code;
            rows.Add(new Row(reader.GetString(0), ReportingJson.Day(reader.GetFieldValue<DateOnly>(1)), reader.GetString(2), codes, GetReport.Text(measure.Unit, reader.GetInt64(3 + dimensions.Count))!));
        }
        return rows.Count > question.PageSize ? new Page(rows[..question.PageSize], true) : new Page(rows, false);
    }
}
