using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.BillChecks;

/// <summary>
/// Asks fraud-audit about a bill before it settles (2207, 2304, 2102) or is tried (2206, 2303, 2101), within BillChecks:DeadlineMilliseconds (300). What a rule of the county blocks does not
/// settle; a bill that got no answer settles or not as the county chose (Tenants:&lt;code&gt;:Audit), and is audited afterwards like every other. Never called by a tenant's writer.
/// </summary>
public sealed class CheckBill(FraudAudit.FraudAuditClient fraudAudit, IConfiguration configuration, TimeProvider time, ILogger<CheckBill> log)
{
    private static readonly Meter Meter = new("MedInsure.BillChecks");
    private static readonly Counter<long> Checked = Meter.CreateCounter<long>("medinsure.bill_check.asked", "{bill}", "Bills that the audit rules were asked about before their settlement, by tenant, stage (settle, pre_settle) and outcome");
    private static readonly Counter<long> Unchecked = Meter.CreateCounter<long>("medinsure.bill_check.unchecked", "{bill}", "Bills to be settled that got no answer, by tenant and what the county wants then: open (settled, audited afterwards), closed (refused)");

    // Assumed: no source names a bound. An answer takes a few milliseconds; a cashier notices what is longer than this.
    private readonly TimeSpan deadline = TimeSpan.FromMilliseconds(configuration.GetValue("BillChecks:DeadlineMilliseconds", 300));
    private readonly ConcurrentDictionary<string, CallCircuit> circuits = new(StringComparer.Ordinal);

    /// <summary>Gets the answer to a settlement's question, and submits it again.</summary>
    public async Task<Outcome<Committed>> Finish(TenantJournal journal, SettleClaimRequest request, SupplementTurn supplement, CheckTurn check, CancellationToken cancellation)
    {
        var county = check.County;
        var (reply, outcome) = await Ask(county, check.Question!, "settle", cancellation);
        if (reply is not null) check.Answer(ObjectionOf(reply));
        else
        {
            Unchecked.Add(1, new("tenant", county.Code), new("choice", county.Audit == AuditChoice.Closed ? "closed" : "open"));
            log.LogWarning("tenant {Tenant}: a bill of {Provider} could not be checked before its settlement ({Outcome}): {Choice}", county.Code, request.FixmedinsCode, outcome, county.Audit);
            check.Answer(county.Audit == AuditChoice.Closed ? Refusals.AuditUnavailable : null);
        }
        return await journal.Submit(SettleClaim.Command(request, supplement, check), cancellation);
    }

    /// <summary>What a pre-settlement says of the bill, in Chinese (empty: nothing), and whether it would not settle.</summary>
    public async Task<(string Text, bool WouldBeRefused)> Warn(CheckTurn check, CancellationToken cancellation)
    {
        if (check.Question is not { } bill) return ("", false);
        var (reply, _) = await Ask(check.County, bill, "pre_settle", cancellation);
        if (reply is null) return check.County.Audit == AuditChoice.Closed ? (Refusals.AuditUnavailable.Chinese, true) : ("", false);
        var text = string.Join('；', reply.Finding.OrderByDescending(f => f.Blocks).ThenByDescending(f => f.Certain).Select(f => f.Blocks ? $"{f.RuleName}（{f.Rule}）不予结算：{f.Text}" : $"{f.RuleName}（{f.Rule}）：{f.Text}"));
        return (text, reply.Finding.Any(f => f.Blocks));
    }

    private async Task<(CheckClaimReply? Reply, string Outcome)> Ask(Tenant county, AuditClaim bill, string stage, CancellationToken cancellation)
    {
        var answer = await Call(county.Code, bill, cancellation);
        Checked.Add(1, new("tenant", county.Code), new("stage", stage), new("outcome", answer.Outcome));
        return answer;
    }

    private async Task<(CheckClaimReply? Reply, string Outcome)> Call(string county, AuditClaim bill, CancellationToken cancellation)
    {
        var circuit = circuits.GetOrAdd(county, _ => new CallCircuit(time));
        if (!circuit.TryEnter()) return (null, "circuit_open");
        try
        {
            // The machine's clock, as the channel compares with it: never an injected one.
            var options = new CallOptions(CallTenant.For(county), TimeProvider.System.GetUtcNow().UtcDateTime + deadline, cancellation);
            var reply = await fraudAudit.CheckClaimAsync(new CheckClaimRequest { Stage = CheckStage.During, Claim = bill }, options);
            circuit.Answered();
            return (reply, "answered");
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            // Any other status came from somebody who answers.
            if (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded) circuit.Failed();
            return (null, e.StatusCode == StatusCode.DeadlineExceeded ? "too_late" : e.StatusCode == StatusCode.Unavailable ? "unreachable" : "refused");
        }
        catch (InvalidOperationException e)
        {
            // No address configured: the county's choice holds for this as well.
            log.LogError(e, "fraud-audit cannot be asked about bills of {Tenant}", county);
            return (null, "not_configured");
        }
    }

    private static Refusal? ObjectionOf(CheckClaimReply reply)
    {
        CheckFinding? first = null;
        var others = 0;
        foreach (var finding in reply.Finding)
        {
            if (!finding.Blocks) continue;
            if (first is null) first = finding; else others++;
        }
        return first is null ? null : Refusals.BillBlocked(
            $"{first.RuleName}（规则{first.Rule}）不予结算：{first.Text}{(others > 0 ? $"；另有{others}项" : "")}",
            $"Rule {first.Rule} blocks the settlement: {first.TextEn}{(others > 0 ? $" (and {others} more)" : "")}");
    }
}
