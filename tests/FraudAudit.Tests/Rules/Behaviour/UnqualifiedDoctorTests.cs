using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Tests.Rules.Behaviour;

[Trait("Category", "Golden")]
public sealed class UnqualifiedDoctorTests
{
    private const string Rule = "MI10000203081000";
    private static readonly Provider Hospital = new() { FixmedinsCode = "H1", FixmedinsType = "1", PolicyLevel = "2", HospLv = "05", County = "640301" };

    private static Doctor Doctor(string code, string provider, int from, int to, params DoctorStatusChange[] changes) =>
        new() { DoctorCode = code, Post = { new DoctorPost { FixmedinsCode = provider, FromOn = from, ToOn = to } }, StatusChange = { changes } };

    private static readonly CityReference City = CityReference.Empty("640300").With(new Versions { DoctorVersion = 1 }, [], [], [Hospital],
    [
        Doctor("GOOD", "H1", 20260101, 0), Doctor("OVER", "H1", 20260101, 20261101), Doctor("LAST", "H1", 20260101, 20261102), Doctor("ELSE", "H2", 20260101, 0),
        Doctor("SUSP", "H1", 20260101, 0, new DoctorStatusChange { Status = AgreementStatus.Suspended, FromOn = 20261102, ToOn = 20261231 }),
        Doctor("BACK", "H1", 20260101, 0, new DoctorStatusChange { Status = AgreementStatus.Suspended, FromOn = 20261001, ToOn = 20261101 }),
        Doctor("REST", "H1", 20260101, 0, new DoctorStatusChange { Status = AgreementStatus.Suspended, FromOn = 20261001 }, new DoctorStatusChange { Status = AgreementStatus.Active, FromOn = 20261102 }),
        Doctor("ENDS", "H1", 20260101, 0, new DoctorStatusChange { Status = AgreementStatus.Terminated, FromOn = 20261102 }),
    ]);

    private static AuditClaim Of(params string[] doctors)
    {
        var claim = Bill.Visit();
        foreach (var doctor in doctors)
        {
            var line = Bill.Line("X");
            line.DoctorCode = doctor;
            claim.Line.Add(line);
        }
        return claim;
    }

    [Theory]
    [InlineData("GOOD", null)]
    [InlineData("LAST", null)]
    [InlineData("BACK", null)]
    [InlineData("REST", null)]
    [InlineData("OVER", "不在该机构医保医师协议期内")]
    [InlineData("ELSE", "未备案在该机构执业")]
    [InlineData("SUSP", "医保资格已暂停")]
    [InlineData("ENDS", "医保资格已终止")]
    [InlineData("NONE", "不在医保医师名录")]
    public void Doctor_IsJudgedByTheLinesDay(string doctor, string? why)
    {
        var found = Bill.Audit(Rule, Of(doctor), reference: City);
        if (why is null) Assert.Empty(found);
        else Assert.Contains(why, Assert.Single(found).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void EachDoctor_IsFoundOnce_WithTheMoneyOfTheirLines()
    {
        var found = Bill.Audit(Rule, Of("NONE", "GOOD", "NONE", "ELSE"), reference: City);
        Assert.Equal([("NONE", 2_000L, 2), ("ELSE", 1_000L, 1)], found.Select(f => (f.Subject, f.InScopeFen, f.Lines.Count)));
    }

    [Fact]
    public void WhereNothingIsPublished_PharmaciesAndOthersProviders_AreNotJudged()
    {
        Assert.Empty(Bill.Audit(Rule, Of("NONE"), reference: CityReference.Empty("640300").With(new Versions(), [], [], [Hospital])));
        var (pharmacy, elsewhere) = (Of("NONE"), Of("NONE"));
        (pharmacy.MedType, elsewhere.FixmedinsCode) = ("41", "H7");
        Assert.Empty(Bill.Audit(Rule, pharmacy, reference: City));
        Assert.Empty(Bill.Audit(Rule, elsewhere, reference: City));
    }
}
