using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Billing.Assessments;

/// <summary>A year's terms as the assessment's one statement takes them: rules in columns. Pure.</summary>
internal sealed class AssessmentTerms
{
    private static readonly DateOnly Ever = new(1, 1, 1), Never = new(9999, 12, 31);

    public AssessmentTerms(int year, ContributionTerms terms)
    {
        (Year, Insutype, AidHighest, Resident) = (year, terms.Insutype, terms.Resident.AidHighest, terms.Resident);
        for (var place = 0; place < terms.PersonClass.Count; place++)
        {
            var person = terms.PersonClass[place];
            if (terms.Resident.Contribution.FirstOrDefault(c => c.PersonClass == person.Id) is not { } contribution) continue;
            foreach (var beginning in person.PsnType.DefaultIfEmpty(""))
            {
                Places.Add(place);
                Beginnings.Add(beginning);
                // So old on the year's first day: born then, or before; younger than that: born after.
                BornUpTo.Add(person.HasAgeFrom ? FirstDay.AddYears(-person.AgeFrom) : Never);
                BornAfter.Add(person.HasAgeBelow ? FirstDay.AddYears(-person.AgeBelow) : Ever);
                Classes.Add(person.Id);
                Personal.Add(contribution.PersonalFen);
                for (var level = 0; level < Levels.Length; level++) Subsidies[level].Add(contribution.Subsidy.Where(s => s.Level == Levels[level]).Sum(s => s.AmountFen));
            }
            AddAid(terms.Resident, person.Id, place, new Fen(contribution.PersonalFen));
        }
    }

    /// <summary>Of government, in the order of the columns.</summary>
    public static readonly string[] Levels = ["central", "province", "city", "county"];

    public int Year { get; }
    public string Insutype { get; }
    public DateOnly FirstDay => new(Year, 1, 1);
    public DateOnly LastDay => new(Year, 12, 31);
    public bool AidHighest { get; }
    public ResidentTerms Resident { get; }

    // Who is of which class, a row for each beginning of a psn_type: the lowest place that fits; and what is paid for the class.
    public List<int> Places { get; } = [];
    public List<string> Beginnings { get; } = [];
    public List<DateOnly> BornUpTo { get; } = [];
    public List<DateOnly> BornAfter { get; } = [];
    public List<string> Classes { get; } = [];
    public List<long> Personal { get; } = [];
    public List<long>[] Subsidies { get; } = [[], [], [], []];

    // What an aid pays for a class and category; an empty category is everybody.
    public List<int> AidPlaces { get; } = [];
    public List<string> AidCategories { get; } = [];
    public List<int> AidOrder { get; } = [];
    public List<long> AidAmounts { get; } = [];
    public List<string> AidIds { get; } = [];
    public List<string> AidPayers { get; } = [];
    public List<string> AidLevels { get; } = [];

    private void AddAid(ResidentTerms terms, string person, int place, Fen personal)
    {
        for (var order = 0; order < terms.Aid.Count; order++)
        {
            var aid = terms.Aid[order];
            if (aid.PersonClass.Count > 0 && !aid.PersonClass.Contains(person)) continue;
            var amount = aid.PaysCase switch
            {
                PremiumAid.PaysOneofCase.AmountFen => Fen.Min(new Fen(aid.AmountFen), personal),
                PremiumAid.PaysOneofCase.RatioBp => personal.ShareHalfUp(new BasisPoints(aid.RatioBp)),
                _ => personal,
            };
            if (amount.IsZero) continue;
            foreach (var category in aid.Category.DefaultIfEmpty(""))
            {
                AidPlaces.Add(place);
                AidCategories.Add(category);
                AidOrder.Add(order);
                AidAmounts.Add(amount.Value);
                AidIds.Add(aid.Id);
                AidPayers.Add(aid.Payer);
                AidLevels.Add(aid.Level);
            }
        }
    }
}
