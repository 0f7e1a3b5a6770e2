using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Covers;

/// <summary>What settlement says of a scheme's contributions for a covered year.</summary>
internal static class TermsOfYear
{
    /// <summary>Settlement's words for a scheme without a pack, or a pack without contributions. Any other refusal is a fault of the call.</summary>
    private static readonly string[] None = ["policy.none_in_force", "policy.no_contributions"];

    /// <returns>Null: the county has no terms for the scheme.</returns>
    /// <exception cref="RpcException">Settlement is away, or refuses the call as such.</exception>
    public static async Task<ContributionTerms?> Ask(Settlement.SettlementClient settlement, string county, string insutype, int year, CancellationToken cancellation)
    {
        try { return await settlement.GetContributionTermsAsync(new GetContributionTermsRequest { Insutype = insutype, On = DayNumber.Of(new DateOnly(year, 1, 1)) }, CallTenant.For(county), cancellationToken: cancellation); }
        catch (RpcException e) when (RefusalStatus.FromRpcException(e) is { } refusal && None.Contains(refusal.Code)) { return null; }
    }
}
