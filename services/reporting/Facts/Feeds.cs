using BillingFeed = MedInsure.Protos.Billing.V1.ReportFeed.ReportFeedClient;
using EnrollmentFeed = MedInsure.Protos.Enrollment.V1.ReportFeed.ReportFeedClient;
using FraudAuditFeed = MedInsure.Protos.FraudAudit.V1.ReportFeed.ReportFeedClient;
using SettlementFeed = MedInsure.Protos.Settlement.V1.ReportFeed.ReportFeedClient;

namespace MedInsure.Reporting.Facts;

/// <summary>All feeds, each once.</summary>
internal sealed class Feeds(SettlementFeed settlement, EnrollmentFeed enrollment, BillingFeed billing, FraudAuditFeed audit)
{
    public IReadOnlyList<Feed> All { get; } =
    [
        new ClaimFeed(settlement), new VoucherFeed(settlement), new PersonFeed(enrollment), new IncomeFeed(billing), new PlaceFeed(billing), new CollectionFeed(billing), new CaseFeed(audit), new SupervisionFeed(audit),
    ];

    public Feed? Find(string name) => All.FirstOrDefault(f => f.Name == name);
}
