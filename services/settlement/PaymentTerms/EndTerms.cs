using MedInsure.Kernel;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>Two people end approved terms before their last month; a yearly amount then counts for the months that they lasted. No month that stands is reached.</summary>
internal static class EndTerms
{
    /// <param name="LastMonth">yyyyMM, of the terms' months before the last.</param>
    internal sealed record Ending(int? LastMonth, string? Reason, string? EndedBy, string? Approver);

    /// <summary>In order: who, reason, the terms, ended so before, approved, the month, months that stand.</summary>
    public static async Task<Outcome<PaymentTerm>> Execute(RunPlace place, long number, Ending ending, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Check(ending.EndedBy, "ended_by", ending.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsReason(ending.Reason)) return Refusals.RunReasonInvalid;
        var county = place.Tenant.Code;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var row = new NpgsqlCommand("SELECT 1 FROM payment_term WHERE number = $1 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = number } } }) await row.ExecuteNonQueryAsync(cancellation);
        if (await PaymentTerm.Find(connection, transaction, county, number, cancellation) is not { } term) return PaymentTermRefusals.TermUnknown;
        if (term.EndedMonth is { } ended && ended == ending.LastMonth && TwoPeople.AreOne(term.Life.EndedBy, ending.EndedBy) && TwoPeople.AreOne(term.Life.EndingApprover, ending.Approver)) return term;
        if (term.Life.State != "approved" || term.EndedMonth is not null) return PaymentTermRefusals.NotApproved;
        if (ending.LastMonth is not { } last || !PaymentTerm.IsMonth(last) || last < term.FromMonth || last >= term.ToMonth) return PaymentTermRefusals.EndingInvalid;
        // As for approvals: a statement that is being approved is waited for.
        foreach (var provider in term.Providers) await ProviderLock.Take(connection, transaction, provider, cancellation);
        await using (var standing = new NpgsqlCommand("SELECT 1 FROM payment_month WHERE scope = $1 AND fixed_by <> '' AND month > $2 LIMIT 1", connection, transaction) { Parameters = { new() { Value = term.ScopeNo }, new() { Value = last } } })
            if (await standing.ExecuteScalarAsync(cancellation) is not null) return PaymentTermRefusals.MonthStands.At("last_month");
        await using (var update = new NpgsqlCommand("UPDATE payment_term SET ended_month = $2, ended_by = $3, ending_approver = $4, ended_at = $5, reason = $6 WHERE number = $1", connection, transaction)
        {
            Parameters =
            {
                new() { Value = number }, new() { Value = last }, new() { Value = ending.EndedBy!.Trim() }, new() { Value = ending.Approver!.Trim() }, new() { Value = now.ToUniversalTime() }, new() { Value = ending.Reason! },
            },
        }) await update.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return (await PaymentTerm.Find(connection, null, county, number, cancellation))!;
    }
}
