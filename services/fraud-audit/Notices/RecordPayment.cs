using System.Globalization;
using MedInsure.FraudAudit.Cases;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.FraudAudit.Notices;

/// <summary>Money of a repayment notice has reached the agency's account: two people record it, and settlement books it once.</summary>
internal static class RecordPayment
{
    private const int BankTextMax = 60;

    /// <param name="By">Who records it.</param>
    /// <param name="Amount">Yuan.</param>
    /// <param name="Channel">The account that it came to, as billing names it (bank-icbc …).</param>
    /// <param name="ReceivedOn">yyyy-MM-dd.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? CheckedBy, decimal? Amount, string? Channel, string? ReceivedOn, string? BankReference) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the notice; the act's own; two people; paid at all; the payment; booked, what is left of it.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string noticeNo, Order order)
    {
        if (order.Unfit is { } unfit) return unfit;
        if (await NoticeRow.Find(request.Database, noticeNo, request.Cancellation) is not { } notice) return NoticeRefusals.Unknown;
        var begun = await CaseAct.Begin(request, CaseRow.NoOf(request.County.Code, notice.CaseNo), order, $"paid {noticeNo}", office.Calendar.UtcNow, "in_force");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (TwoPeople.Check(order.By, "by", order.CheckedBy, "checked_by") is { } same) return same;
        if (notice.Kind != "repayment") return NoticeRefusals.NotPaid;
        if (order.Amount is not (> 0 and <= 1_000_000_000m and var yuan) || decimal.Truncate(yuan * 100) != yuan * 100 || !CaseDays.TryRead(order.ReceivedOn, out var received) || received > office.Today
            || !AuditTexts.IsText(order.Channel, BankTextMax) || !AuditTexts.IsText(order.BankReference, BankTextMax)) return NoticeRefusals.PaymentInvalid;
        var fen = (long)(yuan * 100);
        var money = await office.Money(act.County, noticeNo, "", act.Cancellation);
        if (money.Refusal is { } away) return away;
        if (money.Value is not { } state) return NoticeRefusals.NotBooked;
        if (fen > state.WaitingFen - await Recorded(act, noticeNo)) return NoticeRefusals.MoreThanIsOwed;
        var count = await act.One<long>("SELECT count(*) FROM case_effect WHERE lane = $1 AND kind = 'book_recovery'", noticeNo);
        await CaseEffect.Record(act, noticeNo, "book_recovery", new BookAuditRecoveryRequest
        {
            RecoveryNo = string.Create(CultureInfo.InvariantCulture, $"{noticeNo}-{count + 1}"), NoticeNo = noticeNo, AmountFen = fen, Channel = order.Channel!.Trim(), ReceivedOn = DayNumber.Of(received), BankReference = order.BankReference!.Trim(),
            RecordedBy = order.By!.Trim(), CheckedBy = order.CheckedBy!.Trim(),
        }, office.Today, office.Calendar.UtcNow);
        var shown = await act.Done(new { NoticeNo = noticeNo, Amount = AuditJson.Yuan(fen), order.Channel, order.ReceivedOn, order.BankReference, CheckedBy = order.CheckedBy.Trim() });
        office.Ring(act.County);
        return shown;
    }

    /// <summary>What is recorded here and not booked there yet.</summary>
    private static async Task<long> Recorded(CaseAct act, string noticeNo) =>
        (await CaseEffect.Read(act.Connection, act.Transaction, "lane = $1 AND kind = 'book_recovery' AND state = 'pending'", act.Cancellation, noticeNo))
        .Sum(e => Google.Protobuf.JsonParser.Default.Parse<BookAuditRecoveryRequest>(e.Payload).AmountFen);
}
