using MedInsure.FraudAudit.FieldWork;
using Npgsql;

namespace MedInsure.FraudAudit.CallBacks;

/// <summary>A patient to be asked about a settlement. Their number is looked up by psn_no at the counter where it is kept; it is nowhere here.</summary>
internal sealed record CallRow(
    long CallNo, long DrawNo, string SetlId, string PsnNo, string FixmedinsCode, DateOnly SettledOn, long? ResampleOf, string Place, string Assignee, DateOnly DueOn, string State, int Attempts, string Result, DateOnly? ClosedOn)
{
    public static readonly string[] States = ["open", "again", "visit", "done", "unreached"];

    public const string Columns = "SELECT call_no, draw_no, setl_id, psn_no, fixmedins_code, settled_on, resample_of, place, assignee, due_on, state, attempts, result, closed_on FROM call_back";

    public bool IsClosed => State is "done" or "unreached";

    public static CallRow Read(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetFieldValue<DateOnly>(5), r.IsDBNull(6) ? null : r.GetInt64(6), r.GetString(7), r.GetString(8),
        r.GetFieldValue<DateOnly>(9), r.GetString(10), r.GetInt32(11), r.GetString(12), r.IsDBNull(13) ? null : r.GetFieldValue<DateOnly>(13));

    public object Shown(CallScripts scripts) => new
    {
        CallNo, DrawNo, SetlId, PsnNo, FixmedinsCode, SettledOn = AuditJson.Day(SettledOn), ResampleOf, Place = Place.Length > 0 ? Place : null, Assignee = Assignee.Length > 0 ? Assignee : null, DueOn = AuditJson.Day(DueOn), State,
        StateName = State switch { "open" => "待回访", "again" => "待再次回访", "visit" => "待上门", "done" => "已回访", _ => "未能回访" }, Attempts, Result = Result.Length > 0 ? Result : null, ResultName = scripts.Result(Result)?.Name,
        Doubt = scripts.Result(Result)?.Doubt == true, ClosedOn = ClosedOn is { } closed ? AuditJson.Day(closed) : null,
    };
}
