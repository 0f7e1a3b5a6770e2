using System.Collections.Frozen;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;

namespace MedInsure.Benchmarks;

/// <summary>
/// Persons with the bills of 400 days, a bill of eight lines each that is about to settle, the city's catalog, and for every rule that has knowledge points some of them. By seed: every run has the same.
/// A person has a dozen visits and, one in four, a stay of forty lines; a few items are in most bills, most are rare.
/// </summary>
internal sealed class CheckLoad
{
    public const string County = "230199", City = "230100";
    public const int LinesPerBill = 8;
    private const int Codes = 4_000, Visits = 12, StayLines = 40, Today = 20261122;
    private static readonly DateOnly Day = DayNumber.ToDate(Today);

    private readonly Dictionary<string, IReadOnlyList<AuditClaim>> histories = [];
    private int lastBill;

    public CheckLoad(int persons, int pointsPerRule)
    {
        Book = RuleBook.LoadEmbedded();
        Rules = new RuleSet(Book, [], Points(pointsPerRule));
        Reference = CityReference.Empty(City).With(new Versions { CatalogVersion = 1, DiseaseVersion = 1, ProviderVersion = 1 }, Items, [], Providers);
        var bills = new List<AuditClaim>(persons);
        for (var person = 0; person < persons; person++)
        {
            var random = new Random(person);
            var history = new List<AuditClaim>();
            for (var visit = 0; visit < Visits; visit++) history.Add(Bill(random, person, Day.AddDays(-390 + visit * 32 + random.Next(25)), "11", LinesPerBill));
            if (random.Next(4) == 0) history.Add(Bill(random, person, Day.AddDays(-random.Next(40, 380)), "21", StayLines));
            history.Sort((a, b) => a.SettledAtMs.CompareTo(b.SettledAtMs));
            foreach (var earlier in history) (earlier.JournalSeq, earlier.SetlId) = (++lastBill, $"{County}S{lastBill:D9}");
            HistoryLines += history.Sum(b => b.Line.Count);
            var bill = Bill(random, person, Day, "11", LinesPerBill);
            bill.SettledAtMs = 0;
            histories.Add(bill.PsnNo, history);
            bills.Add(bill);
        }
        Bills = bills;
    }

    public RuleBook Book { get; }
    public RuleSet Rules { get; }
    public CityReference Reference { get; }
    public IReadOnlyList<AuditClaim> Bills { get; }
    public int HistoryLines { get; }
    public IEnumerable<AuditClaim> Histories => histories.Values.SelectMany(h => h);

    public IReadOnlyList<AuditClaim> HistoryOf(string psnNo) => histories[psnNo];

    /// <summary>How many findings each rule has of the bills, the most first.</summary>
    public IEnumerable<(string Rule, int Count)> FoundBy() => Bills.SelectMany(b =>
    {
        var bill = new BillUnderAudit(b, HistoryOf(b.PsnNo), Reference);
        Rules.Audit(bill, "during");
        return bill.Found;
    }).GroupBy(f => f.Rule).Select(g => (g.Key, g.Count())).OrderByDescending(f => f.Item2);

    public static IReadOnlyList<CatalogItem> Items { get; } =
    [
        .. Enumerable.Range(0, Codes).Select(code => new CatalogItem
        {
            HilistCode = Code(code), HilistName = $"项目{code}", ListType = ListType(code), ChrgitmLv = "01", MedChrgitmType = ChargeType(code), FromOn = 20200101, Version = 1,
            AgeMin = -1, AgeMax = -1, MaxQuantityPerDayE4 = -1, MaxDays = -1,
        }),
    ];

    public static IReadOnlyList<Provider> Providers { get; } =
        [.. Enumerable.Range(0, 60).Select(i => new Provider { FixmedinsCode = $"H{i:D4}", FixmedinsName = $"医院{i}", FixmedinsType = "1", HospLv = "05", PolicyLevel = "2", County = County, Version = 1 })];

    private static string Code(int code) => $"X{code:D6}";
    private static string ListType(int code) => (code % 5) switch { < 3 => "101", 3 => "201", _ => "301" };
    private static string ChargeType(int code) => (code % 5) switch { < 3 => "09", 3 => "05", _ => "08" };

    private static AuditClaim Bill(Random random, int person, DateOnly on, string medType, int lines)
    {
        var (provider, from) = (random.Next(60), medType == "21" ? on.AddDays(-8) : on);
        var claim = new AuditClaim
        {
            MdtrtId = $"{County}M{random.Next():D10}", PsnNo = $"P{person:D9}", HomeCounty = County, CatalogCity = City, FixmedinsCode = $"H{provider:D4}", ProviderCounty = County, HospLv = "05", PolicyLevel = "2",
            Insutype = person % 4 == 0 ? "310" : "390", PsnType = "1501", MedType = medType, Gend = person % 2 == 0 ? "1" : "2", BirthOn = 19300101 + person % 80 * 10_000, BeginOn = DayNumber.Of(from), EndOn = DayNumber.Of(on),
            PolicyOn = DayNumber.Of(on), BeginAtMs = At(from, 8), SettledAtMs = At(on, 16), DepartmentCode = $"K{random.Next(12):D2}", DoctorCode = $"D{provider * 20 + random.Next(20):D5}", BasicPoolLeftFen = -1,
            DischargeWay = medType == "21" ? "1" : "",
        };
        claim.Diagnosis.Add(new AuditDiagnosis { Type = "1", Code = $"{(char)('A' + random.Next(20))}{random.Next(100):D2}.9", Main = true });
        for (var i = 0; i < lines; i++)
        {
            var code = (int)((long)random.Next(Codes) * random.Next(Codes) / Codes);
            var (fen, day) = (random.Next(200, 9_000), from.AddDays(i % (on.DayNumber - from.DayNumber + 1)));
            claim.Line.Add(new AuditLine
            {
                FeedetlSn = $"{i}", MedListCode = Code(code), ItemName = $"项目{code}", ListType = ListType(code), MedChrgitmType = ChargeType(code), ChrgitmLv = "01", OccurredAtMs = At(day, 9) + i * 60_000, OccurredOn = DayNumber.Of(day),
                QuantityE4 = 10_000 * random.Next(1, 4), UnitPriceMicroYuan = fen * 10_000L, AmountFen = fen, InScopeFen = fen, PrescriptionNo = $"R{i / 4}", DepartmentCode = claim.DepartmentCode, DoctorCode = claim.DoctorCode,
                SupplyDaysE2 = code % 5 < 3 ? 300 : 0,
            });
            claim.TotalFen += fen;
            claim.InScopeFen += fen;
        }
        return claim;
    }

    private static long At(DateOnly day, int hour) => new DateTimeOffset(day.ToDateTime(new TimeOnly(hour, 0)), ChinaCalendar.Offset).ToUnixTimeMilliseconds();

    /// <summary>Of items over the whole catalog, with whatever a rule may look at, set so that few bills go against it.</summary>
    private IEnumerable<KnowledgePoint> Points(int perRule)
    {
        foreach (var (rule, r) in Book.Definitions.Values.Where(d => d.Points).OrderBy(d => d.Number, StringComparer.Ordinal).Select((d, r) => (d, r)))
            for (var i = 0; i < perRule; i++)
            {
                // A point without a limit, or of one sex, is found wherever its item is met: those are of rare items.
                var rare = rule.PointNeeds.Count == 0 || rule.PointNeeds.Contains("gend");
                var code = rare ? Codes - 1 - (i * 37 + r * 11) % (Codes / 10) : (i * 37 + r * 11) % Codes;
                yield return new KnowledgePoint(rule.Number, $"{i}", $"项目{code}", new[] { Code(code) }.ToFrozenSet(), new[] { Code((code + 1) % Codes) }.ToFrozenSet(), ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S"],
                    rule.PointNeeds.Contains("gend") ? $"{1 + i % 2}" : "", 0, 100, ["310", "390"], ["11", "21"], "1", rule.PointLimit == "price" ? 90_000_000 : 500_000, "month", "", 20200101, 0);
            }
    }
}
