using Google.Protobuf;
using Npgsql;

namespace MedInsure.FraudAudit.Cases;

/// <summary>What a case does in other services, recorded with the act that causes it and done after it by <see cref="CaseEffectWorker"/>.</summary>
/// <param name="Lane">The notice, or the provider's agreement.</param>
/// <param name="State">pending, done, refused, cancelled.</param>
internal sealed record CaseEffect(long EffectNo, long CaseNo, string Lane, string Kind, string Payload, DateOnly DueOn, string State, int Attempts, string Note, DateTime? DoneAt)
{
    private const string Columns = "SELECT effect_no, case_no, lane, kind, payload, due_on, state, attempts, note, done_at FROM case_effect";

    public static string AgreementOf(string fixmedinsCode) => $"agreement {fixmedinsCode}";

    public static Task<int> Record(CaseAct act, string lane, string kind, IMessage payload, DateOnly dueOn, DateTimeOffset now) =>
        act.Run("INSERT INTO case_effect (case_no, lane, kind, payload, due_on, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)", act.Row.Number, lane, kind, JsonFormatter.Default.Format(payload), dueOn, now.UtcDateTime);

    /// <param name="where">With the parameters from $1 on.</param>
    public static async Task<List<CaseEffect>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"{Columns} WHERE {where}", connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var rows = new List<CaseEffect>();
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            rows.Add(new CaseEffect(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetFieldValue<DateOnly>(5), r.GetString(6), r.GetInt32(7), r.GetString(8), r.IsDBNull(9) ? null : r.GetDateTime(9)));
        return rows;
    }

    public object Shown(string county) => new
    {
        EffectNo, CaseNo = CaseRow.NoOf(county, CaseNo), Lane, Kind, DueOn = AuditJson.Day(DueOn), State, Attempts, Note = Note.Length > 0 ? Note : null, DoneAt = DoneAt is { } at ? AuditJson.Time(at) : null,
    };
}
