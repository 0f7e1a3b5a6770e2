using System.Globalization;
using MedInsure.FraudAudit.Cases;
using Npgsql;

namespace MedInsure.FraudAudit.Tips;

/// <summary>A tip as operators see it: never who gave it.</summary>
/// <param name="Named">Whether the informer said who they are.</param>
internal sealed record TipRow(
    long Number, DateOnly ReceivedOn, string Channel, string SubjectKind, string Subject, string Text, bool Named, string State, string RegisteredBy, DateTime RegisteredAt, string Handler, string Answer, long? CaseNo)
{
    public static readonly string[] States = ["registered", "checking", "confirmed", "unfounded", "not_accepted"];

    public const string Columns = "SELECT tip_no, received_on, channel, subject_kind, subject, text, contact IS NOT NULL, state, registered_by, registered_at, handler, answer, case_no FROM tip";

    private const char Letter = 'T';

    /// <summary>230102T000000000007.</summary>
    public static string NoOf(string county, long number) => $"{county}{Letter}{number:D12}";

    public static long? Parse(string county, string? text) =>
        text is not null && text.Length == county.Length + 13 && text.StartsWith(county, StringComparison.Ordinal) && text[county.Length] == Letter
        && long.TryParse(text.AsSpan(county.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static TipRow Read(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetFieldValue<DateOnly>(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetBoolean(6), r.GetString(7), r.GetString(8), r.GetDateTime(9), r.GetString(10),
        r.GetString(11), r.IsDBNull(12) ? null : r.GetInt64(12));

    public string StateName => State switch { "registered" => "已登记", "checking" => "核查中", "confirmed" => "已查实", "unfounded" => "查无实据", _ => "不予受理" };

    /// <param name="whole">With its text: lists go without.</param>
    public object Shown(string county, bool whole) => new
    {
        TipNo = NoOf(county, Number), ReceivedOn = AuditJson.Day(ReceivedOn), Channel, SubjectKind, Subject = Subject.Length > 0 ? Subject : null, Text = whole ? Text : null, Named, State, StateName, RegisteredBy, RegisteredAt = AuditJson.Time(RegisteredAt),
        Handler = Handler.Length > 0 ? Handler : null, Answer = Answer.Length > 0 ? Answer : null, CaseNo = CaseNo is { } number ? CaseRow.NoOf(county, number) : null,
    };
}
