using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Services;

/// <summary>Examinations and consultations again within days, or on one.</summary>
[Trait("Category", "Golden")]
public sealed class RepeatedServiceTests
{
    private const string Examination = "MI10000302053000", Consultation = "MI10000102058000";

    private static AuditLine Scan(int on = 20261102, decimal amount = 200m, string code = "F1") => Bill.Line(code, amount, on, 1, "201", "03");
    private static AuditLine Consult(int on = 20261102, string department = "K1", decimal quantity = 1)
    {
        var line = Bill.Line("F9", 15m * quantity, on, quantity, "201", "02");
        line.DepartmentCode = department;
        return line;
    }

    [Theory]
    [InlineData(20261030, "F1", 200, 1)] // three days before, elsewhere
    [InlineData(20261029, "F1", 200, 0)]
    [InlineData(20261101, "F2", 200, 0)]
    [InlineData(20261101, "F1", 99, 0)]
    public void ExaminationAgain_WithinThreeDays(int on, string code, int yuan, int count)
    {
        var found = Bill.Audit(Examination, Bill.Visit(lines: [Scan(amount: yuan)]), [Bill.Visit(on, provider: "H2", lines: [Scan(on, 200m, code)])]);
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal(20_000, f.InScopeFen));
    }

    [Fact]
    public void ExaminationAgain_InAWard_OrAfterOneGivenBack_Nothing()
    {
        var line = Scan(20261101);
        Assert.Empty(Bill.Audit(Examination, Bill.Visit(lines: [Scan()]), [Bill.Visit(20261101, lines: [line, Bill.Back(line)])]));
        Assert.Empty(Bill.Audit(Examination, Bill.Stay(20261101, 20261105, lines: [Scan()]), [Bill.Visit(20261101, lines: [Scan(20261101)])]));
    }

    [Theory]
    [InlineData("K1", 20261102, "H1", 1)]
    [InlineData("K2", 20261102, "H1", 0)]
    [InlineData("K1", 20261101, "H1", 0)]
    [InlineData("K1", 20261102, "H2", 0)]
    public void ConsultationAgain_OfADepartmentOnADay(string department, int on, string provider, int count)
    {
        var found = Bill.Audit(Consultation, Bill.Visit(lines: [Consult()]), [Bill.Visit(on, provider: provider, lines: [Consult(on, department)])]);
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal((1500, "20261102 K1"), (f.InScopeFen, f.Subject)));
    }

    [Fact]
    public void TwoInABill_OneIsTooMany()
    {
        Assert.Equal(1500, Assert.Single(Bill.Audit(Consultation, Bill.Visit(lines: [Consult(), Consult()]))).InScopeFen);
        Assert.Equal(1500, Assert.Single(Bill.Audit(Consultation, Bill.Visit(lines: [Consult(quantity: 2)]))).InScopeFen);
        Assert.Empty(Bill.Audit(Consultation, Bill.Visit(lines: [Consult(), Consult(department: "K2")])));
    }

    [Fact]
    public void DayCharge_PartsOfAStay_ShareItsDays()
    {
        const string bed = "MI10000102056000";
        var (first, last) = (Bill.Stay(20261101, 20261105, lines: [Bill.Line("F1", 120m, 20261103, 3)]), Bill.Stay(20261101, 20261105, lines: [Bill.Line("F1", 120m, 20261105, 3)]));
        Assert.Empty(Bill.Audit(bed, last, [first], [Bill.Point(bed, "F1")]));
        last.MdtrtId = first.MdtrtId;
        Assert.Equal(4000, Assert.Single(Bill.Audit(bed, last, [first], [Bill.Point(bed, "F1")])).InScopeFen);
    }
}
