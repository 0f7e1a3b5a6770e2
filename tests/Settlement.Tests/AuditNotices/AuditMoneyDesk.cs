using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.AuditNotices;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Tests.Ledger;
using MedInsure.Settlement.Tests.ProviderStatements;

namespace MedInsure.Settlement.Tests.AuditNotices;

/// <summary>Notices of fraud-audit against a hospital whose June is claimed: 10,000.00 of the pool.</summary>
internal sealed class AuditMoneyDesk(SettlementNode node)
{
    public const string Decided = "林决定", Released = "何签发";

    private int lastNotice;

    public StatementDesk Desk { get; } = new(node);
    public AgencyDesk Agency => field ??= new(Desk);

    public string NewNotice() => $"{Desk.County}K2026{Interlocked.Increment(ref lastNotice):D5}";

    public BookAuditNoticeRequest Notice(long fen) => new()
    {
        NoticeNo = NewNotice(), FixmedinsCode = Desk.Hospital, AmountFen = fen, Reason = "挂床住院：违规本金及违约金", Evidence = "A0001", DecidedBy = Decided, ReleasedBy = Released,
    };

    public BookAuditNoticeRequest OfPerson(long fen) => new()
    {
        NoticeNo = NewNotice(), PsnNo = "P1", ByPayment = true, Fund = "390100", AmountFen = fen, Reason = "冒名住院", Evidence = "A0002", DecidedBy = Decided, ReleasedBy = Released,
    };

    public Task<Outcome<AuditNotice>> Book(BookAuditNoticeRequest request) => BookAuditNotice.Execute(node.Database, Desk.County, request, node.Time.GetUtcNow(), default);

    public async Task<string> Booked(long fen)
    {
        var notice = Notice(fen);
        LedgerDesk.Value(await Book(notice));
        return notice.NoticeNo;
    }

    public Task<Outcome<AuditNotice>> Reverse(string noticeNo, long fen, string no = "R1") => ReverseAuditNotice.Execute(node.Database, Desk.County,
        new() { ReversalNo = no, NoticeNo = noticeNo, AmountFen = fen, Reason = "申诉成立", DecidedBy = Decided, ReleasedBy = Released }, Desk.Calendar, default);

    public Task<Outcome<AuditNotice>> Pay(string noticeNo, long fen, string no = "B1", Action<BookAuditRecoveryRequest>? with = null)
    {
        var request = new BookAuditRecoveryRequest
        {
            RecoveryNo = no, NoticeNo = noticeNo, AmountFen = fen, Channel = "bank-icbc", ReceivedOn = DayNumber.Of(Desk.Calendar.Today), BankReference = $"BK{no}", RecordedBy = "吴经办", CheckedBy = "郑复核",
        };
        with?.Invoke(request);
        return BookAuditRecovery.Execute(node.Database, Desk.County, request, Desk.Calendar, default);
    }

    public async Task<AuditNotice> Shown(string noticeNo) => LedgerDesk.Value(await GetAuditNotice.Query(node.Database, Desk.County, noticeNo, default));

    /// <summary>A month's claim, accepted: the statement's number.</summary>
    public async Task<string> Claimed(long fundFen = 1_000_000, int month = StatementDesk.June)
    {
        await Desk.Foreign(2 * fundFen, month: month % 100);
        Desk.Ledger.SetDay(month % 100 + 1, 5);
        await Desk.Applied("21", month);
        return await Agency.Accepted(month);
    }

    public static string Text(AuditNotice n) =>
        $"{n.AmountFen}: reversed {n.ReversedFen}, waiting {n.WaitingFen}, in review {n.InReviewFen}, recovered {n.RecoveredFen}, returned {n.ReturnedFen}, to return {n.ToReturnFen}";

    /// <summary>Without the settlements' own entries.</summary>
    public async Task<List<string>> Income() => [.. (await Settlement.Ledger.GetLedger.Query(Desk.Place, default)).Value.Balances
        .Where(b => b.Account.Purpose is "deduction_income" or "revenue_account" or "person_payable" && b.AmountFen != 0).Select(b => $"{b.Account.Purpose} {b.Account.Fund} {b.Account.Counterparty} {b.AmountFen}").Order(StringComparer.Ordinal)];
}
