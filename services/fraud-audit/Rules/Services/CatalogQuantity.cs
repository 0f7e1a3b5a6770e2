using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>More of an item for a day, or for more days, than the catalog allows at once (超目录限量).</summary>
internal sealed class CatalogQuantity() : BillRule("MI10000101052000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            if (line.InScopeFen <= 0 || line.QuantityE4 <= 0 || bill.Reference.FindItem(line.MedListCode, DayNumber.ToDate(line.OccurredOn)).Row is not { } row) continue;
            var days = AuditDays.Supply(line);
            if (row.DaysMax is { } daysMax && days > daysMax)
            {
                var fen = LineMoney.Part(line.InScopeFen, days - daysMax, days);
                bill.Find(this, line.FeedetlSn, [line], fen, $"{line.ItemName}目录限{daysMax}天用量，开具{days}天，超出{LineMoney.Yuan(fen)}元", $"the catalog has {line.ItemName} for {daysMax} days at once, {days} were prescribed: {LineMoney.Yuan(fen)} too much");
            }
            // A line of a drug taken home that names no days may last for any number of them.
            else if (row.QuantityPerDayMax is { } most && (line.SupplyDaysE2 > 0 || !line.ListType.StartsWith('1') || (bill.IsStay && !line.TakeHome)) && line.QuantityE4 > most.TenThousandths * days)
            {
                var fen = LineMoney.Part(line.InScopeFen, line.QuantityE4 - most.TenThousandths * days, line.QuantityE4);
                bill.Find(this, line.FeedetlSn, [line], fen, $"{line.ItemName}目录限每日{most}，{days}天开具{LineMoney.Amount(line.QuantityE4)}，超出{LineMoney.Yuan(fen)}元", $"the catalog has {line.ItemName} at {most} a day, {LineMoney.Amount(line.QuantityE4)} were charged for {days} days: {LineMoney.Yuan(fen)} too much");
            }
        }
    }
}
