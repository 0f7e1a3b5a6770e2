namespace MedInsure.Settlement.Simulation;

/// <summary>
/// What a draft changes for one group of settlements: sums in fen before and after, and how many persons it makes pay less or more within the group. Squares of the persons'
/// changes are kept for a sample's error bound.
/// </summary>
public sealed class Effect(string key)
{
    private long fundOfPerson, personOfPerson;
    private bool touched;

    public string Key => key;
    public long Settlements { get; private set; }
    /// <summary>Settlements of which any payer bears another amount.</summary>
    public long Changed { get; private set; }
    public long Persons { get; private set; }
    public long FundBefore { get; private set; }
    public long FundAfter { get; private set; }
    public long PersonBefore { get; private set; }
    public long PersonAfter { get; private set; }
    /// <summary>Persons who pay less, and by how much together (positive).</summary>
    public long Gaining { get; private set; }
    public long Gain { get; private set; }
    /// <summary>Persons who pay more, and by how much together (positive).</summary>
    public long Losing { get; private set; }
    public long Loss { get; private set; }
    public Int128 FundSquares { get; private set; }
    public Int128 PersonSquares { get; private set; }

    public long FundChange => FundAfter - FundBefore;
    public long PersonChange => PersonAfter - PersonBefore;

    /// <summary>One settlement of the person at hand.</summary>
    /// <returns>True: the person's first in this group; <see cref="EndPerson"/> is owed.</returns>
    internal bool Add(in PaidSums before, in PaidSums after, bool changed)
    {
        Settlements++;
        if (changed) Changed++;
        var (fundBefore, fundAfter) = (before.Fund, after.Fund);
        FundBefore += fundBefore;
        FundAfter += fundAfter;
        PersonBefore += before.Person;
        PersonAfter += after.Person;
        fundOfPerson += fundAfter - fundBefore;
        personOfPerson += after.Person - before.Person;
        var isFirst = !touched;
        touched = true;
        return isFirst;
    }

    internal void EndPerson()
    {
        Persons++;
        if (personOfPerson < 0) (Gaining, Gain) = (Gaining + 1, Gain - personOfPerson);
        if (personOfPerson > 0) (Losing, Loss) = (Losing + 1, Loss + personOfPerson);
        FundSquares += (Int128)fundOfPerson * fundOfPerson;
        PersonSquares += (Int128)personOfPerson * personOfPerson;
        (fundOfPerson, personOfPerson, touched) = (0, 0, false);
    }

    internal void Add(Effect other)
    {
        Settlements += other.Settlements;
        Changed += other.Changed;
        Persons += other.Persons;
        FundBefore += other.FundBefore;
        FundAfter += other.FundAfter;
        PersonBefore += other.PersonBefore;
        PersonAfter += other.PersonAfter;
        (Gaining, Gain) = (Gaining + other.Gaining, Gain + other.Gain);
        (Losing, Loss) = (Losing + other.Losing, Loss + other.Loss);
        FundSquares += other.FundSquares;
        PersonSquares += other.PersonSquares;
    }
}

/// <summary>Effects by one property of the settlements; a handful of groups.</summary>
public sealed class Breakdown
{
    private readonly List<Effect> groups = [];

    /// <summary>In the order of their keys.</summary>
    public IEnumerable<Effect> Groups => groups.OrderBy(g => g.Key, StringComparer.Ordinal);

    public Effect this[string key]
    {
        get
        {
            // A dozen groups at most, and neighbours are mostly of the same: a scan beats hashing.
            foreach (var group in groups) if (group.Key == key) return group;
            var made = new Effect(key);
            groups.Add(made);
            return made;
        }
    }

    internal void Add(Breakdown other)
    {
        foreach (var group in other.groups) this[group.Key].Add(group);
    }
}
