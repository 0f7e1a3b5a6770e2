using System.Globalization;
using Grpc.Core;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.FraudAudit.Credit;

/// <summary>Tells settlement of deposit rates, a provider's in their order, each under its act's number: told again it changes nothing. What it refuses is shown (GET /credit/acts?effect=refused) and proposed anew.</summary>
internal sealed class CreditEffectWorker(AuditedCounties counties, AuditMoney.AuditMoneyClient money, TimeProvider time, ILogger<CreditEffectWorker> log) : TenantWork(log, TimeSpan.FromSeconds(5))
{
    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override Task<bool> Round(string tenant, CancellationToken stop) => Tell(tenant, stop);

    /// <returns>Whether something was told; the next of a provider may be due then.</returns>
    internal async Task<bool> Tell(string county, CancellationToken stop)
    {
        var told = false;
        await using var connection = await counties.Database(county).OpenConnectionAsync(stop);
        var due = await CreditActRow.Read(connection, null,
            "effect = 'pending' AND NOT EXISTS (SELECT FROM credit_act o WHERE o.fixmedins_code = credit_act.fixmedins_code AND o.effect = 'pending' AND o.act_no < credit_act.act_no) ORDER BY attempts, act_no LIMIT 100", stop);
        foreach (var act in due) told |= await TellOf(connection, county, act.ActNo, stop);
        return told;
    }

    private async Task<bool> TellOf(NpgsqlConnection connection, string county, long actNo, CancellationToken stop)
    {
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if ((await CreditActRow.Read(connection, transaction, "act_no = $1 AND effect = 'pending' FOR UPDATE SKIP LOCKED", stop, actNo)).SingleOrDefault() is not { } act) return false;
        var (effect, note) = ("done", "");
        try
        {
            var rate = await money.SetDepositRateAsync(new SetDepositRateRequest
            {
                RequestNo = string.Create(CultureInfo.InvariantCulture, $"{county}G{act.ActNo:D12}"), FixmedinsCode = act.FixmedinsCode, RatioBp = act.DepositBp, PreparedBy = act.ProposedBy, Approver = act.DecidedBy,
                FromOn = DayNumber.Of(DateOnly.ParseExact(act.FromOn, "yyyy-MM-dd", CultureInfo.InvariantCulture)),
            }, CallTenant.For(county), cancellationToken: stop);
            note = string.Create(CultureInfo.InvariantCulture, $"自{rate.FromMonth}起");
        }
        catch (RpcException e) when (!stop.IsCancellationRequested)
        {
            (effect, note) = EffectAnswer.Of(e);
        }
        await using var update = new NpgsqlCommand("UPDATE credit_act SET effect = $2, effect_note = $3, attempts = attempts + 1, effect_at = $4 WHERE act_no = $1", connection, transaction)
        {
            Parameters = { new() { Value = actNo }, new() { Value = effect }, new() { Value = note }, new() { Value = time.GetUtcNow().UtcDateTime } },
        };
        await update.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        if (effect == "refused") log.LogWarning("act {ActNo} on a provider's credit in {Tenant} was refused: {Note}", actNo, county, note);
        return effect != "pending";
    }
}
