using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using AuditClient = MedInsure.Protos.FraudAudit.V1.FraudAudit.FraudAuditClient;

namespace MedInsure.FraudAudit.Cases;

/// <summary>
/// Does what cases want of settlement and provider-registry. Each call carries its own number and is answered the same when it is sent again, so that what was done before a crash is done once;
/// what they refuse stays on a work list. Lanes follow their order and do not wait for each other.
/// </summary>
internal sealed class CaseEffectWorker(AuditedCounties counties, AuditMoney.AuditMoneyClient money, ProviderRegistry.ProviderRegistryClient registry, AuditClient audits, ChinaCalendar calendar, ILogger<CaseEffectWorker> log)
    : TenantWork(log, TimeSpan.FromSeconds(5))
{
    // An earlier one of the lane that is refused holds up what follows: a notice is not reversed that was never booked.
    private const string Due = """
        state = 'pending' AND due_on <= $1 AND NOT EXISTS (
          SELECT FROM case_effect o WHERE o.lane = case_effect.lane AND o.effect_no < case_effect.effect_no AND o.due_on <= $1 AND (o.state = 'pending' OR o.state = 'refused' AND o.kind = 'book_notice'))
        """;

    // Of the same provider in another case: suspended and not resumed since.
    private const string HeldElsewhere = """
        SELECT EXISTS (SELECT FROM case_effect s WHERE s.lane = $1 AND s.case_no <> $2 AND s.kind = 'suspend' AND s.state = 'done'
          AND NOT EXISTS (SELECT FROM case_effect r WHERE r.lane = $1 AND r.case_no = s.case_no AND r.kind = 'resume' AND r.state = 'done' AND r.effect_no > s.effect_no))
        """;

    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        var database = counties.Database(tenant);
        List<CaseEffect> due;
        await using (var connection = await database.OpenConnectionAsync(stop))
            due = await CaseEffect.Read(connection, null, $"{Due} ORDER BY attempts, effect_no LIMIT 100", stop, calendar.Today);
        var done = false;
        foreach (var effect in due) done |= await Do(database, tenant, effect.EffectNo, stop);
        return done; // the next of a lane may be due now
    }

    /// <returns>Whether it is over: done or refused.</returns>
    private async Task<bool> Do(NpgsqlDataSource database, string county, long effectNo, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if ((await CaseEffect.Read(connection, transaction, "effect_no = $1 AND state = 'pending' FOR UPDATE SKIP LOCKED", stop, effectNo)).SingleOrDefault() is not { } effect) return false;
        var (state, note) = await Call(connection, transaction, county, effect, stop);
        await using (var update = new NpgsqlCommand("UPDATE case_effect SET state = $2, note = $3, attempts = attempts + 1, done_at = $4 WHERE effect_no = $1", connection, transaction))
        {
            foreach (var value in (object[])[effectNo, state, note, state == "done" ? calendar.UtcNow.UtcDateTime : DBNull.Value]) update.Parameters.Add(new NpgsqlParameter { Value = value });
            update.Parameters[^1].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz;
            await update.ExecuteNonQueryAsync(stop);
        }
        if (state != "pending")
            await CaseAct.Write(connection, transaction, effect.CaseNo, $"{effect.Kind}_{state}", "系统", calendar.UtcNow, note.Length > 0 ? note : effect.Lane, new { effect.EffectNo, effect.Lane }, null, null, stop);
        await transaction.CommitAsync(stop);
        if (state == "refused") log.LogWarning("case effect {EffectNo} of {Tenant} was refused: {Note}", effectNo, county, note);
        return state != "pending";
    }

    private async Task<(string State, string Note)> Call(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, CaseEffect effect, CancellationToken stop)
    {
        try
        {
            switch (effect.Kind)
            {
                case "book_notice": await money.BookAuditNoticeAsync(JsonParser.Default.Parse<BookAuditNoticeRequest>(effect.Payload), CallTenant.For(county), cancellationToken: stop); break;
                case "reverse_notice": await money.ReverseAuditNoticeAsync(JsonParser.Default.Parse<ReverseAuditNoticeRequest>(effect.Payload), CallTenant.For(county), cancellationToken: stop); break;
                case "book_recovery": await money.BookAuditRecoveryAsync(JsonParser.Default.Parse<BookAuditRecoveryRequest>(effect.Payload), CallTenant.For(county), cancellationToken: stop); break;
                case ReferCase.Kind:
                    var there = (await CaseRow.Find(connection, transaction, effect.CaseNo, stop))!.SubjectCounty;
                    return ("done", $"案件{(await audits.TakeReferralAsync(JsonParser.Default.Parse<TakeReferralRequest>(effect.Payload), CallTenant.For(there), cancellationToken: stop)).CaseNo}");
                case "resume" when await IsHeldElsewhere(connection, transaction, effect, stop): return ("done", "其他案件的暂停仍在执行，未恢复");
                default: await registry.SetAgreementStatusAsync(JsonParser.Default.Parse<SetAgreementStatusRequest>(effect.Payload), CallTenant.For(counties.All[county].CityCode), cancellationToken: stop); break;
            }
            return ("done", "");
        }
        catch (RpcException e) when (!stop.IsCancellationRequested)
        {
            return RefusalStatus.FromRpcException(e)?.Code switch
            {
                // The statement is decided by people in a while; the provider's county hears of the home county's settlements in a while.
                "audit_notice.statement_in_review" and var wait => ("pending", wait),
                "statement.settlement_not_claimed" when effect.Kind == "book_notice" && JsonParser.Default.Parse<BookAuditNoticeRequest>(effect.Payload).ProviderCounty.Length > 0 => ("pending", "statement.settlement_not_claimed"),
                "agreement.already_so" => ("done", "协议已处于该状态"),
                "agreement.outside_period" when effect.Kind == "resume" => ("done", "协议期已满"),
                _ => EffectAnswer.Of(e),
            };
        }
    }

    private static async Task<bool> IsHeldElsewhere(NpgsqlConnection connection, NpgsqlTransaction transaction, CaseEffect effect, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(HeldElsewhere, connection, transaction) { Parameters = { new() { Value = effect.Lane }, new() { Value = effect.CaseNo } } };
        return (bool)(await command.ExecuteScalarAsync(stop))!;
    }
}
