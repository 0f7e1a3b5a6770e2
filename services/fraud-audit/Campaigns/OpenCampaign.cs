using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Campaigns;

/// <summary>A flying inspection or a self-inspection of providers begins: which settlements, which rules, until when. A province's "Hundred-day" or "Storm" campaign is such a one by name.</summary>
internal static class OpenCampaign
{
    private const int NameMax = 100, ProvidersMax = 1_000, RulesMax = 200;

    /// <param name="Kind">flying, self_inspection.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Kind, string? Name, string? FromOn, string? ToOn, string? DeadlineOn, string[]? Rules, string[]? Providers) : CaseOrder(RequestKey, By, Reason);

    /// <param name="Unfinished">Closed although somebody has not reported or money is open; the reason says why.</param>
    internal sealed record Closing(string? RequestKey, string? By, string? Reason, bool Unfinished = false) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; kind, name, period, deadline, rules, providers.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, RuleBook book, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "campaign", 0, "opened", office.Calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is { } before) return await ShowCampaign.Of(act.Connection, before, office.Today, act.Cancellation);
        if (order.Kind is not ("flying" or "self_inspection")) return FieldRefusals.CampaignKindUnknown;
        if (FieldText.Unfit(order.Name, NameMax, needed: true) is { } unfit) return unfit.At("name");
        if (!FieldText.TryPeriod(order.FromOn, order.ToOn, out var from, out var to)) return FieldRefusals.PeriodInvalid;
        if (!FieldText.TryDay(order.DeadlineOn, out var deadline) || deadline < office.Today) return FieldRefusals.DueInvalid.At("deadline_on");
        if (order.Rules is not { Length: > 0 and <= RulesMax } rules || rules.Any(r => r is null || !book.Definitions.ContainsKey(r)) || rules.Distinct().Count() != rules.Length) return FieldRefusals.CampaignRulesInvalid;
        if (order.Providers is not { Length: > 0 and <= ProvidersMax } providers || providers.Any(p => p is null) || providers.Distinct().Count() != providers.Length) return FieldRefusals.CampaignProvidersInvalid;
        foreach (var code in providers)
        {
            var provider = office.Provider(request.County.CityCode, code);
            if (provider.Refusal is { } away) return away;
            if (provider.Value is null) return CaseRefusals.ProviderUnknown.At("providers");
        }
        var number = await act.One<long>("INSERT INTO campaign (kind, name, from_on, to_on, deadline_on, rules, opened_by, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING campaign_no",
            order.Kind, order.Name!.Trim(), from, to, deadline, rules, act.By, act.Now.UtcDateTime);
        await act.Run("INSERT INTO campaign_provider (campaign_no, fixmedins_code) SELECT $1, unnest($2)", number, providers);
        var shown = await ShowCampaign.Of(act.Connection, number, office.Today, act.Cancellation);
        await act.Done(number, new { order.Kind, Providers = providers.Length });
        return shown;
    }

    /// <summary>In order: key, who, why; the same request before; the campaign, open; all reported and every refund decided, unless it is closed unfinished.</summary>
    public static async Task<Outcome<object>> Close(AuditRequest request, ChinaCalendar calendar, long campaignNo, Closing order)
    {
        var begun = await FieldAct.Begin(request, order, "campaign", campaignNo, "closed", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is null)
        {
            if (await Lock(act, campaignNo) is not { } campaign) return FieldRefusals.CampaignUnknown;
            if (campaign.Closed) return FieldRefusals.CampaignClosed;
            if (!order.Unfinished && await act.One<bool>("""
                SELECT EXISTS (SELECT FROM campaign_provider WHERE campaign_no = $1 AND reports = 0) OR EXISTS (SELECT FROM campaign_item WHERE campaign_no = $1 AND state IN ('recorded', 'booking') AND $2 = 'self_inspection')
                """, campaignNo, campaign.Kind)) return FieldRefusals.CampaignOpen;
            await act.Run("UPDATE campaign SET closed_by = $2 WHERE campaign_no = $1", campaignNo, act.By);
            await act.Done(campaignNo, new { order.Unfinished });
        }
        return await ShowCampaign.Of(act.Connection, campaignNo, calendar.Today, act.Cancellation);
    }

    /// <summary>Locks it, so that nobody closes it while something is recorded.</summary>
    public static async Task<(string Kind, DateOnly From, DateOnly To, string[] Rules, bool Closed)?> Lock(FieldAct act, long campaignNo)
    {
        var rows = await act.Rows("SELECT kind, from_on, to_on, rules, closed_by <> '' FROM campaign WHERE campaign_no = $1 FOR UPDATE",
            r => (r.GetString(0), r.GetFieldValue<DateOnly>(1), r.GetFieldValue<DateOnly>(2), r.GetFieldValue<string[]>(3), r.GetBoolean(4)), campaignNo);
        return rows.Count == 0 ? null : rows[0];
    }
}
