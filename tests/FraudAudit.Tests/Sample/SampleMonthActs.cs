using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.FraudAudit.Tests.Sample.CareCatalog;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>What only many bills together show: cards in a row, groups, whole hospitals' months. Shares, rates and counts are the definition's.</summary>
internal sealed class SampleMonthActs(SampleCounty county) : SampleActs(county)
{
    public override void Arrange()
    {
        Clusters();
        Groups();
        Capped();
        var mixes = new (string Rule, Func<int, (int, int, int, int)> Mix, Func<AuditClaim, long> Part, int Limit)[]
        {
            ("ZB10000205001000", p => (p, 15, 3, 8), b => Of(b, "09", "10", "11"), 60), ("ZB10000205002000", p => (20, p, 3, 8), b => Of(b, "03", "04"), 50),
            ("ZB10000205003000", p => (22, 18, p, 8), b => Of(b, "08"), 40), ("ZB10000205004000", p => (22, 14, 3, p), b => Of(b, "05"), 50),
        };
        for (var m = 0; m < mixes.Length; m++)
            for (var h = 0; h < 2; h++) Shares(mixes[m].Rule, new($"Q{m}{h}", "1", "09"), h, mixes[m].Mix, mixes[m].Part, mixes[m].Limit);
        for (var h = 0; h < 2; h++)
        {
            Readmissions(new($"QR{h}", "1", "09"), h);
            Poor(new($"QP{h}", "1", "09"), h);
            Surges(new($"QS{h}", "1", "09"), h);
        }
        OncologyMonths();
    }

    private static long Of(AuditClaim bill, params string[] types) => bill.Line.Where(l => types.Contains(l.MedChrgitmType)).Sum(l => l.AmountFen);

    private SamplePerson Inpatient(bool poor = false)
    {
        var person = County.Person(least: 35);
        person = person with { IsPoor = poor };
        County.People[^1] = person;
        return person;
    }

    private void Clusters()
    {
        const string rule = "MI10000203071000";
        for (var i = 0; i < 8; i++)
        {
            // Two are hidden: four cards only. The last one is a village's day for chronic drugs.
            var (at, honest) = (i % 2 == 0 ? County.One(County.Pharmacies) : County.One(County.Clinics), i == 7);
            var (persons, minute, day, item) = (i == 6 ? 4 : i % 3 == 0 || honest ? 5 : County.From(6, 9), County.From(500, 900), SampleCounty.First.AddDays(County.From(5, 170)), Drugs[10 + i]);
            for (var k = 0; k < persons; k++)
            {
                var person = County.Person(least: 45);
                var bill = County.Visit(person, at, County.Take(person, day), honest ? "14" : "11", "I10.x00", minute + k, bare: true);
                bill.SettledAtMs = SampleCounty.MsOf(day, minute + 5) + k * 9 * 60_000L / Math.Max(1, persons - 1);
                if (honest) bill.DiseaseCode = "I10.x00";
                County.Add(bill, item, 4, priceFen: item.PriceFen - k % 3 * 40);
                if (!honest) County.Wrong(rule, bill);
            }
            // Somebody who only happens to stand in the queue.
            if (i % 3 == 1)
            {
                var stranger = County.Person();
                var bill = County.Visit(stranger, at, County.Take(stranger, day), minute: minute + 2, bare: true);
                bill.SettledAtMs = SampleCounty.MsOf(day, minute + 8) + 20_000;
                County.Add(bill, Patents[0], 9);
            }
        }
        // A market day: many, but each for something else.
        for (var i = 0; i < 6; i++)
        {
            var day = SampleCounty.First.AddDays(10 + i * 25);
            for (var k = 0; k < 7; k++)
            {
                var person = County.Person();
                County.Add(County.Visit(person, County.Pharmacies[i], County.Take(person, day), minute: 600 + k, bare: true), Drugs[(k * 4 + i) % 30], 1 + k * 2);
            }
        }
    }

    private void Groups()
    {
        const string rule = "MI10000203072000";
        for (var i = 0; i < 10; i++)
        {
            // The ninth group stops at three days; the tenth is a family of three under one roof.
            var (persons, days, month) = (i < 8 ? 3 + i % 2 : 3, i == 8 ? 3 : i % 3 == 0 ? 4 : County.From(4, 7), 5 + i % 6);
            var (group, at) = (Enumerable.Range(0, persons).Select(_ => County.Person()).ToList(), County.Pharmacies[i]);
            var last = new AuditClaim[persons];
            for (var d = 0; d < days; d++)
            {
                var day = new DateOnly(2026, month, 2 + d * 4);
                for (var k = 0; k < persons; k++)
                {
                    last[k] = County.Visit(group[k], at, County.Take(group[k], day), minute: 600 + d * 20 + k * 2, bare: true);
                    County.Add(last[k], Drugs[(d * 7 + k * 3) % 30], 1 + k * 2 + d % 2, supply: 2);
                }
            }
            for (var k = 0; k < persons && i < 9; k++) County.WrongMonth(rule, group[k].No, month, null, last[k]);
        }
        for (var i = 0; i < 10; i++)
        {
            // A couple every week; patients of one dialysis room; a mother with twins, ill twice.
            var group = i % 3 == 2 ? [County.Person("2", 25, 38), County.Born("1", new DateOnly(2020, 3, 3)), County.Born("1", new DateOnly(2020, 3, 3))] : Enumerable.Range(0, i % 3 == 0 ? 2 : 4).Select(_ => County.Person(least: 40)).ToList();
            for (var d = 0; d < (i % 3 == 2 ? 2 : 5); d++)
                for (var k = 0; k < group.Count; k++)
                {
                    var day = new DateOnly(2026, 5 + i % 6, 1 + d * 5);
                    County.Take(group[k], day);
                    if (i % 3 == 1) County.Add(Chronic(group[k], day, "N18.500", County.Hospitals[1]), Dialysis);
                    else County.Add(County.Visit(group[k], County.Pharmacies[(i + 4) % 10], day, minute: 700 + k, bare: true), Drugs[(d * 5 + k + i) % 30], 1 + 2 * k);
                }
        }
    }

    private void Capped()
    {
        const string rule = "MI10000203073000";
        for (var i = 0; i < 8; i++)
        {
            // The seventh stops at four persons; the eighth is a ward of the gravely ill.
            var (persons, month, at) = (i == 6 ? 4 : i == 7 ? 5 : County.From(5, 8), 5 + i % 6, new SampleProvider($"QC{i}", "2", "06"));
            for (var k = 0; k < persons; k++)
            {
                var person = County.Person(least: 50);
                var bill = Chronic(person, County.Take(person, new DateOnly(2026, month, County.From(1, 27))), "N18.500", at);
                County.Add(bill, Dialysis, County.From(1, 3));
                bill.BasicPoolLeftFen = k == 0 ? 50_000 : County.From(0, 49_000);
                if (i < 7) County.Wrong(rule, bill);
            }
        }
        for (var i = 0; i < 24; i++)
        {
            var person = County.Person(least: 50);
            var bill = Chronic(person, County.Days(person), "N18.500", County.One(County.Hospitals));
            County.Add(bill, Dialysis);
            if (i < 12) bill.BasicPoolLeftFen = i % 2 == 0 ? County.From(0, 50_000) : 50_100;
        }
    }

    private IEnumerable<(int Month, bool Wrong, bool Hidden, bool Honest)> Months(int hospital)
    {
        // Of twelve months of two hospitals six are wrong, one hides, one is honest and looks wrong, four are near and right.
        for (var month = 5; month <= 10; month++)
        {
            var n = hospital * 6 + month - 5;
            yield return (month, n % 2 == 0, n == 1, n == 9);
        }
    }

    private AuditClaim MonthStay(SampleProvider at, int month, int k, int of, (int, int, int, int) mix, bool poor = false, long? fen = null)
    {
        var person = Inpatient(poor);
        var from = new DateOnly(2026, month, 1 + k * 22 / of);
        County.Take(person, from.AddDays(-1), 9);
        var stay = County.Stay(person, at, from, 5, "J18.900", bare: true);
        County.Beds(stay, 5);
        County.Cost(stay, from, 5, fen ?? County.From(500_000, 800_000), mix);
        return stay;
    }

    private void Shares(string rule, SampleProvider at, int hospital, Func<int, (int, int, int, int)> mix, Func<AuditClaim, long> part, int limit)
    {
        foreach (var (month, wrong, hidden, honest) in Months(hospital))
        {
            // Beds and nursing take a little of the share.
            var (stays, percent) = (hidden ? 19 : County.From(21, 26), wrong || hidden || honest ? limit + County.From(4, 13) : limit - County.From(1, 9));
            var bills = Enumerable.Range(0, stays).Select(k => MonthStay(at, month, k, stays, mix(percent))).ToList();
            var (total, of) = (bills.Sum(b => b.Line.Sum(l => l.AmountFen)), bills.Sum(part));
            if (wrong || hidden) County.WrongMonth(rule, at.Code, month, of - total * limit / 100);
        }
    }

    private void Readmissions(SampleProvider at, int hospital)
    {
        const string rule = "ZB10000205008000";
        foreach (var (month, wrong, hidden, honest) in Months(hospital))
        {
            var stays = hidden ? 12 : 22;
            var bills = Enumerable.Range(0, stays).Select(k => MonthStay(at, month, k, stays * 2, (35, 25, 8, 20))).ToList();
            // Back within days for something else, so that no split stay is told: of some of the persons, of few in other months.
            var back = 0L;
            for (var k = 0; k < (hidden ? 6 : wrong || honest ? County.From(6, 9) : County.From(2, 4)); k++)
            {
                var (person, day) = (County.People.First(p => p.No == bills[k].PsnNo), Kernel.DayNumber.ToDate(bills[k].EndOn).AddDays(County.From(3, 7)));
                var again = County.Stay(person, at, County.Take(person, day, 5), 4, "K29.500", fen: 400_000);
                back += again.Line.Sum(l => l.InScopeFen);
            }
            if (wrong || hidden) County.WrongMonth(rule, at.Code, month, back);
        }
    }

    private void Poor(SampleProvider at, int hospital)
    {
        foreach (var (month, wrong, hidden, honest) in Months(hospital))
        {
            var stays = hidden ? 18 : 24;
            var poor = hidden ? 12 : wrong || honest ? County.From(13, 20) : County.From(6, 12);
            var bills = Enumerable.Range(0, stays).Select(k => MonthStay(at, month, k, stays, (35, 25, 8, 20), k < poor)).ToList();
            if (wrong || hidden) County.WrongMonth("MI10000205051000", at.Code, month, bills.Take(poor).Sum(b => b.Line.Sum(l => l.InScopeFen)));
        }
    }

    private void Surges(SampleProvider at, int hospital)
    {
        foreach (var (month, wrong, hidden, honest) in Months(hospital))
        {
            for (var k = 0; k < 20; k++) MonthStay(at, month, k, 20, (35, 25, 8, 20));
            // A bus of them on one day; a few more than usual after an accident.
            var day = new DateOnly(2026, month, 12);
            var bills = Enumerable.Range(0, hidden ? 7 : wrong || honest ? County.From(11, 20) : County.From(2, 6)).Select(_ => { var p = Inpatient(); County.Take(p, day.AddDays(-1), 8); return County.Stay(p, at, day, 4, "M51.200"); }).ToList();
            if (wrong || hidden)
                County.WrongMonth("MI10000205052000", at.Code, month, County.Bills.Where(b => b.FixmedinsCode == at.Code && b.BeginOn == Kernel.DayNumber.Of(day)).Sum(b => b.Line.Sum(l => l.InScopeFen)));
        }
    }

    /// <summary>Every fortnight to the same ward, by plan.</summary>
    private void OncologyMonths()
    {
        for (var i = 0; i < 14; i++)
        {
            var person = Inpatient();
            var from = County.Days(person, 150, 0, to: new DateOnly(2026, 10, 28));
            for (var k = 0; k < 10; k++)
            {
                var stay = County.Stay(person, County.Oncology, from.AddDays(k * 14), 2, "Z51.100", mix: (30, 20, 4, 20));
                County.Diagnose(stay, "C50.900", main: false);
            }
        }
    }
}
