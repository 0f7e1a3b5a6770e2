using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Findings;

/// <summary>A violation as it is kept: no document, only what names it.</summary>
internal sealed record FindingRow(
    string Rule, string SetlId, string Subject, string PsnNo, string FixmedinsCode, string ProviderCounty, string DoctorCode, string DepartmentCode, DateOnly OccurredOn, DateOnly SettledOn, long InScopeFen,
    bool Certain, int Severity, string Text, string TextEn, IReadOnlyList<string> Lines, IReadOnlyList<string> EarlierSetlIds)
{
    /// <summary>Its columns, in the order in which statements name them.</summary>
    public const string Columns = "rule, setl_id, subject, psn_no, fixmedins_code, provider_county, doctor_code, department_code, occurred_on, settled_on, in_scope_fen, certain, severity, text, text_en, lines, earlier_setl_ids";

    /// <summary>One row per key: a rule that finds a thing twice has found it once.</summary>
    public static List<FindingRow> Of(IEnumerable<Violation> violations, RuleBook book)
    {
        var rows = new List<FindingRow>();
        var keys = new HashSet<(string, string, string)>();
        foreach (var violation in violations)
            if (keys.Add((violation.Rule, violation.Claim.SetlId, violation.Subject))) rows.Add(Of(violation, book.Definitions[violation.Rule]));
        return rows;
    }

    private static FindingRow Of(Violation violation, RuleDefinition rule)
    {
        var (claim, line) = (violation.Claim, violation.Lines.Count > 0 ? violation.Lines[0] : null);
        return new FindingRow(violation.Rule, claim.SetlId, violation.Subject, claim.PsnNo, claim.FixmedinsCode, claim.ProviderCounty, line is { DoctorCode.Length: > 0 } ? line.DoctorCode : claim.DoctorCode,
            line is { DepartmentCode.Length: > 0 } ? line.DepartmentCode : claim.DepartmentCode, DayNumber.ToDate(line?.OccurredOn ?? RuleSet.DayOf(claim)), ClaimStore.SettledOn(claim), violation.InScopeFen, rule.IsCertain, rule.Severity,
            violation.Text, violation.TextEn, [.. violation.Lines.Select(l => l.FeedetlSn)], [.. violation.Earlier.Select(c => c.SetlId)]);
    }
}
