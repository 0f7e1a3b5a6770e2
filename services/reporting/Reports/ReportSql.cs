namespace MedInsure.Reporting.Reports;

/// <summary>A report's figures and the rows behind them, from the same expressions. Pure.</summary>
internal static class ReportSql
{
    /// <summary>Whether a row f counts in a span: $1 to $5 as <see cref="ReportDefinition.From"/> has them.</summary>
    public static string When(ReportSpan span) => span switch
    {
        ReportSpan.Period => "f.on_day BETWEEN $1 AND $2",
        ReportSpan.YearBefore => "f.on_day BETWEEN $3 AND $4",
        ReportSpan.YearToDate => "f.on_day BETWEEN $5 AND $2",
        _ => "f.on_day <= $2",
    };

    /// <summary>Rows of: whether it is the total, the dimensions, the measures. Without any row there is no total either.</summary>
    public static string Figures(ReportDefinition report)
    {
        var (dimensions, measures) = (report.Dimensions, report.Measures);
        string[] names = [.. dimensions.Select((_, i) => $"d{i}")];
        var spans = string.Join(" OR ", measures.Select(m => When(m.Span)).Distinct());
        var from = $"(SELECT {Listed(dimensions.Select((d, i) => $"coalesce({d.Sql}, '') AS d{i}"))}f.* FROM ({report.From}) f WHERE ($6::text IS NULL OR f.county = $6) AND ({spans})) f";
        var isTotal = names.Length == 0 ? "true" : $"GROUPING({string.Join(", ", names)}) <> 0";
        var sums = measures.Select((m, i) => $"coalesce(sum(({m.Sql})::bigint) FILTER (WHERE {When(m.Span)}), 0)::bigint AS m{i}");
        if (!measures.Any(m => m.Distinct))
            return $"SELECT {isTotal} AS t, {Listed(names)}{string.Join(", ", sums)} FROM {from} {(names.Length == 0 ? "HAVING count(*) > 0" : $"GROUP BY GROUPING SETS (({string.Join(", ", names)}), ())")} ORDER BY {Order(names)}";

        // First each person's sums in a group and over all, then the groups': whose visits were all taken back is not counted.
        string[] whole = [.. names, "who"];
        var sets = names.Length == 0 ? "((who))" : $"(({string.Join(", ", whole)}), (who))";
        var outer = measures.Select((m, i) => m.Distinct ? $"count(*) FILTER (WHERE m{i} > 0)" : $"sum(m{i})::bigint");
        return $"""
            SELECT t, {Listed(names)}{string.Join(", ", outer)}
            FROM (SELECT {isTotal} AS t, {Listed(names)}{string.Join(", ", sums)} FROM (SELECT {report.Who} AS who, f.* FROM {from}) f GROUP BY GROUPING SETS {sets}) g
            GROUP BY {string.Join(", ", (string[])["t", .. names])} ORDER BY {Order(names)}
            """;
    }

    /// <summary>Number, day, county, the dimensions and what the row adds to the figure. $7 after which number, $8 how many, $9 and on the dimensions' codes.</summary>
    /// <param name="keys">Positions of the dimensions that are given.</param>
    public static string Behind(ReportDefinition report, Measure measure, IReadOnlyList<int> keys)
    {
        var dimensions = report.Dimensions;
        var columns = Listed(dimensions.Select((d, i) => $"coalesce({d.Sql}, '') AS d{i}"));
        var where = string.Concat(keys.Select((k, i) => $" AND d{k} = ${9 + i}"));
        var rows = $"SELECT f.number COLLATE \"C\" AS number, f.on_day, f.county, {columns}({measure.Sql})::bigint AS value{(measure.Distinct ? $", {report.Who} AS who" : "")} FROM ({report.From}) f WHERE ($6::text IS NULL OR f.county = $6) AND {When(measure.Span)}";
        var names = Listed(dimensions.Select((_, i) => $"d{i}"));
        return measure.Distinct
            ? $"SELECT who COLLATE \"C\", min(on_day), min(county), {string.Concat(dimensions.Select((_, i) => keys.Contains(i) ? $"min(d{i}), " : "'', "))}1::bigint FROM ({rows}) r WHERE ($7::text IS NULL OR who COLLATE \"C\" > $7){where} GROUP BY who HAVING sum(value) > 0 ORDER BY 1 LIMIT $8"
            : $"SELECT number, on_day, county, {names}value FROM ({rows}) r WHERE value <> 0 AND ($7::text IS NULL OR number > $7){where} ORDER BY 1 LIMIT $8";
    }

    private static string Listed(IEnumerable<string> columns) => string.Concat(columns.Select(c => c + ", "));

    private static string Order(string[] names) => string.Join(", ", (string[])["t", .. names]);
}
