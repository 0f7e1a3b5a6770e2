using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderStatements;
using Npgsql;

namespace MedInsure.Settlement.AuditNotices;

/// <summary>A released notice of fraud-audit, under its number once: of a provider a deduction that waits for its next statement, or an amount that is to be paid in.</summary>
internal static class BookAuditNotice
{
    public const int NumberMax = 30, ReasonMax = 500, EvidenceMax = 200, SettlementsMax = 1_000;

    /// <summary>In order: the number, who owes it, the amount, the fund, the texts, the settlements, two people; the same before; the provider's settlements.</summary>
    /// <param name="homeCounty">Whose fund gets it, and whose settlements it is about; empty: the county's own.</param>
    public static async Task<Outcome<AuditNotice>> Execute(NpgsqlDataSource database, string county, BookAuditNoticeRequest request, DateTimeOffset now, CancellationToken cancellation, string homeCounty = "")
    {
        if (request.NoticeNo.Length is 0 or > NumberMax) return AuditNoticeRefusals.NumberInvalid;
        if (request.FixmedinsCode.Length == 0 == (request.PsnNo.Length == 0) || request.PsnNo.Length > 0 && !request.ByPayment) return AuditNoticeRefusals.DebtorInvalid;
        if (request.AmountFen <= 0) return AuditNoticeRefusals.AmountInvalid;
        if (request.ByPayment != (request.Fund.Length > 0) || request.ByPayment && (request.Fund.Length != 6 || !request.Fund.All(char.IsAsciiDigit))) return AuditNoticeRefusals.FundMissing;
        if (!IsText(request.Reason, ReasonMax) || !IsText(request.Evidence, EvidenceMax)) return AuditNoticeRefusals.TextInvalid;
        string[] settlements = [.. request.SetlId];
        if (settlements.Length > SettlementsMax || settlements.Any(s => s.Length is 0 or > 30 || !s.StartsWith(homeCounty, StringComparison.Ordinal)) || settlements.Distinct().Count() != settlements.Length) return AuditNoticeRefusals.SettlementsInvalid;
        if (TwoPeople.Check(request.DecidedBy, "decided_by", request.ReleasedBy, "released_by") is { } unfit) return unfit;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, request.FixmedinsCode + request.PsnNo, cancellation);
        if (await AuditNoticeRow.Find(connection, transaction, request.NoticeNo, cancellation) is { } before)
            return before.Says(request, homeCounty) ? await before.Shown(connection, transaction, county, cancellation) : AuditNoticeRefusals.NumberReused;
        if (request.FixmedinsCode.Length > 0
            && await EnterDeduction.Stray(connection, transaction, "SELECT setl_id FROM provider_claim WHERE fixmedins_code = $2 AND setl_id = ANY($1)", settlements, request.FixmedinsCode, cancellation) is { } stray)
            return StatementRefusals.NotOnStatement(stray);
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO audit_notice (notice_no, fixmedins_code, psn_no, amount_fen, by_payment, fund, reason, evidence, setl_id, decided_by, released_by, booked_at, home_county) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """, connection, transaction))
        {
            foreach (var value in (object[])[request.NoticeNo, request.FixmedinsCode, request.PsnNo, request.AmountFen, request.ByPayment, request.Fund, request.Reason, request.Evidence, settlements, request.DecidedBy.Trim(),
                request.ReleasedBy.Trim(), now.UtcDateTime, homeCounty])
                insert.Parameters.Add(new NpgsqlParameter { Value = value });
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        if (!request.ByPayment)
            await AuditNoticeRow.Enter(connection, transaction, request.NoticeNo, "inspection", request.NoticeNo, request.FixmedinsCode, null, "", request.AmountFen, request.Reason, $"{request.Evidence} {request.NoticeNo}", settlements,
                request.ReleasedBy.Trim(), now, cancellation);
        await ProviderActs.Write(connection, transaction, [new(request.NoticeNo, "audit_notice_booked", request.ReleasedBy.Trim(), now, $"{request.Evidence}：{new Fen(request.AmountFen)} {request.Reason}")], cancellation);
        var row = (await AuditNoticeRow.Find(connection, transaction, request.NoticeNo, cancellation))!;
        var shown = await row.Shown(connection, transaction, county, cancellation);
        await transaction.CommitAsync(cancellation);
        return shown;
    }

    public static bool IsText(string text, int max) => !string.IsNullOrWhiteSpace(text) && text.Length <= max && !text.Any(char.IsControl);
}
