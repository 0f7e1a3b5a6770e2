using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.BillChecks;

/// <summary>A bill as the audit rules see it: the same before a settlement and from the journal after it. Number and time of the settlement are the caller's to add.</summary>
public static class AuditClaims
{
    /// <param name="mdtrtId">Empty: the bill brings its visit along and none is made yet.</param>
    /// <param name="lines">Those of the bill, in its order.</param>
    /// <param name="claim">The bill's document; not necessarily journaled.</param>
    public static AuditClaim Of(Tenant county, PersonState person, EncounterDetails details, IEnumerable<Diagnosis> diagnoses, string dischargeWay, IReadOnlyList<PricedLine> lines, string mdtrtId, SettledClaim claim)
    {
        var (facts, amounts, insured) = (claim.Facts, claim.Amounts, person.Insured);
        var audited = new AuditClaim
        {
            MdtrtId = mdtrtId,
            PsnNo = person.PsnNo,
            HomeCounty = county.Code,
            // A paper bill's document names the agency as provider; the rules ask about who wrote it.
            FixmedinsCode = claim.Paper is { } paper ? paper.FixmedinsCode : claim.FixmedinsCode,
            ProviderCounty = claim.Paper is { } written ? written.Area : claim.ProviderCounty,
            HospLv = claim.HospLv,
            PolicyLevel = facts.ProviderLevel,
            Insutype = facts.Insutype,
            PsnType = facts.PsnType,
            MedType = facts.MedType,
            DiseaseCode = claim.DiseaseCode,
            Gend = insured?.Gend ?? "0",
            BirthOn = facts.BirthOn,
            DiedOn = insured?.DiedOn ?? 0,
            BeginAtMs = details.BeginAtMs,
            BeginOn = claim.BeginOn,
            EndOn = claim.EndOn,
            PolicyOn = facts.PolicyOn,
            DepartmentCode = details.DepartmentCode,
            DoctorCode = details.DoctorCode,
            Bed = details.Bed,
            DischargeWay = dischargeWay,
            TotalFen = amounts.TotalFen,
            InScopeFen = amounts.InScopeFen,
            DeductibleFen = amounts.DeductibleFen,
            FundTotalFen = amounts.FundTotalFen,
            PersonShareFen = amounts.PersonShareFen,
            Interim = claim.Interim,
            Paper = claim.Paper is not null,
            BasicPoolLeftFen = PoolLeftOf(claim),
            CatalogCity = county.CityCode,
        };
        audited.Category.AddRange(facts.Category);
        if (details.OperationCode.Length > 0) audited.OperationCode.Add(details.OperationCode);
        foreach (var diagnosis in diagnoses) audited.Diagnosis.Add(new AuditDiagnosis { Type = diagnosis.Type, Code = diagnosis.Code, Main = diagnosis.Main });
        for (var i = 0; i < lines.Count; i++)
        {
            var line = LineOf(lines[i]);
            line.TraceCode.AddRange(claim.Line[i].TraceCode);
            line.SplitTraceCode.AddRange(claim.Line[i].SplitTraceCode);
            audited.Line.Add(line);
        }
        return audited;
    }

    private static AuditLine LineOf(PricedLine priced)
    {
        var (line, terms) = (priced.Line, priced.Terms);
        var audited = new AuditLine
        {
            FeedetlSn = line.FeedetlSn,
            MedListCode = line.MedListCode,
            ItemName = terms.ItemName,
            ListType = terms.ListType,
            MedChrgitmType = terms.MedChrgitmType,
            ChrgitmLv = terms.ChrgitmLv,
            OccurredAtMs = line.OccurredAtMs,
            OccurredOn = DayNumber.Of(ChinaCalendar.DayOf(line.OccurredAtMs)),
            QuantityE4 = line.QuantityE4,
            UnitPriceMicroYuan = line.UnitPriceMicroYuan,
            AmountFen = line.AmountFen,
            InScopeFen = Lines.Split(JournalDocuments.ClaimLineOf(priced)).InScope.Value,
            CeilingMicroYuan = terms.CeilingMicroYuan,
            NotApproved = line.NotApproved,
            Approved = line.Approved,
            PrescriptionNo = line.PrescriptionNo,
            DepartmentCode = line.DepartmentCode,
            DoctorCode = line.DoctorCode,
            OriginalFeedetlSn = line.OriginalFeedetlSn,
            ProviderListCode = line.ProviderListCode,
        };
        if (line.Particulars.Count == 0) return audited;
        if (line.Particulars.TryGetValue("prd_days", out var days) && FixedPoint.TryParse(days, 2, out var hundredths)) audited.SupplyDaysE2 = (int)hundredths;
        audited.TakeHome = line.Particulars.TryGetValue("dscg_tkdrug_flag", out var takeHome) && takeHome == "1";
        if (line.Particulars.TryGetValue("tcmdrug_used_way", out var use)) audited.HerbUse = use;
        return audited;
    }

    /// <summary>The basic fund's fund_pay_type ends in 0100 in every scheme (national-interface.md section 3); a rule with a limit says what is left of it.</summary>
    private static long PoolLeftOf(SettledClaim claim)
    {
        foreach (var share in claim.Share)
            if (share.HasLimitLeftFen && share.FundPayType.EndsWith("0100", StringComparison.Ordinal) && share.FundPayType[0] == '3') return share.LimitLeftFen;
        return -1;
    }
}
