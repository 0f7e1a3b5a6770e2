using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.FraudAudit.Tests.Sample.CareCatalog;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>Somebody else's care under one's name, the dead, the same bill twice, in two places at once, too often.</summary>
internal sealed class SamplePersonActs(SampleCounty county) : SampleActs(county)
{
    private static readonly string[] Women = ["N76.000", "O26.900", "D25.900", "C53.900", "Z34.900", "N92.000"], Men = ["N40.x00", "C61.x00", "N45.900", "N41.100"];

    public override void Arrange()
    {
        Deaths();
        Sexes();
        Ages();
        Distances();
        ManyProviders();
        Frequent();
        Twice();
        Outside();
    }

    private void Deaths()
    {
        const string rule = "MI10000203061000";
        for (var i = 0; i < Acts; i++)
        {
            var person = County.Person(least: 60, most: 90);
            var died = County.Days(person, 40, 1, to: new DateOnly(2026, 10, 25));
            var after = died.AddDays(i % 3 == 0 ? 1 : County.From(2, 39));
            if (i % 4 == 3)
            {
                // Carers' lines of a stay go on after it ended with the death.
                var stay = County.Stay(person, County.Hospitals[0], died.AddDays(-5), 5, "I50.900");
                stay.DischargeWay = "5";
                var extra = County.Add(stay, WardTreatment, 500, died.AddDays(1), minute: 600);
                County.Wrong(rule, stay, extra);
                County.Wrong("MI10000203068000", stay, extra);
            }
            else County.Wrong(rule, County.Visit(person, i % 2 == 0 ? County.One(County.Pharmacies) : County.One(County.Clinics), after, bare: false));
            person.Died = died;
        }
        for (var i = 0; i < Rightly; i++)
        {
            var person = County.Person(least: 60, most: 90);
            var from = County.Days(person, 7, 3, to: new DateOnly(2026, 10, 25));
            var stay = County.Stay(person, County.Hospitals[i % 4], from, 6, "I50.900");
            // What was done on the last day; and the family settles days later.
            County.Add(stay, WardTreatment, 300, from.AddDays(6), minute: 700);
            stay.DischargeWay = "5";
            stay.SettledAtMs += 3 * 86_400_000L;
            person.Died = from.AddDays(6);
        }
    }

    private void Sexes()
    {
        const string rule = "MI10000203062000";
        for (var i = 0; i < Acts; i++)
        {
            var bill = i % 2 == 0 ? Visit("1", diagnosis: County.One(Women)) : Visit("2", 58, 78, County.One(Men));
            // Whoever lends a card to somebody of another age too: a pregnancy at sixty, an old man's disease of a young one.
            var age = Kernel.DayNumber.ToDate(bill.BeginOn).Year - bill.BirthOn / 10_000;
            if (bill.Diagnosis[0].Code[0] == 'O' && age > 57) County.Wrong("MI10000203063000", bill);
            else if (bill.Diagnosis[0].Code[0] == 'O' && age > 55) bill.Diagnosis[0].Code = "N76.000";
            County.Wrong(rule, bill);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var bill = (i % 4) switch { 0 => Visit("2", 18, 45, County.One(Women)), 1 => Visit("1", 45, 78, County.One(Men)), 2 => Visit("1", 20, 60, "N60.100"), _ => Visit("1") };
            if (i % 4 != 3) continue;
            bill.Diagnosis[0].Code = "N76.000";
            bill.Gend = "9";
        }
    }

    private void Ages()
    {
        const string rule = "MI10000203063000";
        for (var i = 0; i < Suspicious + Hidden + Honest; i++)
        {
            var hidden = i >= Suspicious && i < Suspicious + Hidden;
            // Hidden: a grandmother of just fifty-six. Honest: rare, but there are women who give birth at fifty-seven.
            var bill = hidden ? VisitAt(56, 40, "2", "O26.900") : i >= Suspicious ? VisitAt(57, 5, "2", "O09.900") : (i % 4) switch
            {
                0 => VisitAt(i % 8 == 0 ? 57 : County.From(58, 75), 0, "2", "O26.900"), 1 => VisitAt(i % 8 == 1 ? 11 : County.From(6, 10), 300, "2", "O03.900"),
                2 => VisitAt(i % 8 == 2 ? 3 : County.From(4, 60), 0, null, "P59.900"), _ => VisitAt(i % 8 == 3 ? 29 : County.From(18, 28), 10, "2", "H25.900"),
            };
            if (i < Suspicious + Hidden) County.Wrong(rule, bill);
        }
        for (var i = 0; i < Rightly; i++)
            _ = (i % 4) switch { 0 => VisitAt(56, 300, "2", "O26.900"), 1 => VisitAt(12, 0, "2", "O26.900"), 2 => VisitAt(2, 300, null, "P07.300"), _ => VisitAt(30, 0, null, "H25.900") };
    }

    private void Distances()
    {
        const string rule = "MI10000203064000";
        for (var i = 0; i < Suspicious + Hidden + Honest + Rightly; i++)
        {
            var person = County.Person();
            var (day, minute) = (County.Days(person), County.From(500, 700));
            var apart = i < Suspicious ? (i % 3 == 0 ? 30 : County.From(11, 28)) : i < Suspicious + Hidden ? 34 : i < Suspicious + Hidden + Honest ? 27 : County.From(40, 200);
            // Rightly at home and beyond the border hours apart, or at the clinic and next door's pharmacy at once.
            var near = i >= Suspicious + Hidden + Honest && i % 2 == 0;
            County.Visit(person, County.One(County.Pharmacies), day, minute: minute);
            var bill = County.Visit(person, near ? County.One(County.Clinics) : County.One(County.Neighbours), day, minute: minute + (near ? 8 : apart));
            if (i < Suspicious + Hidden) County.Wrong(rule, bill);
        }
    }

    private void ManyProviders()
    {
        const string rule = "MI10000203065000";
        for (var i = 0; i < Suspicious + Hidden + Honest + Rightly; i++)
        {
            var (person, wrong) = (County.Person(), i < Suspicious);
            var day = County.Days(person);
            var providers = wrong ? (i % 3 == 0 ? 4 : County.From(5, 6)) : i >= Suspicious + Hidden && i < Suspicious + Hidden + Honest ? 4 : 3;
            SampleProvider[] all = [County.One(County.Clinics), County.One(County.Hospitals), .. County.Pharmacies.Skip(i % 6)];
            for (var k = 0; k < providers; k++)
            {
                var bill = County.Visit(person, all[k], day, minute: 490 + k * 70);
                if ((wrong && k >= 3) || (i >= Suspicious && i < Suspicious + Hidden && k == 2)) County.Wrong(rule, bill);
            }
            // Back to one of them is no further one.
            if (!wrong && i % 2 == 0) County.Add(County.Visit(person, all[0], day, minute: 900, bare: true), Drugs[5], supply: 1);
        }
    }

    private void Frequent()
    {
        const string rule = "MI10000203066000";
        for (var i = 0; i < 8; i++)
        {
            // Two of them stop just at the limit's fifteenth; one is only ill.
            var (person, visits) = (County.Person(), i < 5 ? County.From(17, 24) : i == 5 ? 15 : i == 6 ? 17 : 12);
            var from = County.Days(person, 30, 31);
            for (var k = 0; k < visits; k++)
            {
                var bill = County.Visit(person, k % 2 == 0 ? County.Pharmacies[(i + k) % 10] : County.Clinics[(i + k) % 10], from.AddDays(k * 29 / visits), bare: true);
                County.Add(bill, Drugs[k % 30], supply: 1);
                if ((i < 5 && k >= 15) || (i == 5 && k == 14)) County.Wrong(rule, bill);
            }
        }
        // Dialysis three times a week for three months, and a course of dressings.
        for (var i = 0; i < 10; i++)
        {
            var person = County.Person(least: 40);
            var from = County.Days(person, 92, 0);
            for (var k = 0; k < 39; k++)
            {
                var bill = Chronic(person, from.AddDays(k / 3 * 7 + k % 3 * 2), "N18.500", County.Hospitals[i % 3]);
                County.Add(bill, Dialysis, minute: 540);
                County.Add(bill, Materials[i % 6], minute: 541);
            }
            var wounded = County.Person();
            var first = County.Days(wounded, 24, 4);
            for (var k = 0; k < 12; k++) County.Add(County.Visit(wounded, County.Townships[i % 3], first.AddDays(k * 2), diagnosis: "S81.900", bare: true), Treatments[1]);
        }
    }

    private void Twice()
    {
        const string rule = "MI10000203067000";
        for (var i = 0; i < Acts; i++)
        {
            var (person, at, paper) = (County.Person(), County.One(County.Hospitals), i % 3 == 0);
            var bill = County.Visit(person, at, bare: true);
            for (var k = 0; k < (i % 4 == 0 ? 2 : County.From(3, 6)); k++) County.Add(bill, k % 2 == 0 ? Labs[k] : Treatments[k], County.From(1, 2));
            // With other serials, sometimes in another order; on paper from whichever place.
            var again = County.Visit(person, paper ? County.Neighbours[0] : at, Kernel.DayNumber.ToDate(bill.BeginOn), minute: 1100, bare: true);
            foreach (var line in i % 2 == 0 ? bill.Line.AsEnumerable() : bill.Line.Reverse())
            {
                var copy = line.Clone();
                copy.FeedetlSn += "x";
                again.Line.Add(copy);
            }
            again.Paper = paper;
            County.Wrong(rule, again);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var (person, at) = (County.Person(), County.One(County.Hospitals));
            var day = County.Days(person);
            var twin = County.Born(person.Gend, person.Birth);
            var bill = County.Visit(person, at, day, minute: 540, bare: true);
            // A twin's; the afternoon's; billed again after it was taken back.
            var other = County.Visit(i % 3 == 0 ? twin : person, at, day, minute: i % 3 == 1 ? 840 : 545, bare: true);
            if (i % 3 == 0) County.Take(twin, day);
            foreach (var of in (AuditClaim[])[bill, other])
                foreach (var item in (CareItem[])[Treatments[(i + 3) % 8], Labs[i % 10], Treatments[i % 8]]) County.Add(of, item, minute: i % 3 == 1 && of == other ? 845 : 541);
            if (i % 3 == 2) County.Reversed.Add(bill.SetlId);
        }
    }

    private void Outside()
    {
        const string rule = "MI10000203068000";
        for (var i = 0; i < Acts; i++)
        {
            var stay = Stay();
            var (from, to) = (Kernel.DayNumber.ToDate(stay.BeginOn), Kernel.DayNumber.ToDate(stay.EndOn));
            var day = (i % 4) switch { 0 => to.AddDays(1), 1 => to.AddDays(County.From(2, 12)), 2 => from.AddDays(-4), _ => from.AddDays(-County.From(5, 20)) };
            var lines = Enumerable.Range(0, County.From(1, 3)).Select(k => County.Add(stay, Treatments[k], 1, day, minute: 600 + k)).ToList();
            County.Wrong(rule, stay, lines.Sum(l => l.InScopeFen));
        }
        for (var i = 0; i < Rightly; i++)
        {
            var stay = Stay();
            var (from, to) = (Kernel.DayNumber.ToDate(stay.BeginOn), Kernel.DayNumber.ToDate(stay.EndOn));
            // The emergency room before, the last morning, and what was entered too late and taken back.
            County.Add(stay, Exams[i % 8], 1, from.AddDays(-County.From(0, 3)), minute: 200);
            County.Add(stay, Labs[i % 10], 1, to, minute: 480);
            if (i % 3 == 0) County.Back(stay, County.Add(stay, Treatments[0], 1, to.AddDays(2), minute: 480), 1);
        }
    }
}
