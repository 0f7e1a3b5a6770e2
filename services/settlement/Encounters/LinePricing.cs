using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;
using LineTerms = MedInsure.Settlement.Journal.LineTerms;

namespace MedInsure.Settlement.Encounters;

/// <summary>What the catalog says of a line at a provider's level on the line's day (settlement-calculation.md section 2).</summary>
internal static class LinePricing
{
    public static PricedLine Price(CityReference reference, ProviderRow provider, FeeLine line)
    {
        var found = reference.FindItem(line.MedListCode, ChinaCalendar.DayOf(line.OccurredAtMs));
        var row = found.Row;
        var terms = new LineTerms { CatalogVersion = reference.CatalogVersion, ChrgitmLv = row?.Class ?? "03", MedChrgitmType = row?.ChargeItemType ?? "", ListType = row?.ListType ?? "", ItemName = row?.Name ?? "" };
        var reason = row is null ? found.Absence == ItemAbsence.NotInForceOnDay ? SelfPaidReason.NotValidOnDate : SelfPaidReason.NotInCatalog
            : row.Class == "03" ? SelfPaidReason.ClassC
            : row.FirstPay >= BasisPoints.Full ? SelfPaidReason.FirstPayIsWhole
            : !row.MayBeBilledAt(provider.Level) ? SelfPaidReason.LevelTooLow
            : line.NotApproved ? SelfPaidReason.LimitedUseNotApproved
            : SelfPaidReason.None;
        terms.Reason = (int)reason;
        if (reason != SelfPaidReason.None)
        {
            terms.LineClass = (int)LineClass.SelfPaid;
            terms.FirstPayBp = BasisPoints.Whole;
            return new PricedLine { Line = line, Terms = terms };
        }
        terms.LineClass = (int)(row!.Class == "02" ? LineClass.CoveredWithFirstPay : LineClass.Covered);
        terms.FirstPayBp = row.Class == "02" ? row.FirstPay.Value : 0;
        if (row.CeilingAt(provider.Level) is { } ceiling) terms.CeilingMicroYuan = ceiling.MicroYuan;
        terms.OutpatientPool = row.CountsForOutpatientPool;
        return new PricedLine { Line = line, Terms = terms };
    }

    public static string Memo(SelfPaidReason reason) => reason switch
    {
        SelfPaidReason.ClassC => "丙类项目，全额自费",
        SelfPaidReason.NotInCatalog => "不在医保目录内，全额自费",
        SelfPaidReason.NotValidOnDate => "费用发生日期不在目录有效期内，全额自费",
        SelfPaidReason.LevelTooLow => "本机构级别不可由基金支付，全额自费",
        SelfPaidReason.FirstPayIsWhole => "先行自付比例为100%，全额自费",
        SelfPaidReason.LimitedUseNotApproved => "限用项目未经审批，全额自费",
        _ => "",
    };

    public static FeeLineShare ShareOf(PricedLine priced)
    {
        var share = Lines.Split(JournalDocuments.ClaimLineOf(priced));
        var (line, terms) = (priced.Line, priced.Terms);
        var reply = ShareOf(line.MedListCode, line.QuantityE4, line.UnitPriceMicroYuan, share, terms);
        (reply.FeedetlSn, reply.OccurredAtMs, reply.ChargeBatch) = (line.FeedetlSn, line.OccurredAtMs, line.ChargeBatch);
        return reply;
    }

    public static FeeLineShare ShareOf(SettledLine line)
    {
        var reply = ShareOf(line.Code, line.QuantityE4, line.UnitPriceMicroYuan, Lines.Split(JournalDocuments.ClaimLineOf(line)), line.Terms);
        (reply.FeedetlSn, reply.OccurredAtMs) = (line.FeedetlSn, ChinaCalendar.StartOf(DayNumber.ToDate(line.On)).ToUnixTimeMilliseconds());
        return reply;
    }

    private static FeeLineShare ShareOf(string code, long quantity, long price, LineShare share, LineTerms terms)
    {
        var reply = new FeeLineShare
        {
            MedListCode = code,
            QuantityE4 = quantity,
            UnitPriceMicroYuan = price,
            AmountFen = share.Amount.Value,
            SelfpayBp = terms.FirstPayBp,
            FullSelfPayFen = share.FullSelfPay.Value,
            OverLimitFen = share.OverLimit.Value,
            FirstPayFen = share.FirstPay.Value,
            InScopeFen = share.InScope.Value,
            ChrgitmLv = terms.ChrgitmLv,
            MedChrgitmType = terms.MedChrgitmType,
            ListType = terms.ListType,
            ItemName = terms.ItemName,
            Memo = Memo((SelfPaidReason)terms.Reason),
        };
        if (terms.HasCeilingMicroYuan) reply.CeilingMicroYuan = terms.CeilingMicroYuan;
        return reply;
    }
}
