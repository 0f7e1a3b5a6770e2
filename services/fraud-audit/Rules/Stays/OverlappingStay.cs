using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>重叠住院: in two hospital beds on the same days.</summary>
internal sealed class OverlappingStay() : BillRule("MI10000203053000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (!bill.IsStay || bill.Claim.EndOn == 0) return;
        for (var i = 0; i < bill.Earlier.Count; i++)
        {
            var other = bill.Earlier[i];
            // On the day of a move both hospitals rightly count it.
            if (!BillUnderAudit.IsStayOf(other) || other.MdtrtId == bill.Claim.MdtrtId || other.BeginOn >= bill.Claim.EndOn || other.EndOn <= bill.Claim.BeginOn) continue;
            // A stay of one day within another one has no night of its own.
            var days = Math.Max(1, AuditDays.Between(Math.Max(other.BeginOn, bill.Claim.BeginOn), Math.Min(other.EndOn, bill.Claim.EndOn)));
            if (days < terms.Whole("days")) continue;
            bill.Find(this, other.MdtrtId, [], bill.Claim.InScopeFen, $"与另一次住院（{other.BeginOn}至{other.EndOn}）重叠{days}天，本次政策范围内费用{new Fen(bill.Claim.InScopeFen)}元",
                $"{days} days within another stay, {other.BeginOn} to {other.EndOn}", other);
        }
    }
}
