using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.RuleSettings;

/// <summary>The rules of this release, each as its definition says and as the county has it on a day.</summary>
internal static class ListRules
{
    /// <param name="IsOn">With <paramref name="Stages"/>, <paramref name="Blocks"/>, <paramref name="Parameters"/>: as the county has it on the day.</param>
    /// <param name="PointCount">Knowledge points that hold on the day.</param>
    internal sealed record Rule(
        string Number, string Name, string NameEn, string Class, string Definition, string Clause, IReadOnlyList<string> Inputs, string Kind, int Severity, string Window, bool IsOn, IReadOnlyList<string> Stages, bool Blocks,
        IReadOnlyDictionary<string, decimal> Parameters, IReadOnlyDictionary<string, decimal> Defaults, bool Points, IReadOnlyList<string> PointNeeds, string PointLimit, int PointCount);
    internal sealed record Answer(string Day, List<Rule> Rules);

    private static readonly string[] Stages = ["before", "during", "after"];

    public static Outcome<Answer> Execute(RuleBook book, RuleSet set, string? dayText, DateOnly today)
    {
        var day = today;
        if (!string.IsNullOrEmpty(dayText) && !DateOnly.TryParseExact(dayText, "yyyy-MM-dd", out day)) return Refusals.DayInvalid.At("day");
        var number = DayNumber.Of(day);
        var points = set.Points.Where(p => p.IsValidOn(number)).GroupBy(p => p.Rule).ToDictionary(g => g.Key, g => g.Count());
        return new Answer(AuditJson.Day(day), [.. book.Definitions.Values.OrderBy(d => d.Number, StringComparer.Ordinal).Select(d =>
        {
            // The same question that an audit asks: what it does is what is listed.
            string[] on = [.. Stages.Where(s => set.TermsOf(d.Number, number, s) is not null)];
            var terms = on.Length > 0 ? set.TermsOf(d.Number, number, on[0]) : null;
            return new Rule(d.Number, d.Name, d.NameEn, d.Class, d.Definition, d.Clause, d.Inputs, d.Kind, d.Severity, d.Window, terms is not null, on, terms?.Blocks ?? false,
                d.Parameters.Keys.ToDictionary(k => k, k => terms is null ? d.Parameters[k] : terms[k]), d.Parameters, d.Points, d.PointNeeds, d.PointLimit, points.GetValueOrDefault(d.Number));
        })]);
    }
}
