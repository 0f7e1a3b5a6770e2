using MedInsure.FraudAudit.RuleSettings;
using MedInsure.FraudAudit.Rules;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;
using Npgsql;

namespace MedInsure.FraudAudit.Checks;

/// <summary>What the county's rules find of a bill that is being written or is about to settle, from memory: the same engine and the same bills before it as the audit afterwards.</summary>
internal sealed class CheckClaim(RuleSets rules, PersonHistories histories, ReferenceData reference, KeepFindings kept, TimeProvider time)
{
    /// <summary>In order: stage; person and lines; size; catalog loaded; days.</summary>
    public async Task<Outcome<CheckClaimReply>> Run(Tenant county, CheckClaimRequest request, CancellationToken cancellation)
    {
        var stage = request.Stage switch { CheckStage.Before => "before", CheckStage.During => "during", _ => null };
        if (stage is null) return CheckRefusals.StageUnknown;
        if (request.Claim is not { PsnNo.Length: > 0, Line.Count: > 0 } claim) return CheckRefusals.ClaimMissing;
        if (claim.Line.Count > CheckRefusals.LinesMax) return CheckRefusals.TooLarge;
        if (reference.Find(county.CityCode) is not { } catalog) return ReferenceData.NotLoaded;
        IReadOnlyList<AuditClaim> earlier;
        RuleSet set;
        try
        {
            earlier = await histories.Of(county.Code, claim.PsnNo, cancellation);
            set = await rules.Of(county.Code, cancellation);
        }
        catch (NpgsqlException) when (!cancellation.IsCancellationRequested) { return Hosting.Rpc.RefusalStatus.Unavailable; }
        var now = time.GetUtcNow();
        if (DraftBill.Complete(claim, county.Code, claim.PsnNo, earlier, catalog, ChinaCalendar.DayOf(now.ToUnixTimeMilliseconds())) is { } unfit) return unfit;

        var bill = new BillUnderAudit(claim, earlier, catalog);
        set.Audit(bill, stage, request.Rule.Count > 0 ? request.Rule.ToHashSet(StringComparer.Ordinal) : null);
        var reply = Reply(bill, set, stage, now);
        if (reply.Finding.Count > 0) kept.Add(county.Code, new CheckedBill(stage, now, claim, reply));
        return reply;
    }

    /// <summary>What blocks first, then what is certain, then by severity.</summary>
    internal static CheckClaimReply Reply(BillUnderAudit bill, RuleSet set, string stage, DateTimeOffset now)
    {
        var reply = new CheckClaimReply { CheckNo = NewNumber(bill.Claim.HomeCounty, now) };
        if (bill.Found.Count == 0) return reply;
        var day = RuleSet.DayOf(bill.Claim);
        var found = bill.Found.Select(v => (Violation: v, Terms: set.TermsOf(v.Rule, day, stage) ?? throw new InvalidOperationException($"rule {v.Rule} found something and is off")))
            .OrderByDescending(f => f.Terms.Blocks).ThenByDescending(f => f.Terms.Definition.IsCertain).ThenByDescending(f => f.Terms.Definition.Severity);
        foreach (var (violation, terms) in found)
        {
            var finding = new CheckFinding
            {
                FindingNo = $"{reply.CheckNo}-{reply.Finding.Count + 1}",
                Rule = violation.Rule,
                RuleName = terms.Definition.Name,
                Text = violation.Text,
                TextEn = violation.TextEn,
                Severity = $"{terms.Definition.Severity}",
                Certain = terms.Definition.IsCertain,
                Blocks = terms.Blocks,
                AmountFen = violation.InScopeFen,
                Definition = terms.Definition.Definition,
            };
            foreach (var line in violation.Lines) finding.Line.Add(new CheckedLine { FeedetlSn = line.FeedetlSn, AmountFen = line.InScopeFen });
            foreach (var other in violation.Earlier) finding.SetlId.Add(other.SetlId);
            reply.Finding.Add(finding);
        }
        return reply;
    }

    /// <summary>The county, by which an answer finds its way; eleven digits of the millisecond, eight of chance: unique over all replicas without asking anybody.</summary>
    private static string NewNumber(string county, DateTimeOffset now) => $"{county}{now.ToUnixTimeMilliseconds():X11}{(uint)Random.Shared.NextInt64(1L << 32):X8}";
}
