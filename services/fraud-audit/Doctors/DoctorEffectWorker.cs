using System.Globalization;
using Grpc.Core;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;

namespace MedInsure.FraudAudit.Doctors;

/// <summary>Tells provider-registry of suspensions, restorations and ends, a doctor's in their order. Told again it changes nothing; what it refuses stays on a work list (<see cref="RetryDoctorEffect"/>).</summary>
internal sealed class DoctorEffectWorker(AuditedCounties counties, ProviderRegistry.ProviderRegistryClient registry, TimeProvider time, ILogger<DoctorEffectWorker> log) : TenantWork(log, TimeSpan.FromSeconds(5))
{
    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override Task<bool> Round(string tenant, CancellationToken stop) => Tell(tenant, stop);

    /// <returns>Whether something was told; the next of a doctor may be due then.</returns>
    internal async Task<bool> Tell(string county, CancellationToken stop)
    {
        var told = false;
        await using var connection = await counties.Database(county).OpenConnectionAsync(stop);
        var due = await DoctorActRow.Read(connection, null,
            "effect = 'pending' AND NOT EXISTS (SELECT FROM doctor_act o WHERE o.doctor_code = doctor_act.doctor_code AND o.effect = 'pending' AND o.act_no < doctor_act.act_no) ORDER BY attempts, act_no LIMIT 100", stop);
        foreach (var act in due) told |= await TellOf(connection, county, act.ActNo, stop);
        return told;
    }

    private async Task<bool> TellOf(NpgsqlConnection connection, string county, long actNo, CancellationToken stop)
    {
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if ((await DoctorActRow.Read(connection, transaction, "act_no = $1 AND effect = 'pending' FOR UPDATE SKIP LOCKED", stop, actNo)).SingleOrDefault() is not { } act) return false;
        var (effect, note) = ("done", "");
        try
        {
            await registry.SetDoctorStatusAsync(new SetDoctorStatusRequest
            {
                DoctorCode = act.DoctorCode,
                Status = act.Kind switch { "suspend" => AgreementStatus.Suspended, "terminate" => AgreementStatus.Terminated, _ => AgreementStatus.Active },
                FromOn = Day(act.FromOn), ToOn = act.ToOn is { } to ? Day(to) : 0, Reason = act.Reason,
            }, CallTenant.For(counties.All[county].CityCode), cancellationToken: stop);
        }
        catch (RpcException e) when (!stop.IsCancellationRequested)
        {
            (effect, note) = EffectAnswer.Of(e);
        }
        await using var update = new NpgsqlCommand("UPDATE doctor_act SET effect = $2, effect_note = $3, attempts = attempts + 1, effect_at = $4 WHERE act_no = $1", connection, transaction)
        {
            Parameters = { new() { Value = actNo }, new() { Value = effect }, new() { Value = note }, new() { Value = time.GetUtcNow().UtcDateTime } },
        };
        await update.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        if (effect == "refused") log.LogWarning("act {ActNo} on a doctor of {Tenant} was refused: {Note}", actNo, county, note);
        return effect != "pending";
    }

    private static int Day(string day) => DayNumber.Of(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture));
}
