using FsCheck;
using FsCheck.Fluent;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>A visit of a random year, amounts in fen. <paramref name="Reverses"/>: after it, the visit of that index is reversed.</summary>
public sealed record RandomVisit(string Level, string MedType, string? Disease, long InScope, long Pool, long FirstPay, long OverLimit, long SelfPaid, bool UseAccount, int? Reverses)
{
    /// <summary>What only some packs ask for.</summary>
    public bool OffSite { get; init; }
    public bool Filed { get; init; }
    public bool Accident { get; init; }
    /// <summary>The disease list's fixed group, with the operated eyes.</summary>
    public string? Group { get; init; }
    public int Eyes { get; init; } = 1;

    public FeeTotals Fees => new(new Fen(InScope + FirstPay + OverLimit + SelfPaid), new Fen(SelfPaid), new Fen(OverLimit), new Fen(FirstPay), new Fen(InScope), new Fen(Math.Min(Pool, InScope)));
}

/// <summary>A person with a year of visits under one pack.</summary>
public sealed record RandomYear(string Pack, string PsnType, string[] Categories, long Balance, RandomVisit[] Visits)
{
    public override string ToString() => $"{Pack} {PsnType} [{string.Join(' ', Categories)}] {Balance}: {string.Join("; ", Visits.Select(v => v.ToString()))}";

    public BenefitPolicy Policy => TestPacks.Find(Pack);

    public ClaimFacts Facts(RandomVisit visit, Fen balance, Accumulators before) => new()
    {
        Insutype = Policy.Insutype,
        PsnType = PsnType,
        BirthOn = new DateOnly(1980, 1, 1),
        Categories = Categories,
        ProviderLevel = visit.Level,
        MedType = visit.MedType,
        DiseaseKind = visit.Disease,
        OffSite = visit.OffSite,
        Filed = visit.Filed,
        AccidentWithoutLiableParty = visit.Accident,
        Fixed = visit.Group is { } group ? new FixedBenefit(group, new Fen(123_456), visit.Eyes) : null,
        BeginOn = RandomYears.Day,
        PolicyOn = RandomYears.Day,
        StayOrdinal = (int)before[Accumulators.Stays] + 1,
        Fees = visit.Fees,
        AccountBalance = balance,
        UseAccount = visit.UseAccount,
    };

    /// <summary>Settles the visits in order, with their reversals; an original is reversed once at most.</summary>
    public (Accumulators Sums, Fen Balance, List<(RandomVisit Visit, ClaimResult Result)> Settled, List<ClaimResult> Rows) Settle()
    {
        var (sums, balance) = (new Accumulators(), new Fen(Balance));
        var settled = new List<(RandomVisit, ClaimResult)>();
        var rows = new List<ClaimResult>();
        foreach (var visit in Visits)
        {
            var result = Adjudication.Settle(Policy, Facts(visit, balance, sums), sums);
            sums.Apply(result.Changes);
            balance = result.AccountBalanceAfter;
            settled.Add((visit, result));
            rows.Add(result);
            if (visit.Reverses is not { } index) continue;
            var back = settled[index % settled.Count].Item2.Negated();
            settled.RemoveAt(index % settled.Count);
            sums.Apply(back.Changes);
            balance -= back.AccountPaid;
            rows.Add(back);
        }
        return (sums, balance, settled, rows);
    }
}

/// <summary>Random years for the properties, shrinking to fewer visits and smaller amounts.</summary>
internal static class RandomYears
{
    public static readonly DateOnly Day = new(2026, 6, 1);

    public static readonly string[] Packs = ["harbin/resident", "harbin/employee", "guichi/resident", "bijie/resident", "yongding/ncms", "rizhao/resident", "shizhu/resident"];

    public static bool HasCriticalIllness(string pack) => pack is not ("harbin/employee" or "yongding/ncms" or "shizhu/resident");

    private static readonly (string MedType, string? Disease)[] Kinds =
    [
        ("11", null), ("13", null), ("16", null), ("14", "special_outpatient"), ("140201", "special_outpatient_child"), ("14", "chronic_outpatient"), ("14", null),
        ("21", null), ("21", null), ("2101", null), ("24", null), ("28", null), ("52", null), ("41", null), ("21", "congenital_heart_child"),
    ];

    /// <summary>From single fen over ordinary bills to sums that pass every cap.</summary>
    private static readonly Gen<long> Amount = Gen.Frequency(
        (1, Gen.Constant(0L)), (2, Gen.Choose(1, 500).Select(x => (long)x)), (4, Gen.Choose(1, 500_000).Select(x => (long)x)),
        (4, Gen.Choose(1, 10_000_000).Select(x => (long)x)), (2, Gen.Choose(1, 80_000_000).Select(x => (long)x)));

    private static readonly Gen<RandomVisit> Visit =
        from level in Gen.Elements("3", "2", "1", "community", "village")
        from kind in Gen.Elements(Kinds)
        from scope in Amount
        from pool in Gen.OneOf(Gen.Constant(long.MaxValue), Gen.Constant(0L), Gen.Choose(1, 40_000).Select(x => (long)x))
        from rest in Amount.Three()
        from account in Gen.Elements(true, false)
        from reverses in Gen.Frequency((7, Gen.Constant((int?)null)), (1, Gen.Choose(0, 20).Select(x => (int?)x)))
        from flags in Gen.Elements(true, false).Three()
        from accident in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        from eyes in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Choose(1, 2)))
        select new RandomVisit(level, kind.MedType, kind.Disease, scope, pool, rest.Item1, rest.Item2, rest.Item3, account, reverses)
        {
            OffSite = flags.Item1, Filed = flags.Item2, Accident = accident, Eyes = Math.Max(1, eyes),
            Group = eyes == 0 || kind.MedType[0] != '2' ? null : flags.Item3 ? "per_disease" : "per_eye",
        };

    private static Gen<RandomYear> Year(string[] packs) =>
        from pack in Gen.Elements(packs)
        let employee = pack == "harbin/employee"
        from type in employee ? Gen.Elements("1101", "12") : Gen.Elements("15", "16", "1403", "14")
        from categories in Gen.SubListOf("registered_poor", "low_income", "extreme_hardship", "severely_disabled")
        from balance in employee ? Amount : Gen.Constant(0L)
        from count in Gen.Choose(1, 12)
        from visits in Visit.ArrayOf(count)
        select new RandomYear(pack, type, [.. categories], balance, visits);

    public static Arbitrary<RandomYear> Of(params string[] packs) => Arb.From(Year(packs.Length == 0 ? Packs : packs), Shrink);

    public static void Check(Arbitrary<RandomYear> years, int count, Func<RandomYear, bool> holds) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(100), Prop.ForAll(years, holds));

    private static IEnumerable<RandomYear> Shrink(RandomYear year)
    {
        for (var i = 0; i < year.Visits.Length && year.Visits.Length > 1; i++) yield return year with { Visits = [.. year.Visits[..i], .. year.Visits[(i + 1)..]] };
        for (var i = 0; i < year.Visits.Length; i++)
        {
            var v = year.Visits[i];
            if (v.Reverses is not null) yield return With(i, v with { Reverses = null });
            if (v.FirstPay + v.OverLimit + v.SelfPaid > 0) yield return With(i, v with { FirstPay = 0, OverLimit = 0, SelfPaid = 0 });
            if (v.InScope > 0)
            {
                yield return With(i, v with { InScope = v.InScope / 2 });
                yield return With(i, v with { InScope = v.InScope - 1 });
            }
        }

        RandomYear With(int index, RandomVisit visit)
        {
            RandomVisit[] visits = [.. year.Visits];
            visits[index] = visit;
            return year with { Visits = visits };
        }
    }
}
