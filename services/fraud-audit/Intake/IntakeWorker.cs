using System.Diagnostics.Metrics;
using MedInsure.Events;
using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.RuleSettings;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Intake;

/// <summary>For each county reads settlement's feed page by page and audits what it tells: when a settlement rings, and from time to time since a ring may be missed.</summary>
internal sealed class IntakeWorker(AuditedCounties counties, AuditFeed.AuditFeedClient settlement, RuleBook book, RuleSets rules, ReferenceData reference, TimeProvider time, ILogger<IntakeWorker> log)
    : TenantWork(log, TimeSpan.FromSeconds(5))
{
    private const int ClaimsPerPage = 500;

    private static readonly Meter Meter = new("MedInsure.FraudAudit.Intake");
    private static readonly Counter<long> Audited = Meter.CreateCounter<long>("medinsure.audit.audited", "{claim}", "Settlements audited as they came, by county");
    private static readonly Counter<long> Found = Meter.CreateCounter<long>("medinsure.audit.found", "{finding}", "Findings of settlements as they came, by county");
    private static readonly Counter<long> Failed = Meter.CreateCounter<long>("medinsure.audit.failed", "{claim}", "Settlements at which a rule threw, by county");
    private static readonly Gauge<long> Behind = Meter.CreateGauge<long>("medinsure.audit.behind", "{row}", "Rows of settlement's journal that are not read yet, by county");

    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        await using var connection = await counties.Database(tenant).OpenConnectionAsync(stop);
        var after = await IntakePage.Position(connection, stop);
        var page = await settlement.ReadAuditClaimsAsync(new ReadAuditClaimsRequest { AfterSeq = after.Seq, AfterIdx = after.Index, Max = ClaimsPerPage }, CallTenant.For(tenant), cancellationToken: stop);
        var county = new KeyValuePair<string, object?>("county", tenant);
        Behind.Record(page.AtSeq - page.ReadSeq, county);
        if ((page.ReadSeq, page.ReadIdx) == after) return false;
        var result = await IntakePage.Take(connection, after, page, book, await rules.Newest(tenant, stop), reference.For(counties.All[tenant].CityCode), time.GetUtcNow().UtcDateTime, stop);
        if (!result.Taken) return true;
        Audited.Add(result.Audited, county);
        Found.Add(result.Found, county);
        foreach (var (setlId, failure) in result.Failed)
        {
            Failed.Add(1, county);
            log.LogError(failure, "tenant {Tenant}: a rule failed at settlement {Settlement}; a run over its month looks again", tenant, setlId);
        }
        return page.More;
    }
}

/// <summary>A settlement was announced: its county's feed has more.</summary>
internal sealed class IntakeBell(IntakeWorker worker, AuditedCounties counties) : IEventListener<ClaimSettled>
{
    public Task Hear(string source, IReadOnlyList<ClaimSettled> events, CancellationToken cancellation)
    {
        if (counties.All.ContainsKey(source)) worker.Ring(source);
        return Task.CompletedTask;
    }
}
