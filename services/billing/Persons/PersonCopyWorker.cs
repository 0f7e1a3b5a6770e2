using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Enrollment.V1;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace MedInsure.Billing.Persons;

/// <summary>
/// Asks enrollment once for every person of a county: those who were there before this service heard of any. Page by page, each with how far it is in one
/// transaction, so that it goes on after a restart. It begins when this service hears events, so that nobody who changes meanwhile is missed.
/// </summary>
internal sealed class PersonCopyWorker(BilledCounties counties, Enrollment.EnrollmentClient enrollment, HealthCheckService health, TimeProvider time, ILogger<PersonCopyWorker> log) : BackgroundService
{
    private const int PageSize = 1_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <returns>Whether every person that was there has been copied.</returns>
    public static async Task<bool> IsComplete(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT completed_at IS NOT NULL FROM person_copy");
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(counties.All.Values.Select(county => Copy(county, stoppingToken)));

    private async Task Copy(Tenant county, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await IsComplete(counties.Database(county.Code), stop)) return;
                if (await Hears(stop) && await Page(county, stop)) continue;
                await Task.Delay(Pause, time, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (Exception e) when (e is NpgsqlException or RpcException or OperationCanceledException)
            {
                log.LogWarning("tenant {Tenant}: the persons cannot be copied from enrollment now ({Reason}); trying again", county.Code, e is RpcException rpc ? rpc.StatusCode.ToString() : e.GetType().Name);
                try { await Task.Delay(Pause, time, stop); }
                catch (OperationCanceledException) { return; }
            }
        }
    }

    private async Task<bool> Hears(CancellationToken cancellation) =>
        (await health.CheckHealthAsync(check => check.Name == "bus", cancellation)).Status == HealthStatus.Healthy;

    /// <returns>False: another process is at it.</returns>
    private async Task<bool> Page(Tenant county, CancellationToken cancellation)
    {
        await using var connection = await counties.Database(county.Code).OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        string after;
        await using (var read = new NpgsqlCommand("SELECT after_psn_no FROM person_copy WHERE completed_at IS NULL FOR UPDATE SKIP LOCKED", connection, transaction))
            if (await read.ExecuteScalarAsync(cancellation) is string text) after = text;
            else return false;
        var page = await enrollment.ListPersonsAsync(new ListPersonsRequest { PageSize = PageSize, AfterPsnNo = after }, CallTenant.For(county.Code), cancellationToken: cancellation);
        if (page.Person.Count > 0) await PersonCopy.Keep(connection, transaction, [.. page.Person.Select(PersonCopy.Of)], cancellation);
        await using (var step = new NpgsqlCommand("UPDATE person_copy SET after_psn_no = $1, persons = persons + $2, completed_at = CASE WHEN $3 THEN $4 END", connection, transaction)
        {
            Parameters = { new() { Value = page.Person.Count > 0 ? page.Person[^1].PsnNo : after }, new() { Value = (long)page.Person.Count }, new() { Value = page.NextAfterPsnNo.Length == 0 }, new() { Value = time.GetUtcNow().UtcDateTime } },
        })
            await step.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }
}
