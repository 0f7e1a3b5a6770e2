using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.FraudAudit.Tests.Sample.CareCatalog;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>Stays that were split, strung together, overlapping, empty, needless, coded too high; and those that only look so.</summary>
internal sealed class SampleStayActs(SampleCounty county) : SampleActs(county)
{
    private static readonly string[] Diseases = ["J18.900", "I50.900", "I63.900", "K29.500", "M51.200", "E11.900", "J44.100"];

    private SampleProvider Hospital => County.One(County.Hospitals);

    public override void Arrange()
    {
        Split();
        Rotating();
        Overlapping();
        Empty();
        Visits();
        LowAdmissions();
        OneDay();
        UpCoded();
        Long();
        LookAlikes();
    }

    private void Split()
    {
        const string rule = "MI10000203051000";
        for (var i = 0; i < Suspicious + Hidden + Honest; i++)
        {
            var (person, at, disease, nights) = (County.Person(), Hospital, County.One(Diseases), County.From(4, 12));
            var gap = i < Suspicious ? (i % 4) switch { 0 => 0, 1 => County.From(13, 15), _ => County.From(1, 10) } : i < Suspicious + Hidden ? County.From(16, 18) : County.From(5, 12);
            var from = County.Days(person, 2 * nights + gap + 2, 20);
            County.Stay(person, at, from, nights, disease);
            // A close diagnosis: another of its category.
            var again = County.Stay(person, at, from.AddDays(nights + gap), nights, i % 3 == 0 ? disease[..4] + "001" : disease);
            // Some do fall ill again.
            if (i < Suspicious + Hidden) County.Wrong(rule, again);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var (person, at, disease) = (County.Person(), Hospital, Diseases[i % 7]);
            var from = County.Days(person, 40, 5);
            var first = County.Stay(person, at, from, 5, i % 4 == 0 ? "S72.000" : disease);
            // Another illness; back from a transfer; after the days; elsewhere.
            if (i % 4 == 1) { first.DischargeWay = "2"; County.Stay(person, County.Oncology, from.AddDays(5), 4, disease).DischargeWay = "2"; }
            County.Stay(person, i % 4 == 3 ? County.Hospitals[at == County.Hospitals[0] ? 1 : 0] : at, from.AddDays(i % 4 == 2 ? 5 + County.From(16, 28) : 11), 5, i % 4 == 0 ? "J18.900" : disease);
        }
    }

    private void Rotating()
    {
        const string rule = "MI10000203052000";
        for (var i = 0; i < Suspicious + Hidden + Honest; i++)
        {
            var (person, disease) = (County.Person(), County.One(Diseases));
            var (nights, gap, stays) = (County.From(4, 8), i < Suspicious || i >= Suspicious + Hidden ? County.From(0, 3) : 4, i % 3 == 0 && i < Suspicious ? 4 : 3);
            var from = County.Days(person, (nights + gap + 1) * stays, 20);
            for (var k = 0; k < stays; k++)
            {
                var stay = County.Stay(person, County.Hospitals[(i + k) % 4], from.AddDays(k * (nights + gap)), nights, disease);
                if (k >= 2 && i < Suspicious + Hidden) County.Wrong(rule, stay);
            }
        }
        for (var i = 0; i < Rightly; i++)
        {
            var person = County.Person();
            var from = County.Days(person, 30, 20);
            // From the township upward and back by transfer; cancer's stations; two hospitals only; each with another illness.
            for (var k = 0; k < (i % 4 == 2 ? 2 : 3); k++)
            {
                var stay = County.Stay(person, County.Hospitals[(i + k) % 4], from.AddDays(k * 8), 6, (i % 4) switch { 1 => "C34.900", 3 => Diseases[k], _ => Diseases[i % 7] });
                if (i % 4 == 0) stay.DischargeWay = "2";
            }
        }
    }

    private void Overlapping()
    {
        const string rule = "MI10000203053000";
        for (var i = 0; i < Acts; i++)
        {
            var person = County.Person();
            var from = County.Days(person, 25, 20);
            var first = County.Stay(person, County.Hospitals[0], from, 10, "J18.900");
            // Into it by a day or more, within it, within a day of it, around it.
            var (begin, nights) = (i % 5) switch { 0 => (9, 6), 1 => (County.From(3, 8), 12), 2 => (2, 5), 3 => (County.From(1, 9), 0), _ => (-1, 13) };
            var other = County.Stay(person, County.One([.. County.Hospitals.Skip(1)]), from.AddDays(begin), nights, "H26.900", fen: 400_000);
            if (nights == 0) { other.OperationCode.Add("13.4100"); County.Add(other, CareCatalog.Operations[0], minute: 600); }
            County.Wrong(rule, other.SettledAtMs > first.SettledAtMs ? other : first);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var person = County.Person();
            var from = County.Days(person, 25, 20);
            // From one bed into the next.
            County.Stay(person, County.Hospitals[1], from, 5, "I21.900").DischargeWay = "2";
            County.Stay(person, County.Hospitals[0], from.AddDays(5), 7, "I21.900");
        }
    }

    private void Empty()
    {
        const string rule = "MI10000203054000";
        for (var i = 0; i < Suspicious + Hidden + Honest; i++)
        {
            var (person, nights) = (County.Person(least: 40), i % 4 == 0 ? 5 : County.From(6, 14));
            var from = County.Days(person, nights + 1, 20);
            var stay = County.Stay(person, Hospital, from, nights, County.One(Diseases), bare: true);
            for (var k = 0; k < nights; k++) County.Add(stay, Bed, 1, from.AddDays(k), minute: 30);
            // A bed every day, and care on the first days only; who hides it writes the nursing too.
            var served = i < Suspicious ? (i % 3 == 0 ? nights - Math.Max(3, (nights * 4 + 9) / 10) : County.From(1, nights / 3)) : i < Suspicious + Hidden ? nights : nights / 2;
            for (var k = 0; k < served; k++)
            {
                County.Add(stay, Nursing, 1, from.AddDays(k), minute: 31);
                if (k < 3) { County.Add(stay, WardDrug, 300, from.AddDays(k), minute: 620); County.Add(stay, WardTreatment, 200, from.AddDays(k), minute: 640); }
            }
            County.Add(stay, One(Labs), minute: 500);
            if (i < Suspicious + Hidden) County.Wrong(rule, stay);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var (person, nights) = (County.Person(), 10);
            var from = County.Days(person, nights + 1, 20);
            var stay = County.Stay(person, Hospital, from, nights, "F20.900", bare: true);
            // Drugs for a week at once; or two days of leave.
            County.Add(stay, Drugs[3], 7, from, supply: i % 2 == 0 ? 10 : 1, minute: 600);
            for (var k = 0; k < nights; k++)
            {
                County.Add(stay, Bed, 1, from.AddDays(k), minute: 30);
                if (i % 2 == 1 && k is not (5 or 6)) County.Add(stay, Nursing, 1, from.AddDays(k), minute: 31);
            }
            County.Add(stay, WardTreatment, 900, from, minute: 660);
        }
    }

    private CareItem One(IReadOnlyList<CareItem> items) => County.One(items);

    private void Visits()
    {
        const string rule = "MI10000203055000";
        for (var i = 0; i < Suspicious + Honest + Hidden; i++)
        {
            var (person, nights) = (County.Person(), County.From(5, 12));
            var from = County.Days(person, nights + 1, 20);
            // Near: on the day after admission, or the one before discharge. Hidden: on the day of discharge, long before it.
            var day = from.AddDays(i >= Suspicious + Honest ? nights : (i % 3) switch { 0 => 1, 1 => nights - 1, _ => County.From(2, nights - 2) });
            var visit = County.Visit(person, i % 2 == 0 ? County.One(County.Pharmacies) : County.One(County.Clinics), day);
            var stay = County.Stay(person, Hospital, from, nights, County.One(Diseases));
            if (i < Suspicious) County.Labels.Add(new(rule, stay.SetlId, visit, null));
            else if (i >= Suspicious + Honest) County.Wrong(rule, visit);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var person = County.Person();
            var from = County.Days(person, 8, 20);
            County.Stay(person, Hospital, from, 6, County.One(Diseases));
            if (i % 4 == 3) foreach (var line in County.Visit(person, County.One(County.Pharmacies), from.AddDays(3)).Line) line.InScopeFen = 0;
            else County.Visit(person, i % 4 == 0 ? County.One(County.Pharmacies) : Hospital, from.AddDays(i % 4 == 1 ? 0 : 6), i % 4 == 1 ? "13" : "11", minute: i % 4 == 1 ? 470 : null);
        }
    }

    private AuditClaim Short(int nights, long fen, int examPercent, string diagnosis = "R07.400")
    {
        var person = County.Person();
        var from = County.Days(person, nights + 1, 20);
        var stay = County.Stay(person, Hospital, from, nights, diagnosis, bare: true);
        var days = Math.Max(1, nights);
        for (var k = 0; k < days; k++) { County.Add(stay, Bed, 1, from.AddDays(k), minute: 30); County.Add(stay, Nursing, 1, from.AddDays(k), minute: 31); }
        var exam = fen * examPercent / 100;
        County.Add(stay, WardExam, (int)(exam / 100), from, minute: 600);
        County.Add(stay, WardDrug, (int)((fen - exam - days * 3700) / 100), from, minute: 660);
        return stay;
    }

    private void LowAdmissions()
    {
        const string rule = "MI10000203056000";
        for (var i = 0; i < Suspicious + Hidden + Honest; i++)
        {
            var stay = Short(County.From(2, 3), County.From(200_000, 500_000), i < Suspicious ? (i % 3 == 0 ? 71 : County.From(73, 92)) : i < Suspicious + Hidden ? 66 : 75);
            if (i < Suspicious + Hidden) County.Wrong(rule, stay);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var stay = Short(i % 4 == 0 ? 5 : 2, 300_000, i % 4 == 3 ? County.From(30, 65) : 78, i % 4 == 1 ? "Z51.100" : "R07.400");
            if (i % 4 == 2) { if (i % 8 == 2) stay.DischargeWay = "2"; else stay.OperationCode.Add("45.4200"); }
        }
    }

    private void OneDay()
    {
        const string rule = "MI10000203057000";
        for (var i = 0; i < Suspicious + Hidden + Honest; i++)
        {
            var stay = Short(i % 2, i < Suspicious || i >= Suspicious + Hidden ? (i % 4 == 0 ? 149_500 : County.From(30_000, 140_000)) : 170_000, County.From(10, 50));
            // Some leave against advice.
            if (i >= Suspicious + Hidden) stay.DischargeWay = "4"; else County.Wrong(rule, stay);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var stay = Short(i % 4 == 0 ? 2 : i % 2, i % 4 == 1 ? 160_000 : 110_000, 40, i % 8 == 2 ? "Z51.100" : "R10.400");
            if (i % 4 == 3) stay.DischargeWay = i % 8 == 3 ? "2" : "5";
            if (i % 8 == 6) { stay.OperationCode.Add("86.3x00"); County.Add(stay, CareCatalog.Operations[0], minute: 700); }
        }
    }

    private void UpCoded()
    {
        const string rule = "MI10000203058000";
        for (var i = 0; i < Suspicious + Hidden + Honest + Rightly; i++)
        {
            var (person, appendix) = (County.Person(), i % 2 == 0);
            var (standard, code) = appendix ? (600_000L, "K35") : (900_000L, "K80");
            var percent = i < Suspicious ? (i % 4) switch { 0 => 49, 1 => 202, 2 => County.From(25, 47), _ => County.From(205, 300) }
                : i < Suspicious + Hidden ? 54 : i < Suspicious + Hidden + Honest ? 215 : County.From(52, 195);
            var from = County.Days(person, 7, 20);
            var stay = County.Stay(person, County.Hospitals[i % 4], from, 6, code + ".900", bare: true);
            (stay.DiseaseCode, stay.MedType) = (code, "21");
            stay.OperationCode.Add("47.0100");
            County.Cost(stay, from, 6, standard * percent / 100, (34, 26, 10, 30));
            for (var k = 1; k < 6; k++) County.Add(stay, Treatments[0], 1, from.AddDays(k), minute: 601).AmountFen = 0;
            foreach (var line in stay.Line.Where(l => l.AmountFen == 0)) line.InScopeFen = 0;
            if (i < Suspicious + Hidden) County.Wrong(rule, stay);
        }
    }

    private void Long()
    {
        const string rule = "MI10000203059000";
        for (var i = 0; i < Suspicious + Hidden + Honest + Rightly; i++)
        {
            var (person, wrong) = (County.Person(least: 50), i < Suspicious);
            var nights = wrong ? (i % 3 == 0 ? 61 : County.From(62, 120)) : i < Suspicious + Hidden ? County.From(56, 60) : i % 3 == 0 || i < Suspicious + Hidden + Honest ? County.From(62, 90) : i % 3 == 1 ? County.From(40, 60) : 75;
            var from = County.Days(person, nights + 1, 0);
            var rich = i >= Suspicious + Hidden + Honest && i % 3 == 2;
            var stay = County.Stay(person, County.Hospitals[3], from, nights, i >= Suspicious + Hidden + Honest && i % 3 == 0 ? "F20.900" : "I10.x00", bare: true);
            for (var k = 0; k < nights; k++) { County.Add(stay, Bed, 1, from.AddDays(k), minute: 30); County.Add(stay, Nursing, 1, from.AddDays(k), minute: 31); County.Add(stay, WardDrug, rich ? 90 : County.From(10, 40), from.AddDays(k), minute: 620); }
            if (i < Suspicious + Hidden) County.Wrong(rule, stay);
        }
    }

    /// <summary>Care that comes again and again by plan.</summary>
    private void LookAlikes()
    {
        for (var i = 0; i < 25; i++)
        {
            var person = County.Person(least: 40);
            var (first, cycle) = (County.Days(person, 80, 5), i % 3 == 0 ? 14 : 21);
            for (var k = 0; k < 4 - (cycle == 21 ? 1 : 0); k++)
            {
                var day = first.AddDays(k * cycle);
                var stay = County.Stay(person, i % 2 == 0 ? County.Oncology : County.Hospitals[0], day, i % 5 == 0 ? 1 : 3, "Z51.100");
                County.Diagnose(stay, "C34.900", main: false);
                County.Add(stay, Chemotherapy, 1, day, minute: 640);
            }
        }
        for (var i = 0; i < 15; i++)
        {
            // Day surgery, and the same-day check after it; a birth and the mother's and child's bills.
            var person = County.Person();
            var day = County.Days(person, 2, 20);
            var stay = County.Stay(person, County.Hospitals[i % 3], day, i % 2, "H26.900", "28", bare: true);
            stay.OperationCode.Add("13.4100");
            County.Add(stay, CareCatalog.Operations[0], minute: 600);
            County.Add(stay, Bed, minute: 30);
            County.Visit(person, County.Hospitals[i % 3], day.AddDays(1), diagnosis: "H26.900");

            var mother = County.Person("2", 22, 38);
            var birth = County.Days(mother, 6, 20);
            var delivery = County.Stay(mother, County.Hospitals[i % 4], birth, 4, i % 2 == 0 ? "O80.900" : "O82.900", "52");
            if (i % 2 == 1) { delivery.OperationCode.Add("74.1x00"); County.Add(delivery, CareCatalog.Operations[1], minute: 700); }
            for (var k = 0; k < (i % 5 == 0 ? 2 : 1); k++)
            {
                // Twins lie in one room, with the same lines at the same minute.
                var child = County.Born(i % 2 == 0 ? "1" : "2", birth);
                child.Busy.Add((birth.DayNumber, birth.DayNumber + 4));
                var newborn = County.Stay(child, County.Hospitals[i % 4], birth, 4, "P59.900");
                if (i % 3 == 0) County.Diagnose(newborn, "O80.900", main: false);
            }
        }
    }
}
