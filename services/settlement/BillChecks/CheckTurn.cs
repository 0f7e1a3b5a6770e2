using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.BillChecks;

/// <summary>
/// One bill between the writer's decision and the audit rules. The decision asks nobody: it leaves the bill here and is not journaled; whoever submitted it asks fraud-audit, and
/// submits the command again with the answer. A pre-settlement leaves the bill and goes on: it is warned about, never refused.
/// </summary>
public sealed class CheckTurn
{
    // A bill that changes while it is checked is checked again, but not for ever: its hospital is still writing it.
    private const int AsksMax = 3;

    private readonly Tenant county;
    private (AuditClaim Bill, Refusal? Objection)? answer;
    private int asks;

    private CheckTurn(Tenant county) => this.county = county;

    /// <summary>Null: the county does not check bills before they settle.</summary>
    public static CheckTurn? Of(Tenant county) => county.Audit == AuditChoice.Off ? null : new CheckTurn(county);

    public Tenant County => county;

    /// <summary>Set by the decision; null: it did not get that far.</summary>
    public AuditClaim? Question { get; private set; }

    /// <param name="objection">Null: the bill may settle.</param>
    public void Answer(Refusal? objection)
    {
        answer = (Question ?? throw new InvalidOperationException("the decision asks nothing"), objection);
        Question = null;
    }

    /// <returns>Why the bill does not settle (now); null: it may.</returns>
    internal Refusal? Decide(SettledClaim claim, Func<AuditClaim> bill, bool changesNothing)
    {
        if (!changesNothing && answer is { } given && IsAbout(given.Bill, claim)) return given.Objection;
        if (asks++ == AsksMax) return Refusals.PersonChanged;
        Question = bill();
        return changesNothing ? null : Refusals.BillNotChecked;
    }

    private static bool IsAbout(AuditClaim bill, SettledClaim claim) =>
        bill.TotalFen == claim.Amounts.TotalFen && bill.InScopeFen == claim.Amounts.InScopeFen && bill.Line.Count == claim.Line.Count && bill.PolicyOn == claim.Facts.PolicyOn;
}
