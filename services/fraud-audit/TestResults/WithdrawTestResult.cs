using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.TestResults;

/// <summary>A result that was told wrongly counts no more, on record, and may be told anew.</summary>
internal static class WithdrawTestResult
{
    internal sealed record Order(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    private const string Columns = "SELECT result_no, file_no, line, fixmedins_code, mdtrt_id, setl_id, med_list_code, feedetl_sn, performed_at, positive, doctor_code, withdrawn_by FROM test_result";

    /// <summary>In order: key, who, why; the same request before; the result.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, ChinaCalendar calendar, long number, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "test_result", number, "withdrawn", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is null)
        {
            if (await act.Run("UPDATE test_result SET withdrawn_by = $2 WHERE result_no = $1 AND withdrawn_by = ''", number, act.By) == 0) return TestResultRefusals.Unknown;
            await act.Done(number);
        }
        return (await FieldRows.Read(act.Connection, null, $"{Columns} WHERE result_no = $1", Of, act.Cancellation, number))[0];
    }

    public static async Task<Outcome<object>> List(AuditRequest request, string? provider, string? mdtrtId, long? fileNo, int? page, int? pageSize)
    {
        var rows = await FieldRows.Page(request, page, pageSize, $"{Columns} WHERE ($1 = '' OR fixmedins_code = $1) AND ($2 = '' OR mdtrt_id = $2) AND ($3 = 0 OR file_no = $3) ORDER BY result_no OFFSET $4 LIMIT $5", Of, provider ?? "", mdtrtId ?? "", fileNo ?? 0);
        return rows.Refusal is { } refusal ? refusal : new { Results = rows.Value };
    }

    private static object Of(NpgsqlDataReader r) => new
    {
        ResultNo = r.GetInt64(0), FileNo = r.GetInt64(1), Line = r.GetInt64(2), FixmedinsCode = r.GetString(3), MdtrtId = r.GetString(4), SetlId = Said(r, 5), MedListCodg = r.GetString(6), FeedetlSn = Said(r, 7), PerformedAt = AuditJson.Time(r.GetDateTime(8)),
        Positive = r.GetBoolean(9), DoctorCode = r.GetString(10), WithdrawnBy = Said(r, 11),
    };

    private static string? Said(NpgsqlDataReader r, int at) => r.GetString(at) is { Length: > 0 } text ? text : null;
}
