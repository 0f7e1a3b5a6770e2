using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Credit;

/// <summary>A grade's effect as it stands.</summary>
/// <param name="DepositPercent">Of the monthly benefit.</param>
/// <param name="FromOn">Settlement has it from the first month that begins on that day or after it.</param>
/// <param name="Effect">pending, done, refused by settlement: then another is proposed.</param>
internal sealed record CreditActRow(
    long ActNo, string RequestKey, string FixmedinsCode, string Grade, int Points, decimal DepositPercent, string FromOn, string Reason, string ProposedBy, string ProposedAt, string State, string DecidedBy, string? DecidedAt, string Remark,
    string Effect, int Attempts, string EffectNote, string? EffectAt)
{
    // What stands of a provider, or may come to stand.
    public const string Holds = "fixmedins_code = $1 AND state <> 'rejected' AND effect <> 'refused'";

    public int DepositBp => (int)(DepositPercent * 100);

    internal sealed record Page(long Count, List<CreditActRow> Acts);

    /// <summary>The newest first.</summary>
    public static async Task<Outcome<Page>> List(AuditRequest request, string? fixmedinsCode, string? state, string? effect, int? page, int? pageSize)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        if (state is not (null or "" or "proposed" or "approved" or "rejected")) return CreditRefusals.StateUnknown;
        const string chosen = "($1 = '' OR fixmedins_code = $1) AND ($2 = '' OR state = $2) AND ($3 = '' OR effect = $3)";
        object[] filter = [fixmedinsCode ?? "", state ?? "", effect ?? ""];
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM credit_act WHERE {chosen}", connection);
        foreach (var value in filter) count.Parameters.Add(new() { Value = value });
        var all = (long)(await count.ExecuteScalarAsync(request.Cancellation))!;
        return new Page(all, await Read(connection, null, $"{chosen} ORDER BY act_no DESC LIMIT $4 OFFSET $5", request.Cancellation, [.. filter, size, (number - 1L) * size]));
    }

    public static async Task<List<CreditActRow>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT act_no, request_key, fixmedins_code, grade, points, deposit_bp, from_on, reason, proposed_by, proposed_at, state, decided_by, decided_at, remark, effect, attempts, effect_note, effect_at FROM credit_act WHERE {where}
            """, connection, transaction);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var r = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<CreditActRow>();
        while (await r.ReadAsync(cancellation))
            rows.Add(new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt32(4), r.GetInt32(5) * 0.01m, AuditJson.Day(r.GetFieldValue<DateOnly>(6)), r.GetString(7), r.GetString(8), Time(9)!, r.GetString(10),
                r.GetString(11), Time(12), r.GetString(13), r.GetString(14), r.GetInt32(15), r.GetString(16), Time(17)));
        return rows;

        string? Time(int at) => r.IsDBNull(at) ? null : AuditJson.Time(r.GetDateTime(at));
    }
}
