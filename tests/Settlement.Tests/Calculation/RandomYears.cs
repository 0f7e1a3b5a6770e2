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
    /// <summary>The day of the visit, the first of a stay.</summary>
    public DateOnly On { get; init; } = RandomYears.Day;
    /// <summary>Of a stay, until it is billed.</summary>
    public int Days { get; init; }
    /// <summary>One more bill of the person's latest stay: only amounts and days are its own.</summary>
    public bool Continues { get; init; }

    public FeeTotals Fees => new(new Fen(InScope + FirstPay + OverLimit + SelfPaid), new Fen(SelfPaid), new Fen(OverLimit), new Fen(FirstPay), new Fen(InScope), new Fen(Math.Min(Pool, InScope)));
}

/// <summary>A person with a year of visits under one pack.</summary>
public sealed record RandomYear(string Pack, string PsnType, string[] Categories, long Balance, RandomVisit[] Visits)
{
    public override string ToString() => $"{Pack} {PsnType} [{string.Join(' ', Categories)}] {Balance}: {string.Join("; ", Visits.Select(v => v.ToString()))}";

    public DateOnly BornOn { get; init; } = new(1980, 1, 1);

    public BenefitPolicy Policy => TestPacks.Find(Pack);

    public ClaimFacts Facts(RandomVisit visit, Fen balance, Accumulators before) => new()
    {
        Insutype = Policy.Insutype,
        PsnType = PsnType,
        BirthOn = BornOn,
        Categories = Categories,
        ProviderLevel = visit.Level,
        MedType = visit.MedType,
        DiseaseKind = visit.Disease,
        OffSite = visit.OffSite,
        Filed = visit.Filed,
        AccidentWithoutLiableParty = visit.Accident,
        Fixed = visit.Group is { } group ? new FixedBenefit(group, new Fen(123_456), visit.Eyes) : null,
        BeginOn = visit.On,
        PolicyOn = visit.On.AddDays(visit.Days),
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

    /// <summary>The scheme unlike ours.</summary>
    public const string Foreign = "test/monthly-cap";

    public static bool HasCriticalIllness(string pack) => pack is not ("harbin/employee" or "yongding/ncms" or "shizhu/resident");

    private static readonly (string MedType, string? Disease)[] Kinds =
    [
        ("11", null), ("13", null), ("16", null), ("14", "special_outpatient"), ("140201", "special_outpatient_child"), ("14", "chronic_outpatient"), ("14", null),
        ("21", null), ("21", null), ("2101", null), ("24", null), ("28", null), ("52", null), ("41", null), ("21", "congenital_heart_child"),
    ];

    /// <summary>Where the packs' deductibles, bands, yearly amounts and caps end, in yuan.</summary>
    private static readonly int[] Ends =
    [
        100, 150, 200, 240, 300, 400, 480, 500, 600, 700, 720, 800, 900, 1_000, 3_000, 4_000, 5_000, 8_000, 12_000, 14_000, 15_000, 21_000, 24_000, 24_600, 30_000, 34_000, 35_400,
        44_400, 50_000, 65_000, 68_000, 80_000, 80_100, 100_000, 114_000, 115_000, 128_000, 164_000, 168_000, 200_000, 215_000, 224_000, 267_000, 300_000, 500_000,
    ];

    /// <summary>A cost at such an end, or of which the share that a ratio leaves lies at one, with or without a deductible before it; and a few fen beside.</summary>
    private static readonly Gen<long> NearAnEnd =
        from end in Gen.Elements(Ends)
        from left in Gen.Elements(100, 15, 20, 25, 30, 40, 45, 50, 60, 70, 75, 80)
        from deductible in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Elements(100, 200, 240, 300, 400, 480, 500, 700, 720, 800, 1_000)))
        from beside in Gen.Choose(-2, 2)
        select Math.Max(0, 10_000L * end / left + 100L * deductible + beside);

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

    /// <summary>
    /// Years with all that comes over time too: months, stays billed in parts, referrals within and beyond 30 days, birthdays at the limits of the foreign pack's
    /// classes; and with amounts where rules end.
    /// </summary>
    public static Arbitrary<RandomYear> OverTime(string pack) => Arb.From(
        from year in Year([pack])
        from scopes in NearAnEnd.ArrayOf(year.Visits.Length)
        from near in Gen.Choose(0, 2).ArrayOf(year.Visits.Length)
        from gaps in Gen.Frequency((2, Gen.Choose(0, 3)), (2, Gen.Choose(25, 32)), (1, Gen.Constant(30)), (1, Gen.Choose(0, 28))).ArrayOf(year.Visits.Length)
        from stays in Gen.Choose(0, 6).ArrayOf(year.Visits.Length)
        from continues in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true))).ArrayOf(year.Visits.Length)
        from born in Gen.Elements(6, 15, 70, 40)
        from days in Gen.Choose(-200, 200)
        select year with
        {
            BornOn = pack == Foreign ? Day.AddYears(-born).AddDays(days) : year.BornOn,
            Visits = [.. year.Visits.Select((v, i) => v with
            {
                InScope = near[i] == 0 ? scopes[i] : v.InScope, Continues = continues[i],
                // Not beyond the year: 12 visits are at most 11 gaps of 32 days and a stay.
                On = new DateOnly(2026, 1, 1).AddDays(Math.Min(350, gaps[..(i + 1)].Sum())), Days = v.MedType[0] == '2' ? stays[i] : 0,
            })],
        }, Shrink);

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
