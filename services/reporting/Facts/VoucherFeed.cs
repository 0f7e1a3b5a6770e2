using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Reporting.Facts;

/// <summary>The ledgers of counties and of the city.</summary>
internal sealed class VoucherFeed(ReportFeed.ReportFeedClient settlement) : Feed("vouchers", "总账凭证", ["entry_fact"])
{
    private const int VouchersPerPage = 1_000;

    public override bool IsOfCityToo => true;

    public override async Task<FeedPage> Read(string county, FeedPosition after, bool count, CancellationToken cancellation)
    {
        var page = await settlement.ReadReportVouchersAsync(new ReadReportVouchersRequest { AfterVoucherNo = after.Seq, Max = VouchersPerPage }, CallTenant.For(county), cancellationToken: cancellation);
        var read = page.Voucher.Count > 0 ? page.Voucher[^1].VoucherNo : after.Seq;
        return new FeedPage(after with { Seq = read }, page.AtVoucherNo, read < page.AtVoucherNo, Math.Max(0, page.AtVoucherNo - read), FeedPage.Time(page.BehindSinceMs), page.Voucher.Count, writer => Write(writer, page));
    }

    internal static Task Write(FactWriter writer, ReadReportVouchersReply page) => writer.Copy(
        "entry_fact", "voucher_no, entry_no, kind, number, effective_on, booked_on, period, purpose, fund, account_county, counterparty, amount_fen", [.. page.Voucher.SelectMany(v => v.Entry.Select(e => (Voucher: v, Entry: e)))],
        (row, e) => row.Bigint(e.Voucher.VoucherNo).Int(e.Entry.EntryNo).Text(e.Voucher.Kind).Text(e.Voucher.Number).Day(e.Voucher.EffectiveOn).Day(e.Voucher.BookedOn).Int(e.Voucher.Period)
            .Text(e.Entry.Purpose).Text(e.Entry.Fund).Text(e.Entry.County).Text(e.Entry.Counterparty).Bigint(e.Entry.AmountFen));
}
