using Npgsql;

namespace MedInsure.Billing.Assessments;

/// <summary>What a person's assessment said, version after version, each with what it was made by: a run (who began it and why) or a change of the person.</summary>
internal static class AssessmentHistory
{
    internal sealed record Version(
        int Number, string PersonClass, string[] Categories, string Personal, string AidId, string Aid, string Collective, string Due, string Subsidy, bool Withdrawn, string Cause, long? RunNo, string? StartedBy,
        string? Reason, string StatedAt, string? ReplacedAt);

    public static async Task<List<Version>> Read(NpgsqlDataSource database, string psnNo, string insutype, int year, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT v.*, r.started_by, r.reason FROM (
                SELECT version, person_class, categories, personal_fen, aid_id, aid_fen, collective_fen, subsidy_fen, withdrawn, cause, run_no, stated_at, replaced_at
                FROM assessment_change WHERE psn_no = $1 AND insutype = $2 AND year = $3
                UNION ALL
                SELECT version, person_class, categories, personal_fen, aid_id, aid_fen, collective_fen, central_fen + province_fen + city_fen + county_fen, withdrawn, cause, run_no, changed_at, NULL
                FROM assessment WHERE psn_no = $1 AND insutype = $2 AND year = $3
            ) v LEFT JOIN assessment_run r USING (run_no) ORDER BY v.version
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = psnNo });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = insutype });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = year });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var versions = new List<Version>();
        // USING puts run_no first.
        while (await reader.ReadAsync(cancellation))
        {
            var (personal, aid, collective) = (reader.GetInt64(reader.GetOrdinal("personal_fen")), reader.GetInt64(reader.GetOrdinal("aid_fen")), reader.GetInt64(reader.GetOrdinal("collective_fen")));
            versions.Add(new Version(
                reader.GetInt32(reader.GetOrdinal("version")), Text("person_class")!, reader.GetFieldValue<string[]>(reader.GetOrdinal("categories")), BillingJson.Yuan(personal), Text("aid_id")!,
                BillingJson.Yuan(aid), BillingJson.Yuan(collective), BillingJson.Yuan(personal - aid - collective), BillingJson.Yuan(reader.GetInt64(reader.GetOrdinal("subsidy_fen"))),
                reader.GetBoolean(reader.GetOrdinal("withdrawn")), Text("cause")!, reader.IsDBNull(reader.GetOrdinal("run_no")) ? null : reader.GetInt64(reader.GetOrdinal("run_no")), Text("started_by"), Text("reason"),
                BillingJson.Time(reader.GetDateTime(reader.GetOrdinal("stated_at"))), reader.IsDBNull(reader.GetOrdinal("replaced_at")) ? null : BillingJson.Time(reader.GetDateTime(reader.GetOrdinal("replaced_at")))));
        }
        return versions;

        string? Text(string column) => reader.IsDBNull(reader.GetOrdinal(column)) ? null : reader.GetString(reader.GetOrdinal(column));
    }
}
