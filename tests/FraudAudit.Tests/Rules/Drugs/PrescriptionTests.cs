namespace MedInsure.FraudAudit.Tests.Rules.Drugs;

/// <summary>Rules about prescriptions as a whole: split, big, of many kinds.</summary>
[Trait("Category", "Golden")]
public sealed class PrescriptionTests
{
    private const string Split = "MI10000202052000", Big = "MI10000202053000", Kinds = "MI10000202054000";

    private static Protos.FraudAudit.V1.AuditClaim Visit(int on, int days, string provider = "H1") => Bill.Visit(on, provider: provider, lines: [Bill.Line("X1", days, on)]);

    [Theory]
    [InlineData(20261101, 20261031, 1)]
    [InlineData(20261101, 20261030, 0)] // the fourth day back
    [InlineData(20261102, 20261102, 1)]
    public void SplitPrescription_TheThirdWithinThreeDays(int second, int first, int count) => Assert.Equal(count, Bill.Audit(Split, Visit(20261102, 7), [Visit(first, 7), Visit(second, 7)]).Count);

    [Fact]
    public void SplitPrescription_ADayEach_OrAnotherProvider_Nothing()
    {
        Assert.Empty(Bill.Audit(Split, Visit(20261102, 1), [Visit(20261031, 1), Visit(20261101, 1)]));
        Assert.Empty(Bill.Audit(Split, Visit(20261102, 7), [Visit(20261101, 7, "H2"), Visit(20261101, 7)]));
    }

    [Fact]
    public void SplitPrescription_ThreePrescriptionsOfABill_Found()
    {
        var found = Bill.Audit(Split, Bill.Visit(lines: [Bill.Line("X1", 7), Bill.Line("X1", 7, prescription: "R2"), Bill.Line("X1", 7, prescription: "R3")]));
        Assert.Equal((3000, "X1"), (Assert.Single(found).InScopeFen, found[0].Subject));
    }

    [Theory]
    [InlineData("11", 1000, 0)]
    [InlineData("11", 1500, 1)]
    [InlineData("13", 1500, 1)]
    [InlineData("140104", 1500, 0)]
    public void BigPrescription_BeyondTheLimitOfGeneralCare(string medType, int yuan, int count)
    {
        var found = Bill.Audit(Big, Bill.Visit(medType: medType, lines: [Bill.Line("X1", 7, amount: yuan - 100m), Bill.Line("X2", 7, amount: 100m), Bill.Line("X3", 7, amount: 900m, prescription: "R2")]));
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal((50_000, "R1"), (f.InScopeFen, f.Subject)));
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    public void PrescriptionKinds_BeyondFive(int kinds, int count)
    {
        // The first drug twice is one kind; herbs and another prescription do not count.
        var found = Bill.Audit(Kinds, Bill.Visit(lines: [Bill.Line("X1", 7), .. Enumerable.Range(1, kinds).Select(k => Bill.Line($"X{k}", 7)), Bill.Line("T1", chargeType: "10", listType: "102"), Bill.Line("X9", 7, prescription: "R2")]));
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal(1000, f.InScopeFen));
    }
}
