using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Checks;

/// <summary>
/// A bill that a hospital asks about before settlement knows it (3101, 3102): its orders name items and sums, not what the catalog says of them. Settlement's own questions are complete already.
/// </summary>
internal static class DraftBill
{
    /// <summary>Fills in what is empty, from the catalog, the provider's row and the person's bills before; refuses days that are none.</summary>
    public static Refusal? Complete(AuditClaim claim, string county, string psnNo, IReadOnlyList<AuditClaim> earlier, CityReference reference, DateOnly today)
    {
        (claim.HomeCounty, claim.PsnNo) = (county, psnNo);
        if (earlier is [.., var last])
        {
            if (claim.BirthOn == 0) claim.BirthOn = last.BirthOn;
            if (claim.Gend.Length == 0) claim.Gend = last.Gend;
            if (claim.PsnType.Length == 0) claim.PsnType = last.PsnType;
            if (claim.Insutype.Length == 0) claim.Insutype = last.Insutype;
            if (claim.DiedOn == 0) claim.DiedOn = last.DiedOn;
            if (claim.Category.Count == 0) claim.Category.AddRange(last.Category);
        }
        if (claim.Gend.Length == 0) claim.Gend = "0";
        if (claim.BeginOn == 0) claim.BeginOn = DayNumber.Of(today);
        if (claim.PolicyOn == 0) claim.PolicyOn = claim.EndOn != 0 ? claim.EndOn : DayNumber.Of(today);
        if ((claim.BirthOn != 0 && !DayNumber.IsDay(claim.BirthOn)) || !DayNumber.IsDay(claim.BeginOn) || !DayNumber.IsDay(claim.PolicyOn) || (claim.EndOn != 0 && !DayNumber.IsDay(claim.EndOn))) return CheckRefusals.DayInvalid;
        // proto3's zero would say that the year's limit is spent.
        if (claim is { BasicPoolLeftFen: 0, FundTotalFen: 0 }) claim.BasicPoolLeftFen = -1;
        if (claim.CatalogCity.Length == 0) claim.CatalogCity = reference.City;

        var provider = reference.FindProvider(claim.FixmedinsCode);
        if (provider is not null)
        {
            if (claim.HospLv.Length == 0) claim.HospLv = provider.HospitalLevel;
            if (claim.PolicyLevel.Length == 0) claim.PolicyLevel = provider.Level.Value;
            if (claim.ProviderCounty.Length == 0) claim.ProviderCounty = provider.County;
        }
        var sums = claim is { TotalFen: 0, InScopeFen: 0 };
        foreach (var line in claim.Line)
        {
            if (line.OccurredOn == 0) line.OccurredOn = line.OccurredAtMs > 0 ? DayNumber.Of(ChinaCalendar.DayOf(line.OccurredAtMs)) : claim.PolicyOn;
            if (!DayNumber.IsDay(line.OccurredOn)) return CheckRefusals.DayInvalid;
            if (line.ChrgitmLv.Length == 0) Price(line, provider?.Level, reference);
            if (sums) (claim.TotalFen, claim.InScopeFen) = (claim.TotalFen + line.AmountFen, claim.InScopeFen + line.InScopeFen);
        }
        return null;
    }

    /// <summary>As it would be priced at the window (settlement-calculation.md section 2): ceiling first, then the first payment, the rest is in scope.</summary>
    private static void Price(AuditLine line, PolicyLevel? level, CityReference reference)
    {
        var row = reference.FindItem(line.MedListCode, DayNumber.ToDate(line.OccurredOn)).Row;
        line.ChrgitmLv = row?.Class ?? "03";
        if (row is null) return;
        if (line.ItemName.Length == 0) line.ItemName = row.Name;
        if (line.ListType.Length == 0) line.ListType = row.ListType;
        if (line.MedChrgitmType.Length == 0) line.MedChrgitmType = row.ChargeItemType;
        if (level is not { } at || row.Class == "03" || row.FirstPay >= BasisPoints.Full || !row.MayBeBilledAt(at) || line.NotApproved) return;
        var rest = new Fen(line.AmountFen);
        if (row.CeilingAt(at) is { } ceiling)
        {
            line.CeilingMicroYuan = ceiling.MicroYuan;
            if (new UnitPrice(line.UnitPriceMicroYuan) > ceiling) rest -= (new UnitPrice(line.UnitPriceMicroYuan) - ceiling).TimesHalfUp(new Quantity(line.QuantityE4));
        }
        line.InScopeFen = (row.Class == "02" ? rest - rest.ShareHalfUp(row.FirstPay) : rest).Value;
    }
}
