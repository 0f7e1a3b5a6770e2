using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Billing.Desk;

/// <summary>Whose session it is: enrollment says so, at every call, so that a closed one shows nothing any more.</summary>
internal static class OwnSession
{
    /// <returns>The person's number first, then those that were merged into it.</returns>
    public static async Task<Outcome<IReadOnlyList<string>>> Find(PersonDesk.PersonDeskClient enrollment, string county, string session, CancellationToken cancellation)
    {
        try { return (await enrollment.GetOwnPersonAsync(new GetOwnPersonRequest { Session = session }, CallTenant.For(county), cancellationToken: cancellation)).PsnNo; }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { return refusal; }
    }
}
