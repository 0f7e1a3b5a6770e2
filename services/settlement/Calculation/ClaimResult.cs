using MedInsure.Kernel;

namespace MedInsure.Settlement.Calculation;

/// <summary>Who pays a row of setldetail.</summary>
/// <param name="FundPayType">fund_pay_type, six digits: 390100 …</param>
/// <param name="Name">In Chinese, as the statement prints it.</param>
/// <param name="RuleId">The pack's rule that paid.</param>
public sealed record Payer(string FundPayType, string Name, string RuleId);

/// <summary>One row of setldetail.</summary>
/// <param name="InScope">The sum that the rule worked on.</param>
/// <param name="LimitLeft">What is left of the rule's ceiling after this settlement; null = no ceiling.</param>
public readonly record struct FundShare(Payer Payer, Fen InScope, Fen? LimitLeft, Fen Amount)
{
    public string FundPayType => Payer.FundPayType;
    public string Name => Payer.Name;
    public string RuleId => Payer.RuleId;
}

/// <summary>What one relative's account pays.</summary>
public readonly record struct FamilyPayment(string PsnNo, Fen Amount);

/// <summary>The numbers of one settlement; the comments name the national field.</summary>
public sealed record ClaimResult
{
    public required FeeTotals Fees { get; init; }
    /// <summary>act_pay_dedc</summary>
    public Fen Deductible { get; init; }
    /// <summary>hifp_pay</summary>
    public Fen BasicFund { get; init; }
    /// <summary>pool_prop_selfpay: the basic fund's effective ratio on what was left after the deductible.</summary>
    public BasisPoints PoolRatio { get; init; }
    /// <summary>cvlserv_pay</summary>
    public Fen CivilServant { get; init; }
    /// <summary>hifes_pay</summary>
    public Fen EnterpriseSupplement { get; init; }
    /// <summary>hifmi_pay</summary>
    public Fen CriticalIllness { get; init; }
    /// <summary>hifob_pay</summary>
    public Fen LargeSum { get; init; }
    /// <summary>maf_pay</summary>
    public Fen MedicalAssistance { get; init; }
    /// <summary>oth_pay, with the supplementary policy's part</summary>
    public Fen OtherFunds { get; init; }
    /// <summary>A supplementary policy's part of <see cref="OtherFunds"/>: no fund's money, and the only one that may cover cost out of catalog without a rule of the policy.</summary>
    public Fen Supplement { get; init; }
    /// <summary>fund_pay_sumamt, without the account (national-interface.md section 8, doubt 2).</summary>
    public Fen FundTotal { get; init; }
    /// <summary>hosp_part_amt</summary>
    public Fen HospitalShare { get; init; }
    /// <summary>psn_part_amt</summary>
    public Fen PersonShare { get; init; }
    /// <summary>acct_pay</summary>
    public Fen AccountPaid { get; init; }
    /// <summary>acct_mulaid_pay: relatives' accounts, beside <see cref="AccountPaid"/>.</summary>
    public Fen FamilyPaid { get; init; }
    /// <summary>By account; null: none paid.</summary>
    public IReadOnlyList<FamilyPayment>? FamilyPayments { get; init; }
    /// <summary>psn_cash_pay</summary>
    public Fen Cash { get; init; }
    /// <summary>balc</summary>
    public Fen AccountBalanceAfter { get; init; }
    /// <summary>setldetail, in the policy's order, then the supplementary policy's, the hospital's, the account's and the relatives' accounts' row; rows of zero are left out.</summary>
    public IReadOnlyList<FundShare> Shares { get; init; } = [];
    /// <summary>What the settlement adds to the year's accumulators.</summary>
    public IReadOnlyList<AccumulatorChange> Changes { get; init; } = [];

    /// <summary>The reversal's numbers: every amount and change negated, the account balance as before the settlement, ratio and limits as they were.</summary>
    public ClaimResult Negated() => this with
    {
        Fees = -Fees,
        Deductible = -Deductible,
        BasicFund = -BasicFund,
        CivilServant = -CivilServant,
        EnterpriseSupplement = -EnterpriseSupplement,
        CriticalIllness = -CriticalIllness,
        LargeSum = -LargeSum,
        MedicalAssistance = -MedicalAssistance,
        OtherFunds = -OtherFunds,
        Supplement = -Supplement,
        FundTotal = -FundTotal,
        HospitalShare = -HospitalShare,
        PersonShare = -PersonShare,
        AccountPaid = -AccountPaid,
        FamilyPaid = -FamilyPaid,
        FamilyPayments = FamilyPayments?.Select(p => p with { Amount = -p.Amount }).ToArray(),
        Cash = -Cash,
        AccountBalanceAfter = AccountBalanceAfter + AccountPaid,
        Shares = Shares.Select(s => s with { InScope = -s.InScope, Amount = -s.Amount }).ToArray(),
        Changes = Changes.Select(c => c with { Delta = -c.Delta }).ToArray(),
    };
}
