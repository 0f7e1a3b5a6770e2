using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Statistics;

/// <summary>A figure of somebody's month, to be compared with that of their peers (seed-facts.md 5.1, 5.2).</summary>
/// <param name="Cases">How many stays, visits or persons the figure rests on.</param>
internal readonly record struct Figure(decimal Value, int Cases);

/// <param name="Subjects">Of whom it is taken.</param>
/// <param name="Unit">yuan, days, %, times.</param>
/// <param name="CasesMin">Fewer say nothing. Assumed: of ten cases one odd one moves a mean by a tenth.</param>
/// <param name="Of">Null: there is none.</param>
internal sealed record Measure(string Code, string Name, string NameEn, string Unit, IReadOnlyList<Subject> Subjects, int CasesMin, Func<IReadOnlyList<BillSummary>, Figure?> Of)
{
    private const int ReadmissionDays = 15;
    private static readonly Subject[] Places = [Subject.Provider, Subject.Department, Subject.Doctor];

    public static IReadOnlyList<Measure> All { get; } =
    [
        new("cost_per_stay", "次均住院费用", "cost per stay", "yuan", Places, 10, b => Mean(Stays(b), s => s.TotalFen / 100m)),
        new("days_per_stay", "平均住院日", "days per stay", "days", Places, 10, b => Mean([.. Stays(b).Where(s => s.EndOn != 0)], s => AuditDays.Between(s.BeginOn, s.EndOn))),
        new("cost_per_visit", "次均门诊费用", "cost per visit", "yuan", Places, 10, b => Mean([.. b.Where(s => !s.IsStay)], s => s.TotalFen / 100m)),
        new("stays_per_person", "人均住院次数", "stays per person", "times", [Subject.Provider, Subject.Department], 10, b => PerPerson(Stays(b))),
        new("visits_per_person", "人均门诊次数", "visits per person", "times", Places, 10, b => PerPerson([.. b.Where(s => !s.IsStay)])),
        new("drug_share", "药品费用占比", "share of drugs", "%", Places, 10, b => Share(b, s => s.DrugFen)),
        new("exam_share", "检查检验费用占比", "share of examination and laboratory", "%", Places, 10, b => Share(b, s => s.ExamFen)),
        new("material_share", "医用耗材费用占比", "share of consumables", "%", Places, 10, b => Share(b, s => s.MaterialFen)),
        new("treatment_share", "治疗费用占比", "share of treatment", "%", Places, 10, b => Share(b, s => s.TreatmentFen)),
        new("readmission_rate", $"{ReadmissionDays}日再入院率", $"readmissions within {ReadmissionDays} days", "%", [Subject.Provider, Subject.Department], 10, Readmission),
        new("poor_share", "救助对象住院占比", "stays of persons under assistance", "%", [Subject.Provider], 10, b => Rate(Stays(b), s => s.IsPoor)),
        new("person_visits", "门诊购药次数", "visits and purchases of a person", "times", [Subject.Person], 1, b => b.Count(s => !s.IsStay) is > 0 and var n ? new Figure(n, n) : null),
        new("person_cost", "医疗费用", "cost of a person", "yuan", [Subject.Person], 1, b => new Figure(b.Sum(s => s.TotalFen) / 100m, b.Count)),
        new("person_providers", "就医机构数", "providers of a person", "times", [Subject.Person], 1, b => new Figure(b.Select(s => s.FixmedinsCode).Distinct().Count(), b.Count)),
    ];

    public static Measure? Find(string code) => All.FirstOrDefault(m => m.Code == code);

    // Interim bills are of one stay.
    private static List<BillSummary> Stays(IReadOnlyList<BillSummary> bills) =>
        [.. bills.Where(b => b.IsStay).GroupBy(b => b.MdtrtId).Select(s => s.Aggregate((a, b) => b with { TotalFen = a.TotalFen + b.TotalFen }))];

    private static Figure? Mean(List<BillSummary> bills, Func<BillSummary, decimal> of) => bills.Count == 0 ? null : new Figure(bills.Sum(of) / bills.Count, bills.Count);

    private static Figure? PerPerson(List<BillSummary> bills) => bills.Select(b => b.PsnNo).Distinct().Count() is > 0 and var persons ? new Figure((decimal)bills.Count / persons, persons) : null;

    private static Figure? Share(IReadOnlyList<BillSummary> bills, Func<BillSummary, long> part) => bills.Sum(b => b.TotalFen) is > 0 and var total ? new Figure(bills.Sum(part) * 100m / total, bills.Count) : null;

    private static Figure? Rate(List<BillSummary> bills, Predicate<BillSummary> counts) => bills.Count == 0 ? null : new Figure(bills.Count(b => counts(b)) * 100m / bills.Count, bills.Count);

    private static Figure? Readmission(IReadOnlyList<BillSummary> bills)
    {
        var stays = Stays(bills).Where(s => s.EndOn != 0).ToList();
        var back = 0;
        foreach (var person in stays.GroupBy(s => s.PsnNo))
        {
            BillSummary? before = null;
            foreach (var stay in person.OrderBy(s => s.BeginOn))
            {
                if (before is not null && stay.BeginOn >= before.EndOn && AuditDays.Between(before.EndOn, stay.BeginOn) <= ReadmissionDays) back++;
                before = stay;
            }
        }
        return stays.Count == 0 ? null : new Figure(back * 100m / stays.Count, stays.Count);
    }
}
