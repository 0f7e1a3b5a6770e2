using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Doctors;

/// <summary>An act on a doctor as it stands.</summary>
/// <param name="FromOn">Of points the day of the violation, else the measure's first day.</param>
/// <param name="Effect">Of a measure: pending, done, refused by provider-registry, given_up after that.</param>
internal sealed record DoctorActRow(
    long ActNo, string? RequestKey, string Kind, string DoctorCode, string FixmedinsCode, string Violation, int Points, string FromOn, string? ToOn, long? OfActNo, string EvidenceKind, string EvidenceNo, string Reason,
    string ProposedBy, string ProposedAt, string State, string DecidedBy, string? DecidedAt, string Remark, string Effect, int Attempts, string EffectNote, string? EffectAt)
{
    private const string Columns = "act_no, request_key, kind, doctor_code, fixmedins_code, violation, points, from_on, to_on, of_act_no, evidence_kind, evidence_no, reason, proposed_by, proposed_at, state, decided_by, decided_at, remark, effect, attempts, effect_note, effect_at";

    internal sealed record Page(long Count, List<DoctorActRow> Acts);

    /// <summary>The newest first.</summary>
    public static async Task<Outcome<Page>> List(AuditRequest request, string? doctorCode, string? kind, string? state, string? effect, int? page, int? pageSize)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        if (state is not (null or "" or "proposed" or "approved" or "rejected")) return DoctorRefusals.StateUnknown;
        const string chosen = "($1 = '' OR doctor_code = $1) AND ($2 = '' OR kind = $2) AND ($3 = '' OR state = $3) AND ($4 = '' OR effect = $4)";
        object[] filter = [doctorCode ?? "", kind ?? "", state ?? "", effect ?? ""];
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM doctor_act WHERE {chosen}", connection);
        foreach (var value in filter) count.Parameters.Add(new() { Value = value });
        var all = (long)(await count.ExecuteScalarAsync(request.Cancellation))!;
        return new Page(all, await Read(connection, null, $"{chosen} ORDER BY act_no DESC LIMIT $5 OFFSET $6", request.Cancellation, [.. filter, size, (number - 1L) * size]));
    }

    public static async Task<List<DoctorActRow>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM doctor_act WHERE {where}", connection, transaction);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var r = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<DoctorActRow>();
        while (await r.ReadAsync(cancellation))
            rows.Add(new(r.GetInt64(0), Text(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetInt32(6), Day(7)!, Day(8), r.IsDBNull(9) ? null : r.GetInt64(9), r.GetString(10), r.GetString(11), r.GetString(12),
                r.GetString(13), Time(14)!, r.GetString(15), r.GetString(16), Time(17), r.GetString(18), r.GetString(19), r.GetInt32(20), r.GetString(21), Time(22)));
        return rows;

        string? Text(int at) => r.IsDBNull(at) ? null : r.GetString(at);
        string? Day(int at) => r.IsDBNull(at) ? null : AuditJson.Day(r.GetFieldValue<DateOnly>(at));
        string? Time(int at) => r.IsDBNull(at) ? null : AuditJson.Time(r.GetDateTime(at));
    }
}
