using MedInsure.Kernel;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>A second person approves drafted terms: from now on months are computed by them. Months of which a statement was made are not reached, and no claim comes under two methods. Asked again by the same person it answers the same.</summary>
internal static class ApproveTerms
{
    internal sealed record Approval(string? Approver);

    /// <summary>In order: who, the terms, another person than who drafted them; approved before by the same; drafted; other terms in the way; months that stand.</summary>
    public static async Task<Outcome<PaymentTerm>> Execute(RunPlace place, long number, Approval approval, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(approval.Approver, "approver") is { } nobody) return nobody;
        var county = place.Tenant.Code;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Approvals follow one another: two that are in each other's way must not both pass.
        await using (var one = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('payment_term', 0))", connection, transaction)) await one.ExecuteNonQueryAsync(cancellation);
        if (await PaymentTerm.Find(connection, transaction, county, number, cancellation) is not { } term) return PaymentTermRefusals.TermUnknown;
        if (TwoPeople.AreOne(term.Life.DraftedBy, approval.Approver)) return TwoPeople.SamePerson;
        if (term.Life.State == "approved" && TwoPeople.AreOne(term.Life.ApprovedBy, approval.Approver)) return term;
        if (term.Life.State != "drafted") return PaymentTermRefusals.NotDrafted;
        // A statement of one of them that is being approved makes a month stand: it is waited for.
        foreach (var provider in term.Providers) await ProviderLock.Take(connection, transaction, provider, cancellation);

        var neighbours = await PaymentTerm.Read(connection, transaction, county, """
            WHERE t.state = 'approved' AND t.from_month <= $2 AND coalesce(t.ended_month, t.to_month) >= $3
                AND EXISTS (SELECT FROM payment_term_provider a JOIN payment_term_provider b USING (fixmedins_code) WHERE a.number = t.number AND b.number = $4) ORDER BY t.number
            """, [term.ToMonth, term.FromMonth, number], cancellation);
        if (neighbours.Find(t => t.Scope.Overlaps(term.Scope)) is { } inTheWay) return PaymentTermRefusals.Overlaps(inTheWay.ScopeNo);
        await using (var standing = new NpgsqlCommand("""
            SELECT 1 FROM payment_month m JOIN payment_term_provider p ON p.fixmedins_code = m.scope WHERE p.number = $1 AND m.fixed_by <> '' AND m.month >= $2 LIMIT 1
            """, connection, transaction) { Parameters = { new() { Value = number }, new() { Value = term.FromMonth } } })
            if (await standing.ExecuteScalarAsync(cancellation) is not null) return PaymentTermRefusals.MonthStands;

        await using (var update = new NpgsqlCommand("UPDATE payment_term SET state = 'approved', approved_by = $2, approved_at = $3 WHERE number = $1 AND state = 'drafted'", connection, transaction)
        {
            Parameters = { new() { Value = number }, new() { Value = approval.Approver!.Trim() }, new() { Value = now.ToUniversalTime() } },
        }) if (await update.ExecuteNonQueryAsync(cancellation) == 0) return PaymentTermRefusals.NotDrafted; // withdrawn meanwhile
        await transaction.CommitAsync(cancellation);
        return (await PaymentTerm.Find(connection, null, county, number, cancellation))!;
    }
}
