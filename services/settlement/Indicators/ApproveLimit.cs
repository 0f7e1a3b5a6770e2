using MedInsure.Kernel;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Indicators;

/// <summary>A second person approves a limit: from now on months are held against it. One limit of an indicator at a time; no month that stands is reached. Asked again by the same person it answers the same.</summary>
internal static class ApproveLimit
{
    internal sealed record Approval(string? Approver);

    /// <summary>In order: who, the limit, another person than who drafted it; approved before by the same; drafted; another limit in the way; months that stand.</summary>
    public static async Task<Outcome<IndicatorLimit>> Execute(RunPlace place, long number, Approval approval, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(approval.Approver, "approver") is { } nobody) return nobody;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Approvals follow one another: two that are in each other's way must not both pass.
        await using (var one = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('indicator_limit', 0))", connection, transaction)) await one.ExecuteNonQueryAsync(cancellation);
        if (await IndicatorLimit.Find(connection, transaction, number, cancellation) is not { } limit) return IndicatorRefusals.LimitUnknown;
        if (TwoPeople.AreOne(limit.DraftedBy, approval.Approver)) return TwoPeople.SamePerson;
        if (limit.State == "approved" && TwoPeople.AreOne(limit.ApprovedBy, approval.Approver)) return limit;
        if (limit.State != "drafted") return IndicatorRefusals.NotDrafted;
        // A statement of the provider that is being approved makes its month stand: it is waited for.
        await ProviderLock.Take(connection, transaction, limit.FixmedinsCode, cancellation);
        object[] values = [limit.FixmedinsCode, limit.FromMonth, limit.ToMonth, limit.Indicator];
        if (await Exists("SELECT 1 FROM indicator_limit WHERE fixmedins_code = $1 AND state = 'approved' AND from_month <= $3 AND to_month >= $2 AND indicator = $4 LIMIT 1", values)) return IndicatorRefusals.Overlaps;
        if (await Exists("SELECT 1 FROM payment_month WHERE scope = $1 AND month BETWEEN $2 AND $3 AND fixed_by <> '' LIMIT 1", values[..3])) return IndicatorRefusals.MonthStands;
        await using (var update = new NpgsqlCommand("UPDATE indicator_limit SET state = 'approved', approved_by = $2, approved_at = $3 WHERE number = $1 AND state = 'drafted'", connection, transaction)
        {
            Parameters = { new() { Value = number }, new() { Value = approval.Approver!.Trim() }, new() { Value = now.ToUniversalTime() } },
        }) if (await update.ExecuteNonQueryAsync(cancellation) == 0) return IndicatorRefusals.NotDrafted; // withdrawn meanwhile
        await transaction.CommitAsync(cancellation);
        return (await IndicatorLimit.Find(connection, null, number, cancellation))!;

        async Task<bool> Exists(string sql, object[] parameters)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            foreach (var value in parameters) command.Parameters.Add(new NpgsqlParameter { Value = value });
            return await command.ExecuteScalarAsync(cancellation) is not null;
        }
    }
}
