using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderStatements;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.AuditNotices;

/// <summary>A notice as it was booked, and what became of it since.</summary>
/// <param name="HomeCounty">Whose fund gets it; empty: this county's.</param>
internal sealed record AuditNoticeRow(
    string NoticeNo, string FixmedinsCode, string PsnNo, long AmountFen, bool ByPayment, string Fund, string Reason, string Evidence, string[] SetlIds, string DecidedBy, string ReleasedBy, string HomeCounty)
{
    /// <summary>A part of it: taken from a statement, or given back with one.</summary>
    /// <param name="State">The statement's; empty: it waits.</param>
    internal sealed record Part(long Number, string Kind, string Fund, long AmountFen, long? Statement, int Month, string State)
    {
        public bool IsBooked => State is "approved" or "paid";
        public bool IsInReview => State is "first_reviewed" or "reviewed";
        public bool IsOpen => !IsBooked && !IsInReview;
    }

    /// <summary>Who owes it: the counterparty of what it books.</summary>
    public string Debtor => FixmedinsCode + PsnNo;

    public static async Task<AuditNoticeRow?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, string noticeNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT notice_no, fixmedins_code, psn_no, amount_fen, by_payment, fund, reason, evidence, setl_id, decided_by, released_by, home_county FROM audit_notice WHERE notice_no = $1
            """, connection, transaction) { Parameters = { new() { Value = noticeNo } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return !await reader.ReadAsync(cancellation) ? null
            : new AuditNoticeRow(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetBoolean(4), reader.GetString(5), reader.GetString(6), reader.GetString(7), reader.GetFieldValue<string[]>(8),
                reader.GetString(9), reader.GetString(10), reader.GetString(11));
    }

    /// <summary>Whether the request is the one that booked it.</summary>
    public bool Says(BookAuditNoticeRequest request, string homeCounty) =>
        HomeCounty == homeCounty && (FixmedinsCode, PsnNo, AmountFen, ByPayment, Fund, Reason, Evidence) == (request.FixmedinsCode, request.PsnNo, request.AmountFen, request.ByPayment, request.Fund, request.Reason, request.Evidence) && SetlIds.SequenceEqual(request.SetlId)
        && TwoPeople.AreOne(DecidedBy, request.DecidedBy) && TwoPeople.AreOne(ReleasedBy, request.ReleasedBy);

    public async Task<List<Part>> Parts(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT d.number, d.kind, d.fund, d.amount_fen, d.statement, coalesce(s.month, 0), coalesce(s.state, '') FROM statement_deduction d LEFT JOIN provider_statement s ON s.number = d.statement
            WHERE d.notice_no = $1 AND d.withdrawn_by = '' ORDER BY d.number
            """, connection, transaction) { Parameters = { new() { Value = NoticeNo } } };
        var parts = new List<Part>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            parts.Add(new Part(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetInt64(4), reader.GetInt32(5), reader.GetString(6)));
        return parts;
    }

    /// <summary>By appeals, in all; of it what had been paid; what was paid.</summary>
    public async Task<(long ReversedFen, long PaidBackFen, long PaidFen)> Sums(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT coalesce((SELECT sum(amount_fen) FROM audit_notice_reversal WHERE notice_no = $1), 0)::bigint, coalesce((SELECT sum(paid_fen) FROM audit_notice_reversal WHERE notice_no = $1), 0)::bigint,
              coalesce((SELECT sum(amount_fen) FROM audit_recovery WHERE notice_no = $1), 0)::bigint
            """, connection, transaction) { Parameters = { new() { Value = NoticeNo } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    public async Task<AuditNotice> Shown(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, CancellationToken cancellation)
    {
        var (reversed, paidBack, paid) = await Sums(connection, transaction, cancellation);
        var parts = await Parts(connection, transaction, cancellation);
        var (taken, back) = (parts.Where(p => p.Kind != "restitution").ToList(), parts.Where(p => p.Kind == "restitution").ToList());
        var shown = new AuditNotice
        {
            NoticeNo = NoticeNo, AmountFen = AmountFen, ReversedFen = reversed,
            WaitingFen = ByPayment ? AmountFen - paid - (reversed - paidBack) : taken.Where(p => p.IsOpen).Sum(p => p.AmountFen),
            InReviewFen = taken.Where(p => p.IsInReview).Sum(p => p.AmountFen),
            RecoveredFen = paid + taken.Where(p => p.IsBooked).Sum(p => p.AmountFen),
            ReturnedFen = (PsnNo.Length > 0 ? paidBack : 0) + back.Where(p => p.IsBooked).Sum(p => p.AmountFen),
            ToReturnFen = back.Where(p => !p.IsBooked).Sum(p => p.AmountFen),
        };
        shown.Deduction.AddRange(parts.Select(p => new AuditNoticeDeduction
        {
            Number = p.Number, Kind = p.Kind, AmountFen = p.AmountFen, Month = p.Month, StatementState = p.State, StatementNo = p.Statement is { } s ? CountyNumber.Of(county, CountyNumber.Statement, s) : "",
        }));
        return shown;
    }

    /// <param name="requestNo">Unique among all deductions of the county.</param>
    /// <param name="fund">Of a restitution.</param>
    public static async Task Enter(NpgsqlConnection connection, NpgsqlTransaction transaction, string requestNo, string kind, string noticeNo, string fixmedinsCode, long? statement, string fund, long amountFen, string reason, string evidence,
        string[] settlements, string by, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand("""
            INSERT INTO statement_deduction (request_no, kind, notice_no, fixmedins_code, statement, fund, amount_fen, reason, evidence, setl_id, entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """, connection, transaction);
        foreach (var value in (object[])[requestNo, kind, noticeNo, fixmedinsCode]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
        insert.Parameters.Add(new NpgsqlParameter { Value = statement is { } s ? s : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        foreach (var value in (object[])[fund, amountFen, reason, evidence, settlements, by, now.UtcDateTime]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
        await insert.ExecuteNonQueryAsync(cancellation);
    }
}
