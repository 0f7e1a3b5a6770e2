using MedInsure.Billing.Bills;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Years;

/// <summary>Two people decide by papers that months count: deemed ones (视同缴费年限), or ones paid before these books began. Two people revoke it. No month counts twice.</summary>
internal static class DecideMonths
{
    /// <param name="Kind">deemed, recorded.</param>
    internal sealed record Order(string? RequestKey, string? PsnNo, string? Insutype, string? Kind, int FromMonth, int ToMonth, string? Papers, string? Reason, string? DecidedBy, string? Approver);

    internal sealed record Revocation(string? Reason, string? RevokedBy, string? Approver);

    internal sealed record Decision(
        long DecisionNo, string PsnNo, string Insutype, string Kind, int FromMonth, int ToMonth, int Months, string Papers, string Reason, string DecidedBy, string Approver, string DecidedAt, string RevokedBy, string RevocationReason,
        string? RevokedAt);

    internal const int PapersMax = 500;
    private const int FirstMonth = 194_910;

    public static async Task<Outcome<Decision>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (!RequestTexts.IsText(order.PsnNo, 40)) return Refusals.NumberMissing;
        if (!RequestTexts.IsText(order.Insutype, 10)) return Refusals.SchemeMissing;
        if (order.Kind is not ("deemed" or "recorded")) return BillRefusals.KindUnknown;
        if (order.FromMonth % 100 is < 1 or > 12 || order.ToMonth % 100 is < 1 or > 12 || order.FromMonth < FirstMonth || order.FromMonth > order.ToMonth || order.ToMonth > Month.Of(calendar.Today)) return BillRefusals.MonthsOrder;
        if (!RequestTexts.IsText(order.Papers, PapersMax)) return BillRefusals.PapersMissing;
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (TwoPeople.Check(order.DecidedBy, "decided_by", order.Approver) is { } unfit) return unfit;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ContributionYears.Lock(connection, transaction, order.PsnNo!, order.Insutype!, cancellation);
        if (await Find(connection, transaction, "request_key = $1", order.RequestKey!, cancellation) is { } known)
            return (known.PsnNo, known.Insutype, known.Kind, known.FromMonth, known.ToMonth, known.Papers) == (order.PsnNo, order.Insutype, order.Kind, order.FromMonth, order.ToMonth, order.Papers) ? known : Refusals.RequestKeyReused;
        await using (var person = new NpgsqlCommand("SELECT psn_no FROM insured_person WHERE psn_no = $1", connection, transaction) { Parameters = { new() { Value = order.PsnNo } } })
            if (await person.ExecuteScalarAsync(cancellation) is null) return PaymentRefusals.PersonUnknown;
        await using (var counted = new NpgsqlCommand($"""
            {ContributionYears.Numbers} SELECT EXISTS (SELECT FROM contribution_month WHERE psn_no IN (SELECT psn_no FROM number) AND insutype = $2 AND month BETWEEN $3 AND $4 AND (employed_fen > 0 OR flexible_fen > 0 OR decision_no IS NOT NULL))
            """, connection, transaction) { Parameters = { new() { Value = order.PsnNo }, new() { Value = order.Insutype }, new() { Value = order.FromMonth }, new() { Value = order.ToMonth } } })
            if ((bool)(await counted.ExecuteScalarAsync(cancellation))!) return BillRefusals.MonthsCounted;

        int[] months = [.. Enumerable.Range(0, Month.Count(order.FromMonth, order.ToMonth)).Select(i => Month.Of(Month.FirstDay(order.FromMonth).AddMonths(i)))];
        await using (var insert = new NpgsqlCommand("""
            WITH decision AS (
                INSERT INTO month_decision (request_key, psn_no, insutype, kind, from_month, to_month, papers, reason, decided_by, approver, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING decision_no)
            INSERT INTO contribution_month AS m (psn_no, insutype, month, decision_no) SELECT $2, $3, month, decision_no FROM decision, unnest($12) AS u (month)
            ON CONFLICT (psn_no, insutype, month) DO UPDATE SET decision_no = excluded.decision_no
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = order.RequestKey }, new() { Value = order.PsnNo }, new() { Value = order.Insutype }, new() { Value = order.Kind }, new() { Value = order.FromMonth }, new() { Value = order.ToMonth },
                new() { Value = order.Papers }, new() { Value = order.Reason }, new() { Value = order.DecidedBy!.Trim() }, new() { Value = order.Approver!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime },
                new() { Value = months, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
            },
        })
            try { await insert.ExecuteNonQueryAsync(cancellation); }
            // The same key for another person at the same time.
            catch (PostgresException e) when (e.ConstraintName == "a_request_decides_once") { return Refusals.RequestKeyReused; }
        var decision = (await Find(connection, transaction, "request_key = $1", order.RequestKey!, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return decision;
    }

    public static async Task<Outcome<Decision>> Revoke(NpgsqlDataSource database, long decisionNo, Revocation revocation, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoReason(revocation.Reason) is { } noReason) return noReason;
        if (TwoPeople.Check(revocation.RevokedBy, "revoked_by", revocation.Approver) is { } unfit) return unfit;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await Find(connection, transaction, "decision_no = $1", decisionNo, cancellation) is not { } decision) return BillRefusals.DecisionUnknown;
        await ContributionYears.Lock(connection, transaction, decision.PsnNo, decision.Insutype, cancellation);
        await using (var update = new NpgsqlCommand("""
            WITH revoked AS (UPDATE month_decision SET revoked_by = $2, revocation_approver = $3, revocation_reason = $4, revoked_at = $5 WHERE decision_no = $1 AND revoked_at IS NULL RETURNING decision_no),
            uncounted AS (UPDATE contribution_month m SET decision_no = NULL FROM revoked r WHERE m.decision_no = r.decision_no)
            SELECT decision_no FROM revoked
            """, connection, transaction)
        {
            Parameters = { new() { Value = decisionNo }, new() { Value = revocation.RevokedBy!.Trim() }, new() { Value = revocation.Approver!.Trim() }, new() { Value = revocation.Reason }, new() { Value = calendar.UtcNow.UtcDateTime } },
        })
            if (await update.ExecuteScalarAsync(cancellation) is null)
            {
                var before = (await Find(connection, transaction, "decision_no = $1", decisionNo, cancellation))!;
                return before.RevokedBy == revocation.RevokedBy!.Trim() && before.RevocationReason == revocation.Reason ? before : BillRefusals.DecisionRevoked;
            }
        decision = (await Find(connection, transaction, "decision_no = $1", decisionNo, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return decision;
    }

    public static async Task<List<Decision>> List(NpgsqlDataSource database, string psnNo, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Read(connection, null, "psn_no = $1 ORDER BY decision_no", psnNo, cancellation);
    }

    private static async Task<Decision?> Find(NpgsqlConnection connection, NpgsqlTransaction transaction, string where, object value, CancellationToken cancellation) =>
        (await Read(connection, transaction, where, value, cancellation)).SingleOrDefault();

    private static async Task<List<Decision>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object value, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT decision_no, psn_no, insutype, kind, from_month, to_month, papers, reason, decided_by, approver, decided_at, revoked_by, revocation_reason, revoked_at FROM month_decision WHERE {where}
            """, connection, transaction) { Parameters = { new() { Value = value } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var decisions = new List<Decision>();
        while (await reader.ReadAsync(cancellation))
            decisions.Add(new Decision(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetInt32(5), Month.Count(reader.GetInt32(4), reader.GetInt32(5)), reader.GetString(6),
                reader.GetString(7), reader.GetString(8), reader.GetString(9), BillingJson.Time(reader.GetDateTime(10)), reader.GetString(11), reader.GetString(12), reader.IsDBNull(13) ? null : BillingJson.Time(reader.GetDateTime(13))));
        return decisions;
    }
}
