using static MedInsure.FraudAudit.Tests.Sample.CareCatalog;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>What everybody has: colds, drugs from the pharmacy, chronic diseases month by month, a stay now and then; corrections, and bills taken back and made anew.</summary>
internal sealed class SampleCare(SampleCounty county)
{
    private static readonly string[] Colds = ["J06.900", "J20.900", "K29.500", "M54.500", "L30.900", "R51.x00", "I10.x00", "B34.900"], Serious = ["J18.900", "I50.900", "I63.900", "K29.500", "S72.000", "E11.900", "J44.100", "N20.000"];

    public void Arrange(int people)
    {
        for (var i = 0; i < people; i++)
        {
            var person = county.Born(county.In(50) ? "1" : "2", SampleCounty.Last.AddYears(-county.From(2, 88)).AddDays(-county.From(0, 360)), chronic: county.In(30));
            if (person.AgeOn(SampleCounty.First) >= 50 && person.IsChronic) Chronic(person);
            if (county.In(5)) Stay(person);
        }
        foreach (var person in county.People.ToList())
            for (var i = county.From(0, 3); i > 0; i--) Visit(person);
    }

    private void Visit(SamplePerson person)
    {
        var day = SampleCounty.First.AddDays(county.From(0, 180));
        if (!person.IsFree(day.DayNumber - 1, day.DayNumber + 1)) return;
        county.Take(person, day);
        var at = county.From(0, 99) switch { < 45 => county.One(county.Pharmacies), < 65 => county.One(county.Clinics), < 80 => county.One(county.Townships), < 97 => county.One(county.Hospitals), _ => county.One(county.Neighbours) };
        var bill = county.Visit(person, at, day, county.In(5) && at.Level is "2" or "3" ? "13" : "11", county.One(Colds));
        if (person.Gend == "2" && person.AgeOn(day) is >= 18 and <= 50 && at.Level != "pharmacy" && county.In(10)) bill.Diagnosis[0].Code = "N76.000";
        if (at.Level is "2" or "3" && county.In(30)) county.Add(bill, county.One(Exams));
        if (county.In(5)) county.Back(bill, bill.Line[^1], (int)(bill.Line[^1].QuantityE4 / 10_000));
        if (!county.In(3)) return;
        // Taken back and billed anew: the first counts for nothing.
        var anew = county.Visit(person, at, day, bill.MedType, bill.Diagnosis.Count > 0 ? bill.Diagnosis[0].Code : "", minute: 1020, bare: true);
        foreach (var line in bill.Line)
        {
            var copy = line.Clone();
            (copy.FeedetlSn, copy.OriginalFeedetlSn) = ($"N{copy.FeedetlSn}", copy.OriginalFeedetlSn.Length > 0 ? $"N{copy.OriginalFeedetlSn}" : "");
            anew.Line.Add(copy);
        }
        county.Reversed.Add(bill.SetlId);
    }

    private void Chronic(SamplePerson person)
    {
        var (sugar, at) = (county.In(40), county.One([.. county.Hospitals, .. county.Townships, .. county.Clinics]));
        var (drugs, disease, drug) = (sugar ? Sugar : Pressure, sugar ? "E11.900" : "I10.x00", 0);
        for (var day = SampleCounty.First.AddDays(county.From(0, 27)); day <= SampleCounty.Last; day = day.AddDays(county.From(26, 33)))
        {
            if (!person.IsFree(day.DayNumber, day.DayNumber)) continue;
            county.Take(person, day);
            // For a month, sometimes elsewhere; now and then another drug of the class, when the last one is nearly used up.
            var bill = county.Visit(person, county.In(20) ? county.One(county.Clinics) : at, day, "14", disease, bare: true);
            bill.DiseaseCode = disease;
            if (county.In(10)) drug = (drug + 1) % drugs.Length;
            county.Add(bill, drugs[drug], county.From(2, 3), supply: 30);
            if (county.In(50)) county.Add(bill, county.One(Labs));
        }
    }

    private void Stay(SamplePerson person)
    {
        var nights = county.From(3, 12);
        var from = SampleCounty.First.AddDays(county.From(0, 180 - nights));
        if (!person.IsFree(from.DayNumber - 1, from.DayNumber + nights + 1)) return;
        county.Take(person, from, nights + 1);
        var stay = county.Stay(person, county.One(county.Hospitals), from, nights, county.One(Serious));
        if (county.In(10)) county.Back(stay, stay.Line[^1], (int)(stay.Line[^1].QuantityE4 / 10_000));
        if (county.In(30)) county.Add(stay, county.One(Drugs), 2, from.AddDays(nights), supply: county.From(7, 14)).TakeHome = true;
    }
}
