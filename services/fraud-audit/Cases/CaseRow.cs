using System.Globalization;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Cases;

/// <summary>A case as it stands.</summary>
/// <param name="SubjectKind">provider, person.</param>
/// <param name="SubjectCounty">Of a provider: the county that pays it.</param>
/// <param name="DecisionNo">The decision that stands; 0: none.</param>
/// <param name="Correction">Empty, due, passed.</param>
internal sealed record CaseRow(
    long Number, string SubjectKind, string Subject, string SubjectCounty, string Title, string State, string OpenedBy, DateTime OpenedAt, string Investigator, string Decider, string Releaser, int DecisionNo, DateOnly? StatementDueOn,
    bool Heard, DateOnly? AppealDueOn, DateOnly? CorrectionDueOn, string Correction, DateTime ChangedAt)
{
    public static readonly string[] States = ["lead", "dismissed", "investigating", "hearing", "concluded", "cleared", "decided", "in_force", "closed"];

    private const char Letter = 'J';

    public const string Columns = """
        SELECT case_no, subject_kind, subject, subject_county, title, state, opened_by, opened_at, investigator, decider, releaser, decision_no, statement_due_on, heard, appeal_due_on, correction_due_on, correction, changed_at FROM audit_case
        """;

    public bool IsProvider => SubjectKind == "provider";

    /// <summary>Whose statements deduct, where it is not this county; of a person, or of what is paid in: empty.</summary>
    public string DeductedIn(string county, bool byPayment) => IsProvider && !byPayment && SubjectCounty != county ? SubjectCounty : "";

    /// <summary>230102J000000000007.</summary>
    public static string NoOf(string county, long number) => $"{county}{Letter}{number:D12}";

    public string No(string county) => NoOf(county, Number);

    public static long? Parse(string county, string? text) =>
        text is not null && text.Length == county.Length + 13 && text.StartsWith(county, StringComparison.Ordinal) && text[county.Length] == Letter
        && long.TryParse(text.AsSpan(county.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <param name="tail">With $1 the number.</param>
    public static async Task<CaseRow?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, long number, CancellationToken cancellation, string tail = "")
    {
        await using var command = new NpgsqlCommand($"{Columns} WHERE case_no = $1 {tail}", connection, transaction) { Parameters = { new() { Value = number } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Read(reader) : null;
    }

    public static CaseRow Read(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetDateTime(7), r.GetString(8), r.GetString(9), r.GetString(10),
        r.GetInt32(11), Day(r, 12), r.GetBoolean(13), Day(r, 14), Day(r, 15), r.GetString(16), r.GetDateTime(17));

    private static DateOnly? Day(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : r.GetFieldValue<DateOnly>(at);

    public object Shown(string county) => new
    {
        CaseNo = No(county), SubjectKind, Subject, SubjectCounty = SubjectCounty.Length > 0 ? SubjectCounty : null, Elsewhere = IsProvider && SubjectCounty != county ? "该机构由其他县区结算" : null, Title, State, StateName = StateName(State),
        OpenedBy, OpenedAt = AuditJson.Time(OpenedAt), Investigator = Said(Investigator), Decider = Said(Decider), Releaser = Said(Releaser), DecisionNo = DecisionNo == 0 ? (int?)null : DecisionNo,
        StatementDueOn = Text(StatementDueOn), Heard, AppealDueOn = Text(AppealDueOn), CorrectionDueOn = Text(CorrectionDueOn), Correction = Said(Correction), ChangedAt = AuditJson.Time(ChangedAt),
    };

    public static string StateName(string state) => state switch
    {
        "lead" => "线索", "dismissed" => "不予立案", "investigating" => "调查", "hearing" => "陈述申辩", "concluded" => "待决定", "cleared" => "不予处理", "decided" => "待签发", "in_force" => "执行", _ => "办结",
    };

    private static string? Said(string text) => text.Length > 0 ? text : null;
    private static string? Text(DateOnly? day) => day is { } d ? AuditJson.Day(d) : null;
}
