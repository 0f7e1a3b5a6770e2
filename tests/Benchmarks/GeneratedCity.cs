using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;

namespace MedInsure.Benchmarks;

/// <summary>
/// A city that is made up, person by person, the same from the same seed: no file, no memory that grows with its size. The shares are round numbers of
/// what the documents show (most visits are ordinary outpatient, one in seven a stay, one person in eight in some category); all of them are assumed.
/// </summary>
internal sealed class GeneratedCity(BenefitPolicy policy, ulong seed)
{
    public const int LinesPerClaim = 8, VisitsMost = 15;
    /// <summary>Of <see cref="Fill"/>'s visits per person, from 1 to the most.</summary>
    public const int VisitsMean = (1 + VisitsMost) / 2;

    private const int CatalogSize = 3_000;
    private static readonly DateOnly YearBegins = new(2026, 1, 1);
    private static readonly string[] Levels = ["village", "community", "1", "2", "3"];
    private static readonly int[] LevelWeights = [15, 25, 15, 25, 20];
    private static readonly (string MedType, string? Disease)[] Kinds =
        [("11", null), ("14", "special_outpatient"), ("140201", "special_outpatient_child"), ("14", "chronic_outpatient"), ("21", null), ("2101", null), ("52", null), ("41", null)];
    private static readonly int[] KindWeights = [62, 6, 1, 12, 13, 1, 2, 3];
    private static readonly string[][] CategorySets = [["low_income"], ["registered_poor"], ["extreme_hardship"], ["severely_disabled"], ["low_income", "severely_disabled"], ["extreme_hardship", "registered_poor"]];
    private static readonly string[] NoCategory = [];

    private readonly (string Code, UnitPrice Price, LineTerms Terms)[] catalog = [.. Enumerable.Range(0, CatalogSize).Select(i => Item(new Dice(seed + (ulong)i), i))];
    private readonly bool employees = policy.Insutype == "310";

    public BenefitPolicy Policy => policy;

    /// <summary>One item in nine is in no catalog's scope, half of the others have a first payment, one in five a ceiling.</summary>
    private static (string, UnitPrice, LineTerms) Item(Dice dice, int number)
    {
        var price = dice.Below(100) < 70 ? dice.From(5_000, 800_000) * 100L : dice.From(10_000, 4_000_000) * 100L;
        var kind = dice.Below(9);
        var terms = kind == 0 ? LineTerms.WhollySelfPaid(SelfPaidReason.ClassC) : new LineTerms(
            kind < 5 ? LineClass.CoveredWithFirstPay : LineClass.Covered, kind < 5 ? new BasisPoints(dice.From(5, 30) * 100) : BasisPoints.Zero,
            dice.Below(5) == 0 ? new UnitPrice(price * dice.From(70, 99) / 100) : null, dice.Below(3) > 0, SelfPaidReason.None);
        return ($"X{number:D8}", new UnitPrice(price), terms);
    }

    /// <summary>Person number <paramref name="person"/> with all visits of the year.</summary>
    public void Fill(long person, GeneratedYear year)
    {
        var dice = new Dice(seed ^ unchecked((ulong)person * 0x9E3779B97F4A7C15UL));
        var child = !employees && dice.Below(5) == 0;
        var psnType = employees ? (dice.Below(4) == 0 ? "1201" : "1101") : child ? "1403" : "1501";
        var birth = YearBegins.AddDays(-(child ? dice.From(1, 17) : dice.From(18, 90)) * 365);
        var categories = dice.Below(8) == 0 ? CategorySets[dice.Below(CategorySets.Length)] : NoCategory;
        year.Balance = employees ? new Fen(dice.From(0, 800_000)) : Fen.Zero;
        year.Count = 1 + dice.Below(VisitsMost);
        for (var v = 0; v < year.Count; v++)
        {
            var kind = Kinds[Choose(KindWeights, dice.Below(100))];
            var stay = kind.MedType[0] == '2';
            var on = YearBegins.AddDays(v * 360 / year.Count + dice.Below(5));
            year.Facts[v] = new ClaimFacts
            {
                Insutype = policy.Insutype, PsnType = psnType, BirthOn = birth, Categories = categories,
                ProviderLevel = Levels[Choose(LevelWeights, dice.Below(100))], MedType = kind.MedType, DiseaseKind = kind.Disease,
                OffSite = dice.Below(20) == 0, Filed = dice.Below(2) == 0, AccidentWithoutLiableParty = stay && dice.Below(20) == 0,
                Fixed = stay && dice.Below(20) == 0 ? year.Group : null, BeginOn = on, PolicyOn = stay ? on.AddDays(dice.Below(5)) : on, Fees = default, UseAccount = employees,
            };
            // A stay's items are charged many times over.
            var times = stay ? dice.From(2, 120) : dice.From(1, 4);
            var lines = year.Lines.AsSpan(v * LinesPerClaim, LinesPerClaim);
            for (var i = 0; i < lines.Length; i++)
            {
                ref readonly var item = ref catalog[dice.Below(CatalogSize)];
                // One line in ten has a quantity with decimals.
                var quantity = dice.Below(10) == 0 ? dice.From(1_000, 99_999) : 10_000 * dice.From(1, times);
                lines[i] = new ClaimLine(item.Code, on, new Quantity(quantity), item.Price, item.Terms);
            }
        }
    }

    /// <param name="at">Below the sum of the weights.</param>
    private static int Choose(int[] weights, int at)
    {
        var chosen = 0;
        while ((at -= weights[chosen]) >= 0) chosen++;
        return chosen;
    }

    /// <summary>SplitMix64: a number of it costs less than the line that it chooses.</summary>
    private struct Dice(ulong state)
    {
        private ulong state = state;

        public int Below(int count) => From(0, count - 1);

        public int From(int least, int most)
        {
            unchecked
            {
                var z = state += 0x9E3779B97F4A7C15UL;
                z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9UL;
                z = (z ^ z >> 27) * 0x94D049BB133111EBUL;
                return least + (int)((z >> 32) * (ulong)(most - least + 1) >> 32);
            }
        }
    }
}

/// <summary>Room for one generated person, filled again and again.</summary>
internal sealed class GeneratedYear
{
    public readonly FixedBenefit Group = new("per_disease", new Fen(300_000), 1);
    public readonly ClaimFacts[] Facts = new ClaimFacts[GeneratedCity.VisitsMost];
    public readonly ClaimLine[] Lines = new ClaimLine[GeneratedCity.VisitsMost * GeneratedCity.LinesPerClaim];
    public Fen Balance { get; set; }
    public int Count { get; set; }

    public ReadOnlySpan<ClaimLine> LinesOf(int visit) => Lines.AsSpan(visit * GeneratedCity.LinesPerClaim, GeneratedCity.LinesPerClaim);
}
