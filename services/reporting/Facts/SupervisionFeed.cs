using Google.Protobuf;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.Reporting.Facts;

/// <summary>Totals of findings and field work as they stand: whole, when they differ from what is there.</summary>
internal sealed class SupervisionFeed(ReportFeed.ReportFeedClient audit) : Feed("supervision", "监管汇总", ["finding_fact", "field_fact"])
{
    public override bool IsOfTotals => true;

    public override async Task<FeedPage> Read(string county, FeedPosition after, bool count, CancellationToken cancellation)
    {
        var told = await audit.ReadReportSupervisionAsync(new ReadReportSupervisionRequest { KnownSha256 = ByteString.CopyFrom(after.ToldSha256) }, CallTenant.For(county), cancellationToken: cancellation);
        var next = told.Unchanged ? after : after with { Seq = after.Seq + 1, ToldSha256 = told.Sha256.ToByteArray() };
        return new FeedPage(next, next.Seq, More: false, Behind: 0, null, told.Unchanged ? 0 : 1, writer => Write(writer, told));
    }

    internal static async Task Write(FactWriter writer, ReadReportSupervisionReply told)
    {
        foreach (var table in (string[])["finding_fact", "field_fact"]) await writer.Run($"DELETE FROM {table} WHERE county = $1 AND build = $2");
        await writer.Copy("finding_fact", "month, rule, fixmedins_code, state, severity, certain, findings, in_scope_fen", told.Findings,
            (row, f) => row.Int(f.Month).Text(f.Rule).Text(f.FixmedinsCode).Text(f.State).Int(f.Severity).Flag(f.Certain).Bigint(f.Findings).Bigint(f.InScopeFen));
        await writer.Copy("field_fact", "month, kind, fixmedins_code, outcome, count, amount_fen", told.FieldWork,
            (row, f) => row.Int(f.Month).Text(f.Kind).Text(f.FixmedinsCode).Text(f.Outcome).Bigint(f.Count).Bigint(f.AmountFen));
    }
}
