using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Years;

/// <summary>Which months of a person count: paid here, counted by a decision, brought from another area, bought. Also those of numbers that lead to this one. The certificate for another area.</summary>
internal static class ContributionYears
{
    /// <param name="Months">All that count; <paramref name="PaidMonths"/> of them really paid.</param>
    internal sealed record Counted(int Months, int PaidMonths);

    internal sealed record Row(int Month, string Kind, string Paid);

    internal sealed record Credit(string Kind, string Reference, int PaidMonths, int DeemedMonths, string CreditedAt);

    internal sealed record Certificate(string PsnNo, string PsnName, string Insutype, int UntilMonth, int Months, int PaidMonths, IReadOnlyList<Row> Rows, IReadOnlyList<Credit> Credits);

    /// <summary>A person's number ($1) and those that became part of it, as a query's beginning.</summary>
    internal const string Numbers = """
        WITH number AS (SELECT $1::text COLLATE "C" AS psn_no UNION SELECT retired_no FROM account_merge WHERE surviving_no = $1)
        """;

    /// <param name="until">The last month that counts.</param>
    public static async Task<Counted> Count(NpgsqlConnection connection, NpgsqlTransaction? transaction, string psnNo, string insutype, int until, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            {Numbers}, counted AS (
                SELECT c.month, bool_or(c.employed_fen > 0 OR c.flexible_fen > 0 OR d.kind = 'recorded') AS is_paid
                FROM contribution_month c LEFT JOIN month_decision d USING (decision_no)
                WHERE c.psn_no IN (SELECT psn_no FROM number) AND c.insutype = $2 AND c.month <= $3 AND (c.employed_fen > 0 OR c.flexible_fen > 0 OR c.decision_no IS NOT NULL) GROUP BY c.month
            ), credit AS (
                SELECT coalesce(sum(paid_months), 0)::int AS paid_months, coalesce(sum(deemed_months), 0)::int AS deemed_months FROM month_credit WHERE psn_no IN (SELECT psn_no FROM number) AND insutype = $2
            )
            SELECT (SELECT count(*) FROM counted)::int + paid_months + deemed_months, (SELECT count(*) FROM counted WHERE is_paid)::int + paid_months FROM credit
            """, connection, transaction) { Parameters = { new() { Value = psnNo }, new() { Value = insutype }, new() { Value = until } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new Counted(reader.GetInt32(0), reader.GetInt32(1));
    }

    public static async Task<Outcome<Certificate>> Read(NpgsqlDataSource database, string psnNo, string? insutype, int until, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(insutype)) return Refusals.SchemeMissing;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        string name;
        await using (var person = new NpgsqlCommand("SELECT psn_name FROM insured_person WHERE psn_no = $1", connection) { Parameters = { new() { Value = psnNo } } })
            if (await person.ExecuteScalarAsync(cancellation) is string found) name = found;
            else return Payments.PaymentRefusals.PersonUnknown;
        var counted = await Count(connection, null, psnNo, insutype, until, cancellation);
        var rows = new List<Row>();
        await using (var command = new NpgsqlCommand($"""
            {Numbers} SELECT c.month, max(CASE WHEN c.employed_fen > 0 THEN 'employed' WHEN c.flexible_fen > 0 THEN 'flexible' ELSE coalesce(d.kind, '') END), sum(c.employed_fen + c.flexible_fen)::bigint
            FROM contribution_month c LEFT JOIN month_decision d USING (decision_no)
            WHERE c.psn_no IN (SELECT psn_no FROM number) AND c.insutype = $2 AND c.month <= $3 AND (c.employed_fen > 0 OR c.flexible_fen > 0 OR c.decision_no IS NOT NULL) GROUP BY c.month ORDER BY c.month
            """, connection) { Parameters = { new() { Value = psnNo }, new() { Value = insutype }, new() { Value = until } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) rows.Add(new Row(reader.GetInt32(0), reader.GetString(1), BillingJson.Yuan(reader.GetInt64(2))));
        var credits = new List<Credit>();
        await using (var command = new NpgsqlCommand($"""
            {Numbers} SELECT kind, reference, paid_months, deemed_months, credited_at FROM month_credit WHERE psn_no IN (SELECT psn_no FROM number) AND insutype = $2 ORDER BY credited_at, kind, reference
            """, connection) { Parameters = { new() { Value = psnNo }, new() { Value = insutype } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) credits.Add(new Credit(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), BillingJson.Time(reader.GetDateTime(4))));
        return new Certificate(psnNo, name, insutype, until, counted.Months, counted.PaidMonths, rows, credits);
    }

    /// <summary>Whoever decides about a person's months goes one after the other.</summary>
    internal static async Task Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, string psnNo, string insutype, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('months ' || $1 || ' ' || $2, 0))", connection, transaction) { Parameters = { new() { Value = psnNo }, new() { Value = insutype } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
