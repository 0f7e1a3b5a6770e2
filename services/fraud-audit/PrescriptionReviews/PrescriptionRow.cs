using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>A drawn prescription as it stands.</summary>
/// <param name="State">open, reviewed, told (the doctor may answer), decided.</param>
/// <param name="Outcome">Of the last review, then of the decision; empty: none yet.</param>
/// <param name="Reversed">Its bill no longer stands.</param>
internal sealed record PrescriptionRow(
    long Number, long DrawNo, string FixmedinsCode, DateOnly Month, string SetlId, string DoctorCode, DateOnly PrescribedOn, string DepartmentCode, int Lines, long AmountFen, long InScopeFen, string State, int Round, string Outcome, long WrongFen,
    string Expert, DateTime? ReviewedAt, DateOnly? ToldOn, DateOnly? DueOn, string Statement, DateOnly? StatementOn, string DecidedBy, DateTime? DecidedAt, long? DoctorActNo, bool Reversed)
{
    private const string Columns = """
        SELECT prescription_no, draw_no, d.fixmedins_code, d.month, p.setl_id, p.doctor_code, prescribed_on, p.department_code, lines, amount_fen, p.in_scope_fen, state, round, outcome, wrong_fen, expert, reviewed_at, told_on, due_on, statement,
            statement_on, decided_by, decided_at, doctor_act_no, c.reversed_by IS NOT NULL
        FROM prescription p JOIN prescription_draw d USING (draw_no) JOIN audit_claim c USING (setl_id)
        """;

    private static readonly string[] States = ["open", "reviewed", "told", "decided"];

    public string Key => $"{SetlId}/{DoctorCode}/{DayNumber.Of(PrescribedOn)}";

    /// <summary>The prescription, locked; refused where there is none, or it is in none of the states.</summary>
    public static async Task<Outcome<PrescriptionRow>> Lock(FieldAct act, long number, params string[] states)
    {
        if ((await act.Rows($"{Columns} WHERE prescription_no = $1 FOR UPDATE OF p", Read, number)).SingleOrDefault() is not { } row) return PrescriptionReviewRefusals.Unknown;
        return states.Contains(row.State) ? row : PrescriptionReviewRefusals.NotInState(row.State);
    }

    public static async Task<PrescriptionRow?> Find(NpgsqlConnection connection, long number, CancellationToken cancellation) =>
        (await FieldRows.Read(connection, null, $"{Columns} WHERE prescription_no = $1", Read, cancellation, number)).SingleOrDefault();

    internal sealed record Filter(long? DrawNo, string? FixmedinsCode, string? Month, string? DoctorCode, string? State, string? Outcome, bool? Overdue, int? Page, int? PageSize);

    /// <summary>The oldest first. Overdue: the doctor's time is over and nobody has decided.</summary>
    public static async Task<Outcome<object>> List(AuditRequest request, ReviewTerms terms, ChinaCalendar calendar, Filter filter)
    {
        // What Npgsql writes as -infinity: no month was asked for.
        var month = DateOnly.MinValue;
        if (!string.IsNullOrEmpty(filter.Month) && !DateOnly.TryParseExact(filter.Month + "01", "yyyyMMdd", out month)) return PrescriptionReviewRefusals.MonthInvalid;
        if (!string.IsNullOrEmpty(filter.State) && !States.Contains(filter.State)) return PrescriptionReviewRefusals.FilterInvalid;
        if (!string.IsNullOrEmpty(filter.Outcome) && terms.Class(filter.Outcome) is null) return PrescriptionReviewRefusals.OutcomeUnknown;
        var rows = await FieldRows.Page(request, filter.Page, filter.PageSize, $"""
            {Columns} WHERE ($1 = 0 OR draw_no = $1) AND ($2 = '' OR d.fixmedins_code = $2) AND ($3 = '-infinity' OR d.month = $3) AND ($4 = '' OR p.doctor_code = $4) AND ($5 = '' OR state = $5) AND ($6 = '' OR outcome = $6)
            AND (NOT $7 OR state = 'told' AND due_on < $8) ORDER BY prescription_no OFFSET $9 LIMIT $10
            """, Read, filter.DrawNo ?? 0, filter.FixmedinsCode ?? "", month, filter.DoctorCode ?? "", filter.State ?? "", filter.Outcome ?? "", filter.Overdue == true, calendar.Today);
        return rows.Refusal is { } refusal ? refusal : new { Prescriptions = rows.Value.Select(r => r.Shown(terms)) };
    }

    public object Shown(ReviewTerms terms) => new
    {
        PrescriptionNo = Number, DrawNo, FixmedinsCode, SetlId, DoctorCode = Said(DoctorCode), PrescribedOn = AuditJson.Day(PrescribedOn), DepartmentCode = Said(DepartmentCode), Lines, Amount = AuditJson.Yuan(AmountFen), InScope = AuditJson.Yuan(InScopeFen),
        State, Round, Outcome = Said(Outcome), OutcomeName = Said(terms.NameOf(Outcome)), Wrong = Outcome.Length > 0 ? AuditJson.Yuan(WrongFen) : null, Expert = Said(Expert), ReviewedAt = Time(ReviewedAt), ToldOn = Day(ToldOn), StatementDueOn = Day(DueOn),
        StatementOn = Day(StatementOn), Waived = StatementOn is not null && Statement.Length == 0, DecidedBy = Said(DecidedBy), DecidedAt = Time(DecidedAt), DoctorActNo, Reversed,
    };

    private static PrescriptionRow Read(NpgsqlDataReader r) => new(
        r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetFieldValue<DateOnly>(3), r.GetString(4), r.GetString(5), r.GetFieldValue<DateOnly>(6), r.GetString(7), r.GetInt32(8), r.GetInt64(9), r.GetInt64(10), r.GetString(11), r.GetInt32(12), r.GetString(13),
        r.GetInt64(14), r.GetString(15), r.IsDBNull(16) ? null : r.GetDateTime(16), DayAt(r, 17), DayAt(r, 18), r.GetString(19), DayAt(r, 20), r.GetString(21), r.IsDBNull(22) ? null : r.GetDateTime(22), r.IsDBNull(23) ? null : r.GetInt64(23), r.GetBoolean(24));

    private static DateOnly? DayAt(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : r.GetFieldValue<DateOnly>(at);
    private static string? Said(string text) => text.Length > 0 ? text : null;
    private static string? Day(DateOnly? day) => day is { } d ? AuditJson.Day(d) : null;
    private static string? Time(DateTime? at) => at is { } t ? AuditJson.Time(t) : null;
}
