using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>A county's six months by seed: care, care that only looks wrong, and violations of every rule with their money.</summary>
internal static class AuditSample
{
    public static SampleCounty Of(int seed, int people = 3000)
    {
        var county = new SampleCounty(seed);
        foreach (var acts in (SampleActs[])[new SampleDrugActs(county), new SampleServiceActs(county), new SampleStayActs(county), new SamplePersonActs(county), new SampleMonthActs(county), new SampleMixedActs(county)]) acts.Arrange();
        new SampleCare(county).Arrange(people);
        new SampleDoctorActs(county).Arrange();
        county.Close();
        return county;
    }

    /// <summary>As they stand, by person, in the order in which they were settled.</summary>
    public static IEnumerable<AuditClaim[]> Persons(SampleCounty county) =>
        county.Bills.Where(b => !county.Reversed.Contains(b.SetlId)).GroupBy(b => b.PsnNo).Select(p => p.OrderBy(b => b.SettledAtMs).ThenBy(b => b.JournalSeq).ToArray());
}
