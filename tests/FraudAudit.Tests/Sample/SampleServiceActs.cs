using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.FraudAudit.Tests.Sample.CareCatalog;
using static MedInsure.FraudAudit.Tests.Sample.SampleCounty;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>Services and consumables for the wrong person or without reason, charged twice, in parts, too dear, too often.</summary>
internal sealed class SampleServiceActs(SampleCounty county) : SampleActs(county)
{
    public override void Arrange()
    {
        Item("GZ10000302004000", WomensItem, _ => Visit("1"), _ => Visit("2", 18, 60, "N76.000"));
        Item("GZ10000302004000", MensItem, _ => Visit("2"), _ => Visit("1", 40, 78, "N40.x00"));
        Item("GZ10000302003000", ChildrensItem, i => i % 2 == 0 ? VisitAt(7) : Visit(), i => i % 2 == 0 ? VisitAt(7, -1) : VisitAt(County.From(1, 5)));
        Item("MI10000302051000", ElderlyItem, i => i % 2 == 0 ? VisitAt(65, -1) : Visit(most: 60), i => i % 2 == 0 ? VisitAt(65) : VisitAt(County.From(66, 88)));
        Item("MI10000102054000", GradedItem, i => County.Visit(County.Person(), i % 2 == 0 ? County.One(County.Townships) : County.One(County.Clinics)), _ => Visit(), ofPayment: true);
        Item("MI10000103051000", LimitedStent, _ => Visit(diagnosis: "I20.900"), i => Visit(diagnosis: i % 2 == 0 ? "I20.900" : "I21.900"), ofPayment: true, certain: false, so: (i, line) => line.Approved = i % 2 == 0);
        Item("MI10000101051000", [WomenByCatalog], _ => Visit("1"), _ => Visit("2", 18, 60), ofPayment: true);
        Item("MI10000101051000", [OldByCatalog], i => i % 2 == 0 ? VisitAt(60, -1) : Visit(most: 55), i => i % 2 == 0 ? VisitAt(60) : VisitAt(County.From(61, 88)), ofPayment: true);
        OutsideCatalog();
        CatalogQuantity();
        SelfMade();
        Courses();
        Frequencies();
        Included();
        Operations();
        Prices();
        Parts();
        BedDays("MI10000102056000", Bed, GoodBed);
        BedDays("MI10000102057000", Nursing, HighNursing);
        Premises("MI10000303051000", Plate, PlateOperation[0]);
        Premises("MI10000302052000", Reading, Contrast[0]);
        Duplicates();
        Examinations();
        Consultations();
    }

    private void OutsideCatalog()
    {
        const string rule = "MI10000201051000";
        for (var i = 0; i < Acts; i++)
        {
            var (bill, item) = (Visit(), (i % 3) switch { 0 => SelfPaid, 1 => Expired, _ => Unlisted });
            var line = County.Add(bill, item, 2, inScope: item.PriceFen * 2);
            if (i % 4 == 0) { var back = County.Back(bill, line, 1); County.Wrong(rule, bill, line.InScopeFen + back.InScopeFen); }
            else County.Wrong(rule, bill, line);
        }
        for (var i = 0; i < Rightly; i++) County.Add(Visit(), (i % 3) switch { 0 => SelfPaid, 1 => Expired, _ => Unlisted }, 2, inScope: 0);
    }

    private void CatalogQuantity()
    {
        const string rule = "MI10000101052000";
        for (var i = 0; i < Acts; i++)
        {
            var bill = Visit();
            if (i % 2 == 0)
            {
                var days = i % 4 == 0 ? 4 : County.From(5, 7);
                County.Wrong(rule, bill, Part(County.Add(bill, ThreeDays, 2, supply: days).InScopeFen, days - 3, days));
            }
            else
            {
                var (days, over) = (County.From(1, 6), County.From(1, 5));
                County.Wrong(rule, bill, Part(County.Add(bill, TwoADay, 2 * days + over, supply: days).InScopeFen, over, 2 * days + over));
            }
        }
        for (var i = 0; i < Rightly; i++)
        {
            var (bill, days) = (Visit(), County.From(1, 7));
            if (i % 2 == 0) County.Add(bill, ThreeDays, 9, supply: 3);
            else if (i % 4 == 1) County.Add(bill, TwoADay, 2 * days, supply: days);
            else County.Back(bill, County.Add(bill, TwoADay, 2 * days + 3, supply: days), 3);
        }
    }

    private void SelfMade()
    {
        const string rule = "MI10000102053000";
        for (var i = 0; i < Suspicious; i++)
        {
            var bill = Visit();
            County.Add(bill, OwnService, County.From(1, 3));
            County.Wrong(rule, bill, 0);
        }
        // A new examination whose code is applied for; and the own item under a code that another has.
        for (var i = 0; i < Honest; i++) County.Add(Visit(), NewExam);
        for (var i = 0; i < Hidden; i++) { var bill = Visit(); County.Add(bill, Treatments[3]).ItemName = OwnService.Name; County.Wrong(rule, bill, 0); }
        for (var i = 0; i < Rightly; i++)
        {
            var bill = Visit();
            County.Add(bill, i % 2 == 0 ? Water : OwnService);
            bill.Paper = i % 2 == 1;
        }
    }

    private void Courses()
    {
        const string rule = "GZ10000102010000";
        for (var i = 0; i < Acts + Rightly; i++)
        {
            var wrong = i < Acts;
            var (person, item) = (County.Person(), County.One(Therapy));
            var from = County.Days(person, 60, 1);
            var days = wrong ? (i % 4 == 0 ? 11 : County.From(12, 14)) : 10;
            var stay = County.Stay(person, County.Hospitals[2], from, 14, "M51.200");
            if (i % 2 == 0)
            {
                // Day by day in a stay; twice a day is one day.
                var lines = Enumerable.Range(0, days).Select(k => County.Add(stay, item, 1, from.AddDays(k), minute: 600)).ToList();
                if (i % 8 == 0) lines.Add(County.Add(stay, item, 1, from, minute: 900));
                if (wrong) County.Wrong(rule, stay, Part(lines.Sum(l => l.InScopeFen), days - 10, days));
                continue;
            }
            for (var k = 0; k < 6; k++) County.Add(stay, item, 1, from.AddDays(k), minute: 600);
            for (var k = 0; k < days - 6; k++)
            {
                var visit = County.Visit(person, County.One(County.Hospitals), from.AddDays(20 + k * 3), diagnosis: "M51.200");
                var line = County.Add(visit, item);
                if (k >= 4) County.Wrong(rule, visit, line);
            }
        }
    }

    private void Frequencies()
    {
        for (var i = 0; i < Acts; i++)
        {
            var (person, item) = (County.Person(), County.One(Daily));
            var day = County.Days(person);
            var bill = County.Visit(person, County.Hospitals[0], day);
            if (i % 4 == 0)
            {
                var extra = Enumerable.Range(0, 3).Select(k => County.Add(bill, item, minute: 500 + k * 120)).ToList()[^1];
                County.Wrong("GZ10000102014000", bill, extra);
            }
            else if (i % 4 == 1)
            {
                var line = County.Add(bill, item, 6);
                County.Wrong("GZ10000102014000", bill, Part(line.InScopeFen + County.Back(bill, line, 1).InScopeFen, 3, 5));
            }
            else if (i % 4 == 2)
            {
                County.Add(bill, item, 2);
                var second = County.Visit(person, County.Hospitals[1], day, minute: 1050);
                County.Wrong("GZ10000102014000", second, County.Add(second, item));
            }
            else County.Wrong("GZ10000102014000", bill, Part(County.Add(bill, PerVisit[0], 3).InScopeFen, 2, 3));
        }
        for (var i = 0; i < Rightly; i++)
        {
            var (person, item) = (County.Person(), County.One(Daily));
            var from = County.Days(person, 7, 20);
            var stay = County.Stay(person, County.Hospitals[0], from, 6);
            for (var k = 0; k < 6; k++) County.Add(stay, item, 2, from.AddDays(k), minute: 620);
            var third = County.Add(stay, item, 1, from, minute: 1100);
            County.Back(stay, third, 1);
            County.Add(stay, PerVisit[0]);
        }
        for (var i = 0; i < Acts + Rightly; i++)
        {
            var (wrong, person, item) = (i < Acts, County.Person(), County.One(Weekly));
            var day = County.Days(person, 8, 2);
            var first = County.Visit(person, County.One(County.Hospitals), day);
            var line = County.Add(first, item, wrong && i % 5 == 0 ? 3 : 1);
            if (wrong && i % 5 == 0) { County.Wrong("MI10000102055000", first, Part(line.InScopeFen, 2, 3)); continue; }
            // Seven days are over on the eighth; one that was given back does not count.
            if (!wrong && i % 2 == 0) County.Back(first, line, 1);
            var second = County.Visit(person, County.One(County.Hospitals), day.AddDays(wrong ? (i % 2 == 0 ? 6 : County.From(1, 5)) : i % 2 == 0 ? 3 : 7));
            var again = County.Add(second, item);
            if (wrong) County.Wrong("MI10000102055000", second, again);
        }
    }

    private void Included()
    {
        const string rule = "GZ10000102012000";
        for (var i = 0; i < Acts; i++)
        {
            var (bill, k) = (Stay(), i % 2);
            var from = DayNumber.ToDate(bill.BeginOn);
            County.Add(bill, Whole[k], 1, from.AddDays(1), minute: 620);
            // The first pair is for a day, the second for the whole stay.
            var line = County.Add(bill, CareCatalog.Included[k], County.From(1, 3), from.AddDays(k == 0 ? 1 : 4), minute: 700);
            County.Wrong(rule, bill, line);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var bill = Stay();
            var from = DayNumber.ToDate(bill.BeginOn);
            var whole = County.Add(bill, Whole[i % 2], 1, from.AddDays(1), minute: 620);
            if (i % 4 == 1) County.Back(bill, whole, 1);
            if (i % 4 != 3) County.Add(bill, CareCatalog.Included[i % 4 == 1 ? 1 : 0], 1, from.AddDays(i % 4 == 1 ? 1 : 3), minute: 700);
        }
    }

    private void Operations()
    {
        const string rule = "GZ10000102002000";
        for (var i = 0; i < Acts + Rightly; i++)
        {
            var (wrong, bill, item) = (i < Acts, Stay(diagnosis: "K40.900"), Further[i % 2]);
            var day = DayNumber.ToDate(bill.BeginOn).AddDays(1);
            bill.OperationCode.Add("53.0000");
            County.Add(bill, CareCatalog.Operations[i % 4], 1, day, minute: 600);
            var price = wrong ? (i % 3 == 0 ? item.PriceFen : item.PriceFen * County.From(81, 99) / 100) : item.PriceFen * County.From(40, 80) / 100;
            // Right too: in full on another day.
            var other = !wrong && i % 4 == 0;
            var line = County.Add(bill, item, 1, other ? day.AddDays(2) : day, minute: 690, priceFen: other ? item.PriceFen : price);
            if (wrong) County.Wrong(rule, bill, line.AmountFen - item.PriceFen * 8 / 10);
        }
    }

    private void Prices()
    {
        const string rule = "MI10000102051000";
        for (var i = 0; i < Acts; i++)
        {
            if (i % 3 == 0)
            {
                // A service over the list: what is over it is in nobody's scope.
                var bill = Visit();
                County.Add(bill, Treatments[i % 8], 1, priceFen: Treatments[i % 8].PriceFen + (i % 2 == 0 ? 1 : 1500));
                County.Wrong(rule, bill, 0);
                continue;
            }
            var (at, list) = i % 3 == 1 ? (County.One(County.Townships), 18_000) : (County.Hospitals[1], 22_000);
            var (visit, over, quantity) = (County.Visit(County.Person(), at), i % 2 == 0 ? 1 : County.From(100, 9000), County.From(1, 3));
            County.Add(visit, County.One(Priced), quantity, priceFen: list + over);
            County.Wrong(rule, visit, over * quantity);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var (at, list) = (i % 3) switch { 0 => (County.One(County.Townships), 18_000), 1 => (County.Hospitals[2], 22_000), _ => (County.Hospitals[0], 30_000) };
            County.Add(County.Visit(County.Person(), at), County.One(Priced), 2, priceFen: list);
        }
    }

    private void Parts()
    {
        const string rule = "MI10000102052000";
        for (var i = 0; i < Acts; i++)
        {
            var bill = Visit();
            var lines = CareCatalog.Parts.Select((p, k) => County.Add(bill, p, 1, priceFen: i % 3 == 0 && k == 0 ? 1001 : p.PriceFen)).ToList();
            County.Wrong(rule, bill, Part(lines.Sum(l => l.InScopeFen), lines.Sum(l => l.AmountFen) - PanelWhole.PriceFen, lines.Sum(l => l.AmountFen)));
        }
        for (var i = 0; i < Rightly; i++)
        {
            var bill = Stay();
            var from = DayNumber.ToDate(bill.BeginOn);
            // Two of three; all of them for the price of the whole; one of them on another day; the whole itself.
            for (var k = 0; k < (i % 4 == 0 ? 2 : i % 4 == 3 ? 0 : 3); k++) County.Add(bill, CareCatalog.Parts[k], 1, from.AddDays(i % 4 == 2 ? k : 0), priceFen: i % 4 == 1 ? 2000 : null);
            if (i % 4 == 3) County.Add(bill, PanelWhole);
        }
    }

    private void BedDays(string rule, CareItem usual, CareItem better)
    {
        for (var i = 0; i < Acts; i++)
        {
            var (person, nights) = (County.Person(), County.From(3, 12));
            var stay = County.Stay(person, County.One(County.Hospitals), County.Days(person, nights + 1, 20), nights);
            var from = DayNumber.ToDate(stay.BeginOn);
            var lines = stay.Line.Where(l => l.MedListCode == usual.Code || l.MedListCode == better.Code).ToList();
            var days = lines.Sum(l => (int)(l.QuantityE4 / 10_000));
            // Up to the day of discharge, and then one too many or more.
            var over = i % 3 == 0 ? 1 : County.From(2, 6);
            lines.Add(County.Add(stay, i % 2 == 0 ? better : usual, nights + 1 - days + over, from.AddDays(nights - 1), minute: 1000));
            County.Wrong(rule, stay, Part(lines.Sum(l => l.InScopeFen), over, nights + 1 + over));
        }
        for (var i = 0; i < Rightly; i++)
        {
            var nights = County.From(0, 9);
            var stay = Stay(nights: nights);
            var days = stay.Line.Where(l => l.MedListCode == usual.Code || l.MedListCode == better.Code).Sum(l => (int)(l.QuantityE4 / 10_000));
            if (days < nights + 1) County.Add(stay, better, 1, DayNumber.ToDate(stay.EndOn), minute: 500);
            County.Back(stay, County.Add(stay, usual, 2, minute: 1001), 2);
        }
    }

    private void Premises(string rule, IReadOnlyList<CareItem> items, CareItem premise)
    {
        for (var i = 0; i < Suspicious; i++)
        {
            var bill = i % 2 == 0 ? Visit(diagnosis: "S52.500") : Stay(diagnosis: "S52.500");
            County.Wrong(rule, bill, County.Add(bill, County.One(items), County.From(1, 2)));
            // An operation that was taken back is none.
            if (i % 4 == 0) County.Back(bill, County.Add(bill, premise, minute: 640), 1);
        }
        for (var i = 0; i < Rightly + Honest; i++)
        {
            var person = County.Person();
            var day = County.Days(person, 8, 2);
            var before = County.Visit(person, County.Hospitals[0], day, diagnosis: "S52.500");
            County.Add(before, premise);
            // The honest ones come later than most.
            var bill = i % 2 == 0 && i < Rightly ? before : County.Visit(person, County.One(County.Hospitals), day.AddDays(i < Rightly ? County.From(1, 3) : County.From(4, 6)), diagnosis: "S52.500");
            County.Add(bill, County.One(items));
        }
        for (var i = 0; i < Hidden; i++)
        {
            var bill = Visit(diagnosis: "S52.500");
            County.Add(bill, premise);
            County.Wrong(rule, bill, County.Add(bill, County.One(items)));
        }
    }

    private void Examinations()
    {
        const string rule = "MI10000302053000";
        for (var i = 0; i < Suspicious + Hidden + Honest + Rightly; i++)
        {
            var (person, rightly) = (County.Person(), i - Suspicious - Hidden - Honest);
            // Rightly: another one, a small one, later, in a stay.
            var (day, exam) = (County.Days(person, 12, 2), rightly >= 0 && rightly % 4 == 0 ? Exams[0] : Exams[2 + i % 5]);
            County.Add(County.Visit(person, County.Townships[i % 3], day), exam);
            var apart = rightly >= 0 && rightly % 4 == 1 ? County.From(4, 9) : i >= Suspicious && i < Suspicious + Hidden ? 4 : i % 3 == 0 ? 3 : County.From(1, 3);
            if (rightly >= 0 && rightly % 4 == 2) { County.Add(County.Stay(person, County.One(County.Hospitals), day.AddDays(1), 4), exam); continue; }
            var again = County.Visit(person, County.One(County.Hospitals), day.AddDays(apart));
            var line = County.Add(again, rightly >= 0 && rightly % 4 == 3 ? Exams[(3 + i % 5 + 1) % 8] : exam);
            // A higher hospital may not trust the lower one's picture.
            if (i < Suspicious + Hidden) County.Wrong(rule, again, line);
        }
    }

    private void Consultations()
    {
        const string rule = "MI10000102058000";
        for (var i = 0; i < Suspicious + Hidden + Honest + Rightly; i++)
        {
            var (person, at, rightly) = (County.Person(), County.One(County.Hospitals), i - Suspicious - Hidden - Honest);
            var day = County.Days(person);
            var bill = County.Visit(person, at, day, minute: 520, bare: true);
            bill.DepartmentCode = "K1";
            var first = County.Add(bill, Consultation, i % 3 == 0 && i < Suspicious ? 2 : 1);
            if (i % 3 == 0 && i < Suspicious) { County.Wrong(rule, bill, first.InScopeFen / 2); continue; }
            // Another department's, another hospital's, and one given back are right; another department's name is how it is hidden.
            if (rightly >= 0 && rightly % 3 == 2) County.Back(bill, first, 1);
            var other = rightly >= 0 && rightly % 3 == 1 ? County.Hospitals[at == County.Hospitals[0] ? 1 : 0] : at;
            var second = County.Visit(person, other, day, minute: 900, bare: true);
            second.DepartmentCode = (rightly >= 0 && rightly % 3 == 0) || (i >= Suspicious && i < Suspicious + Hidden) ? "K2" : "K1";
            var line = County.Add(second, Consultation);
            if (i < Suspicious + Hidden) County.Wrong(rule, second, line);
        }
    }

    private static CareItem Consultation => CareCatalog.Visit;

    private void Duplicates()
    {
        const string rule = "MI10000201052000";
        for (var i = 0; i < Suspicious + Honest; i++)
        {
            var (bill, item) = (i % 2 == 0 ? Visit() : Stay(), i < Suspicious ? County.One(Labs) : County.One(Materials));
            var twice = Enumerable.Range(0, i % 4 == 0 ? 3 : 2).Select(_ => County.Add(bill, item, 1, minute: 777)).ToList();
            // Of honest ones each piece is scanned by itself.
            if (i < Suspicious) County.Wrong(rule, bill, twice.Skip(1).Sum(l => l.InScopeFen));
        }
        for (var i = 0; i < Rightly + Hidden; i++)
        {
            var (bill, item) = (Visit(), County.One(Labs));
            var (first, again) = (County.Add(bill, item, 1, minute: 777), County.Add(bill, item, 1, minute: i % 2 == 0 || i >= Rightly ? 778 : 777));
            if (i % 2 == 1 && i < Rightly) County.Back(bill, first, 1);
            // A minute later is how it is hidden; an hour later is mostly right.
            if (i >= Rightly) County.Wrong(rule, bill, again);
            else if (i % 2 == 0) again.OccurredAtMs += 3_600_000;
        }
    }
}
