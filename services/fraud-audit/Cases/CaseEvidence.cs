using System.Globalization;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Cases;

/// <summary>What a case rests on: findings of rules, and what people found and stored under a number elsewhere.</summary>
internal static class CaseEvidence
{
    public const int PiecesMax = 500;
    private const int NumberMax = 40, TextMax = 1_000;
    private static readonly string[] Kinds = ["finding", "sample", "tip", "campaign", "ward_check", "call_back", "prescription_review", "stock", "document"];

    /// <param name="Number">Its own; a tip's alone, never who gave it.</param>
    /// <param name="Amount">Yuan in scope; of a finding null: the finding's.</param>
    /// <param name="SetlId">The settlement, where it is about one.</param>
    internal sealed record Piece(string? Kind, string? Number, string? Text, decimal? Amount, string? SetlId);

    /// <param name="GoneWhy">Of a finding or settlement that does not stand any more.</param>
    internal sealed record Row(int EvidenceNo, string Kind, string Number, string SetlId, long AmountFen, string Text, string AddedBy, DateTime AddedAt, string WithdrawnBy, string? GoneWhy)
    {
        public object Shown => new
        {
            EvidenceNo, Kind, Number, SetlId = SetlId.Length > 0 ? SetlId : null, Amount = AuditJson.Yuan(AmountFen), Text, AddedBy, AddedAt = AuditJson.Time(AddedAt), WithdrawnBy = WithdrawnBy.Length > 0 ? WithdrawnBy : null, Gone = GoneWhy,
        };
    }

    /// <summary>In order, piece by piece: its form; of a finding: known, the subject's own, standing, in no other case; its settlement the subject's and standing; of what was found in the field: there, about the subject; not in the case already. Findings are the case's from then on.</summary>
    /// <param name="provider">Whether the subject is one.</param>
    public static async Task<Refusal?> Add(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, long caseNo, bool provider, string subject, IReadOnlyList<Piece>? pieces, string by, DateTimeOffset now, CancellationToken cancellation)
    {
        if (pieces is not { Count: > 0 and <= PiecesMax }) return CaseRefusals.EvidenceMissing;
        foreach (var piece in pieces)
        {
            if (!Kinds.Contains(piece.Kind) || !AuditTexts.IsText(piece.Number, NumberMax) || piece.Text is { Length: > TextMax } || piece.Text?.Contains('\0', StringComparison.Ordinal) == true || piece.SetlId is { Length: > 30 }) return CaseRefusals.EvidenceInvalid;
            if (piece.Amount is { } yuan && (yuan is < 0 or > 1_000_000_000m || decimal.Truncate(yuan * 100) != yuan * 100)) return CaseRefusals.EvidenceInvalid;
            var (amount, text, setlId) = ((long)((piece.Amount ?? 0) * 100), piece.Text ?? "", piece.SetlId ?? "");
            if (piece.Kind == "finding")
            {
                if (await Take(connection, transaction, caseNo, provider, subject, piece.Number!, cancellation) is not { } found) return CaseRefusals.FindingUnfit(piece.Number!);
                (amount, text, setlId) = (piece.Amount is null ? found.Fen : Math.Min(amount, found.Fen), text.Length > 0 ? text : found.Text, found.SetlId);
            }
            else if (text.Length == 0) return CaseRefusals.EvidenceInvalid;
            else if (setlId.Length > 0 && !await IsOf(connection, transaction, provider, subject, setlId, cancellation)) return CaseRefusals.SettlementUnfit(setlId);
            else if (await FieldEvidence.Check(connection, transaction, county, piece.Kind!, piece.Number!, provider, subject, setlId, cancellation) is { } unknown) return unknown;
            await using var insert = new NpgsqlCommand("""
                INSERT INTO case_evidence (case_no, evidence_no, kind, number, setl_id, amount_fen, text, added_by, added_at)
                SELECT $1, coalesce(max(evidence_no), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM case_evidence WHERE case_no = $1 ON CONFLICT DO NOTHING
                """, connection, transaction);
            foreach (var value in (object[])[caseNo, piece.Kind!, piece.Number!, setlId, amount, text, by, now.UtcDateTime]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
            if (await insert.ExecuteNonQueryAsync(cancellation) == 0) return CaseRefusals.EvidenceTwice(piece.Number!);
        }
        return null;
    }

    private static async Task<bool> IsOf(NpgsqlConnection connection, NpgsqlTransaction transaction, bool provider, string subject, string setlId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM audit_claim WHERE setl_id = $1 AND reversed_by IS NULL AND {(provider ? "fixmedins_code" : "psn_no")} = $2)", connection, transaction)
        {
            Parameters = { new() { Value = setlId }, new() { Value = subject } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<(long Fen, string Text, string SetlId)?> Take(NpgsqlConnection connection, NpgsqlTransaction transaction, long caseNo, bool provider, string subject, string number, CancellationToken cancellation)
    {
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var findingNo)) return null;
        await using var take = new NpgsqlCommand($"""
            UPDATE finding SET state = 'in_case', case_no = $2 WHERE finding_no = $1 AND state IN ('open', 'confirmed', 'in_case') AND (case_no IS NULL OR case_no = $2) AND gone_at IS NULL AND {(provider ? "fixmedins_code" : "psn_no")} = $3
            RETURNING in_scope_fen, rule || ' ' || text, setl_id
            """, connection, transaction) { Parameters = { new() { Value = findingNo }, new() { Value = caseNo }, new() { Value = subject } } };
        await using var reader = await take.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetInt64(0), reader.GetString(1), reader.GetString(2)) : null;
    }

    public static async Task<List<Row>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, long caseNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT e.evidence_no, e.kind, e.number, e.setl_id, e.amount_fen, e.text, e.added_by, e.added_at, e.withdrawn_by, coalesce(f.gone_why, CASE WHEN c.reversed_by IS NOT NULL THEN 'reversed' END)
            FROM case_evidence e LEFT JOIN finding f ON f.finding_no = CASE WHEN e.kind = 'finding' THEN e.number::bigint END LEFT JOIN audit_claim c ON e.setl_id <> '' AND c.setl_id = e.setl_id WHERE e.case_no = $1 ORDER BY e.evidence_no
            """, connection, transaction) { Parameters = { new() { Value = caseNo } } };
        var rows = new List<Row>();
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            rows.Add(new Row(r.GetInt32(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.GetString(5), r.GetString(6), r.GetDateTime(7), r.GetString(8), r.IsDBNull(9) ? null : r.GetString(9)));
        return rows;
    }

    /// <summary>What stands; refused where a finding's settlement was reversed since, or the rules no longer find it.</summary>
    public static async Task<Outcome<IReadOnlyList<Row>>> Standing(CaseAct act)
    {
        var rows = (await Read(act.Connection, act.Transaction, act.Row.Number, act.Cancellation)).Where(e => e.WithdrawnBy.Length == 0).ToList();
        return rows.FirstOrDefault(e => e.GoneWhy is not null) is { } gone ? CaseRefusals.EvidenceGone(gone.EvidenceNo) : rows;
    }

    /// <summary>What the evidence comes to: of one settlement, which several rules may have found, at most what was in scope.</summary>
    public static async Task<long> Worth(CaseAct act, IReadOnlyList<Row> rows)
    {
        var sum = rows.Where(e => e.SetlId.Length == 0).Sum(e => e.AmountFen);
        foreach (var settlement in rows.Where(e => e.SetlId.Length > 0).GroupBy(e => e.SetlId))
            sum += Math.Min(settlement.Sum(e => e.AmountFen), await act.One<long?>("SELECT in_scope_fen FROM audit_claim WHERE setl_id = $1", settlement.Key) ?? long.MaxValue);
        return sum;
    }

    /// <summary>The case's findings, when it ends or goes on.</summary>
    /// <param name="state">confirmed, rejected; open: nobody's again, or withdrawn where it is gone.</param>
    public static Task<int> Settle(CaseAct act, string state, DateTimeOffset now) =>
        act.Run("UPDATE finding SET state = CASE WHEN $2 = 'open' AND gone_at IS NOT NULL THEN 'withdrawn' ELSE $2 END, decided_at = $3, case_no = CASE WHEN $2 = 'open' THEN NULL ELSE case_no END WHERE case_no = $1 AND state IN ('in_case', 'confirmed', 'rejected')", act.Row.Number, state,
            state == "open" ? null : now.UtcDateTime);
}
