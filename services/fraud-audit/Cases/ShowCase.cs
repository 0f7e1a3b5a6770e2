using System.Text.Json;
using MedInsure.FraudAudit.Notices;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Cases;

/// <summary>All of a case: what it is about, what it rests on, what was decided and appealed, which papers left, what was done elsewhere, and who did what when: its packet (案卷).</summary>
internal static class ShowCase
{
    private const string Appeals = "SELECT appeal_no, text, received_on, recorded_by, recorded_at, outcome, decided_by, released_by, decided_at, reason FROM case_appeal WHERE case_no = $1 ORDER BY appeal_no";

    private const string Acts = "SELECT act, acted_by, acted_at, reason, detail FROM case_act WHERE case_no = $1 ORDER BY act_no";

    public static async Task<Outcome<object>> Query(AuditRequest request, string caseNo)
    {
        if (CaseRow.Parse(request.County.Code, caseNo) is not { } number) return CaseRefusals.Unknown;
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        // One moment, or a paper could be without the act that issued it.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, request.Cancellation);
        if (await CaseRow.Find(connection, snapshot, number, request.Cancellation) is not { } row) return CaseRefusals.Unknown;
        return await Read(connection, snapshot, request.County.Code, row, request.Cancellation);
    }

    public static async Task<object> Read(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, CaseRow row, CancellationToken cancellation)
    {
        var evidence = await CaseEvidence.Read(connection, transaction, row.Number, cancellation);
        var decisions = await DecisionRow.Read(connection, transaction, row.Number, cancellation);
        var notices = await NoticeRow.OfCase(connection, transaction, row.Number, cancellation);
        var effects = await CaseEffect.Read(connection, transaction, "case_no = $1 ORDER BY effect_no", cancellation, row.Number);
        var appeals = await Rows(connection, transaction, Appeals, row.Number, r => (object)new
        {
            AppealNo = r.GetInt32(0), Text = r.GetString(1), ReceivedOn = AuditJson.Day(r.GetFieldValue<DateOnly>(2)), RecordedBy = r.GetString(3), RecordedAt = AuditJson.Time(r.GetDateTime(4)), Outcome = Said(r.GetString(5)),
            DecidedBy = Said(r.GetString(6)), ReleasedBy = Said(r.GetString(7)), DecidedAt = r.IsDBNull(8) ? null : AuditJson.Time(r.GetDateTime(8)), Reason = Said(r.GetString(9)),
        }, cancellation);
        var timeline = await Rows(connection, transaction, Acts, row.Number, r => (object)new { Act = r.GetString(0), By = r.GetString(1), At = AuditJson.Time(r.GetDateTime(2)), Reason = r.GetString(3), Detail = JsonElement.Parse(r.GetString(4)) }, cancellation);
        return new
        {
            Case = row.Shown(county), Evidence = evidence.Select(e => e.Shown), Decisions = decisions.Select(d => d.Shown), Appeals = appeals, Notices = notices.Select(n => n.Shown(county)), Effects = effects.Select(e => e.Shown(county)), Timeline = timeline,
        };
    }

    private static string? Said(string text) => text.Length > 0 ? text : null;

    private static async Task<List<T>> Rows<T>(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, long caseNo, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction) { Parameters = { new() { Value = caseNo } } };
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
        return rows;
    }
}
