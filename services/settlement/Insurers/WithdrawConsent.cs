using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Insurers;

/// <summary>An insurer tells the city that consents under a policy number end; the county where they were given ends them.</summary>
public static class WithdrawConsent
{
    public static async Task<Outcome<WithdrawConsentReply>> Run(InsurerContract contract, TenantDirectory directory, Protos.Settlement.V1.Settlement.SettlementClient counties, WithdrawConsentRequest request, CancellationToken cancellation)
    {
        if (contract.Supplement is null) return Refusals.ContractIsNoSupplement;
        // Where nobody can have consented, nothing is to end.
        if (directory.Find(request.County) is not { } county || !contract.Covers(county)) return new WithdrawConsentReply();
        try
        {
            await counties.WithdrawInsuredConsentAsync(new WithdrawInsuredConsentRequest { ContractNo = contract.Number, PolicyNo = request.PolicyNo }, CallTenant.For(request.County), cancellationToken: cancellation);
            return new WithdrawConsentReply();
        }
        catch (RpcException e) when (RecordConsents.CountyAnswer(e) is { } refusal) { return refusal; }
    }
}
