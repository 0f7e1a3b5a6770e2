using System.Collections.Frozen;
using System.Text.Json;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.BackTests;

/// <summary>How rules might be: settings and knowledge points that hold nowhere yet. Whenever they would begin, the back-test has them over the whole past.</summary>
internal sealed record RuleDraft(IReadOnlyList<RuleDraft.Setting>? Settings, IReadOnlyList<RuleDraft.Point>? Points)
{
    /// <summary>The rule switched on after the settlement, unless it says otherwise; what is not named is as the definition says.</summary>
    internal sealed record Setting(string? Rule, bool? IsOn, Dictionary<string, decimal>? Parameters);

    /// <summary>A knowledge point; names as in knowledge-points.csv.</summary>
    /// <param name="Limit">A quantity, or a price in yuan where the rule's points have prices.</param>
    internal sealed record Point(
        string? Rule, string? PointNo, string? ItemName, string[]? Codes, string[]? Others, string[]? Diagnoses, string? Gend, int? AgeMin, int? AgeMax, string[]? Insutypes, string[]? MedTypes, string? LevelMin, decimal? Limit, string? Window, string? Basis);

    private const int PointsMax = 20_000;

    public static readonly Refusal Empty = new(RefusalKind.Invalid, "back_test.draft_empty", "未提供拟调整的规则设置或知识点", "neither settings nor points of rules are drafted", "settings");
    public static readonly Refusal TooLarge = new(RefusalKind.Invalid, "back_test.draft_too_large", $"知识点超过{PointsMax}个", $"more than {PointsMax} points", "points");
    public static readonly Refusal RuleUnknown = new(RefusalKind.Invalid, "back_test.rule_unknown", "没有此编号的规则，或该规则不用于事后", "no rule of this release has the number and looks after settlements", "rule");
    public static readonly Refusal ParameterUnknown = new(RefusalKind.Invalid, "back_test.parameter_unknown", "规则没有此参数", "the rule has no parameter of this name", "parameters");
    public static readonly Refusal RuleTwice = new(RefusalKind.Invalid, "back_test.rule_twice", "同一规则只能有一项设置", "a rule has more than one setting", "settings");
    public static readonly Refusal PointIncomplete = new(RefusalKind.Invalid, "back_test.point_incomplete", "知识点须有编号和目录编码，且其规则使用知识点", "a point has a number and codes, and its rule has points", "points");

    public static RuleDraft Read(string json) => JsonSerializer.Deserialize<RuleDraft>(json, AuditJson.Options)!;

    public string Stored() => JsonSerializer.Serialize(this, AuditJson.Options);

    public Refusal? Check(RuleBook book)
    {
        var (settings, points) = (Settings ?? [], Points ?? []);
        if (settings.Count + points.Count == 0) return Empty;
        if (points.Count > PointsMax) return TooLarge;
        foreach (var setting in settings)
        {
            if (setting.Rule is null || !book.Definitions.TryGetValue(setting.Rule, out var definition) || !definition.Stages.Contains("after") || !book.LooksAtBills(setting.Rule)) return RuleUnknown.At("settings");
            if (setting.Parameters is { } named && named.Keys.Except(definition.Parameters.Keys).Any()) return ParameterUnknown;
        }
        if (settings.DistinctBy(s => s.Rule).Count() < settings.Count) return RuleTwice;
        foreach (var point in points)
        {
            if (point.Rule is null || !book.Definitions.TryGetValue(point.Rule, out var definition)) return RuleUnknown.At("points");
            if (!definition.Points || string.IsNullOrEmpty(point.PointNo) || point.Codes is not { Length: > 0 }) return PointIncomplete;
        }
        return null;
    }

    /// <summary>Numbers of the rules that it is about.</summary>
    public IReadOnlyList<string> Rules => [.. (Settings ?? []).Select(s => s.Rule!).Concat((Points ?? []).Select(p => p.Rule!)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The county's rules with the draft in them.</summary>
    public RuleSet On(RuleSet current, RuleBook book) => current.Drafted(
        [.. (Settings ?? []).Select(s => new RuleSetting(s.Rule!, 0, s.IsOn ?? true, null, null, s.Parameters ?? []))],
        [.. (Points ?? []).Select(p => Of(p, book.Definitions[p.Rule!]))]);

    private static KnowledgePoint Of(Point p, RuleDefinition rule) => new(
        p.Rule!, p.PointNo!, p.ItemName ?? "", p.Codes!.ToFrozenSet(), (p.Others ?? []).ToFrozenSet(), p.Diagnoses ?? [], p.Gend ?? "", p.AgeMin, p.AgeMax, p.Insutypes ?? [], p.MedTypes ?? [], p.LevelMin ?? "",
        (long)((p.Limit ?? 0) * (rule.PointLimit == "price" ? 1_000_000 : 10_000)), p.Window ?? "", p.Basis ?? "", 0, 0);
}
