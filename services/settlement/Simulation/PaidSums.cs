using System.Runtime.CompilerServices;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Simulation;

/// <summary>Who bears a part of a bill, in the order of the report. OtherFunds is without the supplementary policy's part; Person = Account + Cash.</summary>
public enum Payer { BasicFund, CriticalIllness, LargeSum, Assistance, CivilServant, Enterprise, OtherFunds, Supplement, Person, Account, Cash }

/// <summary>Fen by payer, of one settlement or of many.</summary>
[InlineArray(Count)]
public struct PaidSums
{
    public const int Count = (int)Payer.Cash + 1;
    private long first;

    public readonly long Of(Payer payer) => this[(int)payer];

    /// <summary>What the funds bear: all but the supplementary policy, the person and the hospital.</summary>
    public readonly long Fund
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < (int)Payer.Supplement; i++) sum += this[i];
            return sum;
        }
    }

    public readonly long Person => this[(int)Payer.Person];

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
        sums[(int)Payer.BasicFund] = result.BasicFund.Value;
        sums[(int)Payer.CriticalIllness] = result.CriticalIllness.Value;
        sums[(int)Payer.LargeSum] = result.LargeSum.Value;
        sums[(int)Payer.Assistance] = result.MedicalAssistance.Value;
        sums[(int)Payer.CivilServant] = result.CivilServant.Value;
        sums[(int)Payer.Enterprise] = result.EnterpriseSupplement.Value;
        sums[(int)Payer.OtherFunds] = result.OtherFunds.Value - result.Supplement.Value;
        sums[(int)Payer.Supplement] = result.Supplement.Value;
        sums[(int)Payer.Person] = result.PersonShare.Value;
        sums[(int)Payer.Account] = result.AccountPaid.Value;
        sums[(int)Payer.Cash] = result.Cash.Value;
        return sums;
    }

    public static PaidSums Of(Amounts booked)
    {
        var sums = default(PaidSums);
        sums[(int)Payer.BasicFund] = booked.BasicFundFen;
        sums[(int)Payer.CriticalIllness] = booked.CriticalIllnessFen;
        sums[(int)Payer.LargeSum] = booked.LargeSumFen;
        sums[(int)Payer.Assistance] = booked.AssistanceFen;
        sums[(int)Payer.CivilServant] = booked.CivilServantFen;
        sums[(int)Payer.Enterprise] = booked.EnterpriseFen;
        sums[(int)Payer.OtherFunds] = booked.OtherFundsFen - booked.SupplementFen;
        sums[(int)Payer.Supplement] = booked.SupplementFen;
        sums[(int)Payer.Person] = booked.PersonShareFen;
        sums[(int)Payer.Account] = booked.AccountFen;
        sums[(int)Payer.Cash] = booked.CashFen;
        return sums;
    }
}
