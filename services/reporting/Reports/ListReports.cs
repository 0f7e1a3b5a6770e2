using MedInsure.Protos.Reporting.V1;

namespace MedInsure.Reporting.Reports;

/// <summary>All reports with their columns and definitions.</summary>
internal static class ListReports
{
    public static ListReportsReply Run()
    {
        var reply = new ListReportsReply();
        foreach (var report in ReportBook.All)
        {
            var told = new Protos.Reporting.V1.ReportDefinition { Code = report.Code, TitleZh = report.Zh, TitleEn = report.En, Purpose = report.Purpose, HasRows = report.Measures.Any() };
            told.PeriodKind.Add(report.PeriodKinds);
            told.Column.Add(report.Columns.Select(Told));
            reply.Report.Add(told);
        }
        return reply;
    }

    public static object Shown() => new
    {
        Reports = ReportBook.All.Select(r => new { r.Code, TitleZh = r.Zh, TitleEn = r.En, r.Purpose, r.PeriodKinds, HasRows = r.Measures.Any(), Columns = r.Columns.Select(Shown) }),
    };

    public static ShownColumn Shown(ReportColumn column) => new(column.Key, column.Zh, column.En, column.Unit.Name, column.Definition, column is Dimension, column is Measure);

    public static Protos.Reporting.V1.ReportColumn Told(ReportColumn column) =>
        new() { Key = column.Key, Zh = column.Zh, En = column.En, Unit = column.Unit.Name, Definition = column.Definition, IsDimension = column is Dimension, HasRows = column is Measure };
}
