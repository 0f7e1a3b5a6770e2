using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Tips;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rewards;

/// <summary>The reward of a confirmed tip is worked out by the terms and proposed.</summary>
internal static class ProposeReward
{
    internal sealed record Order(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; the tip, confirmed; no other reward; money that came back.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, FieldTerms terms, string tipNo, Order order)
    {
        if (TipRow.Parse(request.County.Code, tipNo) is not { } tip) return TipRefusals.Unknown;
        // The act's subject is the reward that it makes; the tip tells two orders apart.
        var begun = await FieldAct.Begin(request, order, "reward", 0, "proposed", office.Calendar.UtcNow, order.Hash("reward proposed", tip));
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is { } before) return (await RewardRow.Find(act, before))!.Shown(request.County.Code);
        switch (await act.One<string>("SELECT state FROM tip WHERE tip_no = $1 FOR UPDATE", tip))
        {
            case null: return TipRefusals.Unknown;
            case "confirmed": break;
            default: return TipRefusals.NotConfirmed;
        }
        if (await act.One<bool>("SELECT EXISTS (SELECT FROM reward WHERE tip_no = $1 AND state <> 'rejected')", tip)) return TipRefusals.RewardExists;
        var recovered = await RewardRow.Recovered(request, office, act, tip);
        if (recovered.Refusal is { } away) return away;
        if (recovered.Value <= 0) return TipRefusals.NothingRecovered;
        var number = await act.One<long>("INSERT INTO reward (tip_no, recovered_fen, share_bp, amount_fen, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING reward_no",
            tip, recovered.Value, terms.RewardShareBp, RewardRow.Of(new Fen(recovered.Value), terms).Value, act.By, act.Now.UtcDateTime);
        var shown = (await RewardRow.Find(act, number))!.Shown(request.County.Code);
        await act.Done(number, new { TipNo = tipNo });
        return shown;
    }
}
