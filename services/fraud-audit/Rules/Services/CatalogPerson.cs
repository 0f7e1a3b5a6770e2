using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>An item for a person whom the catalog's own limits of sex or age exclude (超目录限定人群).</summary>
internal sealed class CatalogPerson() : BillRule("MI10000101051000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            if (line.InScopeFen <= 0 || bill.Reference.FindItem(line.MedListCode, DayNumber.ToDate(line.OccurredOn)).Row is not { } row) continue;
            var wrongSex = row.GenderLimit.Length > 0 && bill.Claim.Gend is "1" or "2" && bill.Claim.Gend != row.GenderLimit;
            var wrongAge = (row.AgeMin is not null || row.AgeMax is not null) && bill.AgeOn(line.OccurredOn) is { } age && (age < row.AgeMin || age > row.AgeMax);
            if (!wrongSex && !wrongAge) continue;
            var (text, english) = wrongSex
                ? ($"{line.ItemName}目录限{(row.GenderLimit == "1" ? "男" : "女")}性，患者为{(row.GenderLimit == "1" ? "女" : "男")}性", $"the catalog has {line.ItemName} for {(row.GenderLimit == "1" ? "men" : "women")} only")
                : ($"{line.ItemName}目录限{row.AgeMin ?? 0}至{row.AgeMax?.ToString() ?? "不限"}周岁，患者{bill.AgeOn(line.OccurredOn)}周岁", $"the catalog has {line.ItemName} for the ages from {row.AgeMin ?? 0} to {row.AgeMax?.ToString() ?? "any"}, the patient is {bill.AgeOn(line.OccurredOn)}");
            bill.Find(this, line.FeedetlSn, [line], line.InScopeFen, text, english);
        }
    }
}
