namespace MedInsure.Settlement.Policies;

/// <summary>The situations that some conditions of a pack can tell apart, one of each kind: enough to see what a row never gets to decide.</summary>
internal static class SituationGrid
{
    /// <summary>Beyond this a pack is checked less: no real one comes near.</summary>
    private const long SituationsMost = 200_000;

    /// <summary>Null: too many kinds to look at each.</summary>
    public static List<Situation>? Of(PolicyTerms terms, IReadOnlyList<Condition> conditions)
    {
        var medTypes = Enumerable.Range(0, 100).DistinctBy(m => string.Concat(
            terms.Visits.Select(v => v.MedTypes[m]).Concat(conditions.Select(c => c.MedTypes is null || c.MedTypes[m])).Select(b => b ? '1' : '0'))).ToArray();
        uint[] diseases = [0, .. Bits(terms.Visits.Select(v => (ulong)v.Diseases).Concat(conditions.Select(c => (ulong)c.Diseases))).Select(b => (uint)b)];
        uint[] persons = conditions.All(c => c.Persons == uint.MaxValue) ? [0]
            : [.. Enumerable.Range(0, terms.Persons.Length).Select(i => 1U << i), .. terms.Persons.Any(p => p.IsEverybodyElse) ? (uint[])[] : [0]];
        var categories = Subsets(Bits(conditions.Select(c => c.Categories)));
        int[] levels = conditions.All(c => c.Levels == -1) ? [Levels.Find("3")] : [.. Enumerable.Range(0, Levels.Rising.Length)];
        var stays = Counts(conditions.Select(c => c.Stay));
        var months = Counts(conditions.Select(c => c.MonthReached));
        bool[] filed = Flags(conditions.Select(c => c.Filed)), offSite = Flags(conditions.Select(c => c.OffSite)), accident = Flags(conditions.Select(c => c.Accident));
        string?[] groups = [null, .. conditions.SelectMany(c => c.Groups ?? []).Distinct()];
        var count = 1L;
        foreach (var axis in (int[])[medTypes.Length, diseases.Length, persons.Length, categories.Length, levels.Length, stays.Length, months.Length, filed.Length, offSite.Length, accident.Length, groups.Length])
            if ((count *= axis) > SituationsMost) return null;

        return [..
            from medType in medTypes
            from disease in diseases
            from person in persons
            from category in categories
            from level in levels
            from stay in stays
            from month in months
            from isFiled in filed
            from isOffSite in offSite
            from isAccident in accident
            from groupName in groups
            select new Situation(person, category, level, terms.FindVisit(medType, disease), disease, medType, stay, isFiled, isOffSite, isAccident, groupName, month)];
    }

    private static ulong[] Bits(IEnumerable<ulong> masks)
    {
        var all = masks.Aggregate(0UL, (a, b) => a | b);
        return [.. Enumerable.Range(0, 64).Select(i => 1UL << i).Where(bit => (all & bit) != 0)];
    }

    /// <summary>A person can be in several categories; of more than six, each alone and all together.</summary>
    private static ulong[] Subsets(ulong[] bits)
    {
        if (bits.Length > 6) return [0, .. bits, bits.Aggregate((a, b) => a | b)];
        return [.. Enumerable.Range(0, 1 << bits.Length).Select(set => bits.Where((_, i) => (set >> i & 1) != 0).Aggregate(0UL, (a, b) => a | b))];
    }

    private static int[] Counts(IEnumerable<(int From, int To)> ranges) =>
        [.. ranges.Where(r => r != (0, int.MaxValue)).SelectMany(r => r.To == int.MaxValue ? (int[])[r.From] : [r.From, r.To, r.To + 1]).Append(1).Distinct()];

    private static bool[] Flags(IEnumerable<bool?> flags) => flags.Any(f => f is not null) ? [false, true] : [false];
}
