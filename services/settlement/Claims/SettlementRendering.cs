using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Claims;

/// <summary>The answer to a settlement, from its journal record alone (and the person's identity): so that a replay gives the same answer.</summary>
internal static class SettlementRendering
{
    public static SettlementReply Reply(JournalRecord record, long seq, Person? person)
    {
        var claim = record.SettledClaim ?? record.ReversedClaim.Negated;
        var amounts = claim.Amounts;
        var reply = new SettlementReply
        {
            SetlId = TenantState.SettlementIdOf(record),
            MdtrtId = record.MdtrtId,
            Person = IdentityOf(record.PsnNo, claim.Facts, person),
            FixmedinsCode = claim.FixmedinsCode,
            FixmedinsName = claim.FixmedinsName,
            PolicyLevel = claim.Facts.ProviderLevel,
            HospLv = claim.HospLv,
            ProviderCounty = claim.ProviderCounty,
            MedType = claim.Facts.MedType,
            PolicyOn = claim.Facts.PolicyOn,
            BeginOn = claim.BeginOn,
            EndOn = claim.EndOn,
            SettledAtMs = record.AtMs,
            MessageId = record.Key?.MessageId ?? "",
            CertificateType = claim.CertificateType,
            InvoiceNo = claim.InvoiceNo,
            DiseaseCode = claim.DiseaseCode,
            Interim = claim.Interim,
            TotalFen = amounts.TotalFen,
            FullSelfPayFen = amounts.FullSelfPayFen,
            OverLimitFen = amounts.OverLimitFen,
            FirstPayFen = amounts.FirstPayFen,
            InScopeFen = amounts.InScopeFen,
            DeductibleFen = amounts.DeductibleFen,
            BasicFundFen = amounts.BasicFundFen,
            PoolRatioBp = amounts.PoolRatioBp,
            CivilServantFen = amounts.CivilServantFen,
            EnterpriseFen = amounts.EnterpriseFen,
            CriticalIllnessFen = amounts.CriticalIllnessFen,
            LargeSumFen = amounts.LargeSumFen,
            AssistanceFen = amounts.AssistanceFen,
            OtherFundsFen = amounts.OtherFundsFen,
            FundTotalFen = amounts.FundTotalFen,
            PersonShareFen = amounts.PersonShareFen,
            AccountFen = amounts.AccountFen,
            FamilyAccountFen = amounts.FamilyAccountFen,
            CashFen = amounts.CashFen,
            HospitalShareFen = amounts.HospitalShareFen,
            AccountBalanceFen = amounts.AccountBalanceFen,
            ReversesSetlId = record.ReversedClaim?.OriginalSetlId ?? "",
            PolicyPack = claim.PolicyPack,
            PolicyVersion = claim.PolicyVersion,
            PolicyHash = claim.PolicyHash,
            CatalogVersion = claim.CatalogVersion,
            JournalSeq = seq,
            ClearingType = MedTypes.ClearingType(claim.Facts.MedType),
            ManualClaimNo = claim.Paper?.ClaimNo ?? "",
            ManualReason = claim.Paper?.Reason ?? "",
        };
        reply.Share.AddRange(claim.Share);
        return reply;
    }

    public static SettlementReply Reply(Committed committed) => Reply(committed.Record, committed.Seq, committed.Person?.Insured);

    private static InsuredIdentity IdentityOf(string psnNo, Facts facts, Person? person) => new()
    {
        PsnNo = psnNo,
        PsnName = person?.PsnName ?? "",
        PsnCertType = person?.PsnCertType ?? "",
        Certno = person?.Certno ?? "",
        Gend = person?.Gend ?? "",
        BirthOn = facts.BirthOn,
        PsnType = facts.PsnType,
        Insutype = facts.Insutype,
        County = person?.County ?? "",
    };
}
