using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>What a rule found.</summary>
/// <param name="Subject">What it is about, within the rule: with rule and bill the finding's key, the same whenever it is found again (a point, a day, the other bill).</param>
/// <param name="Claim">The bill whose money it is.</param>
/// <param name="Lines">Empty: the bill as a whole.</param>
/// <param name="InScopeFen">Money of the violation, in policy scope.</param>
/// <param name="Text">In Chinese, with the figures.</param>
/// <param name="Earlier">Other bills that it rests on.</param>
internal sealed record Violation(string Rule, string Subject, AuditClaim Claim, IReadOnlyList<AuditLine> Lines, long InScopeFen, string Text, string TextEn, IReadOnlyList<AuditClaim> Earlier);
