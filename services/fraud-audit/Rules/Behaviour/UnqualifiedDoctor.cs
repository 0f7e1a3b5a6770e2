using MedInsure.Kernel;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>资质不符: a doctor of a hospital's lines who may not treat there for the fund on that day. Only where the city publishes its doctors.</summary>
internal sealed class UnqualifiedDoctor() : BillRule("MI10000203081000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (bill.Reference.DoctorVersion == 0 || bill.IsPharmacy || bill.Reference.FindProvider(bill.Claim.FixmedinsCode) is not { Type: "1" }) return;
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var standing = StandingOf(bill, i);
            if (standing is DoctorStanding.Good || IsToldAlready(bill, i)) continue;
            Tell(bill, DoctorOf(bill, i), standing);
        }
    }

    private static string DoctorOf(BillUnderAudit bill, int line) => bill.Lines[line].DoctorCode is { Length: > 0 } own ? own : bill.Claim.DoctorCode;

    private static DoctorStanding StandingOf(BillUnderAudit bill, int line)
    {
        var doctor = DoctorOf(bill, line);
        return doctor.Length == 0 ? DoctorStanding.Good : bill.Reference.FindDoctor(doctor)?.At(bill.Claim.FixmedinsCode, bill.Lines[line].OccurredOn) ?? DoctorStanding.NotOfProvider;
    }

    private static bool IsToldAlready(BillUnderAudit bill, int line)
    {
        for (var k = 0; k < line; k++)
            if (DoctorOf(bill, k) == DoctorOf(bill, line) && StandingOf(bill, k) != DoctorStanding.Good) return true;
        return false;
    }

    private void Tell(BillUnderAudit bill, string doctor, DoctorStanding standing)
    {
        var lines = bill.Lines.Where((_, i) => DoctorOf(bill, i) == doctor && StandingOf(bill, i) != DoctorStanding.Good).ToArray();
        var fen = LineMoney.InScope(lines);
        var (why, whyEn) = standing switch
        {
            DoctorStanding.OutOfTerm => ("不在该机构医保医师协议期内", "out of the term of their agreement there"),
            DoctorStanding.Suspended => ("医保资格已暂停", "suspended"),
            DoctorStanding.Terminated => ("医保资格已终止", "whose agreement was terminated"),
            _ => bill.Reference.FindDoctor(doctor) is null ? ("不在医保医师名录", "who is not registered") : ("未备案在该机构执业", "who is registered elsewhere"),
        };
        bill.Find(this, doctor, lines, fen, $"医师{doctor}{why}，{AuditDays.Text(lines[0].OccurredOn)}起开具{lines.Length}条明细，金额{new Fen(fen)}元", $"{lines.Length} lines from {AuditDays.Text(lines[0].OccurredOn)} on are of doctor {doctor}, {whyEn}");
    }
}
