namespace MedInsure.Reporting.Reports;

/// <summary>What a column's figures are: money is fen, a share basis points, days and months tenths; -1 decimals = a text.</summary>
internal sealed record ReportUnit(string Name, int Decimals)
{
    public static readonly ReportUnit Text = new("text", -1), Count = new("count", 0), Yuan = new("yuan", 2), Percent = new("percent", 2), Days = new("days", 1), Months = new("months", 1);

    public static readonly IReadOnlyList<ReportUnit> All = [Text, Count, Yuan, Percent, Days, Months];
}

/// <summary>When a row counts.</summary>
internal enum ReportSpan
{
    /// <summary>In the report's period.</summary>
    Period,
    /// <summary>In the same period a year before (同期).</summary>
    YearBefore,
    /// <summary>From 1 January to the period's end.</summary>
    YearToDate,
    /// <summary>Up to the period's end, whenever it came.</summary>
    UpToEnd,
}

/// <param name="Key">Stable, snake_case.</param>
/// <param name="Definition">In Chinese: what is counted and where it comes from.</param>
internal abstract record ReportColumn(string Key, string Zh, string En, ReportUnit Unit, string Definition);

/// <param name="Sql">Of the report's row f; text.</param>
/// <param name="Names">How a code is called.</param>
internal sealed record Dimension(string Key, string Zh, string En, string Definition, string Sql, CodeNames Names) : ReportColumn(Key, Zh, En, ReportUnit.Text, Definition);

/// <summary>A figure that the rows add up to.</summary>
/// <param name="Sql">What a row f adds, bigint.</param>
/// <param name="Distinct">Counted is who (<see cref="ReportDefinition.Who"/>) the rows add up to more than nothing for.</param>
internal sealed record Measure(string Key, string Zh, string En, ReportUnit Unit, string Definition, string Sql, ReportSpan Span = ReportSpan.Period, bool Distinct = false) : ReportColumn(Key, Zh, En, Unit, Definition);

/// <summary>One figure over another: empty where that is nothing.</summary>
/// <param name="Growth">By how much the one is more than the other, of the other.</param>
internal sealed record Derived(string Key, string Zh, string En, ReportUnit Unit, string Definition, string Over, string Under, bool Growth = false) : ReportColumn(Key, Zh, En, Unit, Definition);
