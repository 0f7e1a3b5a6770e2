using MedInsure.FraudAudit.BackTests;
using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.RuleSettings;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>The rules of a run: the county's as they are now, or as a draft would have them.</summary>
/// <param name="Version">The same for the same rules, settings and points.</param>
/// <param name="Looked">Numbers of the rules that look.</param>
/// <param name="Only">The same, for the engine; null: all of them do.</param>
internal sealed record RunRules(string Version, RuleBook Book, RuleSet Set, IReadOnlyCollection<string> Looked, IReadOnlySet<string>? Only)
{
    // Another build's rules may find something else under the same settings.
    private static readonly string Build = typeof(RuleSet).Module.ModuleVersionId.ToString("N");

    public bool HasBillRules => Book.BillRules.Any(r => Looked.Contains(r.Number));
    public bool HasPeriodRules => Book.PeriodRules.Any(r => Looked.Contains(r.Number));

    public static string VersionOf(RuleSet current) => $"{Build} {current.Version}";

    public static RunRules Of(AuditRun run, RuleBook book, RuleSet current)
    {
        var set = run.Draft is { } draft ? RuleDraft.Read(draft).On(current, book) : current;
        string[] looked = run.Rules.Length > 0 ? run.Rules : [.. book.BillRules.Select(r => r.Number), .. book.PeriodRules.Select(r => r.Number)];
        return new RunRules(VersionOf(current), book, set, looked, run.Rules.Length > 0 ? looked.ToHashSet() : null);
    }
}
