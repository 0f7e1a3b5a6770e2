using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Tips;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rewards;

/// <summary>Another person approves a reward, or not; a third records that it was paid, once.</summary>
internal static class DecideReward
{
    private const int ReceiptMax = 60;

    internal sealed record Order(string? RequestKey, string? By, string? Reason, bool? Approved) : CaseOrder(RequestKey, By, Reason);

    /// <param name="Receipt">The voucher's number.</param>
    internal sealed record Payment(string? RequestKey, string? By, string? Reason, string? PaidOn, string? Receipt) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; the reward, not decided; another person; to approve: as much recovered as when it was proposed.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, long rewardNo, Order order)
    {
        if (order.Approved is not { } approved) return Refusals.BodyMalformed.At("approved");
        var begun = await FieldAct.Begin(request, order, "reward", rewardNo, "decided", office.Calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is null)
        {
            if (await RewardRow.Find(act, rewardNo) is not { } reward) return TipRefusals.RewardUnknown;
            if (reward.State != "proposed") return TipRefusals.RewardDecided;
            if (TwoPeople.Another(order.By, "by", reward.ProposedBy) is { } same) return same;
            if (approved)
            {
                var recovered = await RewardRow.Recovered(request, office, act, reward.Tip);
                if (recovered.Refusal is { } away) return away;
                if (recovered.Value < reward.RecoveredFen) return TipRefusals.RecoveredChanged;
            }
            await act.Run("UPDATE reward SET state = $2, decided_by = $3 WHERE reward_no = $1", rewardNo, approved ? "approved" : "rejected", act.By);
        }
        return await Finish(act, request.County.Code, rewardNo, new { approved });
    }

    /// <summary>In order: key, who, why; the same request before; the day, the voucher; the reward, approved and not paid; another person than who proposed and approved it (Xc: finance pays apart).</summary>
    public static async Task<Outcome<object>> Pay(AuditRequest request, ChinaCalendar calendar, long rewardNo, Payment order)
    {
        var begun = await FieldAct.Begin(request, order, "reward", rewardNo, "paid", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is null)
        {
            if (!FieldText.TryDay(order.PaidOn, out var on)) return Refusals.DayInvalid.At("paid_on");
            if (on > calendar.Today) return FieldRefusals.DayInFuture.At("paid_on");
            if (!AuditTexts.IsText(order.Receipt, ReceiptMax) || FieldText.Unfit(order.Receipt, ReceiptMax, needed: true) is not null) return TipRefusals.ReceiptInvalid;
            if (await RewardRow.Find(act, rewardNo) is not { } reward) return TipRefusals.RewardUnknown;
            if (reward.State != "approved") return TipRefusals.RewardDecided;
            if (TwoPeople.Another(order.By, "by", reward.ProposedBy, reward.DecidedBy) is { } same) return same;
            await act.Run("UPDATE reward SET state = 'paid', paid_by = $2, paid_on = $3, receipt = $4 WHERE reward_no = $1", rewardNo, act.By, on, order.Receipt!.Trim());
        }
        return await Finish(act, request.County.Code, rewardNo, new { order.PaidOn, order.Receipt });
    }

    private static async Task<Outcome<object>> Finish(FieldAct act, string county, long rewardNo, object detail)
    {
        var shown = (await RewardRow.Find(act, rewardNo))!.Shown(county);
        if (act.Before is null) await act.Done(rewardNo, detail);
        return shown;
    }
}
