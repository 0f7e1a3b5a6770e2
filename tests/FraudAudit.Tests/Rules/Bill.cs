using System.Collections.Frozen;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Tests.Rules;

/// <summary>Bills for rules' cases: a visit of a woman born 1980-06-15 on 2026-11-02 in a hospital of level 2 unless something else is said.</summary>
internal static class Bill
{
    private static readonly RuleBook Book = RuleBook.LoadEmbedded();
    private static int number;

    public static AuditClaim Visit(int on = 20261102, string medType = "11", string psn = "P1", string provider = "H1", params ReadOnlySpan<AuditLine> lines) => Of(on, on, medType, psn, provider, lines);

    public static AuditClaim Stay(int from, int to, string psn = "P1", string provider = "H1", params ReadOnlySpan<AuditLine> lines) => Of(from, to, "21", psn, provider, lines);

    public static AuditLine Line(string code, decimal amount = 10m, int on = 20261102, decimal quantity = 1, string listType = "101", string chargeType = "09", long? price = null) => new()
    {
        FeedetlSn = $"{Interlocked.Increment(ref number)}", MedListCode = code, ItemName = code, ListType = listType, MedChrgitmType = chargeType, ChrgitmLv = "01",
        OccurredOn = on, OccurredAtMs = MsOf(on, 9), QuantityE4 = (long)(quantity * 10_000), UnitPriceMicroYuan = price ?? (long)(amount / quantity * 1_000_000),
        AmountFen = (long)(amount * 100), InScopeFen = (long)(amount * 100), DoctorCode = "D1", DepartmentCode = "K1", PrescriptionNo = "R1",
    };

    /// <summary>A correction that takes a line, or a part of it, back.</summary>
    public static AuditLine Back(AuditLine line, decimal? quantity = null)
    {
        var back = line.Clone();
        var part = quantity ?? line.QuantityE4 / 10_000m;
        (back.FeedetlSn, back.OriginalFeedetlSn, back.QuantityE4) = (line.FeedetlSn + "-back", line.FeedetlSn, -(long)(part * 10_000));
        (back.AmountFen, back.InScopeFen) = (line.AmountFen * back.QuantityE4 / line.QuantityE4, line.InScopeFen * back.QuantityE4 / line.QuantityE4);
        return back;
    }

    public static AuditLine Line(string code, int supplyDays, int on = 20261102, decimal amount = 10m, string prescription = "R1")
    {
        var line = Line(code, amount, on);
        (line.SupplyDaysE2, line.PrescriptionNo) = (supplyDays * 100, prescription);
        return line;
    }

    public static AuditDiagnosis Diagnosis(string code, bool main = true) => new() { Type = "1", Code = code, Main = main };

    public static KnowledgePoint Point(string rule, string code, IReadOnlyList<string>? others = null, IReadOnlyList<string>? diagnoses = null, string gend = "", int? ageMin = null, int? ageMax = null,
        IReadOnlyList<string>? insutypes = null, IReadOnlyList<string>? medTypes = null, string levelMin = "", decimal limit = 0, string window = "", string basis = "", int from = 20200101, int to = 0) =>
        new(rule, $"{code}-1", code, new[] { code }.ToFrozenSet(), (others ?? []).ToFrozenSet(), diagnoses ?? [], gend, ageMin, ageMax, insutypes ?? [], medTypes ?? [], levelMin, (long)(limit * 10_000), window, basis, from, to);

    /// <summary>What a rule of the book finds, with its defaults.</summary>
    public static IReadOnlyList<Violation> Audit(string rule, AuditClaim claim, IReadOnlyList<AuditClaim>? earlier = null, IEnumerable<KnowledgePoint>? points = null, CityReference? reference = null, string stage = "after", IEnumerable<RuleSetting>? settings = null)
    {
        var bill = new BillUnderAudit(claim, earlier ?? [], reference ?? CityReference.Empty("640300"));
        new RuleSet(Book, settings ?? [], points ?? []).Audit(bill, stage, new HashSet<string> { rule });
        return bill.Found;
    }

    public static long MsOf(int day, int hour, int minute = 0) => new DateTimeOffset(DayNumber.ToDate(day).ToDateTime(new TimeOnly(hour, minute)), TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    private static AuditClaim Of(int from, int to, string medType, string psn, string provider, ReadOnlySpan<AuditLine> lines)
    {
        var id = Interlocked.Increment(ref number);
        var claim = new AuditClaim
        {
            SetlId = $"S{id}", MdtrtId = $"M{id}", PsnNo = psn, HomeCounty = "640301", FixmedinsCode = provider, ProviderCounty = "640301", HospLv = "05", PolicyLevel = "2", Insutype = "390", PsnType = "1501",
            MedType = medType, Gend = "2", BirthOn = 19800615, BeginAtMs = MsOf(from, 8), BeginOn = from, EndOn = to, PolicyOn = to, SettledAtMs = MsOf(to, 11), DepartmentCode = "K1", DoctorCode = "D1",
            BasicPoolLeftFen = -1,
        };
        foreach (var line in lines)
        {
            claim.Line.Add(line);
            claim.TotalFen += line.AmountFen;
            claim.InScopeFen += line.InScopeFen;
        }
        return claim;
    }
}
