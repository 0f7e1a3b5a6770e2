using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>How many of each act a county has, and bills that many acts begin with. Of a suspicious rule some are honest that look the same, and some hide: neither can be told by data alone.</summary>
internal abstract class SampleActs(SampleCounty county)
{
    protected const int Acts = 20, Suspicious = 18, Hidden = 2, Honest = 3, Rightly = 20;

    protected SampleCounty County => county;

    public abstract void Arrange();

    /// <summary>An item that is wrong in a bill of one kind and right in one of another; with parts and all of it given back, and paid by the person.</summary>
    /// <param name="so">What makes its line right.</param>
    protected void Item(string rule, IReadOnlyList<CareItem> items, Func<int, AuditClaim> wrong, Func<int, AuditClaim> right, bool ofPayment = false, bool certain = true, Action<int, AuditLine>? so = null)
    {
        for (var i = 0; i < (certain ? Acts : Suspicious); i++)
        {
            var bill = wrong(i);
            var line = county.Add(bill, county.One(items), county.From(2, 3));
            county.Wrong(rule, bill, line.InScopeFen + (i % 5 == 0 ? county.Back(bill, line, 1).InScopeFen : 0));
        }
        for (var i = 0; i < Rightly; i++)
        {
            var line = county.Add(right(i), county.One(items), county.From(1, 3));
            so?.Invoke(i, line);
        }
        for (var i = 0; i < 3; i++)
        {
            var bill = wrong(i);
            county.Back(bill, county.Add(bill, county.One(items), 2), 2);
            if (ofPayment) county.Add(wrong(i), county.One(items), inScope: 0);
        }
        for (var i = 0; !certain && i < Honest; i++) county.Add(wrong(i), county.One(items));
        for (var i = 0; !certain && i < Hidden; i++)
        {
            var bill = right(i);
            var line = county.Add(bill, county.One(items));
            so?.Invoke(i, line);
            county.Wrong(rule, bill, line);
        }
    }

    protected AuditClaim Visit(string? gend = null, int least = 20, int most = 78, string diagnosis = "J06.900", string medType = "11") =>
        county.Visit(county.Person(gend, least, most), county.One(county.Hospitals), diagnosis: diagnosis, medType: medType);

    /// <summary>Of somebody of exactly so many years and days.</summary>
    protected AuditClaim VisitAt(int years, int days = 0, string? gend = null, string diagnosis = "J06.900")
    {
        var day = SampleCounty.First.AddDays(county.From(10, 150));
        var person = county.Born(gend ?? (county.In(50) ? "1" : "2"), day.AddYears(-years).AddDays(-days));
        return county.Visit(person, county.One(county.Hospitals), county.Take(person, day), diagnosis: diagnosis);
    }

    protected AuditClaim Chronic(SamplePerson person, DateOnly on, string disease = "I10.x00", SampleProvider? at = null)
    {
        var bill = county.Visit(person, at ?? county.One(county.Hospitals), on, "14", disease, bare: true);
        bill.DiseaseCode = disease;
        county.Add(bill, CareCatalog.Visit);
        return bill;
    }

    protected AuditClaim Stay(string? gend = null, int least = 20, int most = 78, string diagnosis = "J18.900", int nights = 6)
    {
        var person = county.Person(gend, least, most);
        return county.Stay(person, county.One(county.Hospitals), county.Days(person, nights + 1, 20), nights, diagnosis);
    }
}
