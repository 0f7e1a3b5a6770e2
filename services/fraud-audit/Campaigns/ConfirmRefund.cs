using System.Globalization;
using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.FraudAudit.Campaigns;

/// <summary>
/// Another person than who recorded a self-refund finds its money in the bank: settlement books it in the ledger, under the item's own numbers once. It is recorded here first: if settlement
/// is away, the same request again goes on. Or they strike the item out.
/// </summary>
internal static class ConfirmRefund
{
    private const int BankTextMax = 60;

    /// <param name="Fund">Whose money it is: 390100 …</param>
    /// <param name="Channel">The account that it came to, as billing names it.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Fund, string? Channel, string? ReceivedOn, string? BankReference) : CaseOrder(RequestKey, By, Reason);

    internal sealed record Strike(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    private sealed record Row(long CampaignNo, string Kind, string Name, string Provider, string Rule, long AmountFen, string RecordedBy, string State, string DecidedBy);

    /// <summary>In order: key, who, why; the same request before; the payment; the item, not decided; of a self-inspection; another person; then settlement's.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, ChinaCalendar calendar, AuditMoney.AuditMoneyClient money, long itemNo, Order order)
    {
        Row item;
        var begun = await FieldAct.Begin(request, order, "campaign_item", itemNo, "refund_found", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using (var act = begun.Value)
        {
            if (order.Fund is not { Length: 6 } || !order.Fund.All(char.IsAsciiDigit) || !AuditTexts.IsText(order.Channel, BankTextMax) || !AuditTexts.IsText(order.BankReference, BankTextMax)) return FieldRefusals.BankInvalid;
            if (!FieldText.TryDay(order.ReceivedOn, out var received)) return Refusals.DayInvalid.At("received_on");
            if (received > calendar.Today) return FieldRefusals.DayInFuture.At("received_on");
            if (await Find(act, itemNo) is not { } found) return FieldRefusals.ItemUnknown;
            item = found with { DecidedBy = act.By };
            if (act.Before is null)
            {
                if (found.State is not ("recorded" or "booking") || found.State == "booking" && !TwoPeople.AreOne(order.By, found.DecidedBy)) return FieldRefusals.ItemDecided;
                if (found.Kind != "self_inspection") return FieldRefusals.NotSelfInspection;
                if (TwoPeople.Another(order.By, "by", found.RecordedBy) is { } same) return same;
                await act.Run("UPDATE campaign_item SET state = 'booking', decided_by = $2, received_on = $3 WHERE item_no = $1", itemNo, act.By, received);
                await act.Done(itemNo, new { order.Fund, order.Channel, order.ReceivedOn, order.BankReference });
            }
            else if (found.State == "refunded") return new { ItemNo = itemNo, found.State };
            if (await Book(request, money, itemNo, item, order, DayNumber.Of(received)) is { } away) return away;
        }
        await using var done = request.Database.CreateCommand("UPDATE campaign_item SET state = 'refunded' WHERE item_no = $1 AND state = 'booking'");
        done.Parameters.AddWithValue(itemNo);
        await done.ExecuteNonQueryAsync(request.Cancellation);
        return new { ItemNo = itemNo, State = "refunded" };
    }

    private static async Task<Refusal?> Book(AuditRequest request, AuditMoney.AuditMoneyClient money, long itemNo, Row item, Order order, int receivedOn)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"{request.County.Code}Z{itemNo:D12}");
        try
        {
            await money.BookAuditNoticeAsync(new BookAuditNoticeRequest
            {
                NoticeNo = number, FixmedinsCode = item.Provider, AmountFen = item.AmountFen, ByPayment = true, Fund = order.Fund, Reason = $"{item.Name}：自查自纠退回 {item.Rule}", Evidence = $"专项{item.CampaignNo}-{itemNo}",
                DecidedBy = item.RecordedBy, ReleasedBy = item.DecidedBy,
            }, CallTenant.For(request.County.Code), cancellationToken: request.Cancellation);
            await money.BookAuditRecoveryAsync(new BookAuditRecoveryRequest
            {
                RecoveryNo = $"{number}-1", NoticeNo = number, AmountFen = item.AmountFen, Channel = order.Channel!.Trim(), ReceivedOn = receivedOn, BankReference = order.BankReference!.Trim(), RecordedBy = item.RecordedBy, CheckedBy = item.DecidedBy,
            }, CallTenant.For(request.County.Code), cancellationToken: request.Cancellation);
            return null;
        }
        catch (Grpc.Core.RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { return refusal; }
    }

    /// <summary>In order: key, who, why; the same request before; the item, nothing of it received; another person.</summary>
    public static async Task<Outcome<object>> StrikeOut(AuditRequest request, ChinaCalendar calendar, long itemNo, Strike order)
    {
        var begun = await FieldAct.Begin(request, order, "campaign_item", itemNo, "struck", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is not null) return new { ItemNo = itemNo, State = "struck" };
        if (await Find(act, itemNo) is not { } item) return FieldRefusals.ItemUnknown;
        if (item.State != "recorded") return FieldRefusals.ItemDecided;
        if (TwoPeople.Another(order.By, "by", item.RecordedBy) is { } same) return same;
        await act.Run("UPDATE campaign_item SET state = 'struck', decided_by = $2 WHERE item_no = $1", itemNo, act.By);
        await act.Done(itemNo);
        return new { ItemNo = itemNo, State = "struck" };
    }

    private static async Task<Row?> Find(FieldAct act, long itemNo) => (await act.Rows("""
        SELECT i.campaign_no, c.kind, c.name, i.fixmedins_code, i.rule, i.amount_fen, i.recorded_by, i.state, i.decided_by FROM campaign_item i JOIN campaign c USING (campaign_no) WHERE i.item_no = $1 FOR UPDATE OF i
        """, r => new Row(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5), r.GetString(6), r.GetString(7), r.GetString(8)), itemNo)).FirstOrDefault();
}
