using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ProviderStatements;
using Npgsql;

namespace MedInsure.Settlement.AuditNotices;

/// <summary>Money of a notice has come to the agency's revenue account: one voucher, debit the account, credit the fund's deduction income of whoever owed it.</summary>
internal static class BookAuditRecovery
{
    public const string Kind = "audit_recovery";

    private const int BankTextMax = 60;

    /// <summary>In order: the number, the amount, the day, the bank's texts, two people, the notice; the same before; paid at all, what is left.</summary>
    public static async Task<Outcome<AuditNotice>> Execute(NpgsqlDataSource database, string county, BookAuditRecoveryRequest request, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (request.RecoveryNo.Length is 0 or > BookAuditNotice.NumberMax) return AuditNoticeRefusals.NumberInvalid.At("recovery_no");
        if (request.AmountFen <= 0) return AuditNoticeRefusals.AmountInvalid;
        if (!DayNumber.IsDay(request.ReceivedOn) || DayNumber.ToDate(request.ReceivedOn) > calendar.Today) return AuditNoticeRefusals.DayInvalid;
        if (!BookAuditNotice.IsText(request.Channel, BankTextMax) || !BookAuditNotice.IsText(request.BankReference, BankTextMax)) return AuditNoticeRefusals.TextInvalid.At("channel");
        if (TwoPeople.Check(request.RecordedBy, "recorded_by", request.CheckedBy, "checked_by") is { } unfit) return unfit;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await AuditNoticeRow.Find(connection, null, request.NoticeNo, cancellation) is not { } notice) return AuditNoticeRefusals.Unknown;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, notice.Debtor, cancellation);
        if (await Before(connection, transaction, request, cancellation) is { } same) return same ? await notice.Shown(connection, transaction, county, cancellation) : AuditNoticeRefusals.NumberReused;
        if (!notice.ByPayment) return AuditNoticeRefusals.IsDeducted;
        var left = (await notice.Shown(connection, transaction, county, cancellation)).WaitingFen;
        if (request.AmountFen > left) return AuditNoticeRefusals.MoreThanIsLeft(left);

        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var booked = head.OpenDay(calendar.Today);
        LedgerEntry[] entries =
        [
            new(new(LedgerPurposes.RevenueAccount, notice.Fund, county, request.Channel), request.AmountFen),
            new(new(LedgerPurposes.DeductionIncome, notice.Fund, county, notice.Debtor), -request.AmountFen),
        ];
        var voucher = new Voucher(Kind, request.RecoveryNo, DayNumber.ToDate(request.ReceivedOn), 0, $"{notice.NoticeNo} {request.BankReference}", [request.RecordedBy.Trim(), request.CheckedBy.Trim()], entries);
        head = await PostVouchers.Run(connection, transaction, county, head, [(voucher, booked)], cancellation);
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO audit_recovery (recovery_no, notice_no, amount_fen, channel, received_on, bank_reference, recorded_by, checked_by, voucher_no) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """, connection, transaction))
        {
            foreach (var value in (object[])[request.RecoveryNo, request.NoticeNo, request.AmountFen, request.Channel, DayNumber.ToDate(request.ReceivedOn), request.BankReference, request.RecordedBy.Trim(), request.CheckedBy.Trim(), head.VoucherNo])
                insert.Parameters.Add(new NpgsqlParameter { Value = value });
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        await ProviderActs.Write(connection, transaction, [new(notice.NoticeNo, "audit_recovery_booked", request.CheckedBy.Trim(), calendar.UtcNow, $"{request.RecoveryNo}：{new Fen(request.AmountFen)}")], cancellation);
        var shown = await notice.Shown(connection, transaction, county, cancellation);
        await transaction.CommitAsync(cancellation);
        return shown;
    }

    /// <summary>Null: not booked before. Else whether it is the same.</summary>
    private static async Task<bool?> Before(NpgsqlConnection connection, NpgsqlTransaction transaction, BookAuditRecoveryRequest request, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT (notice_no, amount_fen, channel, received_on, bank_reference) = ($2, $3, $4, $5, $6) FROM audit_recovery WHERE recovery_no = $1", connection, transaction);
        foreach (var value in (object[])[request.RecoveryNo, request.NoticeNo, request.AmountFen, request.Channel, DayNumber.ToDate(request.ReceivedOn), request.BankReference]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (bool?)await command.ExecuteScalarAsync(cancellation);
    }
}
