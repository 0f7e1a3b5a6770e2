using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Policies;

/// <summary>Provider levels in rising order; also the bit of a level in a condition. A village clinic has the community's benefits (settlement-calculation.md section 11).</summary>
internal static class Levels
{
    public static readonly string[] Rising = ["pharmacy", "community", "1", "2", "3"];

    public static int Find(string level) => level switch
    {
        "3" => 4,
        "2" => 3,
        "1" => 2,
        "community" or "village" => 1,
        "pharmacy" => 0,
        _ => -1,
    };
}

/// <summary>A claim as the pack's conditions see it: names turned into bits, once per settlement.</summary>
internal readonly record struct Situation
{
    /// <summary>One bit for each of kind of visit, level, filed, off-site and accident: a condition holds where it excludes none of them.</summary>
    public ulong Visited { get; private init; }
    /// <summary>One bit for each of class of persons and disease.</summary>
    public ulong Afflicted { get; private init; }
    public ulong Categories { get; }
    public int Level { get; private init; }
    /// <summary>Index of the kind of visit in the pack; -1: the pack knows none for it.</summary>
    public int Visit { get; }
    public int MedType { get; }
    public int Stay { get; }
    public string? Group { get; }
    /// <summary>1 + the other months of the year in which the rule at hand has paid.</summary>
    public int MonthReached { get; private init; }

    /// <param name="person">One bit; 0: of no class.</param>
    /// <param name="disease">One bit; 0: none that the pack knows.</param>
    public Situation(uint person, ulong categories, int level, int visit, uint disease, int medType, int stay, bool filed, bool offSite, bool accident, string? group, int monthReached = 0)
    {
        Visited = Marks.Visit(visit) | Marks.Level(level) | Marks.Filed(filed) | Marks.OffSite(offSite) | Marks.Accident(accident);
        Afflicted = Marks.Person(person) | Marks.Disease(disease);
        (Categories, Level, Visit, MedType, Stay, Group, MonthReached) = (categories, level, visit, medType, stay, group, monthReached);
    }

    /// <exception cref="ArgumentException">A level or med_type of no known form.</exception>
    public static Situation Of(PolicyTerms terms, in ClaimFacts facts)
    {
        var level = Levels.Find(facts.ProviderLevel);
        if (level < 0) throw new ArgumentException($"provider level '{facts.ProviderLevel}' is not known", nameof(facts));
        var med = facts.MedType;
        if (med.Length < 2 || med[0] is < '0' or > '9' || med[1] is < '0' or > '9') throw new ArgumentException($"med_type '{med}' is not known", nameof(facts));
        var medType = (med[0] - '0') * 10 + (med[1] - '0');
        var categories = 0UL;
        for (var i = 0; i < facts.Categories.Count; i++) categories |= terms.Names.CategoryBit(facts.Categories[i]);
        var disease = facts.DiseaseKind is { } kind ? terms.Names.DiseaseBit(kind) : 0;
        return new Situation(terms.PersonBit(facts), categories, level, terms.FindVisit(medType, disease), disease, medType,
            facts.StayOrdinal, facts.Filed, facts.OffSite, facts.AccidentWithoutLiableParty, facts.Fixed?.Kind);
    }

    public Situation AtLevel(int level) => this with { Level = level, Visited = Visited ^ Marks.Level(Level) | Marks.Level(level) };
    public Situation InMonth(int reached) => this with { MonthReached = reached };
}

/// <summary>
/// The bits of <see cref="Situation"/>. A condition that restricts a field excludes the bits of all its other values, the one for "none" too, so that
/// most of a condition is two comparisons.
/// </summary>
internal static class Marks
{
    /// <summary>Names of one kind in a pack; the bit above is nobody's (an unknown name), the one above that stands for none.</summary>
    public const int NamesMost = 30;
    private const uint None = 1U << 31;
    private const int LevelsAt = 32, FlagsAt = 40;

    public static ulong Visit(int visit) => visit < 0 ? None : 1UL << visit;
    public static ulong Level(int level) => 1UL << (LevelsAt + level);
    public static ulong Filed(bool set) => Flag(0, set);
    public static ulong OffSite(bool set) => Flag(1, set);
    public static ulong Accident(bool set) => Flag(2, set);
    public static ulong Person(uint bit) => bit == 0 ? None : bit;
    public static ulong Disease(uint bit) => (ulong)(bit == 0 ? None : bit) << 32;

    public static ulong VisitsBut(uint visits) => ~visits;
    public static ulong LevelsBut(int levels) => (ulong)(~levels & (1 << Levels.Rising.Length) - 1) << LevelsAt;
    public static ulong PersonsBut(uint persons) => ~persons;
    public static ulong DiseasesBut(uint diseases) => (ulong)~diseases << 32;

    private static ulong Flag(int number, bool set) => 1UL << (FlagsAt + 2 * number + (set ? 1 : 0));
}

/// <summary>The names that a pack's conditions use, numbered in the order of first use.</summary>
internal sealed class PackNames
{
    private readonly List<string> categories = [], diseases = [], persons = [], visits = [];

    public ulong CategoryBit(string name) => categories.IndexOf(name) is var at and >= 0 ? 1UL << at : 0;
    public uint DiseaseBit(string name) => diseases.IndexOf(name) is var at and >= 0 ? 1U << at : 0;
    public int Person(string name) => persons.IndexOf(name);
    public int Visit(string name) => visits.IndexOf(name);

    public ulong AddCategory(string name) => 1UL << Add(categories, name, 64);
    public uint AddDisease(string name) => 1U << Add(diseases, name, Marks.NamesMost);
    public int AddPerson(string name) => Add(persons, name, Marks.NamesMost);
    public int AddVisit(string name) => Add(visits, name, Marks.NamesMost);

    private static int Add(List<string> names, string name, int most)
    {
        var at = names.IndexOf(name);
        if (at >= 0) return at;
        if (names.Count == most) throw new InvalidOperationException($"more than {most} names of one kind");
        names.Add(name);
        return names.Count - 1;
    }
}

/// <summary>When a value applies. What is not stated applies to all.</summary>
internal sealed class Condition
{
    public static readonly Condition Always = new();

    private ulong visitsExcluded, afflictedExcluded;
    private bool asksMore;

    public uint Persons { get; init { field = value; if (value != uint.MaxValue) afflictedExcluded |= Marks.PersonsBut(value); } } = uint.MaxValue;
    /// <summary>Any of these; 0 = everybody.</summary>
    public ulong Categories { get; init; }
    public int Levels { get; init { field = value; visitsExcluded |= Marks.LevelsBut(value); } } = -1;
    public uint Visits { get; init { field = value; if (value != uint.MaxValue) visitsExcluded |= Marks.VisitsBut(value); } } = uint.MaxValue;
    /// <summary>0 = any disease or none.</summary>
    public uint Diseases { get; init { field = value; if (value != 0) afflictedExcluded |= Marks.DiseasesBut(value); } }
    public bool[]? MedTypes { get; init { field = value; asksMore |= value is not null; } }
    public (int From, int To) Stay { get; init { field = value; asksMore |= value != (0, int.MaxValue); } } = (0, int.MaxValue);
    public (int From, int To) MonthReached { get; init { field = value; asksMore |= value != (0, int.MaxValue); } } = (0, int.MaxValue);
    public bool? Filed { get; init { field = value; if (value is { } set) visitsExcluded |= Marks.Filed(!set); } }
    public bool? OffSite { get; init { field = value; if (value is { } set) visitsExcluded |= Marks.OffSite(!set); } }
    public bool? Accident { get; init { field = value; if (value is { } set) visitsExcluded |= Marks.Accident(!set); } }
    public string[]? Groups { get; init { field = value; asksMore |= value is not null; } }

    public bool CountsMonths => MonthReached != (0, int.MaxValue);

    public bool SameAs(Condition other) =>
        (Persons, Categories, Levels, Visits, Diseases, Stay, MonthReached) == (other.Persons, other.Categories, other.Levels, other.Visits, other.Diseases, other.Stay, other.MonthReached)
        && (Filed, OffSite, Accident) == (other.Filed, other.OffSite, other.Accident)
        && (MedTypes ?? []).AsSpan().SequenceEqual(other.MedTypes) && (Groups ?? []).AsSpan().SequenceEqual(other.Groups);

    public bool Holds(in Situation s) =>
        (visitsExcluded & s.Visited) == 0 && (afflictedExcluded & s.Afflicted) == 0 && (Categories == 0 || (Categories & s.Categories) != 0) && (!asksMore || HoldsInFull(s));

    private bool HoldsInFull(in Situation s) =>
        (MedTypes is null || MedTypes[s.MedType])
        && s.Stay >= Stay.From && s.Stay <= Stay.To
        && (!CountsMonths || s.MonthReached >= MonthReached.From && s.MonthReached <= MonthReached.To)
        && (Groups is null || s.Group is not null && Array.IndexOf(Groups, s.Group) >= 0);
}

/// <summary>Where a value comes from. Assumed: from nowhere yet, with the reason in the text.</summary>
internal sealed record Clause(string Text, bool Assumed);

internal enum Choice : byte { First, Highest, Lowest }

/// <summary>A value of a pack with its condition and origin.</summary>
/// <param name="Line">In the pack, for messages about it.</param>
internal sealed record Row<T>(Condition When, T Value, Clause Clause, long Line);

/// <summary>The values of one rule in the pack's order; which of those that apply counts, the pack says.</summary>
internal sealed class Table<T>(Row<T>[] rows, Choice choice, Comparison<T>? order)
{
    public static readonly Table<T> Empty = new([], Choice.First, null);

    public IReadOnlyList<Row<T>> Rows => rows;
    public Choice Choice => choice;
    public bool IsEmpty => rows.Length == 0;

    public Row<T>? Select(in Situation situation)
    {
        Row<T>? chosen = null;
        foreach (var row in rows)
        {
            if (!row.When.Holds(situation)) continue;
            if (choice == Choice.First) return row;
            if (chosen is null || (choice == Choice.Highest ? order!(row.Value, chosen.Value) > 0 : order!(row.Value, chosen.Value) < 0)) chosen = row;
        }
        return chosen;
    }
}
