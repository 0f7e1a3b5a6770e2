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
    public required uint Person { get; init; }
    public required ulong Categories { get; init; }
    public required int Level { get; init; }
    /// <summary>Index of the kind of visit in the pack; -1: the pack knows none for it.</summary>
    public required int Visit { get; init; }
    public required uint Disease { get; init; }
    public required int MedType { get; init; }
    public required int Stay { get; init; }
    public required bool Filed { get; init; }
    public required bool OffSite { get; init; }
    public required bool Accident { get; init; }
    public required string? Group { get; init; }
    /// <summary>1 + the other months of the year in which the rule at hand has paid.</summary>
    public int MonthReached { get; init; }

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
        return new Situation
        {
            Person = terms.PersonBit(facts),
            Categories = categories,
            Level = level,
            Visit = terms.FindVisit(medType, disease),
            Disease = disease,
            MedType = medType,
            Stay = facts.StayOrdinal,
            Filed = facts.Filed,
            OffSite = facts.OffSite,
            Accident = facts.AccidentWithoutLiableParty,
            Group = facts.Fixed?.Kind,
        };
    }
}

/// <summary>The names that a pack's conditions use, numbered in the order of first use.</summary>
internal sealed class PackNames
{
    private readonly List<string> categories = [], diseases = [], persons = [], visits = [];

    public ulong CategoryBit(string name) => 1UL << categories.IndexOf(name) & Known(categories.IndexOf(name));
    public uint DiseaseBit(string name) => (uint)(1UL << diseases.IndexOf(name) & Known(diseases.IndexOf(name)));
    public int Person(string name) => persons.IndexOf(name);
    public int Visit(string name) => visits.IndexOf(name);

    public ulong AddCategory(string name) => 1UL << Add(categories, name, 64);
    public uint AddDisease(string name) => 1U << Add(diseases, name, 32);
    public int AddPerson(string name) => Add(persons, name, 32);
    public int AddVisit(string name) => Add(visits, name, 32);

    private static ulong Known(int index) => index < 0 ? 0 : ulong.MaxValue;

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

    public uint Persons { get; init; } = uint.MaxValue;
    /// <summary>Any of these; 0 = everybody.</summary>
    public ulong Categories { get; init; }
    public int Levels { get; init; } = -1;
    public uint Visits { get; init; } = uint.MaxValue;
    /// <summary>0 = any disease or none.</summary>
    public uint Diseases { get; init; }
    public bool[]? MedTypes { get; init; }
    public (int From, int To) Stay { get; init; } = (0, int.MaxValue);
    public (int From, int To) MonthReached { get; init; } = (0, int.MaxValue);
    public bool? Filed { get; init; }
    public bool? OffSite { get; init; }
    public bool? Accident { get; init; }
    public string[]? Groups { get; init; }

    public bool CountsMonths => MonthReached != (0, int.MaxValue);

    public bool SameAs(Condition other) =>
        (Persons, Categories, Levels, Visits, Diseases, Stay, MonthReached) == (other.Persons, other.Categories, other.Levels, other.Visits, other.Diseases, other.Stay, other.MonthReached)
        && (Filed, OffSite, Accident) == (other.Filed, other.OffSite, other.Accident)
        && (MedTypes ?? []).AsSpan().SequenceEqual(other.MedTypes) && (Groups ?? []).AsSpan().SequenceEqual(other.Groups);

    public bool Holds(in Situation s) =>
        (Persons == uint.MaxValue || (Persons & s.Person) != 0)
        && (Categories == 0 || (Categories & s.Categories) != 0)
        && (Levels >> s.Level & 1) != 0
        && (Visits == uint.MaxValue || s.Visit >= 0 && (Visits >> s.Visit & 1) != 0)
        && (Diseases == 0 || (Diseases & s.Disease) != 0)
        && (MedTypes is null || MedTypes[s.MedType])
        && s.Stay >= Stay.From && s.Stay <= Stay.To
        && (!CountsMonths || s.MonthReached >= MonthReached.From && s.MonthReached <= MonthReached.To)
        && (Filed is null || Filed == s.Filed)
        && (OffSite is null || OffSite == s.OffSite)
        && (Accident is null || Accident == s.Accident)
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
