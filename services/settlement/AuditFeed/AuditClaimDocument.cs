using System.Globalization;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.AuditFeed;

/// <summary>A settlement or reversal as audit rules see it: the journal's record, its encounter as it was then, and the person. No name, no certificate.</summary>
internal static class AuditClaimDocument
{
    /// <param name="person">Null: enrollment has not told of the person.</param>
    /// <param name="visit">As the settlement found it; null: a reversal.</param>
    public static AuditClaim Of(JournalRecord record, long seq, int index, Tenant county, Person? person, EncounterState? visit)
    {
        var claim = record.SettledClaim ?? record.ReversedClaim.Negated;
        var (facts, amounts, paper) = (claim.Facts, claim.Amounts, claim.Paper);
        var told = new AuditClaim
        {
            SetlId = claim.SetlId, MdtrtId = record.MdtrtId, PsnNo = record.PsnNo, HomeCounty = county.Code, CatalogCity = county.CityCode,
            // The agency settles paper bills under its own code: rules look at who wrote the bill.
            FixmedinsCode = paper is { FixmedinsCode.Length: > 0 } ? paper.FixmedinsCode : claim.FixmedinsCode, ProviderCounty = paper is { Area.Length: > 0 } ? paper.Area : claim.ProviderCounty, Paper = paper is not null,
            HospLv = claim.HospLv, PolicyLevel = facts.ProviderLevel, Insutype = facts.Insutype, PsnType = facts.PsnType, MedType = facts.MedType, DiseaseCode = claim.DiseaseCode,
            Gend = person is { Gend.Length: > 0 } ? person.Gend : "0", BirthOn = facts.BirthOn, DiedOn = person?.DiedOn ?? 0,
            BeginOn = claim.BeginOn == 0 ? facts.BeginOn : claim.BeginOn, EndOn = claim.EndOn == 0 ? facts.PolicyOn : claim.EndOn, PolicyOn = facts.PolicyOn, SettledAtMs = record.AtMs, Interim = claim.Interim,
            TotalFen = amounts.TotalFen, InScopeFen = amounts.InScopeFen, DeductibleFen = amounts.DeductibleFen, FundTotalFen = amounts.FundTotalFen, PersonShareFen = amounts.PersonShareFen, BasicPoolLeftFen = PoolLeft(claim),
            JournalSeq = seq, Idx = index,
        };
        told.Category.AddRange(facts.Category);
        if (record.ReversedClaim is { } reversal) (told.ReversesSetlId, told.Restores, told.RootSetlId) = (reversal.OriginalSetlId, reversal.Restores, reversal.RootSetlId);
        if (visit is not null) Describe(told, claim, visit);
        return told;
    }

    private static void Describe(AuditClaim told, SettledClaim claim, EncounterState visit)
    {
        var details = visit.Details;
        (told.BeginAtMs, told.DepartmentCode, told.DoctorCode, told.Bed, told.DischargeWay) = (details.BeginAtMs, details.DepartmentCode, details.DoctorCode, details.Bed, visit.DischargeWay);
        // A stay that goes on has no end.
        if (visit.IsStay && claim.Interim) told.EndOn = 0;
        told.OperationCode.AddRange(details.OperationCode.Split([',', ';', '，', '；'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        foreach (var diagnosis in visit.Diagnoses) told.Diagnosis.Add(new AuditDiagnosis { Type = diagnosis.Type, Code = diagnosis.Code, Main = diagnosis.Main });
        foreach (var line in claim.Line) told.Line.Add(LineOf(line, visit));
    }

    private static AuditLine LineOf(SettledLine settled, EncounterState visit)
    {
        var terms = settled.Terms;
        var share = Calculation.Lines.Split(JournalDocuments.ClaimLineOf(settled));
        var line = new AuditLine
        {
            FeedetlSn = settled.FeedetlSn, MedListCode = settled.Code, ItemName = terms.ItemName, ListType = terms.ListType, MedChrgitmType = terms.MedChrgitmType, ChrgitmLv = terms.ChrgitmLv,
            OccurredOn = settled.On, OccurredAtMs = ChinaCalendar.StartOf(DayNumber.ToDate(settled.On)).ToUnixTimeMilliseconds(),
            QuantityE4 = settled.QuantityE4, UnitPriceMicroYuan = settled.UnitPriceMicroYuan, AmountFen = share.Amount.Value, InScopeFen = share.InScope.Value, CeilingMicroYuan = terms.HasCeilingMicroYuan ? terms.CeilingMicroYuan : 0,
            NotApproved = (SelfPaidReason)terms.Reason == SelfPaidReason.LimitedUseNotApproved, DepartmentCode = visit.Details.DepartmentCode, DoctorCode = visit.Details.DoctorCode,
        };
        line.TraceCode.AddRange(settled.TraceCode);
        line.SplitTraceCode.AddRange(settled.SplitTraceCode);
        // What its upload said besides; a bill that brought its lines with it (a pharmacy's) leaves none. The number alone may be another line's after a cancellation.
        if (visit.FindLine(settled.FeedetlSn)?.Priced is not { } priced || !IsOf(settled, priced)) return line;
        var fee = priced.Line;
        (line.OccurredAtMs, line.NotApproved, line.PrescriptionNo, line.OriginalFeedetlSn, line.ProviderListCode) = (fee.OccurredAtMs, fee.NotApproved, fee.PrescriptionNo, fee.OriginalFeedetlSn, fee.ProviderListCode);
        if (fee.DepartmentCode.Length > 0) line.DepartmentCode = fee.DepartmentCode;
        if (fee.DoctorCode.Length > 0) line.DoctorCode = fee.DoctorCode;
        line.Approved = fee.Particulars.GetValueOrDefault("hosp_appr_flag") == "1";
        line.TakeHome = fee.Particulars.GetValueOrDefault("dscg_tkdrug_flag") == "1";
        line.HerbUse = fee.Particulars.GetValueOrDefault("tcmdrug_used_way") ?? "";
        if (decimal.TryParse(fee.Particulars.GetValueOrDefault("prd_days"), NumberStyles.Number, CultureInfo.InvariantCulture, out var days) && days is > 0 and < 10_000) line.SupplyDaysE2 = (int)(days * 100);
        return line;
    }

    private static bool IsOf(SettledLine settled, PricedLine priced)
    {
        var uploaded = JournalDocuments.SettledLineOf(priced);
        // Trace codes come with the settlement alone.
        uploaded.TraceCode.AddRange(settled.TraceCode);
        uploaded.SplitTraceCode.AddRange(settled.SplitTraceCode);
        return uploaded.Equals(settled);
    }

    /// <summary>Of the basic fund's row: the tightest limit that the bill met. A bill of which that fund paid nothing says nothing.</summary>
    private static long PoolLeft(SettledClaim claim)
    {
        foreach (var share in claim.Share)
            // 310100, 380100, 390100: the pools of the basic schemes.
            if (share.FundPayType is ['3', _, _, '1', '0', '0'] && share.FundPayType[..3] == claim.Facts.Insutype) return share.HasLimitLeftFen ? share.LimitLeftFen : -1;
        return -1;
    }
}
