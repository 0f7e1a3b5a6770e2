using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.AuditNotices;

/// <summary>
/// An appeal takes something off a notice. What no statement through its first review has is given up; what is booked is given back by new entries: to a provider with its next statement, in the
/// funds that had it; to a person as a debt of the fund.
/// </summary>
internal static class ReverseAuditNotice
{
    /// <summary>In order: the number, the amount, the reason, two people, the notice; the same before; what is left; no statement that must be decided first.</summary>
    public static async Task<Outcome<AuditNotice>> Execute(NpgsqlDataSource database, string county, ReverseAuditNoticeRequest request, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (request.ReversalNo.Length is 0 or > BookAuditNotice.NumberMax) return AuditNoticeRefusals.NumberInvalid.At("reversal_no");
        if (request.AmountFen <= 0) return AuditNoticeRefusals.AmountInvalid;
        if (!BookAuditNotice.IsText(request.Reason, BookAuditNotice.ReasonMax)) return AuditNoticeRefusals.TextInvalid;
        if (TwoPeople.Check(request.DecidedBy, "decided_by", request.ReleasedBy, "released_by") is { } unfit) return unfit;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await AuditNoticeRow.Find(connection, null, request.NoticeNo, cancellation) is not { } notice) return AuditNoticeRefusals.Unknown;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, notice.Debtor, cancellation);
        if (await Before(connection, transaction, request, cancellation) is { } same) return same ? await notice.Shown(connection, transaction, county, cancellation) : AuditNoticeRefusals.NumberReused;
        var (reversed, paidBack, paid) = await notice.Sums(connection, transaction, cancellation);
        if (request.AmountFen > notice.AmountFen - reversed) return AuditNoticeRefusals.MoreThanIsLeft(notice.AmountFen - reversed);

        var now = calendar.UtcNow;
        // Of a notice that is paid: first what nobody has paid yet.
        var ofPaid = notice.ByPayment ? Math.Max(0, request.AmountFen - (notice.AmountFen - paid - (reversed - paidBack))) : 0;
        if (!notice.ByPayment && await TakeBack(connection, transaction, county, notice, request, now, cancellation) is { } refusal) return refusal;
        if (ofPaid > 0) await PayBack(connection, transaction, county, notice, request, ofPaid, calendar, cancellation);
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO audit_notice_reversal (reversal_no, notice_no, amount_fen, paid_fen, reason, decided_by, released_by, booked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, connection, transaction))
        {
            foreach (var value in (object[])[request.ReversalNo, request.NoticeNo, request.AmountFen, ofPaid, request.Reason, request.DecidedBy.Trim(), request.ReleasedBy.Trim(), now.UtcDateTime]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        await ProviderActs.Write(connection, transaction, [new(notice.NoticeNo, "audit_notice_reversed", request.ReleasedBy.Trim(), now, $"{request.ReversalNo}：{new Fen(request.AmountFen)} {request.Reason}")], cancellation);
        var shown = await notice.Shown(connection, transaction, county, cancellation);
        await transaction.CommitAsync(cancellation);
        return shown;
    }

    private static async Task<bool?> Before(NpgsqlConnection connection, NpgsqlTransaction transaction, ReverseAuditNoticeRequest request, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT (notice_no, amount_fen, reason) = ($2, $3, $4) FROM audit_notice_reversal WHERE reversal_no = $1", connection, transaction);
        foreach (var value in (object[])[request.ReversalNo, request.NoticeNo, request.AmountFen, request.Reason]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (bool?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>The deductions, the latest first; the rest from what is booked.</summary>
    private static async Task<Refusal?> TakeBack(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, AuditNoticeRow notice, ReverseAuditNoticeRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        var (by, left) = (request.ReleasedBy.Trim(), request.AmountFen);
        foreach (var part in (await notice.Parts(connection, transaction, cancellation)).Where(p => p.Kind != "restitution" && p.IsOpen).Reverse())
        {
            if (left == 0) break;
            var take = Math.Min(left, part.AmountFen);
            left -= take;
            await using (var withdraw = new NpgsqlCommand("UPDATE statement_deduction SET withdrawn_by = $2, withdrawn_at = $3 WHERE number = $1", connection, transaction)
            {
                Parameters = { new() { Value = part.Number }, new() { Value = by }, new() { Value = now.UtcDateTime } },
            })
                await withdraw.ExecuteNonQueryAsync(cancellation);
            if (take < part.AmountFen)
                await AuditNoticeRow.Enter(connection, transaction, $"{request.ReversalNo}/{part.Number}", "inspection", notice.NoticeNo, notice.FixmedinsCode, part.Statement, "", part.AmountFen - take, notice.Reason,
                    $"{notice.Evidence} {notice.NoticeNo}", notice.SetlIds, by, now, cancellation);
            if (part.Statement is { } number && await StatementRow.Find(connection, transaction, number, cancellation) is { } statement)
                await ComputeStatement.Keep(connection, transaction, number, (await ComputeStatement.Run(connection, transaction, county, statement, cancellation)).Lines, cancellation);
        }
        if (left == 0) return null;
        var booked = await Booked(connection, transaction, notice.NoticeNo, cancellation);
        if (booked.Sum(f => f.Fen) < left) return AuditNoticeRefusals.StatementInReview; // the rest is on one that is not decided
        long sum = 0, given = 0, total = booked.Sum(f => f.Fen);
        foreach (var (fund, fen) in booked)
        {
            // Cut where the parts' sum crosses whole fen: no fund gives more than it had.
            sum += fen;
            var upTo = (long)((Int128)left * sum / total);
            if (upTo > given) await GiveBack(connection, transaction, notice, request, fund, upTo - given, now, cancellation);
            given = upTo;
        }
        return null;
    }

    /// <summary>What approved statements took, by fund, less what is given back already.</summary>
    private static async Task<List<(string Fund, long Fen)>> Booked(NpgsqlConnection connection, NpgsqlTransaction transaction, string noticeNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT fund, sum(fen)::bigint FROM (
              SELECT l.fund, -l.amount_fen AS fen FROM statement_deduction d JOIN provider_statement s ON s.number = d.statement AND s.state IN ('approved', 'paid')
                JOIN statement_line l ON l.statement = d.statement AND l.kind = 'deduction' AND l.reference = d.number::text
              WHERE d.notice_no = $1 AND d.kind <> 'restitution' AND d.withdrawn_by = ''
              UNION ALL SELECT fund, -amount_fen FROM statement_deduction WHERE notice_no = $1 AND kind = 'restitution' AND withdrawn_by = '') AS f
            GROUP BY fund HAVING sum(fen) > 0 ORDER BY fund
            """, connection, transaction) { Parameters = { new() { Value = noticeNo } } };
        var funds = new List<(string, long)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) funds.Add((reader.GetString(0), reader.GetInt64(1)));
        return funds;
    }

    private static Task GiveBack(NpgsqlConnection connection, NpgsqlTransaction transaction, AuditNoticeRow notice, ReverseAuditNoticeRequest request, string fund, long fen, DateTimeOffset now, CancellationToken cancellation) =>
        AuditNoticeRow.Enter(connection, transaction, $"{request.ReversalNo}/{fund}", "restitution", notice.NoticeNo, notice.FixmedinsCode, null, fund, fen, request.Reason, $"{request.ReversalNo} {notice.NoticeNo}", [],
            request.ReleasedBy.Trim(), now, cancellation);

    /// <summary>Money that came: a provider gets it with its next statement, a person is owed it.</summary>
    private static async Task PayBack(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, AuditNoticeRow notice, ReverseAuditNoticeRequest request, long fen, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (notice.PsnNo.Length == 0)
        {
            await GiveBack(connection, transaction, notice, request, notice.Fund, fen, calendar.UtcNow, cancellation);
            return;
        }
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var today = head.OpenDay(calendar.Today);
        LedgerEntry[] entries = [new(new(LedgerPurposes.DeductionIncome, notice.Fund, county, notice.PsnNo), fen), new(new(SettlementEntries.PersonPayable, notice.Fund, county, notice.PsnNo), -fen)];
        await PostVouchers.Run(connection, transaction, county, head, [(new Voucher("audit_reversal", request.ReversalNo, today, 0, notice.NoticeNo, [request.DecidedBy.Trim(), request.ReleasedBy.Trim()], entries), today)], cancellation);
    }
}
