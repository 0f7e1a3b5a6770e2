using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedInsure.FraudAudit.Cases;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Notices;

/// <summary>A paper that left the agency, with its content as it left.</summary>
/// <param name="Kind">hearing, decision, deduction, repayment, reversal, hand_over.</param>
/// <param name="Document">JSON.</param>
/// <param name="Sha256">Of it.</param>
internal sealed record NoticeRow(string NoticeNo, long CaseNo, int DecisionNo, string Kind, string OfNoticeNo, long AmountFen, bool ByPayment, string Document, string Sha256, string IssuedBy, DateTime IssuedAt, DateOnly? ServedOn, string ServedHow)
{
    private const string Columns = "SELECT notice_no, case_no, decision_no, kind, of_notice_no, amount_fen, by_payment, document, sha256, issued_by, issued_at, served_on, served_how FROM case_notice";

    private static readonly Dictionary<string, (string Letter, string Title, string Word)> Kinds = new()
    {
        ["hearing"] = ("H", "陈述申辩告知书", "告"), ["decision"] = ("D", "医疗保障基金稽核处理决定书", "决"), ["deduction"] = ("K", "扣款通知书", "扣"), ["repayment"] = ("R", "基金退回通知书", "退"), ["reversal"] = ("C", "扣款更正通知书", "更"),
        ["hand_over"] = ("Y", "案件移送书", "移"),
    };

    public static bool IsKind(string kind) => Kinds.ContainsKey(kind);

    /// <summary>Gives the paper the next number of its kind and year, without a gap (the number and the paper are one transaction), and keeps it.</summary>
    /// <param name="content">What the kind says beyond its head.</param>
    /// <returns>The number: 230102K2026000001.</returns>
    public static async Task<string> Issue(CaseAct act, CaseOffice office, Tenant county, string kind, int decisionNo, string ofNotice, long amountFen, bool byPayment, string by, object content)
    {
        var (now, (letter, title, word)) = (office.Calendar.Now, Kinds[kind]);
        var number = await act.One<long>("INSERT INTO notice_number (letter, year, last) VALUES ($1, $2, 1) ON CONFLICT (letter, year) DO UPDATE SET last = notice_number.last + 1 RETURNING last", letter, now.Year);
        var no = string.Create(CultureInfo.InvariantCulture, $"{county.Code}{letter}{now.Year:D4}{number:D6}");
        var document = JsonSerializer.Serialize(new
        {
            NoticeNo = no, PrintedNo = string.Create(CultureInfo.InvariantCulture, $"医保稽{word}〔{now.Year}〕{number:D6}号"), Title = title, Kind = kind, County = county.Code, CountyName = county.Name, CaseNo = act.Row.No(county.Code), CaseTitle = act.Row.Title,
            act.Row.SubjectKind, act.Row.Subject, SubjectName = act.Row.IsProvider && office.Provider(county.CityCode, act.Row.Subject) is { IsRefused: false, Value: { } provider } ? provider.Name : null,
            Amount = amountFen > 0 ? AuditJson.Yuan(amountFen) : null, ByPayment = byPayment ? true : (bool?)null, IssuedOn = AuditJson.Day(office.Today), IssuedBy = by, Content = content,
        }, AuditJson.Options);
        await act.Run("""
            INSERT INTO case_notice (notice_no, case_no, decision_no, kind, of_notice_no, amount_fen, by_payment, document, sha256, issued_by, issued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """, no, act.Row.Number, decisionNo, kind, ofNotice, amountFen, byPayment, document, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document))), by, now.UtcDateTime);
        return no;
    }

    public static async Task<NoticeRow?> Find(NpgsqlDataSource database, string noticeNo, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await Read(connection, null, "notice_no = $1", cancellation, noticeNo)).SingleOrDefault();
    }

    public static Task<List<NoticeRow>> OfCase(NpgsqlConnection connection, NpgsqlTransaction? transaction, long caseNo, CancellationToken cancellation) =>
        Read(connection, transaction, "case_no = $1 ORDER BY issued_at, notice_no", cancellation, caseNo);

    /// <param name="where">With the parameters from $1 on.</param>
    public static async Task<List<NoticeRow>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"{Columns} WHERE {where}", connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var rows = new List<NoticeRow>();
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            rows.Add(new NoticeRow(r.GetString(0), r.GetInt64(1), r.GetInt32(2), r.GetString(3), r.GetString(4), r.GetInt64(5), r.GetBoolean(6), r.GetString(7), r.GetString(8), r.GetString(9), r.GetDateTime(10),
                r.IsDBNull(11) ? null : r.GetFieldValue<DateOnly>(11), r.GetString(12)));
        return rows;
    }

    public object Shown(string county) => new
    {
        NoticeNo, CaseNo = CaseRow.NoOf(county, CaseNo), DecisionNo = DecisionNo == 0 ? (int?)null : DecisionNo, Kind, Kinds[Kind].Title, OfNoticeNo = OfNoticeNo.Length > 0 ? OfNoticeNo : null,
        Amount = AmountFen > 0 ? AuditJson.Yuan(AmountFen) : null, ByPayment, Sha256, IssuedBy, IssuedAt = AuditJson.Time(IssuedAt), ServedOn = ServedOn is { } day ? AuditJson.Day(day) : null, ServedHow = ServedHow.Length > 0 ? ServedHow : null,
    };
}
