using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Campaigns;

/// <summary>What a provider reports of itself, or an inspecting team found there: items, each with its rule and money; or nothing. More may follow until the campaign is closed.</summary>
internal static class RecordReport
{
    private const int ItemsMax = 500, TextMax = 500;

    /// <param name="Amount">Yuan; of a self-inspection what the provider gives back.</param>
    internal sealed record Item(string? Rule, string? SetlId, decimal? Amount, string? Text);

    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? FixmedinsCode, string? ReportedOn, IReadOnlyList<Item>? Items) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; the day; the campaign, open, with the provider; the items.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, ChinaCalendar calendar, long campaignNo, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "campaign", campaignNo, "reported", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is not null) return await ShowCampaign.Of(act.Connection, campaignNo, calendar.Today, act.Cancellation);
        if (!FieldText.TryDay(order.ReportedOn, out var on)) return Refusals.DayInvalid.At("reported_on");
        if (on > calendar.Today) return FieldRefusals.DayInFuture.At("reported_on");
        if (await OpenCampaign.Lock(act, campaignNo) is not { } campaign) return FieldRefusals.CampaignUnknown;
        if (campaign.Closed) return FieldRefusals.CampaignClosed;
        var provider = order.FixmedinsCode ?? "";
        if (await act.Run("UPDATE campaign_provider SET reports = reports + 1, reported_on = coalesce(reported_on, $3) WHERE campaign_no = $1 AND fixmedins_code = $2", campaignNo, provider, on) == 0) return FieldRefusals.NotInCampaign;
        var items = order.Items ?? [];
        if (items.Count > ItemsMax) return FieldRefusals.ItemsInvalid;
        foreach (var item in items)
        {
            if (item?.Rule is null || !campaign.Rules.Contains(item.Rule)) return FieldRefusals.ItemsInvalid;
            if (FieldText.Unfit(item.Text, TextMax, needed: true) is { } unfit) return unfit.At("items");
            if (FieldText.Fen(item.Amount) is not { } fen) return FieldRefusals.AmountInvalid.At("items");
            if (item.SetlId is { Length: > 0 } && !await act.One<bool>("SELECT EXISTS (SELECT FROM audit_claim WHERE setl_id = $1 AND fixmedins_code = $2 AND reversed_by IS NULL AND in_scope_fen >= $3 AND settled_at >= $4 AND settled_at < $5)",
                item.SetlId, provider, fen, ChinaCalendar.StartOf(campaign.From).UtcDateTime, ChinaCalendar.StartOf(campaign.To.AddDays(1)).UtcDateTime)) return FieldRefusals.ItemsInvalid;
            await act.Run("INSERT INTO campaign_item (campaign_no, fixmedins_code, rule, setl_id, amount_fen, text, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                campaignNo, provider, item.Rule, item.SetlId ?? "", fen, item.Text!.Trim(), act.By, act.Now.UtcDateTime);
        }
        var shown = await ShowCampaign.Of(act.Connection, campaignNo, calendar.Today, act.Cancellation);
        await act.Done(campaignNo, new { order.FixmedinsCode, order.ReportedOn, Items = items.Count });
        return shown;
    }
}
