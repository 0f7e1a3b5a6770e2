using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Supplements;

/// <summary>A person of this county lets the insurer of a supplementary policy see their bills.</summary>
public static class RecordInsuredConsent
{
    private const int PolicyNoLengthMax = 40, EvidenceLengthMax = 200;

    /// <summary>In order: contract, about a policy; policy number, evidence, county, period; person by certificate, the name; no other consent on a day of the period.</summary>
    public static async Task<Outcome<RecordInsuredConsentReply>> Run(TenantJournal journal, ContractLibrary contracts, Enrollment.EnrollmentClient enrollment, RecordInsuredConsentRequest request, CancellationToken cancellation)
    {
        if (contracts.Find(request.ContractNo) is not { } contract) return Refusals.ContractUnknown;
        if (contract.Supplement is null) return Refusals.ContractIsNoSupplement;
        if (request.PolicyNo.Length is 0 or > PolicyNoLengthMax || !StorableText.Holds(request.PolicyNo)) return Refusals.PolicyNumberInvalid;
        if (request.Evidence.Length > EvidenceLengthMax || !StorableText.Holds(request.Evidence)) return Refusals.EvidenceTooLong;
        if (!contract.Covers(journal.Tenant)) return Refusals.CountyNotCovered;
        if (!DayNumber.IsDay(request.FromOn) || !DayNumber.IsDay(request.ToOn) || request.ToOn < request.FromOn
            || !contract.Period.Contains(DayNumber.ToDate(request.FromOn)) || !contract.Period.Contains(DayNumber.ToDate(request.ToOn))) return Refusals.ConsentPeriodInvalid;
        // Enrollment checks a name that is given; here it must be.
        if (request.Name.Length == 0) return Refusals.NameMismatch;
        Person person;
        try
        {
            person = await enrollment.FindPersonByCertificateAsync(
                new FindPersonByCertificateRequest { PsnCertType = request.CertificateType, Certno = request.CertificateNo, PsnName = request.Name }, CallTenant.For(journal.Tenant.Code), cancellationToken: cancellation);
        }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { return refusal; }
        var outcome = await journal.Submit(Command(person.PsnNo, request), cancellation);
        return outcome.Refusal is { } no && no != Refusals.ConsentUnchanged ? no : new RecordInsuredConsentReply { PsnNo = person.PsnNo };
    }

    internal static JournalCommand Command(string psnNo, RecordInsuredConsentRequest request) => new(ConsentKey.New(), psnNo, context => Decide(context, psnNo, request));

    private static Outcome<JournalRecord> Decide(DecisionContext context, string psnNo, RecordInsuredConsentRequest request)
    {
        var person = context.State.Person(psnNo);
        if (person.Insured is null) return Refusals.PersonUnknown;
        foreach (var consent in person.Consents)
        {
            if (!consent.IsOf(request.ContractNo, request.PolicyNo))
            {
                if (consent.FromOn <= request.ToOn && consent.ToOn >= request.FromOn) return Refusals.ConsentOfOtherPolicy;
            }
            else if (consent.FromOn == request.FromOn && consent.ToOn == request.ToOn) return Refusals.ConsentUnchanged;
        }
        return new JournalRecord
        {
            PsnNo = psnNo,
            ConsentRecorded = new ConsentRecorded { ContractNo = request.ContractNo, PolicyNo = request.PolicyNo, FromOn = request.FromOn, ToOn = request.ToOn, Evidence = request.Evidence },
        };
    }
}
