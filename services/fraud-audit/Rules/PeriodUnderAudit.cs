using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A standing bill without its lines, for rules that look at many.</summary>
/// <param name="DrugFen">By med_chrgitm_type of the net lines: 09, 10, 11.</param>
/// <param name="ExamFen">03 and 04.</param>
/// <param name="MaterialFen">08.</param>
/// <param name="TreatmentFen">05.</param>
/// <param name="PoolLeftFen">-1 = no limit.</param>
internal sealed record BillSummary(
    string SetlId, string MdtrtId, string PsnNo, string HomeCounty, string FixmedinsCode, string ProviderCounty, string PolicyLevel, string Insutype, string MedType, string MainDiagnosis,
    string DepartmentCode, string DoctorCode, int BeginOn, int EndOn, long SettledAtMs, bool IsPoor, long TotalFen, long InScopeFen, long FundFen, long DeductibleFen,
    long DrugFen, long ExamFen, long MaterialFen, long TreatmentFen, long PoolLeftFen)
{
    // Whom medical assistance is for: their share of stays is what 5.1 of seed-facts.md looks at.
    private static readonly string[] Poor = ["registered_poor", "low_income", "extreme_hardship", "low_income_elderly"];

    public bool IsStay => BillUnderAudit.IsStayOf(MedType);

    public static BillSummary Of(AuditClaim claim)
    {
        long drug = 0, exam = 0, material = 0, treatment = 0;
        // Corrections of the bill's own lines come off by themselves: a sum needs no net lines.
        foreach (var line in claim.Line)
            switch (line.MedChrgitmType)
            {
                case "09" or "10" or "11": drug += line.AmountFen; break;
                case "03" or "04": exam += line.AmountFen; break;
                case "08": material += line.AmountFen; break;
                case "05": treatment += line.AmountFen; break;
            }
        return new BillSummary(
            claim.SetlId, claim.MdtrtId, claim.PsnNo, claim.HomeCounty, claim.FixmedinsCode, claim.ProviderCounty, claim.PolicyLevel, claim.Insutype, claim.MedType, claim.Diagnosis.FirstOrDefault(d => d.Main)?.Code ?? (claim.Diagnosis.Count > 0 ? claim.Diagnosis[0].Code : ""),
            claim.DepartmentCode, claim.DoctorCode, claim.BeginOn, claim.EndOn, claim.SettledAtMs, claim.Category.Any(c => Poor.Contains(c)), claim.TotalFen, claim.InScopeFen, claim.FundTotalFen, claim.DeductibleFen,
            drug, exam, material, treatment, claim.BasicPoolLeftFen);
    }
}

/// <param name="from">First day of settlement, yyyyMMdd.</param>
/// <param name="bills">Settled from <paramref name="from"/> to <paramref name="to"/>, by settled_at_ms.</param>
internal sealed class PeriodUnderAudit(int from, int to, IReadOnlyList<BillSummary> bills, CityReference reference)
{
    public int From => from;
    public int To => to;
    public IReadOnlyList<BillSummary> Bills => bills;
    public CityReference Reference => reference;
    public List<Violation> Found { get; } = [];

    /// <summary>About one bill of the period, which carries its part of the money.</summary>
    public void Find(PeriodRule rule, string subject, BillSummary bill, long inScopeFen, string text, string textEn, params IReadOnlyList<BillSummary> others) =>
        Found.Add(new Violation(rule.Number, subject, Named(bill), [], inScopeFen, text, textEn, [.. others.Select(Named)]));

    private static AuditClaim Named(BillSummary bill) => new()
    {
        SetlId = bill.SetlId, MdtrtId = bill.MdtrtId, PsnNo = bill.PsnNo, HomeCounty = bill.HomeCounty, FixmedinsCode = bill.FixmedinsCode, ProviderCounty = bill.ProviderCounty, MedType = bill.MedType,
        DepartmentCode = bill.DepartmentCode, DoctorCode = bill.DoctorCode, BeginOn = bill.BeginOn, EndOn = bill.EndOn, SettledAtMs = bill.SettledAtMs,
    };
}
