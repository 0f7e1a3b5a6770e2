using MedInsure.FraudAudit.Rules;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.KnowledgePoints;

/// <summary>One row of knowledge-points.csv that is right in itself.</summary>
internal sealed record KnowledgePointFileRow(
    long Line, string Rule, string PointNo, string ItemName, IReadOnlyList<string> Codes, IReadOnlyList<string> Others, IReadOnlyList<string> Diagnoses, string Gend, int? AgeMin, int? AgeMax,
    IReadOnlyList<string> Insutypes, IReadOnlyList<string> MedTypes, string LevelMin, long Limit, string Window, string Basis, DateOnly From, DateOnly? To);

/// <summary>Columns and readers of knowledge-points.csv. Which of them a rule's points fill is said by its definition.</summary>
internal static class KnowledgePointFile
{
    public static readonly string[] Columns =
        ["rule", "point_no", "item_name", "codes", "others", "diagnoses", "gend", "age_min", "age_max", "insutypes", "med_types", "level_min", "limit", "window", "basis", "begndate", "enddate"];

    private const int CodeMax = 40, CodesMax = 2_000, AgeMost = 150;
    private static readonly HashSet<string> Sexes = ["1", "2"], Levels = ["village", "community", "1", "2", "3"], Windows = ["bill", "day", "week", "month", "quarter", "year"];

    public static KnowledgePointFileRow? Parse(CsvRow row, RuleBook book)
    {
        var rule = row.Text("rule", 30);
        var definition = book.Definitions.GetValueOrDefault(rule);
        if (rule.Length > 0 && definition is null) row.Fail("rule", "knowledge.rule_unknown", "没有此编号的规则", "is no rule of this release");
        else if (definition is { Points: false }) row.Fail("rule", "knowledge.rule_without_points", "该规则不使用知识点", "is a rule without knowledge points");
        var pointNo = row.Text("point_no", 40);
        var item = row.Text("item_name", 300);
        var codes = List(row, "codes");
        if (row["codes"].Length == 0) row.Fail("codes", "import.required", "不能为空", "must not be empty");
        var (others, diagnoses, insutypes, medTypes) = (List(row, "others"), List(row, "diagnoses"), List(row, "insutypes"), List(row, "med_types"));
        var gend = row.Code("gend", Sexes, required: false);
        var (ageMin, ageMax) = (row.Whole("age_min", 0, AgeMost, required: false), row.Whole("age_max", 0, AgeMost, required: false));
        if (ageMin > ageMax) row.Fail("age_max", "knowledge.ages_reversed", "年龄上限小于下限", "lies below age_min");
        var level = row.Code("level_min", Levels, required: false);
        var limit = Limit(row, definition);
        var window = row.Text("window", 10, required: false);
        if (window.Length > 0 && !Windows.Contains(window) && !(int.TryParse(window, out var days) && days is > 0 and <= BillUnderAudit.HistoryDays))
            row.Fail("window", "knowledge.window_unknown", $"不是规定的周期或1至{BillUnderAudit.HistoryDays}的天数", $"is neither a window nor a number of days from 1 to {BillUnderAudit.HistoryDays}");
        var basis = row.Text("basis", 500, required: false);
        var from = row.Date("begndate");
        var to = row.Date("enddate", required: false);
        if (to < from) row.Fail("enddate", "knowledge.ends_before_start", "结束日期早于开始日期", "lies before begndate");
        if (definition is not null)
            foreach (var need in definition.PointNeeds)
                if (need.Split('|') is var columns && columns.All(c => row[c].Length == 0)) row.Fail(columns[0], "knowledge.point_incomplete", $"该规则的知识点须填写{string.Join('或', columns)}", $"a point of this rule needs {string.Join(" or ", columns)}");
        return row.HasErrors ? null : new KnowledgePointFileRow(row.Line, rule, pointNo, item, codes, others, diagnoses, gend, ageMin, ageMax, insutypes, medTypes, level, limit, window, basis, from!.Value, to);
    }

    private static string[] List(CsvRow row, string column)
    {
        string[] parts = [.. row[column].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        if (parts.Length > CodesMax) row.Fail(column, "import.too_long", $"超过{CodesMax}个编码", $"has more than {CodesMax} codes");
        else if (parts.Any(p => p.Length > CodeMax)) row.Fail(column, "import.too_long", $"含有超过{CodeMax}个字符的编码", $"holds a code longer than {CodeMax} characters");
        return parts;
    }

    private static long Limit(CsvRow row, RuleDefinition? definition)
    {
        if (row["limit"].Length == 0) return 0;
        switch (definition?.PointLimit)
        {
            case "price": return row.Price("limit")?.MicroYuan ?? 0;
            case "quantity": return row.Amount("limit")?.TenThousandths ?? 0;
            case "": row.Fail("limit", "knowledge.limit_not_used", "该规则的知识点没有限量", "a point of this rule has no limit"); return 0;
            default: return 0;
        }
    }
}
