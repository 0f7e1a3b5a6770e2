using MedInsure.Enrollment.Identity;
using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Covers;

/// <summary>A paid contribution that opened no cover is looked at again, when what stood in its way is mended: at the worker's next look, perhaps from a later day only.</summary>
internal static class ReopenContribution
{
    /// <param name="FromOn">The other scheme's cover ends the day before; else empty.</param>
    public sealed record Order(string? PsnNo, string? Insutype, int Period, DateOnly? FromOn, string? Why, string? By);
    public sealed record Contribution(
        string PsnNo, string Insutype, int Period, bool IsPaid, DateOnly? PaidOn, string Who, DateOnly? EventOn, DateOnly? RefundedOn, string State, DateOnly? CoveredFrom, DateOnly? CoveredTo, string Refusal, IReadOnlyList<Step> Steps);
    public sealed record Step(string State, DateOnly? CoveredFrom, DateOnly? CoveredTo, string By, string Why, DateTimeOffset At);

    public static async Task<Outcome<Contribution>> Execute(NpgsqlDataSource database, Order order, DateTimeOffset at, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(order.PsnNo)) return Refusals.NumberMissing;
        if (TwoPeople.Name(order.By, "by") is { } nobody) return nobody;
        if (EnrollmentTexts.NoReason(order.Why) is { } noReason) return noReason;
        if ((await Of(database, order.PsnNo, cancellation)).Find(c => c.Insutype == order.Insutype && c.Period == order.Period) is not { } known) return CoverRefusals.ContributionUnknown;
        if (!known.IsPaid || known.State is not ("refused" or "closed" or "pending")) return CoverRefusals.NothingToOpen;
        await using (var command = database.CreateCommand("""
            WITH again AS (
                UPDATE contribution SET state = 'pending', refusal = '', not_before = $4, changed_at = $5 WHERE psn_no = $1 AND insutype = $2 AND period = $3 AND is_paid AND state IN ('refused', 'closed') RETURNING psn_no, insutype, period
            )
            INSERT INTO contribution_step (psn_no, insutype, period, state, acted_by, why, at) SELECT psn_no, insutype, period, 'pending', $6, $7, $5 FROM again
            """))
        {
            foreach (var value in (object[])[order.PsnNo, order.Insutype!, order.Period]) command.Parameters.Add(new() { Value = value });
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date, Value = (object?)order.FromOn ?? DBNull.Value });
            foreach (var value in (object[])[at.UtcDateTime, order.By!.Trim(), order.Why!]) command.Parameters.Add(new() { Value = value });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        return (await Of(database, order.PsnNo, cancellation)).Find(c => c.Insutype == order.Insutype && c.Period == order.Period)!;
    }

    /// <summary>What is paid for a person, by all its numbers, and what became of it; the latest period first.</summary>
    public static async Task<List<Contribution>> Of(NpgsqlDataSource database, string psnNo, CancellationToken cancellation)
    {
        var steps = (await database.Rows($"SELECT psn_no, insutype, period, state, from_on, to_on, acted_by, why, at FROM contribution_step WHERE psn_no IN {IdentityRefusals.NumbersSql} ORDER BY step_no",
            r => (Of: Key(r), Step: new Step(r.GetString(3), Day(r, 4), Day(r, 5), r.GetString(6), r.GetString(7), r.GetFieldValue<DateTimeOffset>(8))), cancellation, psnNo)).ToLookup(s => s.Of, s => s.Step);
        return await database.Rows(
            $"SELECT psn_no, insutype, period, is_paid, paid_on, who, event_on, refunded_on, state, from_on, to_on, refusal FROM contribution WHERE psn_no IN {IdentityRefusals.NumbersSql} ORDER BY period DESC, psn_no, insutype",
            r => new Contribution(r.GetString(0), r.GetString(1), r.GetInt32(2), r.GetBoolean(3), Day(r, 4), r.GetString(5), Day(r, 6), Day(r, 7), r.GetString(8), Day(r, 9), Day(r, 10), r.GetString(11), [.. steps[Key(r)]]), cancellation, psnNo);

        static (string PsnNo, string Insutype, int Period) Key(NpgsqlDataReader r) => (r.GetString(0), r.GetString(1), r.GetInt32(2));
    }

    private static DateOnly? Day(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
}
