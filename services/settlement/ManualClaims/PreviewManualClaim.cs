using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>What the bill would give now, for those who review and approve it: the same calculation, nothing written.</summary>
internal static class PreviewManualClaim
{
    public static async Task<Outcome<SettlementReply>> Query(RunPlace place, long number, CancellationToken cancellation)
    {
        if (await ManualClaim.Find(place, number, cancellation) is not { } claim) return ManualRefusals.Unknown;
        var tried = await place.Journal.Submit(PaperClaim.Try(place.Tenant.Code, ManualClaim.NumberOf(place.Tenant.Code, number), claim.Bill), cancellation);
        return tried.Refusal is { } refusal ? refusal : SettlementRendering.Reply(tried.Value);
    }
}
