using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Projections;

namespace MedInsure.Settlement.ReportFeed;

/// <summary>What reporting counts of a record: none, one, or a row for each bill that it concerns. Pure.</summary>
internal static class ReportClaimDocument
{
    public static IEnumerable<ReportClaim> Of(JournalRecord record, long seq, int index, string county)
    {
        var part = 0;
        if (record.SettledClaim is { } settled) yield return Bill("settled", settled, settled.SetlId, settled.SetlId);
        else if (record.ReversedClaim is { } reversal) yield return Bill(reversal.Restores ? "restored" : "reversed", reversal.Negated, reversal.SetlId, reversal.RootSetlId);
        else if (record.BenefitsGranted is { } granted)
            foreach (var benefit in granted.Benefit.Where(b => b.AmountFen != 0)) yield return Granted(benefit);
        foreach (var row in CorrectionRow.Of(record, seq, index)) yield return Corrected(row);

        ReportClaim Bill(string kind, SettledClaim claim, string setlId, string root)
        {
            var paper = claim.Paper;
            var told = Begin(kind, setlId, root, record.MdtrtId, claim.Facts, claim.Amounts, claim.Share);
            // The agency settles paper bills under its own code: reports look at who wrote the bill.
            told.FixmedinsCode = paper is { FixmedinsCode.Length: > 0 } ? paper.FixmedinsCode : claim.FixmedinsCode;
            told.ProviderCounty = paper is { Area.Length: > 0 } ? paper.Area : claim.ProviderCounty;
            (told.HospLv, told.DiseaseCode, told.Interim, told.Paper) = (claim.HospLv, claim.DiseaseCode, claim.Interim, paper is not null);
            if (claim.BeginOn != 0) told.BeginOn = claim.BeginOn;
            if (claim.EndOn != 0) told.EndOn = claim.EndOn;
            return told;
        }

        ReportClaim Corrected(CorrectionRow row)
        {
            var told = Begin(row.Kind, row.SetlId, row.RootSetlId, row.MdtrtId, row.Document.Facts, row.Amounts, row.Difference.Share);
            (told.FixmedinsCode, told.ProviderCounty) = (row.Document.FixmedinsCode, row.Document.ProviderCounty);
            return told;
        }

        // Of the settlements that count the last one's facts; of a benefit that is taken back wholly there are none any more.
        ReportClaim Granted(GrantedBenefit benefit)
        {
            var facts = benefit.Facts ?? new Facts { Insutype = benefit.Insutype, PolicyOn = benefit.EffectiveOn };
            var amounts = new Amounts { FundTotalFen = benefit.AmountFen, PersonShareFen = -benefit.AmountFen, CashFen = -benefit.AmountFen };
            Take(amounts, benefit.FundPayType, benefit.AmountFen);
            var told = Begin("granted", benefit.BenefitNo, benefit.BenefitNo, benefit.MdtrtId, facts, amounts, [new FundShare { RuleId = benefit.RuleId, FundPayType = benefit.FundPayType, AmountFen = benefit.AmountFen }]);
            (told.BeginOn, told.EndOn, told.PolicyOn, told.ProviderCounty) = (benefit.EffectiveOn, benefit.EffectiveOn, benefit.EffectiveOn, county);
            return told;
        }

        ReportClaim Begin(string kind, string setlId, string root, string mdtrtId, Facts facts, Amounts amounts, IEnumerable<FundShare> shares)
        {
            var told = new ReportClaim
            {
                Seq = seq, Idx = index, Part = part++, Kind = kind, SetlId = setlId, RootSetlId = root, MdtrtId = mdtrtId, PsnNo = record.PsnNo, ProviderLevel = facts.ProviderLevel, Insutype = facts.Insutype, PsnType = facts.PsnType,
                MedType = facts.MedType, ClrType = MedTypes.ClearingType(facts.MedType), DiseaseKind = facts.DiseaseKind, FixedKind = facts.FixedKind, OffSite = facts.OffSite, Filed = facts.Filed,
                BeginOn = facts.BeginOn == 0 ? facts.PolicyOn : facts.BeginOn, EndOn = facts.PolicyOn, PolicyOn = facts.PolicyOn, AtMs = record.AtMs, Amounts = Amounts(amounts),
            };
            told.Category.AddRange(facts.Category);
            foreach (var share in shares.Where(s => s.AmountFen != 0)) told.Share.Add(new ReportShare { RuleId = share.RuleId, FundPayType = share.FundPayType, AmountFen = share.AmountFen });
            return told;
        }
    }

    /// <summary>The line of a bill that a fund's pay type belongs to (national codes of funds, as the packs name them; seed-facts.md section 6.6 has the lines).</summary>
    private static void Take(Amounts amounts, string fundPayType, long fen)
    {
        switch (fundPayType)
        {
            case ['3', _, _, '1', '0', '0'] when fundPayType is not "330100": amounts.BasicFundFen = fen; break;
            case "330100": amounts.LargeSumFen = fen; break;
            case "390200": amounts.CriticalIllnessFen = fen; break;
            case "610100": amounts.AssistanceFen = fen; break;
            default: amounts.OtherFundsFen = fen; break;
        }
    }

    private static ReportAmounts Amounts(Amounts a) => new()
    {
        TotalFen = a.TotalFen, FullSelfPayFen = a.FullSelfPayFen, OverLimitFen = a.OverLimitFen, FirstPayFen = a.FirstPayFen, InScopeFen = a.InScopeFen, DeductibleFen = a.DeductibleFen, BasicFundFen = a.BasicFundFen,
        CivilServantFen = a.CivilServantFen, EnterpriseFen = a.EnterpriseFen, CriticalIllnessFen = a.CriticalIllnessFen, LargeSumFen = a.LargeSumFen, AssistanceFen = a.AssistanceFen, OtherFundsFen = a.OtherFundsFen,
        SupplementFen = a.SupplementFen, FundTotalFen = a.FundTotalFen, HospitalShareFen = a.HospitalShareFen, PersonShareFen = a.PersonShareFen, AccountFen = a.AccountFen, FamilyAccountFen = a.FamilyAccountFen, CashFen = a.CashFen,
    };
}
