using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Billing.Assessments;

/// <summary>Assesses persons anew by the terms that their years were assessed by, in every scheme's year that has not ended: the difference takes effect at once.</summary>
internal static class ReassessPersons
{
    public static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] psnNos, string cause, ChinaCalendar calendar, CancellationToken cancellation)
    {
        foreach (var terms in await Years(connection, transaction, calendar.Today.Year, cancellation))
            await AssessPersons.Run(connection, transaction, terms, psnNos, null, cause, calendar.UtcNow, cancellation);
    }

    /// <summary>Of a record that became part of another one also the years that have ended and that it was assessed for: it owes them no more, and the surviving one does. A year's
    /// terms are those that it was assessed by.</summary>
    public static async Task EndedYears(NpgsqlConnection connection, NpgsqlTransaction transaction, string retiredNo, string survivingNo, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var years = new List<AssessmentTerms>();
        await using (var command = new NpgsqlCommand("SELECT y.year, y.terms FROM assessment_year y JOIN assessment a USING (insutype, year) WHERE y.year < $1 AND a.psn_no = $2 AND NOT a.withdrawn ORDER BY y.insutype, y.year", connection, transaction)
        {
            Parameters = { new() { Value = calendar.Today.Year }, new() { Value = retiredNo } },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) years.Add(new AssessmentTerms(reader.GetInt32(0), ContributionTerms.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1))));
        foreach (var terms in years) await AssessPersons.Run(connection, transaction, terms, [retiredNo, survivingNo], null, "person_merged", calendar.UtcNow, cancellation);
    }

    /// <summary>In one order, so that two who take several years wait for each other in one direction only.</summary>
    private static async Task<List<AssessmentTerms>> Years(NpgsqlConnection connection, NpgsqlTransaction transaction, int from, CancellationToken cancellation)
    {
        var years = new List<AssessmentTerms>();
        await using var command = new NpgsqlCommand("SELECT year, terms FROM assessment_year WHERE year >= $1 ORDER BY insutype, year", connection, transaction) { Parameters = { new() { Value = from } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) years.Add(new AssessmentTerms(reader.GetInt32(0), ContributionTerms.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1))));
        return years;
    }
}
