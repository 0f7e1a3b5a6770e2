using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>Relatives' personal accounts: after the person's own, one after the other, of what is left to the person. No fund's money; counts in no accumulator.</summary>
public static class FamilyAccounts
{
    /// <summary>No pack's rule has this id.</summary>
    public const string Rule = "family_account";
    /// <summary>fund_pay_type of the row: apart from the own account's 310200 by its last digit, as provinces do (national-interface.md section 3).</summary>
    public const string Fund = "310201";
    private static readonly RuleName Name = new(Rule, "个人账户家庭共济", "Family account");
    private static readonly Payer Payer = new(Fund, Name.Chinese, Rule);

    /// <param name="person">The person's share.</param>
    /// <param name="account">What the own account pays of it.</param>
    /// <returns>The sum and what each account pays; null: none pays anything.</returns>
    internal static (Fen Paid, FamilyPayment[]? Payments) Pay(IReadOnlyList<FamilyAccount> relatives, in FeeTotals fees, Fen person, Fen account, Progress progress, Trace? trace)
    {
        var (paid, payments) = (Fen.Zero, new List<FamilyPayment>(relatives.Count));
        foreach (var relative in relatives)
        {
            var payable = Fen.Max(Fen.Zero, (relative.InCatalogOnly ? person - fees.FullSelfPay : person) - account - paid);
            var pay = Fen.Min(relative.Balance, payable);
            // What an account holds is its owner's affair: it shows only where it was used up, and then it is the result.
            trace?.Rule(Name, new Clause($"家庭共济授权 consent of {relative.PsnNo}", false), pay, null, Inputs.Left(payable));
            if (pay.IsZero) continue;
            payments.Add(new FamilyPayment(relative.PsnNo, pay));
            paid += pay;
        }
        progress.Share(Payer, person, null, paid);
        return (paid, payments.Count == 0 ? null : [.. payments]);
    }
}
