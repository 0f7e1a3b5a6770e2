using System.Runtime.CompilerServices;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Simulation;

/// <summary>Who bears a part of a bill, in the order of the report. OtherFunds is without the supplementary policy's part; Account: the person's own
/// and relatives'; Person = Account + Cash.</summary>
public enum PaidBy { BasicFund, CriticalIllness, LargeSum, Assistance, CivilServant, Enterprise, OtherFunds, Supplement, Person, Account, Cash }

/// <summary>Fen by payer, of one settlement or of many.</summary>
[InlineArray(Count)]
public struct PaidSums
{
    public const int Count = (int)PaidBy.Cash + 1;
    private long first;

    public readonly long Of(PaidBy payer) => this[(int)payer];

    /// <summary>What the funds bear: all but the supplementary policy, the person and the hospital.</summary>
    public readonly long Fund
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < (int)PaidBy.Supplement; i++) sum += this[i];
            return sum;
        }
    }

    public readonly long Person => this[(int)PaidBy.Person];

    public static PaidSums operator +(PaidSums a, in PaidSums b)
    {
        for (var i = 0; i < Count; i++) a[i] += b[i];
        return a;
    }

    public static PaidSums operator -(PaidSums a, in PaidSums b)
    {
        for (var i = 0; i < Count; i++) a[i] -= b[i];
        return a;
    }

    public readonly bool IsZero
    {
        get
        {
            for (var i = 0; i < Count; i++) if (this[i] != 0) return false;
            return true;
        }
    }

    public static PaidSums Of(ClaimResult result)
    {
        var sums = default(PaidSums);
        sums[(int)PaidBy.BasicFund] = result.BasicFund.Value;
        sums[(int)PaidBy.CriticalIllness] = result.CriticalIllness.Value;
        sums[(int)PaidBy.LargeSum] = result.LargeSum.Value;
        sums[(int)PaidBy.Assistance] = result.MedicalAssistance.Value;
        sums[(int)PaidBy.CivilServant] = result.CivilServant.Value;
        sums[(int)PaidBy.Enterprise] = result.EnterpriseSupplement.Value;
        sums[(int)PaidBy.OtherFunds] = result.OtherFunds.Value - result.Supplement.Value;
        sums[(int)PaidBy.Supplement] = result.Supplement.Value;
        sums[(int)PaidBy.Person] = result.PersonShare.Value;
        sums[(int)PaidBy.Account] = result.AccountPaid.Value + result.FamilyPaid.Value;
        sums[(int)PaidBy.Cash] = result.Cash.Value;
        return sums;
    }

    public static PaidSums Of(Amounts booked)
    {
        var sums = default(PaidSums);
        sums[(int)PaidBy.BasicFund] = booked.BasicFundFen;
        sums[(int)PaidBy.CriticalIllness] = booked.CriticalIllnessFen;
        sums[(int)PaidBy.LargeSum] = booked.LargeSumFen;
        sums[(int)PaidBy.Assistance] = booked.AssistanceFen;
        sums[(int)PaidBy.CivilServant] = booked.CivilServantFen;
        sums[(int)PaidBy.Enterprise] = booked.EnterpriseFen;
        sums[(int)PaidBy.OtherFunds] = booked.OtherFundsFen - booked.SupplementFen;
        sums[(int)PaidBy.Supplement] = booked.SupplementFen;
        sums[(int)PaidBy.Person] = booked.PersonShareFen;
        sums[(int)PaidBy.Account] = booked.AccountFen + booked.FamilyAccountFen;
        sums[(int)PaidBy.Cash] = booked.CashFen;
        return sums;
    }
}
