using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.WardChecks;

/// <summary>Ward checks, and against them what was billed since: stays of that day whose patient was not in bed.</summary>
internal static class ShowWardCheck
{
    private const string Columns = "SELECT check_no, fixmedins_code, checked_on, ward, round, expected, in_bed, rate_bp, rate_min_bp, checked_by, companion, recorded_at, withdrawn_by FROM ward_check";

    private static object Read(NpgsqlDataReader r) => new
    {
        CheckNo = r.GetInt64(0), FixmedinsCode = r.GetString(1), CheckedOn = AuditJson.Day(r.GetFieldValue<DateOnly>(2)), Ward = r.GetString(3), Round = r.GetInt32(4), Expected = r.GetInt32(5), InBed = r.GetInt32(6),
        InBedRate = new BasisPoints(r.GetInt32(7)).ToString(), InBedRateMin = new BasisPoints(r.GetInt32(8)).ToString(), Below = r.GetInt32(7) < r.GetInt32(8), CheckedBy = r.GetString(9), Companion = r.GetString(10), RecordedAt = AuditJson.Time(r.GetDateTime(11)),
        WithdrawnBy = r.GetString(12) is { Length: > 0 } by ? by : null,
    };

    public static async Task<Outcome<object>> List(AuditRequest request, string? provider, string? from, string? to, bool below, int? page, int? pageSize)
    {
        var (first, last) = (DateOnly.MinValue, DateOnly.MaxValue);
        if (!string.IsNullOrEmpty(from) && !FieldText.TryDay(from, out first)) return Refusals.DayInvalid.At("from_on");
        if (!string.IsNullOrEmpty(to) && !FieldText.TryDay(to, out last)) return Refusals.DayInvalid.At("to_on");
        var rows = await FieldRows.Page(request, page, pageSize, $"{Columns} WHERE ($1 = '' OR fixmedins_code = $1) AND checked_on BETWEEN $2 AND $3 AND (NOT $4 OR rate_bp < rate_min_bp AND withdrawn_by = '') ORDER BY check_no DESC OFFSET $5 LIMIT $6", Read,
            provider ?? "", first, last, below);
        return rows.Refusal is { } refusal ? refusal : new { WardChecks = rows.Value };
    }

    /// <summary>With its beds, and of this county's persons the stays at the provider that were settled over that day. The days of admission and discharge are left out: then a patient may rightly be away.</summary>
    public static async Task<Outcome<object>> Of(NpgsqlConnection connection, long checkNo, CancellationToken cancellation)
    {
        if ((await FieldRows.Read(connection, null, $"{Columns} WHERE check_no = $1", Read, cancellation, checkNo)).FirstOrDefault() is not { } check) return FieldRefusals.WardCheckUnknown;
        var beds = await FieldRows.Read(connection, null, "SELECT bed, psn_no, state, text FROM ward_check_bed WHERE check_no = $1 ORDER BY bed",
            r => (object)new { Number = r.GetString(0), PsnNo = r.GetString(1) is { Length: > 0 } person ? person : null, State = r.GetString(2), Text = r.GetString(3) is { Length: > 0 } text ? text : null }, cancellation, checkNo);
        var settled = await FieldRows.Read(connection, null, """
            SELECT c.setl_id, c.psn_no, c.begin_on, c.end_on, c.in_scope_fen, b.bed, b.state FROM ward_check w
            JOIN audit_claim c ON c.fixmedins_code = w.fixmedins_code AND c.is_stay AND c.reversed_by IS NULL AND c.begin_on < w.checked_on AND c.end_on > w.checked_on
            LEFT JOIN ward_check_bed b ON b.check_no = w.check_no AND b.psn_no = c.psn_no WHERE w.check_no = $1 ORDER BY c.setl_id, b.bed LIMIT 500
            """, r => (object)new
        {
            SetlId = r.GetString(0), PsnNo = r.GetString(1), BeginOn = AuditJson.Day(r.GetFieldValue<DateOnly>(2)), EndOn = AuditJson.Day(r.GetFieldValue<DateOnly>(3)), InScope = AuditJson.Yuan(r.GetInt64(4)),
            Bed = r.IsDBNull(5) ? null : r.GetString(5), Seen = r.IsDBNull(6) ? "not_listed" : r.GetString(6),
        }, cancellation, checkNo);
        return new { WardCheck = check, Beds = beds, SettledStays = settled, History = await FieldAct.History(connection, "ward_check", checkNo, cancellation) };
    }
}
