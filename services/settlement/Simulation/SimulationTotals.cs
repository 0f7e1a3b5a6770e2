using System.Runtime.CompilerServices;

namespace MedInsure.Settlement.Simulation;

/// <summary>A settlement that the draft changes much.</summary>
public sealed record ChangedSettlement(string SetlId, string PsnNo, string County, string Level, string MedType, DateOnly PolicyOn, long Total, PaidSums Before, PaidSums After)
{
    public long FundChange => After.Fund - Before.Fund;
    public long PersonChange => After.Person - Before.Person;
}

/// <summary>A person for whom the draft changes much.</summary>
public sealed record ChangedPerson(string PsnNo, string County, long Settlements, PaidSums Before, PaidSums After)
{
    public long FundChange => After.Fund - Before.Fund;
    public long PersonChange => After.Person - Before.Person;
}

/// <summary>
/// All that a simulation has counted, over the settlements of the draft's pack that stand and lie in the period. Its size depends on the number of groups, not on that of
/// settlements or persons. Totals of several engines add up.
/// </summary>
public sealed class SimulationTotals
{
    /// <summary>Upper ends of the bands of a person's own cost in a year under the base, in fen; a last band has no end. Only for the report: no benefit depends on them.</summary>
    public static readonly long[] BurdenBands = [0, 500_00, 2_000_00, 5_000_00, 10_000_00, 20_000_00, 50_000_00, 100_000_00];

    private PaidSums before, after, outside;
    private Squares squares;

    public Effect All { get; } = new("all");
    /// <summary>By payer, before and after.</summary>
    public PaidSums Before => before;
    public PaidSums After => after;
    /// <summary>Sums of the squares of the persons' changes, by payer.</summary>
    public Int128 SquaresOf(PaidBy payer) => squares[(int)payer];
    public Breakdown Counties { get; } = new();
    /// <summary>By provider_level.</summary>
    public Breakdown Levels { get; } = new();
    /// <summary>By the first two digits of med_type.</summary>
    public Breakdown MedTypes { get; } = new();
    /// <summary>By category of the person on the policy date; who is in several counts in each; "" = none.</summary>
    public Breakdown Categories { get; } = new();
    /// <summary>By the band of the person's own cost in the calendar year, of all settlements that stand; who falls into several in as many years counts in each.</summary>
    public Effect[] Burdens { get; } = [.. Enumerable.Range(0, BurdenBands.Length + 1).Select(b => new Effect(b.ToString(null as IFormatProvider)))];
    /// <summary>Settlements of the same persons outside the period or of another pack, which it changes through the year's sums and the stays' bills.</summary>
    public long OutsideChanged { get; private set; }
    public PaidSums Outside => outside;
    /// <summary>Settlements computed, those included that do not stand.</summary>
    public long Computed { get; internal set; }
    public TopList<ChangedSettlement> TopSettlements { get; } = new(s => Math.Abs(s.FundChange), s => s.SetlId);
    public TopList<ChangedPerson> TopPersons { get; } = new(p => Math.Abs(p.FundChange), p => p.PsnNo);

    internal void AddOutside(in PaidSums change)
    {
        OutsideChanged++;
        outside += change;
    }

    internal void AddPerson(in PaidSums old, in PaidSums fresh)
    {
        before += old;
        after += fresh;
        for (var i = 0; i < PaidSums.Count; i++)
        {
            Int128 change = fresh[i] - old[i];
            squares[i] += change * change;
        }
    }

    public static int BandOf(long ownCost)
    {
        var band = 0;
        while (band < BurdenBands.Length && ownCost > BurdenBands[band]) band++;
        return band;
    }

    public void Add(SimulationTotals other)
    {
        before += other.before;
        after += other.after;
        for (var i = 0; i < PaidSums.Count; i++) squares[i] += other.squares[i];
        outside += other.outside;
        OutsideChanged += other.OutsideChanged;
        Computed += other.Computed;
        All.Add(other.All);
        Counties.Add(other.Counties);
        Levels.Add(other.Levels);
        MedTypes.Add(other.MedTypes);
        Categories.Add(other.Categories);
        for (var b = 0; b < Burdens.Length; b++) Burdens[b].Add(other.Burdens[b]);
        TopSettlements.Add(other.TopSettlements);
        TopPersons.Add(other.TopPersons);
    }

    [InlineArray(PaidSums.Count)]
    private struct Squares { private Int128 first; }
}

/// <summary>The twenty largest; of equals the one whose name comes first, so that the order of reading does not show.</summary>
public sealed class TopList<T>(Func<T, long> size, Func<T, string> name)
{
    public const int Most = 20;
    private readonly List<T> items = [];

    public IReadOnlyList<T> Items => items;

    /// <summary>Whether something of this size can be among them.</summary>
    public bool Takes(long candidate) => candidate > 0 && (items.Count < Most || candidate >= size(items[^1]));

    public void Add(T item)
    {
        if (!Takes(size(item))) return;
        var at = items.FindIndex(other => Before(item, other));
        items.Insert(at < 0 ? items.Count : at, item);
        if (items.Count > Most) items.RemoveAt(Most);
    }

    public void Add(TopList<T> other)
    {
        foreach (var item in other.items) Add(item);
    }

    private bool Before(T a, T b) => size(a) != size(b) ? size(a) > size(b) : string.CompareOrdinal(name(a), name(b)) < 0;
}
