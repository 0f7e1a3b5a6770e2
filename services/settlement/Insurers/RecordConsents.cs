using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Insurers;

/// <summary>An insurer tells the city who consented; each consent goes to the county where the person is insured, and is taken or refused by itself.</summary>
public static class RecordConsents
{
    private const int ConsentsMax = 1_000, Together = 16;

    /// <summary>In order: the contract is about a policy; not too many. UNAVAILABLE where a county is out of reach: what was taken stays taken, and the same call again is safe.</summary>
    public static async Task<Outcome<RecordConsentsReply>> Run(InsurerContract contract, TenantDirectory directory, Protos.Settlement.V1.Settlement.SettlementClient counties, PersonKey keys, RecordConsentsRequest request, CancellationToken cancellation)
    {
        if (contract.Supplement is null) return Refusals.ContractIsNoSupplement;
        if (request.Consent.Count > ConsentsMax) return Refusals.TooManyConsents;
        var results = new ConsentResult[request.Consent.Count];
        // Those of one person in their order, the others together.
        var persons = request.Consent.Select((c, i) => (Consent: c, Index: i)).GroupBy(c => (c.Consent.County, c.Consent.CertificateType, c.Consent.CertificateNo));
        var outOfReach = false;
        await Parallel.ForEachAsync(persons, new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellation }, async (person, stop) =>
        {
            foreach (var (consent, index) in person)
            {
                try
                {
                    results[index] = await Tell(contract, directory, counties, keys, consent, stop);
                }
                catch (RpcException e) when (CountyAnswer(e)?.Kind == RefusalKind.Unavailable)
                {
                    outOfReach = true;
                    return;
                }
            }
        });
        if (outOfReach) return RefusalStatus.Unavailable;
        return new RecordConsentsReply { Result = { results } };
    }

    private static async Task<ConsentResult> Tell(InsurerContract contract, TenantDirectory directory, Protos.Settlement.V1.Settlement.SettlementClient counties, PersonKey keys, Consent consent, CancellationToken cancellation)
    {
        if (directory.Find(consent.County) is not { } county || !contract.Covers(county)) return Refused(consent, Refusals.CountyNotCovered);
        var telling = new RecordInsuredConsentRequest
        {
            ContractNo = contract.Number,
            CertificateType = consent.CertificateType,
            CertificateNo = consent.CertificateNo,
            Name = consent.Name,
            PolicyNo = consent.PolicyNo,
            FromOn = consent.FromOn,
            ToOn = consent.ToOn,
            Evidence = consent.Evidence,
        };
        try
        {
            var reply = await counties.RecordInsuredConsentAsync(telling, CallTenant.For(consent.County), cancellationToken: cancellation);
            return new ConsentResult { PolicyNo = consent.PolicyNo, PersonKey = keys.Of(contract.Number, reply.PsnNo) };
        }
        catch (RpcException e) when (CountyAnswer(e) is { } refusal && refusal.Kind != RefusalKind.Unavailable) { return Refused(consent, refusal); }
    }

    /// <summary>What a county refused, or that it is out of reach: also where nobody there knows of it. Null: any other failure.</summary>
    internal static Refusal? CountyAnswer(RpcException e) =>
        RefusalStatus.RefusalOrUnavailable(e) is not { } refusal ? null : refusal.Code == Refusals.TenantUnknown.Code ? RefusalStatus.Unavailable : refusal;

    private static ConsentResult Refused(Consent consent, Refusal refusal) =>
        new() { PolicyNo = consent.PolicyNo, RefusalCode = refusal.Code, ChineseText = refusal.Chinese, EnglishText = refusal.English };
}
