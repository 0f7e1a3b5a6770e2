namespace MedInsure.Reporting.Reports;

/// <summary>A report: what a row is, by what rows are put together, and which figures they add up to.</summary>
internal sealed record ReportDefinition
{
    public required string Code { get; init; }
    public required string Zh { get; init; }
    public required string En { get; init; }
    /// <summary>statutory or management.</summary>
    public required string Purpose { get; init; }
    public IReadOnlyList<string> PeriodKinds { get; init; } = ReportPeriod.Kinds;
    /// <summary>
    /// A query over the views of ../migrations whose rows are f: number text (what the row is called, unique), on_day date, county text, and whatever the columns name. $1, $2 first and last day of the
    /// period, $3, $4 of the same a year before, $5 1 January.
    /// </summary>
    public required string From { get; init; }
    /// <summary>Of a row f what distinct counts count once, text; empty: the report has none.</summary>
    public string Who { get; init; } = "";
    public required IReadOnlyList<ReportColumn> Columns { get; init; }
    /// <summary>Of a table in a fixed layout, made of other reports' figures; then <see cref="From"/> is empty.</summary>
    public IReadOnlyList<LayoutLine> Lines { get; init; } = [];
    /// <summary>Said under every report, in Chinese.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public IReadOnlyList<Dimension> Dimensions => [.. Columns.OfType<Dimension>()];
    public IReadOnlyList<Measure> Measures => [.. Columns.OfType<Measure>()];
}
