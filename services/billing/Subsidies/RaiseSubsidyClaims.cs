using MedInsure.Billing.Assessments;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Subsidies;

/// <summary>Asks every payer of a scheme's year for what it owes by now and was not asked for before: the difference, which is negative where fewer persons are left.</summary>
internal static class RaiseSubsidyClaims
{
    internal sealed record Order(string? RequestKey, string? Basis, string? PreparedBy, string? Approver);

    internal sealed record Claim(long ClaimNo, string Kind, string Level, string Payer, string Basis, long Heads, string Amount, string PreparedBy, string Approver, string ClaimedAt);

    public static async Task<Outcome<List<Claim>>> Execute(NpgsqlDataSource database, string insutype, int year, Order order, DateTimeOffset at, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (order.Basis is not (SubsidyState.BasisAssessed or SubsidyState.BasisPaid)) return Refusals.BasisUnknown;
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // One after the other, and none while persons are assessed: the difference is to what was claimed before.
        await AssessPersons.Lock(connection, transaction, insutype, year, cancellation);
        if (await Read(connection, transaction, "request_key = $1", [order.RequestKey!], cancellation) is { Count: > 0 } before)
            return before.All(c => (c.Basis, c.PreparedBy, c.Approver) == (order.Basis, order.PreparedBy, order.Approver)) ? before : Refusals.RequestKeyReused;
        var differences = (await SubsidyState.Read(connection, transaction, insutype, year, order.Basis, cancellation)).Where(s => s.Due != s.Claimed).ToList();
        if (differences.Count == 0) return Refusals.NothingToClaim;
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var state in differences)
            batch.BatchCommands.Add(new("""
                INSERT INTO subsidy_claim (request_key, insutype, year, kind, level, payer, basis, heads, amount_fen, prepared_by, approver, claimed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                """)
            {
                Parameters =
                {
                    new() { Value = order.RequestKey }, new() { Value = insutype }, new() { Value = year }, new() { Value = state.Payer.Kind }, new() { Value = state.Payer.Level }, new() { Value = state.Payer.Name },
                    new() { Value = order.Basis }, new() { Value = state.Heads }, new() { Value = (state.Due - state.Claimed).Value }, new() { Value = order.PreparedBy }, new() { Value = order.Approver },
                    new() { Value = at.UtcDateTime },
                },
            });
        await batch.ExecuteNonQueryAsync(cancellation);
        var claims = await Read(connection, transaction, "request_key = $1", [order.RequestKey!], cancellation);
        await transaction.CommitAsync(cancellation);
        return claims;
    }

    /// <summary>All of a year, in the order in which they were raised.</summary>
    public static async Task<List<Claim>> List(NpgsqlDataSource database, string insutype, int year, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Read(connection, null, "insutype = $1 AND year = $2", [insutype, year], cancellation);
    }

    private static async Task<List<Claim>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT claim_no, kind, level, payer, basis, heads, amount_fen, prepared_by, approver, claimed_at FROM subsidy_claim WHERE {where} ORDER BY claim_no", connection, transaction);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var claims = new List<Claim>();
        while (await reader.ReadAsync(cancellation))
            claims.Add(new Claim(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetInt64(5), BillingJson.Yuan(reader.GetInt64(6)), reader.GetString(7),
                reader.GetString(8), BillingJson.Time(reader.GetDateTime(9))));
        return claims;
    }
}
