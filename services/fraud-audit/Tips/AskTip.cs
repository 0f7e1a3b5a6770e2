using System.Security.Cryptography;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Tips;

/// <summary>How far a tip is: for whoever has its number and secret, who does not name themselves and of whom nothing is recorded; and operators' lists, without identities.</summary>
internal static class AskTip
{
    internal sealed record Question(string? Secret);

    /// <param name="Reward">Yuan, where one was approved.</param>
    internal sealed record Told(string TipNo, string State, string StateName, string? Answer, string? Reward, string? RewardState);

    public static async Task<Outcome<Told>> Execute(AuditRequest request, string tipNo, Question question)
    {
        // A number that nobody has and a wrong secret are told alike.
        if (TipRow.Parse(request.County.Code, tipNo) is not { } number || question.Secret is not { Length: > 0 and <= 100 }) return TipRefusals.SecretWrong;
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        var found = await FieldRows.Read(connection, null, $"SELECT t.*, s.secret_hash, r.amount_fen, r.state FROM ({TipRow.Columns} WHERE tip_no = $1) t JOIN tip s USING (tip_no) LEFT JOIN reward r ON r.tip_no = t.tip_no AND r.state IN ('approved', 'paid')",
            r => (Tip: TipRow.Read(r), Hash: r.GetFieldValue<byte[]>(13), Reward: r.IsDBNull(14) ? null : AuditJson.Yuan(r.GetInt64(14)), RewardState: r.IsDBNull(15) ? null : r.GetString(15)), request.Cancellation, number);
        if (!CryptographicOperations.FixedTimeEquals(TipVault.SecretHash(question.Secret), found.Count == 0 ? new byte[32] : found[0].Hash)) return TipRefusals.SecretWrong;
        var (tip, _, reward, state) = found[0];
        return new Told(tipNo, tip.State, tip.StateName, tip.Answer.Length > 0 ? tip.Answer : null, reward, state);
    }

    public static async Task<Outcome<object>> List(AuditRequest request, string? state, string? subject, string? handler, int? page, int? pageSize)
    {
        if (!string.IsNullOrEmpty(state) && !TipRow.States.Contains(state)) return TipRefusals.StateUnknown;
        var rows = await FieldRows.Page(request, page, pageSize, $"{TipRow.Columns} WHERE ($1 = '' OR state = $1) AND ($2 = '' OR subject = $2) AND ($3 = '' OR handler = $3) ORDER BY tip_no DESC OFFSET $4 LIMIT $5", TipRow.Read, state ?? "", subject ?? "", handler ?? "");
        return rows.Refusal is { } refusal ? refusal : new { Tips = rows.Value.Select(t => t.Shown(request.County.Code, whole: false)) };
    }

    public static async Task<Outcome<object>> One(AuditRequest request, string tipNo)
    {
        if (TipRow.Parse(request.County.Code, tipNo) is not { } number) return TipRefusals.Unknown;
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        if ((await FieldRows.Read(connection, null, $"{TipRow.Columns} WHERE tip_no = $1", TipRow.Read, request.Cancellation, number)).FirstOrDefault() is not { } tip) return TipRefusals.Unknown;
        return new { Tip = tip.Shown(request.County.Code, whole: true), History = await FieldAct.History(connection, "tip", number, request.Cancellation) };
    }
}
