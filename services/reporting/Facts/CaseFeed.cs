using System.Globalization;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.Reporting.Facts;

/// <summary>Cases of supervision as they stand: all of them, then those that were acted on.</summary>
internal sealed class CaseFeed(ReportFeed.ReportFeedClient audit) : Feed("cases", "稽核案件", ["case_fact", "sanction_fact"])
{
    private const int CasesPerPage = 500;

    public override FeedPosition Start => new(0, -1, "", []);

    public override async Task<FeedPage> Read(string county, FeedPosition after, bool count, CancellationToken cancellation)
    {
        var copy = after.CopiedKey is not null;
        var from = copy ? after.CopiedKey is "" ? 0 : long.Parse(after.CopiedKey!, CultureInfo.InvariantCulture) : after.Seq;
        var page = await audit.ReadReportCasesAsync(new ReadReportCasesRequest { Copy = copy, After = from, Max = CasesPerPage }, CallTenant.For(county), cancellationToken: cancellation);
        var next = !copy ? after with { Seq = page.ReadNo } : new FeedPosition(after.CopiedKey is "" ? page.AtNo : after.Seq, -1, page.More ? page.ReadNo.ToString(CultureInfo.InvariantCulture) : null, []);
        return new FeedPage(next, page.AtNo, copy || page.More, page.Behind, FeedPage.Time(page.BehindSinceMs), page.Case.Count, writer => Write(writer, page, copy));
    }

    internal static async Task Write(FactWriter writer, ReadReportCasesReply page, bool fresh)
    {
        if (!fresh && page.Case.Count > 0)
            foreach (var table in (string[])["case_fact", "sanction_fact"]) await writer.Run($"DELETE FROM {table} WHERE county = $1 AND build = $2 AND case_no = ANY ($3)", (object)page.Case.Select(c => c.CaseNo).ToArray());
        await writer.Copy("case_fact", """
            case_no, subject_kind, subject, subject_county, state, opened_on, decided_on, released_on, closed_on, evidence_fen, principal_fen, damages_fen, by_payment, evidence_count, appeals, appeal_outcome
            """, page.Case, (row, c) => row.Bigint(c.CaseNo).Text(c.SubjectKind).Text(c.Subject).Text(c.SubjectCounty).Text(c.State).Day(c.OpenedOn).Day(c.DecidedOn).Day(c.ReleasedOn).Day(c.ClosedOn).Bigint(c.EvidenceFen)
            .Bigint(c.PrincipalFen).Bigint(c.DamagesFen).Flag(c.ByPayment).Int(c.EvidenceCount).Int(c.Appeals).Text(c.AppealOutcome));
        await writer.Copy("sanction_fact", "case_no, no, step, name, amount_fen, multiplier, months", [.. page.Case.SelectMany(c => c.Sanction.Select((s, no) => (c.CaseNo, No: no, Sanction: s)))],
            (row, s) => row.Bigint(s.CaseNo).Int(s.No).Text(s.Sanction.Step).Text(s.Sanction.Name).Bigint(s.Sanction.AmountFen).Int(s.Sanction.Multiplier).Int(s.Sanction.Months));
    }
}
