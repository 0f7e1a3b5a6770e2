using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Reporting.Facts;

/// <summary>What counties' funds received.</summary>
internal sealed class IncomeFeed(ReportFeed.ReportFeedClient billing) : Feed("incomes", "基金收入", ["income_fact"])
{
    private const int IncomesPerPage = 5_000;

    public override async Task<FeedPage> Read(string county, FeedPosition after, bool count, CancellationToken cancellation)
    {
        var page = await billing.ReadReportIncomesAsync(new ReadReportIncomesRequest { AfterIncomeNo = after.Seq, Max = IncomesPerPage }, CallTenant.For(county), cancellationToken: cancellation);
        var read = page.Income.Count > 0 ? page.Income[^1].IncomeNo : after.Seq;
        return new FeedPage(after with { Seq = read }, page.AtIncomeNo, read < page.AtIncomeNo, Math.Max(0, page.AtIncomeNo - read), FeedPage.Time(page.BehindSinceMs), page.Income.Count, writer => Write(writer, page));
    }

    internal static Task Write(FactWriter writer, ReadReportIncomesReply page) => writer.Copy("income_fact", "income_no, source, insutype, period, channel, amount_fen, account_fen, value_on, posted_on", page.Income,
        (row, i) => row.Bigint(i.IncomeNo).Text(i.Source).Text(i.Insutype).Int(i.Period).Text(i.Channel).Bigint(i.AmountFen).Bigint(i.AccountFen).Day(i.ValueOn).Day(ChinaCalendar.DayOf(i.PostedAtMs)));
}
