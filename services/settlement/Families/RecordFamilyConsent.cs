using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.Families;

/// <summary>The owner of a personal account lets it pay of a relative's bills.</summary>
public static class RecordFamilyConsent
{
    private const int EvidenceLengthMax = 200;
    // Each must be in memory for a bill: a bound, no rule.
    private const int PayersMax = 8;
    // Assumed: no source names the relations; these are the near relatives of the national rules on sharing accounts.
    private static readonly string[] Relations = ["spouse", "parent", "child", "sibling", "grandparent", "grandchild"];

    /// <summary>In order: relation, period, evidence; the owner by e-credential, id or card; the relative by certificate and name; not one person; an account to pay from; not too many.</summary>
    public static async Task<Outcome<RecordFamilyConsentReply>> Run(TenantJournal journal, Enrollment.EnrollmentClient enrollment, RecordFamilyConsentRequest request, CancellationToken cancellation)
    {
        if (!Relations.Contains(request.Relation)) return Refusals.FamilyRelationUnknown;
        if (!DayNumber.IsDay(request.FromOn) || (request.ToOn != 0 && (!DayNumber.IsDay(request.ToOn) || request.ToOn < request.FromOn))) return Refusals.FamilyPeriodInvalid;
        if (request.Evidence.Length > EvidenceLengthMax || !StorableText.Holds(request.Evidence)) return Refusals.EvidenceTooLong;
        var payer = await Payer(journal, enrollment, request, cancellation);
        if (payer.Refusal is { } noPayer) return noPayer.Code == Refusals.PersonUnknown.Code ? Refusals.FamilyPayerNotHere : noPayer;
        if (request.RelativeName.Length == 0) return Refusals.NameMismatch.At("relative_name");
        Person relative;
        try
        {
            relative = await enrollment.FindPersonByCertificateAsync(new FindPersonByCertificateRequest { PsnCertType = request.RelativeCertType, Certno = request.RelativeCertNo, PsnName = request.RelativeName },
                CallTenant.For(journal.Tenant.Code), cancellationToken: cancellation);
        }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { return refusal.Code == Refusals.PersonUnknown.Code ? Refusals.FamilyRelativeNotHere : refusal; }
        if (relative.PsnNo == payer.Value.PsnNo) return Refusals.FamilyIsOneself;
        if (!HasAccount(journal.LookingContext(), payer.Value)) return Refusals.FamilyPayerWithoutAccount;
        var outcome = await journal.Submit(Command(payer.Value.PsnNo, relative.PsnNo, request), cancellation);
        return outcome.Refusal is { } no && no != Refusals.ConsentUnchanged ? no : new RecordFamilyConsentReply { PayerNo = payer.Value.PsnNo, PsnNo = relative.PsnNo };
    }

    private static async Task<Outcome<Person>> Payer(TenantJournal journal, Enrollment.EnrollmentClient enrollment, RecordFamilyConsentRequest request, CancellationToken cancellation)
    {
        // An e-credential is the owner himself; any other paper needs the name, which enrollment checks where it is given.
        if (request.PayerCertType != "01" && request.PayerName.Length == 0) return Refusals.NameMismatch.At("payer_name");
        try
        {
            return await enrollment.IdentifyPersonAsync(new IdentifyPersonRequest
            {
                MdtrtCertType = request.PayerCertType.Length == 0 ? "02" : request.PayerCertType,
                MdtrtCertNo = request.PayerCertNo,
                CardSn = request.PayerCardSn,
                PsnCertType = request.PayerPsnCertType,
                PsnName = request.PayerName,
                Sender = "family-consent",
                MessageId = request.RequestNo,
            }, CallTenant.For(journal.Tenant.Code), cancellationToken: cancellation);
        }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { return refusal; }
    }

    /// <summary>Some cover of a scheme whose pack keeps personal accounts, at any time: what was credited outlasts the employment.</summary>
    private static bool HasAccount(DecisionContext context, Person payer) => payer.Coverage.Any(c =>
        context.Tenant.Packs.TryGetValue(c.Insutype, out var pack) && context.Policies.FindFor(pack, context.Today)?.At(context.Today).Account is not null);

    internal static JournalCommand Command(string payerNo, string psnNo, RecordFamilyConsentRequest request) =>
        new(ConsentKey.New(), psnNo, context => Decide(context, payerNo, psnNo, request)) { NeedsCatalog = false };

    private static Outcome<JournalRecord> Decide(DecisionContext context, string payerNo, string psnNo, RecordFamilyConsentRequest request)
    {
        var person = context.State.Person(psnNo);
        if (person.Insured is null) return Refusals.PersonUnknown;
        var standing = person.Family.Where(c => !c.Withdrawn).ToList();
        if (standing.Exists(c => c.PayerNo == payerNo && c.FromOn == request.FromOn && c.ToOn == request.ToOn)) return Refusals.ConsentUnchanged;
        if (standing.Count(c => c.PayerNo != payerNo) >= PayersMax) return Refusals.FamilyTooMany;
        return new JournalRecord
        {
            PsnNo = psnNo,
            FamilyConsentRecorded = new FamilyConsentRecorded { PayerNo = payerNo, FromOn = request.FromOn, ToOn = request.ToOn, Relation = request.Relation, Evidence = request.Evidence },
        };
    }
}
