using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Statistics;

/// <summary>A large test that was charged, and what was told of its result.</summary>
/// <param name="DoctorCode">Who ordered it.</param>
/// <param name="Positive">Null: no result was told.</param>
/// <param name="Reporter">Who reported; empty: no result was told.</param>
internal sealed record LargeTest(string Kind, string FixmedinsCode, string DepartmentCode, string DoctorCode, string MdtrtId, string Item, string FeedetlSn, int On, bool? Positive = null, string Reporter = "");

/// <param name="FeedetlSn">Empty: the nearest line of the item.</param>
/// <param name="On">yyyyMMdd.</param>
internal sealed record ToldResult(string FixmedinsCode, string MdtrtId, string Item, string FeedetlSn, int On, bool Positive, string Reporter);

/// <summary>Charged large tests beside the results told of them. A line is a test; one with several results is positive if any of them is.</summary>
internal static class LargeTests
{
    /// <param name="kinds">The points of a code: what they are called is the test's kind.</param>
    public static IEnumerable<LargeTest> Of(AuditClaim bill, ILookup<string, KnowledgePoint> kinds)
    {
        foreach (var line in NetLines.Of(bill.Line))
            if (line.QuantityE4 > 0 && kinds[line.MedListCode].FirstOrDefault(p => p.IsValidOn(line.OccurredOn)) is { } point)
                yield return new LargeTest(point.ItemName, bill.FixmedinsCode, line.DepartmentCode.Length > 0 ? line.DepartmentCode : bill.DepartmentCode, line.DoctorCode.Length > 0 ? line.DoctorCode : bill.DoctorCode,
                    bill.MdtrtId, line.MedListCode, line.FeedetlSn, line.OccurredOn);
    }

    /// <summary>Each result goes to the line that it names, else to the nearest one of its item in the encounter within so many days, of equally near ones to that with the fewest results.</summary>
    public static IReadOnlyList<LargeTest> With(IReadOnlyList<LargeTest> tests, IEnumerable<ToldResult> results, int days)
    {
        var told = new List<ToldResult>[tests.Count];
        var places = Enumerable.Range(0, tests.Count).ToLookup(i => (tests[i].FixmedinsCode, tests[i].MdtrtId, tests[i].Item));
        foreach (var result in results.OrderBy(r => r.FeedetlSn.Length == 0).ThenBy(r => r.On).ThenBy(r => r.Positive))
        {
            var near = places[(result.FixmedinsCode, result.MdtrtId, result.Item)].Where(i => result.FeedetlSn.Length > 0 ? tests[i].FeedetlSn == result.FeedetlSn : Apart(tests[i].On, result.On) <= days)
                .OrderBy(i => Apart(tests[i].On, result.On)).ThenBy(i => told[i]?.Count ?? 0).ThenBy(i => tests[i].FeedetlSn, StringComparer.Ordinal);
            foreach (var i in near.Take(1)) (told[i] ??= []).Add(result);
        }
        return [.. tests.Select((t, i) => told[i] is not { } of ? t : t with { Positive = of.Any(r => r.Positive), Reporter = (of.FirstOrDefault(r => r.Positive) ?? of[0]).Reporter })];
    }

    private static int Apart(int a, int b) => Math.Abs(DayNumber.ToDate(a).DayNumber - DayNumber.ToDate(b).DayNumber);
}
