using System.Data;
using MedInsure.Kernel;
using MedInsure.Reporting.Snapshots;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Reporting.Reports;

/// <summary>A report of a period: of a closed month from its snapshot, else from the facts.</summary>
internal static class GetReport
{
    /// <param name="Period">Null: the last whole month.</param>
    /// <param name="IsLive">From the facts even where a snapshot is kept.</param>
    internal sealed record Question(string? Code, string? Period, string? County, bool IsLive);

    /// <summary>What a question names: report, period, county.</summary>
    internal sealed record Named(ReportDefinition Report, ReportPeriod Period, string? County);

    public static async Task<Outcome<ReportDocument>> Run(ReportPlace place, Question question, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var read = Read(place, question, calendar);
        if (read.Refusal is { } refusal) return refusal;
        var named = read.Value;
        if (!question.IsLive && await KeptReports.Find(place.Database, named, cancellation) is { } kept) return kept;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        return await Compute(place, connection, named, calendar, cancellation);
    }

    public static Outcome<Named> Read(ReportPlace place, Question question, ChinaCalendar calendar)
    {
        if (ReportBook.Find(question.Code) is not { } report) return ReportingRefusals.ReportUnknown;
        var period = string.IsNullOrEmpty(question.Period) ? ReportPeriod.OfMonth(calendar.Today.AddMonths(-1)) : ReportPeriod.Parse(question.Period);
        if (period is null || !report.PeriodKinds.Contains(period.Kind)) return ReportingRefusals.PeriodInvalid;
        var county = string.IsNullOrEmpty(question.County) ? null : question.County;
        if (county is not null && !place.HasCounty(county)) return ReportingRefusals.CountyUnknown;
        return new Named(report, period, county);
    }

    /// <summary>From the facts as the connection's transaction sees them.</summary>
    public static async Task<ReportDocument> Compute(ReportPlace place, NpgsqlConnection connection, Named named, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var (report, period, county) = named;
        var isLayout = report.Lines.Count > 0;
        var table = isLayout ? new Table([], new Row([], new Dictionary<string, long?>())) : await Figures(connection, report, period, county, cancellation);
        List<ShownRow> rows = isLayout ? await LayoutTable.Rows(connection, report.Lines, period, county, cancellation) : [.. table.Rows.Select(r => Shown(place, report, r))];
        var lag = await FeedLags.Read(connection, cancellation);
        var notes = new List<string>(report.Notes);
        if (rows.TrueForAll(r => isLayout && r["value"] is null or "0" or "0.00")) notes.Add("本期没有数据，各项数字为零。");
        if (period.To >= calendar.Today) notes.Add($"本期尚未结束，数字截至{calendar.Now:yyyy年M月d日HH:mm}。");
        if (lag.Count > 0) notes.Add($"有{lag.Count}个数据来源尚未读完或读取失败，数字可能偏少。");
        return new ReportDocument(report.Code, report.Zh, report.En, report.Purpose, period.Text, period.Kind, ReportingJson.Day(period.From), ReportingJson.Day(period.To), county, ReportingJson.Time(calendar.UtcNow), ReportDocument.Live, null,
            lag, [.. report.Columns.Select(ListReports.Shown)], rows, isLayout ? new ShownRow() : Shown(place, report, table.Total), notes, []);
    }

    /// <summary>Rows by the dimensions' codes; figures by column, null where there is none.</summary>
    internal sealed record Row(IReadOnlyList<string> Codes, IReadOnlyDictionary<string, long?> Figures);

    internal sealed record Table(IReadOnlyList<Row> Rows, Row Total);

    public static async Task<Table> Figures(NpgsqlConnection connection, ReportDefinition report, ReportPeriod period, string? county, CancellationToken cancellation)
    {
        var (dimensions, measures) = (report.Dimensions.Count, report.Measures);
        await using var command = new NpgsqlCommand(ReportSql.Figures(report), connection) { CommandTimeout = 0 };
        Bind(command, period, county);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (rows, total) = (new List<Row>(), new Row([], Derive(report, measures.ToDictionary(m => m.Key, _ => (long?)0))));
        while (await reader.ReadAsync(cancellation))
        {
            var sums = new Dictionary<string, long?>(StringComparer.Ordinal);
            for (var i = 0; i < measures.Count; i++) sums[measures[i].Key] = reader.GetInt64(1 + dimensions + i);
            var figures = Derive(report, sums);
            if (reader.GetBoolean(0)) total = new Row([], figures);
            else rows.Add(new Row([.. Enumerable.Range(1, dimensions).Select(reader.GetString)], figures));
        }
        return new Table(rows, total);
    }

    public static void Bind(NpgsqlCommand command, ReportPeriod period, string? county)
    {
        var before = period.YearBefore();
        foreach (var day in (DateOnly[])[period.From, period.To, before.From, before.To, period.YearFrom]) command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)county ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
    }

    public static Dictionary<string, long?> Derive(ReportDefinition report, Dictionary<string, long?> figures)
    {
        foreach (var column in report.Columns.OfType<Derived>())
        {
            if (figures[column.Over] is not { } over || figures[column.Under] is not { } under)
            {
                figures[column.Key] = null;
                continue;
            }
            // Of a share hundredths of a percent, of money fen, of days tenths.
            var factor = column.Unit == ReportUnit.Percent ? 10_000 : column.Unit == ReportUnit.Days || column.Unit == ReportUnit.Months ? 10 : 1;
            figures[column.Key] = under <= 0 ? null : HalfUp.Divide(((Int128)over - (column.Growth ? under : 0)) * factor, under);
        }
        return figures;
    }

    public static ShownRow Shown(ReportPlace place, ReportDefinition report, Row row)
    {
        var shown = new ShownRow();
        for (var i = 0; i < row.Codes.Count; i++)
        {
            shown.Keys[report.Dimensions[i].Key] = row.Codes[i];
            shown.Cells[report.Dimensions[i].Key] = place.NameOf(report.Dimensions[i].Names, row.Codes[i]);
        }
        foreach (var column in report.Columns.Where(c => c is not Dimension)) shown.Cells[column.Key] = Text(column.Unit, row.Figures[column.Key]);
        return shown;
    }

    public static string? Text(ReportUnit unit, long? figure) => figure is { } value ? FixedPoint.Format(value, unit.Decimals, trim: false) : null;
}
