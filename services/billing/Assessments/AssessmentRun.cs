using Npgsql;

namespace MedInsure.Billing.Assessments;

/// <summary>How far the assessment of a scheme's year is, and what it changed.</summary>
/// <param name="Persons">Known when it began, of all schemes; <paramref name="Seen"/> of them so far.</param>
internal sealed record AssessmentRun(
    long RunNo, string Insutype, int Year, string StartedBy, string Reason, string StartedAt, string State, long Persons, long Seen, long Assessed, long Added, long Changed, long Withdrawn,
    long Unclassified, string? EndedAt)
{
    private const string Columns = "run_no, insutype, year, started_by, reason, started_at, state, persons, seen, assessed, added, changed, withdrawn, unclassified, ended_at";

    public static Task<AssessmentRun?> Find(NpgsqlDataSource database, long runNo, CancellationToken cancellation) => One(database, "run_no = $1", runNo, cancellation);

    public static Task<AssessmentRun?> FindByKey(NpgsqlDataSource database, string requestKey, CancellationToken cancellation) => One(database, "request_key = $1", requestKey, cancellation);

    /// <summary>The newest first.</summary>
    public static async Task<List<AssessmentRun>> List(NpgsqlDataSource database, string? insutype, int? year, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM assessment_run WHERE ($1 = '' OR insutype = $1) AND ($2 = 0 OR year = $2) ORDER BY run_no DESC LIMIT {Refusals.PageMax}");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = insutype ?? "" });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = year ?? 0 });
        return await Read(command, cancellation);
    }

    private static async Task<AssessmentRun?> One(NpgsqlDataSource database, string where, object value, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM assessment_run WHERE {where}");
        command.Parameters.Add(new() { Value = value });
        return (await Read(command, cancellation)).SingleOrDefault();
    }

    private static async Task<List<AssessmentRun>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        var runs = new List<AssessmentRun>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            runs.Add(new AssessmentRun(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), BillingJson.Time(reader.GetDateTime(5)), reader.GetString(6), reader.GetInt64(7),
                reader.GetInt64(8), reader.GetInt64(9), reader.GetInt64(10), reader.GetInt64(11), reader.GetInt64(12), reader.GetInt64(13), reader.IsDBNull(14) ? null : BillingJson.Time(reader.GetDateTime(14))));
        return runs;
    }
}
