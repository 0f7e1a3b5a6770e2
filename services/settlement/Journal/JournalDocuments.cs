using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Journal;

/// <summary>Between the journal's documents and the calculation's values, both ways and without loss.</summary>
public static class JournalDocuments
{
    public static Calculation.LineTerms TermsOf(LineTerms terms) => new(
        (LineClass)terms.LineClass, new BasisPoints(terms.FirstPayBp), terms.HasCeilingMicroYuan ? new UnitPrice(terms.CeilingMicroYuan) : null,
        terms.OutpatientPool, (SelfPaidReason)terms.Reason);

    public static ClaimLine ClaimLineOf(PricedLine priced) => new(
        priced.Line.MedListCode, ChinaCalendar.DayOf(priced.Line.OccurredAtMs), new Quantity(priced.Line.QuantityE4),
        new UnitPrice(priced.Line.UnitPriceMicroYuan), TermsOf(priced.Terms));

    public static ClaimLine ClaimLineOf(SettledLine line) => new(
        line.Code, DayNumber.ToDate(line.On), new Quantity(line.QuantityE4), new UnitPrice(line.UnitPriceMicroYuan), TermsOf(line.Terms));

    public static SettledLine SettledLineOf(PricedLine priced) => new()
    {
        FeedetlSn = priced.Line.FeedetlSn,
        Code = priced.Line.MedListCode,
        On = DayNumber.Of(ChinaCalendar.DayOf(priced.Line.OccurredAtMs)),
        QuantityE4 = priced.Line.QuantityE4,
        UnitPriceMicroYuan = priced.Line.UnitPriceMicroYuan,
        Terms = priced.Terms,
    };

    public static Facts DocumentOf(in ClaimFacts facts)
    {
        var document = new Facts
        {
            Insutype = facts.Insutype,
            PsnType = facts.PsnType,
            BirthOn = DayNumber.Of(facts.BirthOn),
            ProviderLevel = facts.ProviderLevel,
            MedType = facts.MedType,
            DiseaseKind = facts.DiseaseKind ?? "",
            FixedKind = facts.Fixed?.Kind ?? "",
            FixedAmountFen = facts.Fixed?.Amount.Value ?? 0,
            FixedCount = facts.Fixed?.Count ?? 0,
            OffSite = facts.OffSite,
            Filed = facts.Filed,
            AccidentWithoutLiableParty = facts.AccidentWithoutLiableParty,
            BeginOn = DayNumber.Of(facts.BeginOn),
            PolicyOn = DayNumber.Of(facts.PolicyOn),
            StayOrdinal = facts.StayOrdinal,
            FirstOfStay = facts.FirstOfStay,
            DeductibleTakenInStayFen = facts.DeductibleTakenInStay.Value,
            DeductibleOfReferringStayFen = facts.DeductibleOfReferringStay.Value,
            BasicFundPaidInStayFen = facts.BasicFundPaidInStay.Value,
            HospitalShareFen = facts.HospitalShare.Value,
            AccountBalanceFen = facts.AccountBalance.Value,
            UseAccount = facts.UseAccount,
        };
        document.Category.AddRange(facts.Categories);
        document.Family = FamilyDocuments.Of(facts.Family);
        if (facts.Supplement is { } s)
            document.Supplement = new Supplement
            {
                ContractNo = s.ContractNo,
                Insurer = s.Insurer,
                PolicyNo = s.PolicyNo,
                FundPayType = s.FundPayType,
                Name = s.Name,
                BillId = s.BillId,
                DecisionNo = s.DecisionNo ?? "",
                AuthorizedFen = s.Authorized.Value,
                Text = s.Text,
            };
        return document;
    }

    public static ClaimFacts FactsOf(Facts document, FeeTotals fees) => new()
    {
        Insutype = document.Insutype,
        PsnType = document.PsnType,
        BirthOn = DayNumber.ToDate(document.BirthOn),
        Categories = document.Category,
        ProviderLevel = document.ProviderLevel,
        MedType = document.MedType,
        DiseaseKind = document.DiseaseKind.Length == 0 ? null : document.DiseaseKind,
        Fixed = document.FixedKind.Length == 0 ? null : new FixedBenefit(document.FixedKind, new Fen(document.FixedAmountFen), document.FixedCount),
        OffSite = document.OffSite,
        Filed = document.Filed,
        AccidentWithoutLiableParty = document.AccidentWithoutLiableParty,
        BeginOn = DayNumber.ToDate(document.BeginOn),
        PolicyOn = DayNumber.ToDate(document.PolicyOn),
        StayOrdinal = document.StayOrdinal,
        FirstOfStay = document.FirstOfStay,
        DeductibleTakenInStay = new Fen(document.DeductibleTakenInStayFen),
        DeductibleOfReferringStay = new Fen(document.DeductibleOfReferringStayFen),
        BasicFundPaidInStay = new Fen(document.BasicFundPaidInStayFen),
        Fees = fees,
        HospitalShare = new Fen(document.HospitalShareFen),
        AccountBalance = new Fen(document.AccountBalanceFen),
        UseAccount = document.UseAccount,
        Family = FamilyDocuments.AccountsOf(document.Family),
        Supplement = document.Supplement is { } s
            ? new Calculation.Supplement(s.ContractNo, s.Insurer, s.PolicyNo, s.FundPayType, s.Name, s.BillId, s.DecisionNo.Length == 0 ? null : s.DecisionNo, new Fen(s.AuthorizedFen), s.Text)
            : null,
    };

    public static Amounts DocumentOf(ClaimResult result) => new()
    {
        TotalFen = result.Fees.Total.Value,
        FullSelfPayFen = result.Fees.FullSelfPay.Value,
        OverLimitFen = result.Fees.OverLimit.Value,
        FirstPayFen = result.Fees.FirstPay.Value,
        InScopeFen = result.Fees.InScope.Value,
        DeductibleFen = result.Deductible.Value,
        BasicFundFen = result.BasicFund.Value,
        PoolRatioBp = result.PoolRatio.Value,
        CivilServantFen = result.CivilServant.Value,
        EnterpriseFen = result.EnterpriseSupplement.Value,
        CriticalIllnessFen = result.CriticalIllness.Value,
        LargeSumFen = result.LargeSum.Value,
        AssistanceFen = result.MedicalAssistance.Value,
        OtherFundsFen = result.OtherFunds.Value,
        FundTotalFen = result.FundTotal.Value,
        HospitalShareFen = result.HospitalShare.Value,
        PersonShareFen = result.PersonShare.Value,
        AccountFen = result.AccountPaid.Value,
        CashFen = result.Cash.Value,
        FamilyAccountFen = result.FamilyPaid.Value,
        AccountBalanceFen = result.AccountBalanceAfter.Value,
        SupplementFen = result.Supplement.Value,
    };

    public static Protos.Settlement.V1.FundShare ShareOf(in Calculation.FundShare share)
    {
        var document = new Protos.Settlement.V1.FundShare { FundPayType = share.FundPayType, Name = share.Name, RuleId = share.RuleId, InScopeFen = share.InScope.Value, AmountFen = share.Amount.Value };
        if (share.LimitLeft is { } left) document.LimitLeftFen = left.Value;
        return document;
    }

    /// <summary>Every amount with the sign turned; the ratio stays, the balance is the caller's.</summary>
    public static Amounts Negated(Amounts a, long accountBalanceFen) => new()
    {
        TotalFen = -a.TotalFen,
        FullSelfPayFen = -a.FullSelfPayFen,
        OverLimitFen = -a.OverLimitFen,
        FirstPayFen = -a.FirstPayFen,
        InScopeFen = -a.InScopeFen,
        DeductibleFen = -a.DeductibleFen,
        BasicFundFen = -a.BasicFundFen,
        PoolRatioBp = a.PoolRatioBp,
        CivilServantFen = -a.CivilServantFen,
        EnterpriseFen = -a.EnterpriseFen,
        CriticalIllnessFen = -a.CriticalIllnessFen,
        LargeSumFen = -a.LargeSumFen,
        AssistanceFen = -a.AssistanceFen,
        OtherFundsFen = -a.OtherFundsFen,
        FundTotalFen = -a.FundTotalFen,
        HospitalShareFen = -a.HospitalShareFen,
        PersonShareFen = -a.PersonShareFen,
        AccountFen = -a.AccountFen,
        CashFen = -a.CashFen,
        FamilyAccountFen = -a.FamilyAccountFen,
        AccountBalanceFen = accountBalanceFen,
        SupplementFen = -a.SupplementFen,
    };

    public static AccumulatorChange[] ChangesOf(SettledClaim claim)
    {
        var changes = new AccumulatorChange[claim.Change.Count];
        for (var i = 0; i < changes.Length; i++) changes[i] = new AccumulatorChange(claim.Change[i].Key, claim.Change[i].Delta);
        return changes;
    }

    public static Accumulators BeforeOf(SettledClaim claim) => Accumulators.Of(claim.Before.Select(b => b.Key), claim.Before.Select(b => b.Value));
}
