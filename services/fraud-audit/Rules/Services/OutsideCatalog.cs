using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>In scope although the city's catalog does not have it on the day, or has it as self-paid (超支付范围).</summary>
internal sealed class OutsideCatalog() : BillRule("MI10000201051000")
{
    private const string SelfPaid = "03";

    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        // Of a city whose catalog is not here, and before anything is published, nothing can be said.
        if (bill.Reference.ItemCodeCount == 0 || (bill.Claim.CatalogCity.Length > 0 && bill.Claim.CatalogCity != bill.Reference.City)) return;
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            if (line.InScopeFen <= 0) continue;
            var (row, absence) = bill.Reference.FindItem(line.MedListCode, DayNumber.ToDate(line.OccurredOn));
            if (row is not null && row.Class != SelfPaid) continue;
            var (why, whyEn) = row is not null ? ("目录内为丙类（自费）", "self-paid by the catalog")
                : absence == Reference.ItemAbsence.NotInCatalog ? ("不在医保目录内", "not in the catalog") : ("当日不在目录有效期内", "not in force in the catalog on the day");
            bill.Find(this, line.FeedetlSn, [line], line.InScopeFen, $"{line.ItemName}（{line.MedListCode}）{why}，计入政策范围{LineMoney.Yuan(line.InScopeFen)}元", $"{line.ItemName} ({line.MedListCode}) is {whyEn}, yet {LineMoney.Yuan(line.InScopeFen)} is in scope");
        }
    }
}
