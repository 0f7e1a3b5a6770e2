using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Findings;

/// <summary>A person says what a finding is: confirmed (true, to be mended), dismissed (no fault), resolved (mended), or open again; with name and reason.</summary>
internal static class DecideFinding
{
    private static readonly string[] States = ["open", "confirmed", "dismissed", "resolved"];
    private const int TextMax = 500;

    public sealed record Decision(string? State, string? By, string? Why);

    /// <returns>The finding as it is now. The same decision again changes nothing.</returns>
    public static async Task<Outcome<Finding>> Execute(NpgsqlDataSource database, long number, Decision decision, DateTimeOffset at, CancellationToken cancellation)
    {
        if (decision.State is null || !States.Contains(decision.State)) return Refusals.FindingStateUnknown.At("state");
        if (TwoPeople.Name(decision.By, "by") is { } nobody) return nobody;
        if (string.IsNullOrWhiteSpace(decision.Why) || decision.Why.Length > TextMax || decision.Why.Contains('\0', StringComparison.Ordinal)) return Refusals.ReasonMissing.At("why");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ListFindings.Find(connection, transaction, number, cancellation) is not { } finding) return Refusals.FindingUnknown;
        if (finding.State == decision.State) return finding;
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("""
                    INSERT INTO finding_step (finding_no, step_no, at, decided_by, from_state, to_state, why)
                    SELECT $1, (SELECT count(*) + 1 FROM finding_step WHERE finding_no = $1), $2, $3, $4, $5, $6
                    """) { Parameters = { new() { Value = number }, new() { Value = at.UtcDateTime }, new() { Value = decision.By!.Trim() }, new() { Value = finding.State }, new() { Value = decision.State }, new() { Value = decision.Why } } },
                new NpgsqlBatchCommand("UPDATE finding SET state = $2, changed_at = $3 WHERE finding_no = $1") { Parameters = { new() { Value = number }, new() { Value = decision.State }, new() { Value = at.UtcDateTime } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return finding with { State = decision.State, ChangedAt = at };
    }

    /// <summary>What was said of a finding, the oldest first.</summary>
    public static async Task<List<object>> History(NpgsqlDataSource database, long number, CancellationToken cancellation)
    {
        return await database.Rows<object>("SELECT at, decided_by, from_state, to_state, why FROM finding_step WHERE finding_no = $1 ORDER BY step_no",
            reader => new { at = reader.GetFieldValue<DateTimeOffset>(0), by = reader.GetString(1), from_state = reader.GetString(2), to_state = reader.GetString(3), why = reader.GetString(4) }, cancellation, number);
    }
}
