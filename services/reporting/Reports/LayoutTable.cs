using System.Globalization;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Reporting.Reports;

/// <summary>A figure of another report: of its rows with these codes, or its total.</summary>
internal sealed record Figure(string Report, string Column, params IReadOnlyList<(string Dimension, string Code)> Keys);

/// <summary>A line of a table in a fixed layout.</summary>
/// <param name="Under">The line is a share of this figure.</param>
internal sealed record LayoutLine(string Section, string Zh, string En, ReportUnit Unit, Figure Of, Figure? Under = null);

/// <summary>A table whose lines are figures of other reports, each with the same a year before.</summary>
internal static class LayoutTable
{
    public static readonly ReportUnit Mixed = new("mixed", 2);

    public static readonly IReadOnlyList<ReportColumn> Columns =
    [
        new Dimension("section", "部分", "section", "表的部分", "", CodeNames.Plain), new Dimension("item", "项目", "item", "项目名称", "", CodeNames.Plain), new Dimension("unit", "单位", "unit", "本行的计量单位", "", CodeNames.Plain),
        new Derived("value", "本期", "value", Mixed, "本期数，口径见各行说明", "", ""), new Derived("before", "上年同期", "a year before", Mixed, "上年同期数，口径同本期", "", ""),
        new Derived("change", "增减", "change", Mixed, "本期－上年同期；比率为百分点", "", ""), new Derived("growth", "增幅", "growth", ReportUnit.Percent, "增减÷上年同期；比率不计", "", ""),
        new Dimension("definition", "口径", "definition", "本行的口径和来源", "", CodeNames.Plain),
    ];

    public static async Task<List<ShownRow>> Rows(NpgsqlConnection connection, IReadOnlyList<LayoutLine> lines, ReportPeriod period, string? county, CancellationToken cancellation)
    {
        var tables = new Dictionary<(string Report, bool IsBefore), GetReport.Table>();
        var rows = new List<ShownRow>();
        foreach (var line in lines)
        {
            var (value, before) = (await Value(line, false), await Value(line, true));
            var isShare = line.Unit == ReportUnit.Percent;
            var change = value - before;
            var column = Column(line.Of);
            var row = new ShownRow
            {
                Cells =
                {
                    ["section"] = line.Section, ["item"] = line.Zh, ["unit"] = Name(line.Unit), ["value"] = GetReport.Text(line.Unit, value), ["before"] = GetReport.Text(line.Unit, before), ["change"] = GetReport.Text(line.Unit, change),
                    ["growth"] = isShare || before is null or <= 0 || change is null ? null : GetReport.Text(ReportUnit.Percent, HalfUp.Divide((Int128)change.Value * 10_000, before.Value)),
                    ["definition"] = line.Under is { } under ? $"{column.Zh}÷{Column(under).Zh}：{column.Definition}" : column.Definition,
                },
                Keys = { ["report"] = line.Of.Report, ["column"] = line.Of.Column },
            };
            foreach (var (dimension, code) in line.Of.Keys) row.Keys["key." + dimension] = code;
            rows.Add(row);
        }
        return rows;

        async Task<long?> Value(LayoutLine line, bool isBefore)
        {
            var over = await Read(line.Of, isBefore);
            if (line.Under is null) return over;
            return await Read(line.Under, isBefore) is { } under and > 0 && over is { } part ? HalfUp.Divide((Int128)part * 10_000, under) : null;
        }

        async Task<long?> Read(Figure figure, bool isBefore)
        {
            var report = ReportBook.Find(figure.Report)!;
            if (!tables.TryGetValue((figure.Report, isBefore), out var table))
            {
                var of = isBefore ? period.YearBefore() : period;
                // A report by covered years tells the period's year.
                if (!report.PeriodKinds.Contains(of.Kind)) of = ReportPeriod.Parse(of.To.Year.ToString(CultureInfo.InvariantCulture))!;
                tables[(figure.Report, isBefore)] = table = await GetReport.Figures(connection, report, of, county, cancellation);
            }
            if (figure.Keys.Count == 0) return table.Total.Figures[figure.Column];
            var at = figure.Keys.Select(k => (At: report.Dimensions.ToList().FindIndex(d => d.Key == k.Dimension), k.Code)).ToList();
            var matching = table.Rows.Where(r => at.TrueForAll(k => r.Codes[k.At] == k.Code)).ToList();
            return GetReport.Derive(report, report.Measures.ToDictionary(m => m.Key, m => (long?)matching.Sum(r => r.Figures[m.Key] ?? 0)))[figure.Column];
        }
    }

    private static ReportColumn Column(Figure figure) => ReportBook.Find(figure.Report)!.Columns.First(c => c.Key == figure.Column);

    private static string Name(ReportUnit unit) => unit.Name switch { "count" => "人（次、件）", "yuan" => "元", "percent" => "%", "days" => "日", _ => unit.Name };
}
