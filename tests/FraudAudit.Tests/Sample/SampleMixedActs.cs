using MedInsure.Kernel;
using static MedInsure.FraudAudit.Tests.Sample.CareCatalog;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>Acts that several rules rightly tell of, and bookkeeping that none may: stays billed in parts, what was taken back, another city's catalog.</summary>
internal sealed class SampleMixedActs(SampleCounty county) : SampleActs(county)
{
    public override void Arrange()
    {
        Impersonations();
        Rounds();
        Parts();
        TakenBack();
        Elsewhere();
    }

    /// <summary>Somebody else's card: sex and age fit nothing that was done.</summary>
    private void Impersonations()
    {
        for (var i = 0; i < 12; i++)
        {
            if (i % 2 == 0)
            {
                var bill = Visit("1", diagnosis: "N76.000");
                County.Wrong("MI10000203062000", bill);
                County.Wrong("GZ10000301004000", bill, County.Add(bill, Women[i % 4 / 2], 2));
                County.Wrong("GZ10000302004000", bill, County.Add(bill, WomensItem[i % 4 / 2]));
                County.Wrong("MI10000101051000", bill, County.Add(bill, WomenByCatalog));
                continue;
            }
            var child = VisitAt(County.From(8, 11), 20, "2", "O26.900");
            County.Wrong("MI10000203063000", child);
            County.Wrong("MI10000301054000", child, County.Add(child, Adults[0], 1));
        }
    }

    /// <summary>From one hospital to the next and back within days: a round, and the first one's stay is split.</summary>
    private void Rounds()
    {
        for (var i = 0; i < 6; i++)
        {
            var (person, gap) = (County.Person(), County.From(0, 3));
            var from = County.Days(person, 14 + 2 * gap, 20);
            for (var k = 0; k < 3; k++)
            {
                var stay = County.Stay(person, County.Hospitals[(i + k % 2) % 4], from.AddDays(k * (4 + gap)), 4, "I63.900");
                if (k < 2) continue;
                County.Wrong("MI10000203051000", stay);
                County.Wrong("MI10000203052000", stay);
            }
        }
    }

    /// <summary>A long stay is settled in between: its parts are one stay.</summary>
    private void Parts()
    {
        for (var i = 0; i < 12; i++)
        {
            var (person, cut) = (County.Person(least: 50), County.From(10, 25));
            var from = County.Days(person, 42, 20);
            var first = County.Stay(person, County.Hospitals[i % 4], from, cut, "I63.900");
            first.Interim = true;
            var rest = County.Stay(person, County.Hospitals[i % 4], from.AddDays(cut), 40 - cut, "I63.900");
            (rest.MdtrtId, rest.BeginOn, rest.BeginAtMs) = (first.MdtrtId, first.BeginOn, first.BeginAtMs);
            // The day between is in one of the parts only.
            foreach (var part in (Protos.FraudAudit.V1.AuditClaim[])[first, rest])
                foreach (var line in part.Line.Where(l => l.MedListCode == Bed.Code).ToList())
                    if (line.QuantityE4 > 10_000 * (part == first ? cut : 41 - cut) || (part == first && line.OccurredOn == DayNumber.Of(from.AddDays(cut)))) County.Back(part, line, 1);
        }
    }

    /// <summary>What was taken back is nobody's history.</summary>
    private void TakenBack()
    {
        for (var i = 0; i < 15; i++)
        {
            var person = County.Person();
            var day = County.Days(person, 8, 20);
            if (i % 3 == 0)
            {
                var stay = County.Stay(person, County.Hospitals[0], day, 6);
                County.Reversed.Add(stay.SetlId);
                County.Visit(person, County.One(County.Pharmacies), day.AddDays(2));
                County.Stay(person, County.Hospitals[1], day.AddDays(3), 4);
                continue;
            }
            var first = County.Visit(person, County.Hospitals[0], day);
            var second = County.Visit(person, County.Hospitals[1], day.AddDays(1));
            foreach (var bill in (Protos.FraudAudit.V1.AuditClaim[])[first, second])
            {
                County.Add(bill, i % 3 == 1 ? Weekly[0] : Counted[0], i % 3 == 1 ? 1 : 3);
                County.Add(bill, Exams[5]);
            }
            County.Reversed.Add(first.SetlId);
        }
    }

    /// <summary>Priced by a catalog that is not here.</summary>
    private void Elsewhere()
    {
        for (var i = 0; i < 10; i++)
        {
            var bill = County.Visit(County.Person(), County.Neighbours[0]);
            bill.CatalogCity = "640400";
            County.Add(bill, i % 2 == 0 ? Unlisted : Expired, inScope: 5000);
        }
    }
}
