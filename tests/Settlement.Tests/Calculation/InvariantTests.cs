using FsCheck;
using FsCheck.Fluent;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>
/// Invariants 1 to 5 of settlement-calculation.md section 10. (6 is the ledger's.) Numbers 3 and 4 hold to the fen or to rounding as said at each.
/// </summary>
[Trait("Category", "Property")]
public sealed class InvariantTests
{
    [Fact]
    public void Identities_HoldToTheFenAndNothingIsNegative() => RandomYears.Check(RandomYears.Of(), 3_000, year =>
        year.Settle().Rows.TrueForAll(r =>
        {
            // A reversal's row is the same with the sign turned.
            var sign = r.Changes.Any(c => c is { Key: "basic.paid", Delta: < 0 }) || r.Fees.Total.IsNegative || r.PersonShare.IsNegative ? -1 : 1;
            Fen[] parts = [r.Fees.FullSelfPay, r.Fees.OverLimit, r.Fees.FirstPay, r.Fees.InScope];
            Fen[] funds = [r.BasicFund, r.CivilServant, r.EnterpriseSupplement, r.CriticalIllness, r.LargeSum, r.MedicalAssistance, r.OtherFunds];
            return parts.Concat(funds).Append(r.Deductible).Append(r.PersonShare).Append(r.AccountPaid).Append(r.Cash).All(x => x.Value * sign >= 0)
                && Sum(parts) == r.Fees.Total
                && Sum(funds) == r.FundTotal
                && r.FundTotal + r.HospitalShare + r.PersonShare == r.Fees.Total
                && r.AccountPaid + r.Cash == r.PersonShare
                && Sum(r.Shares.Select(s => s.Amount)) == r.FundTotal + r.AccountPaid + r.HospitalShare;
        }));

    [Fact]
    public void NoFund_PaysMoreThanItsScope() => RandomYears.Check(RandomYears.Of(), 3_000, year =>
        year.Settle().Settled.TrueForAll(s =>
            s.Result.Shares.All(x => x.Amount <= x.InScope) && s.Result.FundTotal <= s.Result.Fees.InScope && s.Result.FundTotal <= s.Result.Fees.Total - s.Result.Fees.FullSelfPay));

    /// <summary>Exactly, not only up to rounding: every share's rounding rises by at most a fen per fen.</summary>
    [Fact]
    public void MoreCostInScope_NeverPaysLess() => RandomYears.Check(RandomYears.Of(), 3_000, year =>
    {
        var (sums, balance, _, _) = year.Settle();
        return year.Visits.All(visit => new long[] { 1, 2, 99, 10_000, 5_000_000 }.All(more =>
            Fund(year, visit, balance, sums) <= Fund(year, visit with { InScope = visit.InScope + more }, balance, sums)));
    });

    /// <summary>The packs' tables say so: deductibles rise and ratios fall with the level. On the same in-scope cost; ceilings by level are the lines' affair.</summary>
    [Fact]
    public void HigherLevel_NeverPaysMore() => RandomYears.Check(RandomYears.Of(), 3_000, year =>
    {
        var (sums, balance, _, _) = year.Settle();
        string[] rising = ["village", "community", "1", "2", "3"];
        return year.Visits.All(visit => rising.Zip(rising.Skip(1)).All(pair =>
            Fund(year, visit with { Level = pair.First }, balance, sums) >= Fund(year, visit with { Level = pair.Second }, balance, sums)));
    });

    /// <summary>
    /// Splitting one visit's cost into several never raises what the person gets, beyond what half-up rounding can add: at most one fen for each of
    /// the at most five roundings of a settlement (ratio, two bands that it crosses, assistance, supplement).
    /// Two exceptions, each with its test below: a rule that counts visits (fixed amounts per case, the maximum of an accident), and Harbin employees'
    /// chronic visits once the annual cap is used up.
    /// </summary>
    [Fact]
    public void Splitting_NeverRaisesThePay() => RandomYears.Check(RandomYears.Of(), 3_000, year =>
    {
        var (sums, balance, _, _) = year.Settle();
        var capUsedUp = year.Pack == "harbin/employee" && sums["basic.paid"] + 300_000 > 22_400_000;
        return year.Visits.Where(v => v.MedType != "52" && v.Group is null && !v.Accident && !(capUsedUp && v.Disease == "chronic_outpatient")).All(visit => new[] { 2, 3, 7 }.All(parts =>
        {
            var whole = Fund(year, visit, balance, sums);
            var (split, running) = (Fen.Zero, sums.Copy());
            foreach (var part in new Fen(visit.InScope).SplitFirstBearsRemainder(parts).Zip(new Fen(Math.Min(visit.Pool, visit.InScope)).SplitFirstBearsRemainder(parts)))
            {
                var piece = visit with { InScope = part.First.Value, Pool = part.Second.Value, FirstPay = 0, OverLimit = 0, SelfPaid = 0 };
                var result = Adjudication.Settle(year.Policy, year.Facts(piece, balance, running), running);
                running.Apply(result.Changes);
                split += result.FundTotal;
            }
            return split <= whole + new Fen(5 * parts);
        }));
    });

    [Fact]
    public void SplittingDeliveries_RaisesThePayAndTheTraceNamesTheRule()
    {
        var year = new RandomYear("guichi/resident", "15", [], 0, []);
        var visit = new RandomVisit("2", "52", null, 200_000, 0, 0, 0, 0, false, null);
        var trace = new Trace();
        var one = Adjudication.Settle(year.Policy, year.Facts(visit, Fen.Zero, new Accumulators()), new Accumulators(), trace);
        var half = Adjudication.Settle(year.Policy, year.Facts(visit with { InScope = 100_000 }, Fen.Zero, new Accumulators()), new Accumulators());
        Assert.True(half.FundTotal.Times(2) > one.FundTotal);
        Assert.Contains(trace.Rows, r => r.RuleId == "basic.delivery.fixed");
    }

    /// <summary>
    /// Section 11 lets the chronic maximum limit first and the annual cap second, and the maximum counts only what was paid: so where the cap pays nothing,
    /// the maximum is never used up and each visit brings the large-sum fund its 90 % anew. The trace shows both limits.
    /// </summary>
    [Fact]
    public void SplittingChronicVisitsAboveTheAnnualCap_RaisesThePayAndTheTraceNamesTheLimits()
    {
        var year = new RandomYear("harbin/employee", "11", [], 0, []);
        var sums = Accumulators.Of(["basic.paid"], [22_400_000L]);
        var visit = new RandomVisit("2", "14", "chronic_outpatient", 1_000_000, 0, 0, 0, 0, false, null);
        var trace = new Trace();
        var one = Adjudication.Settle(year.Policy, year.Facts(visit, Fen.Zero, sums), sums, trace);
        var half = Adjudication.Settle(year.Policy, year.Facts(visit with { InScope = 500_000 }, Fen.Zero, sums), sums);
        Assert.Equal((270_000, 270_000), (one.FundTotal.Value, half.FundTotal.Value));
        Assert.Equal(["lines", "basic.chronic.ratio", "basic.maximum.chronic", "basic.annual_cap", "large_sum", "large_sum.maximum"], trace.Rows.Select(r => r.RuleId));
    }

    /// <summary>One stay settled in parts takes its deductible once, so that it pays what it would in one part, up to rounding.</summary>
    [Fact]
    public void InterimSettlements_PayWhatOneSettlementWould() => RandomYears.Check(RandomYears.Of(), 3_000, year =>
    {
        var (sums, balance, _, _) = year.Settle();
        return year.Visits.Where(v => v.MedType[0] == '2').All(visit => new[] { 2, 3, 7 }.All(parts =>
        {
            var facts = year.Facts(visit, balance, sums);
            var whole = Adjudication.Settle(year.Policy, facts, sums);
            var (paid, taken, basic, running) = (Fen.Zero, Fen.Zero, Fen.Zero, sums.Copy());
            foreach (var part in new Fen(visit.InScope).SplitFirstBearsRemainder(parts))
            {
                var result = Adjudication.Settle(year.Policy, facts with
                {
                    Fees = new FeeTotals(part, Fen.Zero, Fen.Zero, Fen.Zero, part, Fen.Zero),
                    DeductibleTakenInStay = taken, BasicFundPaidInStay = basic, FirstOfStay = taken.IsZero && basic.IsZero && running[Accumulators.Stays] == sums[Accumulators.Stays],
                }, running);
                running.Apply(result.Changes);
                paid += result.FundTotal;
                taken += result.Deductible;
                basic += result.BasicFund;
            }
            return taken == whole.Deductible && Math.Abs((paid - whole.FundTotal).Value) <= 5 * parts && running[Accumulators.Stays] == sums[Accumulators.Stays] + 1;
        }));
    });

    [Fact]
    public void Accumulators_EqualTheSumsOverSettlementsAndReversals() => RandomYears.Check(RandomYears.Of(), 3_000, year =>
    {
        var (sums, balance, settled, rows) = year.Settle();
        var stays = settled.Where(s => s.Visit.MedType[0] == '2').ToList();
        var burdened = settled.Where(s => RandomYears.HasCriticalIllness(year.Pack) && (s.Visit.MedType[0] == '2' || s.Visit is { Disease: "special_outpatient" or "special_outpatient_child" }));
        return sums[Accumulators.Stays] == stays.Count
            && sums["basic.paid"] == Sum(rows.Select(r => r.BasicFund)).Value
            && sums["basic.inpatient.deductible"] == Sum(rows.Select(r => r.Deductible)).Value
            && sums["critical.burden"] == burdened.Sum(s => (s.Result.Fees.InScope - s.Result.BasicFund).Value)
            && sums["critical.paid"] == Sum(rows.Select(r => r.CriticalIllness)).Value
            && sums["large_sum.paid"] == Sum(rows.Select(r => r.LargeSum)).Value
            && sums["assistance.paid"] + sums["civil_affairs.paid"] == Sum(rows.Select(r => r.MedicalAssistance)).Value
            && sums["backstop_351.paid"] + sums["supplement_180.paid"] == Sum(rows.Select(r => r.OtherFunds)).Value
            && balance == new Fen(year.Balance) - Sum(rows.Select(r => r.AccountPaid));
    });

    [Fact]
    public void ReversingEverything_LeavesNothing() => RandomYears.Check(RandomYears.Of(), 2_000, year =>
    {
        var (sums, balance, settled, _) = year.Settle();
        // In any order: here the oldest first.
        foreach (var (_, result) in settled)
        {
            sums.Apply(result.Negated().Changes);
            balance += result.AccountPaid;
        }
        return !sums.Entries.Any() && balance.Value == year.Balance;
    });

    /// <summary>Section 4: the difference of a cumulative function, so that the order within a year does not matter. Special outpatient alone, below every cap.</summary>
    [Fact]
    public void OrderOfTheYear_DoesNotChangeCriticalIllness() => RandomYears.Check(RandomYears.Of("harbin/resident", "guichi/resident"), 2_000, year =>
    {
        var visits = year.Visits.Select(v => v with { MedType = "14", Disease = "special_outpatient", InScope = v.InScope % 1_500_000, Reverses = null }).ToArray();
        var forward = (year with { Visits = visits }).Settle().Rows;
        var backward = (year with { Visits = [.. visits.Reverse()] }).Settle().Rows;
        return Sum(forward.Select(r => r.CriticalIllness)) == Sum(backward.Select(r => r.CriticalIllness));
    });

    [Fact]
    public void SameInputs_GiveTheSameNumbersWithOrWithoutTrace() => RandomYears.Check(RandomYears.Of(), 1_000, year =>
    {
        var (sums, balance, _, _) = year.Settle();
        return year.Visits.All(visit =>
        {
            var facts = year.Facts(visit, balance, sums);
            var (plain, traced) = (Adjudication.Settle(year.Policy, facts, sums), Adjudication.Settle(year.Policy, facts, sums, new Trace()));
            return plain.Shares.SequenceEqual(traced.Shares) && plain.Changes.SequenceEqual(traced.Changes)
                && plain with { Shares = [], Changes = [] } == traced with { Shares = [], Changes = [] };
        });
    });

    private static Fen Fund(RandomYear year, RandomVisit visit, Fen balance, Accumulators sums) => Adjudication.Settle(year.Policy, year.Facts(visit, balance, sums), sums).FundTotal;

    private static Fen Sum(IEnumerable<Fen> amounts) => amounts.Aggregate(Fen.Zero, (a, b) => a + b);
}
