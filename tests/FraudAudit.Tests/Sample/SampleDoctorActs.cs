namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>Lines of the care that is there already, of doctors whom the city knows nothing of, of a suspended one, and of ones who are right: of two hospitals, and before and after the suspension. Draws nothing.</summary>
internal sealed class SampleDoctorActs(SampleCounty county) : SampleActs(county)
{
    public const string Visiting = "DVISIT", Suspended = "DSUSP";
    public const int SuspendedFrom = 20260801, SuspendedTo = 20260831;

    public override void Arrange()
    {
        const string rule = "MI10000203081000";
        var bills = County.Bills.Where(b => !County.Reversed.Contains(b.SetlId) && b.MedType == "11" && b.FixmedinsCode is ("H201" or "H301") && b.Line.Count > 1 && b.Line.All(l => l.QuantityE4 > 0)).ToList();
        foreach (var bill in bills.Take(Acts))
        {
            bill.Line[0].DoctorCode = $"D{bill.FixmedinsCode}0";
            County.Wrong(rule, bill, bill.Line[0]);
        }
        foreach (var bill in bills.Skip(Acts).Where(b => b.Line[0].OccurredOn is >= SuspendedFrom and <= SuspendedTo).Take(Acts))
        {
            bill.Line[0].DoctorCode = Suspended;
            County.Wrong(rule, bill, bill.Line[0]);
        }
        foreach (var bill in bills.Skip(Acts).Where(b => b.Line[0].OccurredOn is < SuspendedFrom or > SuspendedTo).Take(Rightly * 2)) bill.Line[0].DoctorCode = bill.FixmedinsCode == "H201" ? Suspended : Visiting;
    }
}
