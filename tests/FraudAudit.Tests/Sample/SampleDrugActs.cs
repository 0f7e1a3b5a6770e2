using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.FraudAudit.Tests.Sample.CareCatalog;
using static MedInsure.FraudAudit.Tests.Sample.SampleCounty;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>Drugs for the wrong person, place or disease; too many, too long, together.</summary>
internal sealed class SampleDrugActs(SampleCounty county) : SampleActs(county)
{
    public override void Arrange()
    {
        Item("GZ10000301004000", Women, _ => Visit("1"), _ => Visit("2", 18, 60, "N76.000"));
        Item("GZ10000301004000", Men, _ => Visit("2"), _ => Visit("1", 40, 78, "N40.x00"));
        Item("GZ10000101007000", PaidForChildren, i => i % 2 == 0 ? VisitAt(15) : Visit(), i => i % 2 == 0 ? VisitAt(15, -1) : VisitAt(County.From(1, 14)), ofPayment: true);
        Item("GZ10000301002000", ChildrensDrug, i => i % 2 == 0 ? VisitAt(18) : Visit(), i => i % 2 == 0 ? VisitAt(18, -1) : VisitAt(County.From(1, 16)));
        Item("MI10000301054000", Adults, i => i % 3 == 0 ? VisitAt(18, -1) : i % 3 == 1 ? VisitAt(66) : VisitAt(County.From(70, 90)), i => i % 3 == 0 ? VisitAt(18) : i % 3 == 1 ? VisitAt(66, -1) : Visit(least: 25, most: 60));
        Item("GZ10000101001000", Injury, _ => Visit(diagnosis: "S62.500"), _ => Injured(), ofPayment: true);
        Item("GZ10000101002000", Maternity, _ => Visit("2", 22, 40, "N92.000"), i => i % 2 == 0 ? Visit("2", 22, 40, "O26.900", "51") : Delivery(), ofPayment: true);
        Item("GZ10000101008000", Indicated, _ => Visit(), i => Visit(diagnosis: i % 2 == 0 ? "C34.900" : "C50.900"), ofPayment: true, certain: false);
        Item("GZ10000101012000", Graded, i => County.Visit(County.Person(), i % 2 == 0 ? County.One(County.Townships) : County.One(County.Clinics)), _ => Visit(), ofPayment: true);
        Item("MI10000101053000", Ward, _ => Visit(), _ => Stay(), ofPayment: true);
        Item("MI10000101054000", Limited, _ => Visit(), i => Visit(diagnosis: i % 2 == 0 ? "J06.900" : "K25.300"), ofPayment: true, certain: false, so: (i, line) => line.Approved = i % 2 == 0);
        Item("GZ10000101003000", NeverPaid, i => Herbal(i % 2 == 0 ? 9 : 0), _ => Herbal(8), ofPayment: true, so: (_, line) => line.InScopeFen = 0);
        SecondLine();
        HerbAlone();
        Course();
        Counted();
        OverSupply();
        Duplicates();
        Interactions();
        Incompatible();
        SplitPrescriptions();
        BigPrescriptions();
        Kinds();
    }

    private AuditClaim Injured()
    {
        var bill = Visit(diagnosis: "S62.500");
        bill.Insutype = "410";
        return bill;
    }

    private AuditClaim Delivery()
    {
        var bill = Stay("2", 22, 40, "O80.900", 4);
        bill.MedType = "52";
        return bill;
    }

    private AuditClaim Herbal(int herbs, string rx = "1")
    {
        var bill = County.Visit(County.Person(), County.Hospitals[1], diagnosis: "K29.500", bare: true);
        County.Add(bill, CareCatalog.Visit);
        for (var i = 0; i < herbs; i++) County.Add(bill, Herbs[i], County.From(5, 20), rx: rx);
        return bill;
    }

    private void SecondLine()
    {
        const string rule = "GZ10000101005000";
        for (var i = 0; i < Suspicious + Honest; i++)
        {
            var bill = Visit(diagnosis: "E11.900");
            var line = County.Add(bill, County.One(CareCatalog.SecondLine), County.From(1, 3), supply: 7);
            if (i < Suspicious) County.Wrong(rule, bill, line);
        }
        for (var i = 0; i < Rightly + Hidden; i++)
        {
            var person = County.Person();
            var first = County.Days(person, to: Last.AddDays(-60));
            var before = County.Visit(person, i % 2 == 0 ? County.One(County.Pharmacies) : County.One(County.Hospitals), first);
            County.Add(before, County.One(CareCatalog.FirstLine), supply: 7);
            var bill = i % 3 == 0 ? before : County.Visit(person, County.One(County.Hospitals), County.Days(person, from: first.AddDays(8)));
            var line = County.Add(bill, County.One(CareCatalog.SecondLine), supply: 7);
            // The first-line drug was bought for show.
            if (i >= Rightly) County.Wrong(rule, bill, line);
        }
    }

    private void HerbAlone()
    {
        const string rule = "GZ10000101004000";
        for (var i = 0; i < Acts; i++)
        {
            var bill = Herbal(i % 4 == 0 ? 6 : 0, rx: "2");
            var line = County.Add(bill, County.One(NotAlone), County.From(20, 60));
            line.HerbUse = i % 2 == 0 ? "2" : "";
            County.Wrong(rule, bill, line);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var bill = Herbal(i % 2 == 0 ? County.From(1, 12) : 0);
            var line = County.Add(bill, County.One(NotAlone), County.From(10, 30), inScope: i % 4 == 1 ? 0 : null);
            line.HerbUse = i % 4 == 3 ? "1" : "";
        }
    }

    private void Course()
    {
        const string rule = "GZ10000101010000";
        for (var i = 0; i < Acts; i++)
        {
            var person = County.Person();
            var day = County.Days(person, 30, 1);
            var item = County.One(CareCatalog.Course);
            if (i % 2 == 0)
            {
                var (bill, days) = (Chronic(person, day), i % 4 == 0 ? 15 : County.From(16, 30));
                var line = County.Add(bill, item, 3, supply: days);
                County.Wrong(rule, bill, Part(line.InScopeFen, days - 14, days));
                continue;
            }
            // At two providers within thirty days, together longer than it is paid.
            County.Add(Chronic(person, day), item, 2, supply: 10);
            var (second, own) = (Chronic(person, day.AddDays(i % 4 == 1 ? 29 : County.From(10, 25)), at: County.One(County.Townships)), i % 3 == 0 ? 5 : 10);
            var again = County.Add(second, item, 2, supply: own);
            County.Wrong(rule, second, Part(again.InScopeFen, own - 4, own));
        }
        for (var i = 0; i < Rightly; i++)
        {
            var person = County.Person();
            var (day, item) = (County.Days(person, 31, 1), County.One(CareCatalog.Course));
            County.Add(Chronic(person, day), item, 2, supply: i % 2 == 0 ? 14 : 7);
            County.Add(Chronic(person, day.AddDays(i % 2 == 0 ? 30 : 12)), item, 2, supply: i % 2 == 0 ? 14 : 7);
        }
    }

    private void Counted()
    {
        const string rule = "MI10000101055000";
        for (var i = 0; i < Acts; i++)
        {
            var (person, item) = (County.Person(), County.One(CareCatalog.Counted));
            var day = County.Take(person, new DateOnly(2026, County.From(5, 10), County.From(2, 10)), 20);
            if (i % 3 == 0)
            {
                var (bill, boxes) = (County.Visit(person, County.One(County.Hospitals), day), i % 2 == 0 ? 5 : County.From(6, 9));
                var line = County.Add(bill, item, boxes);
                County.Wrong(rule, bill, Part(line.InScopeFen, boxes - 4, boxes));
            }
            else if (i % 3 == 1)
            {
                County.Add(County.Visit(person, County.One(County.Pharmacies), day), item, 3);
                var bill = County.Visit(person, County.One(County.Pharmacies), day.AddDays(19));
                County.Wrong(rule, bill, Part(County.Add(bill, item, 3).InScopeFen, 2, 3));
            }
            else
            {
                // Six, of which one comes back: five are too many by one.
                var bill = County.Visit(person, County.One(County.Hospitals), day);
                var line = County.Add(bill, item, 6);
                County.Wrong(rule, bill, Part(line.InScopeFen + County.Back(bill, line, 1).InScopeFen, 1, 5));
            }
        }
        for (var i = 0; i < Rightly; i++)
        {
            var (person, item) = (County.Person(), County.One(CareCatalog.Counted));
            var end = new DateOnly(2026, County.From(6, 9), 1);
            County.Take(person, end.AddDays(-1), 2);
            var bill = County.Visit(person, County.One(County.Hospitals), end.AddDays(-1));
            var line = County.Add(bill, item, i % 2 == 0 ? 4 : 6);
            if (i % 2 == 1) County.Back(bill, line, 2);
            County.Add(County.Visit(person, County.One(County.Pharmacies), end), item, 4);
        }
    }

    private void OverSupply()
    {
        const string rule = "MI10000202051000";
        for (var i = 0; i < Suspicious + Honest; i++)
        {
            var person = County.Person();
            var honest = i >= Suspicious;
            // Before a holiday honest doctors write two or three days more.
            var (most, days) = i % 3 == 0 || honest ? (7, honest ? County.From(8, 10) : i % 2 == 0 ? 8 : County.From(9, 30)) : (30, i % 2 == 0 ? 31 : County.From(32, 90));
            AuditClaim bill;
            if (most == 7) bill = Visit();
            else if (i % 3 == 1) bill = Chronic(person, County.Days(person));
            else bill = Stay();
            var line = County.Add(bill, Drugs[i % 10], County.From(2, 8), bill.EndOn == bill.BeginOn ? null : Kernel.DayNumber.ToDate(bill.EndOn), days);
            line.TakeHome = i % 3 == 2 && most == 30;
            if (!honest) County.Wrong(rule, bill, Part(line.InScopeFen, days - most, days));
        }
        for (var i = 0; i < Hidden; i++)
        {
            var bill = Visit();
            County.Wrong(rule, bill, County.Add(bill, Drugs[i], 12).InScopeFen / 2);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var person = County.Person();
            if (i % 3 == 0) County.Add(Visit(), Drugs[i % 10], supply: 7);
            else if (i % 3 == 1) County.Add(Chronic(person, County.Days(person)), Drugs[i % 10], 4, supply: 30);
            else { var stay = Stay(); County.Add(stay, Drugs[i % 10], 4, Kernel.DayNumber.ToDate(stay.EndOn), 30).TakeHome = true; }
        }
    }

    private void Duplicates()
    {
        const string rule = "MI10000301051000";
        for (var i = 0; i < Suspicious + Honest + Hidden; i++)
        {
            var person = County.Person(least: 45);
            var day = County.Days(person, 28, 2);
            var first = Chronic(person, day, "E78.500");
            County.Add(first, Statins[0], 2, supply: i % 2 == 0 && i < Suspicious ? County.From(7, 30) : 28, minute: 600);
            if (i % 2 == 0 && i < Suspicious)
            {
                // Two of the class at once, of which the second lasts no longer than the first.
                var again = County.Add(first, Statins[1], 1, supply: 7, minute: 605);
                County.Wrong(rule, first, again);
                continue;
            }
            // Of another provider while three quarters are left, or just a week.
            var left = i >= Suspicious && i < Suspicious + Honest ? County.From(8, 11) : i % 3 == 0 ? 7 : County.From(8, 24);
            var second = Chronic(person, day.AddDays(28 - left), "E78.500", County.One(County.Townships));
            var hidden = i >= Suspicious + Honest;
            var line = County.Add(second, Statins[i % 3], 2, supply: hidden ? 0 : 28);
            if (i < Suspicious) County.Wrong(rule, second, Part(line.InScopeFen, left, 28));
            else if (hidden) County.Wrong(rule, second, line);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var person = County.Person(least: 45);
            var day = County.Days(person, 40, 2);
            County.Add(Chronic(person, day, "E78.500"), Statins[i % 3], 2, supply: 28);
            if (i % 4 == 3)
            {
                // A ward's own while there is some at home.
                var stay = County.Stay(person, County.One(County.Hospitals), day.AddDays(3), 6, "I21.900");
                County.Add(stay, Statins[0], 1, day.AddDays(4));
                continue;
            }
            var change = Chronic(person, day.AddDays(i % 2 == 0 ? 22 : 28), "E78.500");
            var line = County.Add(change, Statins[(i + 1) % 3], 2, supply: 28);
            if (i % 4 == 1) { var third = County.Add(change, Statins[(i + 2) % 3], 2, supply: 28); County.Back(change, third, 2); }
            _ = line;
        }
    }

    private void Interactions()
    {
        const string rule = "MI10000301052000";
        for (var i = 0; i < Suspicious + Honest; i++)
        {
            var person = County.Person(least: 45);
            var day = County.Days(person, 28, 2);
            if (i % 2 == 0)
            {
                var bill = Chronic(person, day, "I48.x00");
                var (a, b) = (County.Add(bill, County.One(Warfarin), supply: 28), County.Add(bill, County.One(Aspirin), supply: County.From(1, 28)));
                if (i < Suspicious) County.Wrong(rule, bill, a.InScopeFen + b.InScopeFen);
                continue;
            }
            County.Add(Chronic(person, day, "I48.x00"), County.One(Warfarin), supply: 20);
            var later = Chronic(person, day.AddDays(i % 3 == 0 ? 19 : County.From(3, 15)), "I25.100", County.One(County.Townships));
            var line = County.Add(later, County.One(Aspirin), supply: 14);
            if (i < Suspicious) County.Wrong(rule, later, line);
        }
        for (var i = 0; i < Rightly + Hidden; i++)
        {
            var person = County.Person(least: 45);
            var day = County.Days(person, 28, 2);
            // Changed when the first is used up; or how long it lasts is not said.
            County.Add(Chronic(person, day, "I48.x00"), County.One(Warfarin), supply: i < Rightly ? 20 : 0);
            var later = Chronic(person, day.AddDays(i < Rightly ? 20 : 5), "I25.100");
            var line = County.Add(later, County.One(Aspirin), supply: 7);
            if (i >= Rightly) County.Wrong(rule, later, line);
        }
    }

    private void Incompatible()
    {
        const string rule = "MI10000301053000";
        for (var i = 0; i < Acts; i++)
        {
            var bill = Herbal(County.From(0, 8));
            var (a, b) = (County.Add(bill, Aconite[0], 6), County.Add(bill, County.One(Pinellia), 9));
            County.Wrong(rule, bill, a.InScopeFen + b.InScopeFen);
        }
        for (var i = 0; i < Rightly; i++)
        {
            var bill = Herbal(County.From(0, 8));
            var a = County.Add(bill, Aconite[0], 6);
            County.Add(bill, County.One(Pinellia), 9, rx: i % 2 == 0 ? "2" : "1");
            if (i % 2 == 1) County.Back(bill, a, 6);
        }
    }

    private void SplitPrescriptions()
    {
        const string rule = "MI10000202052000";
        for (var i = 0; i < Suspicious + Honest + Hidden; i++)
        {
            var (person, at, item) = (County.Person(), County.One(County.Clinics), Drugs[i % 10]);
            var day = County.Days(person, 6, 2);
            var wrong = i < Suspicious || i >= Suspicious + Honest;
            if (i % 4 == 0 && i < Suspicious)
            {
                var bill = County.Visit(person, at, day);
                var fen = Enumerable.Range(1, 3).Sum(k => County.Add(bill, item, supply: 5, rx: $"{k + 4}").InScopeFen);
                County.Wrong(rule, bill, fen);
                continue;
            }
            for (var k = 0; k < 3; k++)
            {
                // Whoever hides it goes elsewhere for the last one.
                var bill = County.Visit(person, k == 2 && i >= Suspicious + Honest ? County.One(County.Townships) : at, day.AddDays(k), bare: true);
                var line = County.Add(bill, item, supply: County.From(3, 5));
                if (k == 2 && wrong) County.Wrong(rule, bill, line);
            }
        }
        for (var i = 0; i < Rightly; i++)
        {
            var (person, at) = (County.Person(), County.One(County.Clinics));
            var day = County.Days(person, 6, 2);
            for (var k = 0; k < (i % 2 == 0 ? 5 : 2); k++)
                County.Add(County.Visit(person, at, day.AddDays(k), bare: true), i % 2 == 0 ? Infusion : Drugs[i % 10], supply: i % 2 == 0 ? 1 : 3);
        }
    }

    private AuditClaim Prescription(string medType, long fen, int lines, Func<int, string> rx)
    {
        var person = County.Person();
        var bill = County.Visit(person, County.One(County.Hospitals), medType: medType, bare: true, diagnosis: "K74.600");
        County.Add(bill, CareCatalog.Visit);
        for (var i = 0; i < lines; i++) County.Add(bill, Drugs[i], supply: 7, rx: rx(i), priceFen: i == 0 ? fen - fen / lines * (lines - 1) : fen / lines);
        return bill;
    }

    private void BigPrescriptions()
    {
        const string rule = "MI10000202053000";
        for (var i = 0; i < Suspicious + Honest; i++)
        {
            var fen = i % 3 == 0 ? 100_000 + County.From(1, 500) : County.From(105_000, 400_000);
            var bill = Prescription(i % 4 == 0 ? "13" : "11", fen, County.From(2, 4), _ => "1");
            if (i < Suspicious) County.Wrong(rule, bill, fen - 100_000);
        }
        for (var i = 0; i < Hidden; i++) County.Wrong(rule, Prescription("11", 160_000, 4, k => k < 2 ? "1" : "2"), 60_000);
        for (var i = 0; i < Rightly; i++)
        {
            var bill = Prescription(i % 2 == 0 ? "11" : "14", i % 2 == 0 ? 100_000 - County.From(0, 3) * 1000 : 350_000, 4, _ => "1");
            if (i % 2 == 1) bill.DiseaseCode = "K74.600";
        }
    }

    private void Kinds()
    {
        const string rule = "MI10000202054000";
        for (var i = 0; i < Suspicious + Honest; i++)
        {
            var (kinds, bill) = (i % 2 == 0 ? 6 : County.From(7, 9), Herbal(0));
            var beyond = Enumerable.Range(0, kinds).Select(k => County.Add(bill, k % 3 == 2 ? Patents[k / 3] : Drugs[k], supply: 5)).ToList().Skip(5).Sum(l => l.InScopeFen);
            if (i < Suspicious) County.Wrong(rule, bill, beyond);
        }
        for (var i = 0; i < Rightly + Hidden; i++)
        {
            var bill = Herbal(i % 2 == 0 ? 10 : 0);
            var lines = Enumerable.Range(0, i % 2 == 0 ? 5 : 8).Select(k => County.Add(bill, Drugs[k], supply: 5, rx: k < 5 ? "1" : "2")).ToList();
            if (i < Rightly && i % 3 == 0) County.Add(bill, Drugs[0], supply: 5, minute: 1000);
            if (i >= Rightly) County.Wrong(rule, bill, lines[^1]);
        }
    }
}
