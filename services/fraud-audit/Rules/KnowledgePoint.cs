using System.Collections.Frozen;

namespace MedInsure.FraudAudit.Rules;

/// <summary>One rule and one item with its many codes (知识点). What a field means is the rule's: limits not named by a point are empty.</summary>
/// <param name="PointNo">Unique within the rule; the batch that brings it again supersedes it.</param>
/// <param name="Codes">National codes of the item.</param>
/// <param name="Others">Codes of other items: what it includes, first-line drugs, what it must not meet.</param>
/// <param name="Diagnoses">Code prefixes.</param>
/// <param name="Gend">1 or 2; empty = any.</param>
/// <param name="AgeMin">Whole years; with AgeMax the ages that are allowed.</param>
/// <param name="Insutypes">Under which it is payable.</param>
/// <param name="MedTypes">Prefixes of med_type under which it is payable.</param>
/// <param name="LevelMin">policy_level: 1, 2, 3; empty = any.</param>
/// <param name="LimitE4">Quantity allowed in the window, ten-thousandths; of prices millionths of a yuan.</param>
/// <param name="Window">bill, day, week, month, quarter, year, or a number of days.</param>
/// <param name="FromOn">yyyyMMdd.</param>
/// <param name="ToOn">yyyyMMdd; 0 = until further notice.</param>
internal sealed record KnowledgePoint(
    string Rule, string PointNo, string ItemName, FrozenSet<string> Codes, FrozenSet<string> Others, IReadOnlyList<string> Diagnoses, string Gend, int? AgeMin, int? AgeMax,
    IReadOnlyList<string> Insutypes, IReadOnlyList<string> MedTypes, string LevelMin, long LimitE4, string Window, string Basis, int FromOn, int ToOn)
{
    public bool IsValidOn(int day) => FromOn <= day && (ToOn == 0 || day <= ToOn);
}
