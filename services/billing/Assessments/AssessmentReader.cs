using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.Assessments;

/// <summary>Assessments with their persons' names, as the rpcs give them.</summary>
internal static class AssessmentReader
{
    private const string Columns = """
        SELECT a.psn_no, a.insutype, a.year, a.household_no, coalesce(p.psn_name, ''), a.psn_type, a.person_class, a.categories, a.personal_fen, a.aid_id, a.aid_payer, a.aid_fen, a.collective_fen,
            a.due_fen, a.paid_fen, a.central_fen + a.province_fen + a.city_fen + a.county_fen, a.withdrawn, a.version, a.changed_at
        FROM assessment a LEFT JOIN insured_person p USING (psn_no)
        """;

    /// <param name="rest">WHERE and what follows it; parameters as $1 ….</param>
    public static async Task<List<Assessment>> Read(NpgsqlDataSource database, string rest, IReadOnlyList<object> values, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Columns + rest);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<Assessment>();
        while (await reader.ReadAsync(cancellation))
        {
            var assessment = new Assessment
            {
                PsnNo = reader.GetString(0), Insutype = reader.GetString(1), Year = reader.GetInt32(2), HouseholdNo = reader.GetString(3), PsnName = reader.GetString(4), PsnType = reader.GetString(5),
                PersonClass = reader.GetString(6), PersonalFen = reader.GetInt64(8), AidId = reader.GetString(9), AidPayer = reader.GetString(10), AidFen = reader.GetInt64(11), CollectiveFen = reader.GetInt64(12),
                DueFen = reader.GetInt64(13), PaidFen = reader.GetInt64(14), SubsidyFen = reader.GetInt64(15), Withdrawn = reader.GetBoolean(16), Version = reader.GetInt32(17),
                ChangedAtMs = new DateTimeOffset(reader.GetDateTime(18)).ToUnixTimeMilliseconds(),
            };
            assessment.Category.AddRange(reader.GetFieldValue<string[]>(7));
            found.Add(assessment);
        }
        return found;
    }
}
