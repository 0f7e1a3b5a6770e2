using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Cases;

/// <summary>Work lists: cases by state, subject and investigator; those of which a day is over that somebody should act on.</summary>
internal static class ListCases
{
    public static async Task<Outcome<object>> Query(AuditRequest request, DateOnly today, string? state, string? subject, string? investigator, bool overdue, int page, int pageSize)
    {
        if (!string.IsNullOrEmpty(state) && !CaseRow.States.Contains(state)) return CaseRefusals.StateUnknown;
        if (!AuditTexts.IsPage(page, pageSize)) return Refusals.PageInvalid;
        await using var command = request.Database.CreateCommand($"""
            {CaseRow.Columns} WHERE ($1 = '' OR state = $1) AND ($2 = '' OR subject = $2) AND ($3 = '' OR investigator = $3)
              AND (NOT $4 OR state = 'hearing' AND statement_due_on < $5 OR state = 'in_force' AND (correction = 'due' AND correction_due_on < $5 OR correction <> 'due' AND appeal_due_on < $5)) ORDER BY case_no OFFSET $6 LIMIT $7
            """);
        foreach (var value in (object[])[state ?? "", subject ?? "", investigator ?? "", overdue, today, (long)(page - 1) * pageSize, pageSize]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var rows = new List<object>();
        await using var reader = await command.ExecuteReaderAsync(request.Cancellation);
        while (await reader.ReadAsync(request.Cancellation)) rows.Add(CaseRow.Read(reader).Shown(request.County.Code));
        return new { Cases = rows };
    }
}
