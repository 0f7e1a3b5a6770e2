using System.Collections.Frozen;
using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>What the sample's county can bill, and what its knowledge base says of some of it. Items that no point names are everyday care.</summary>
internal static class CareCatalog
{
    public const string City = "640300";

    private static readonly List<CareItem> All = [];

    public static readonly CareItem[] Drugs = Make(30, "XA", "常用药", "101", "09", i => 800 + i * 137), Patents = Make(8, "ZA", "中成药", "101", "11", i => 1200 + i * 210, "02"), Herbs = Make(16, "ZH", "饮片", "102", "10", i => 30 + i * 11);
    public static readonly CareItem Visit = Service("诊查", "02", 1000), Bed = Service("普通床位", "01", 2500), GoodBed = Service("双人间床位", "01", 4000), Nursing = Service("二级护理", "07", 1200), HighNursing = Service("一级护理", "07", 2400), Other = Service("其他费", "14", 500);
    public static readonly CareItem[] Exams = Make(8, "SE", "检查", "201", "03", i => 6000 + i * 2500, ceiling: true), Labs = Make(10, "SL", "检验", "201", "04", i => 1000 + i * 700, ceiling: true), Treatments = Make(8, "ST", "治疗", "201", "05", i => 1500 + i * 900, ceiling: true),
        Operations = Make(4, "SO", "手术", "201", "06", i => 260_000 + i * 40_000, ceiling: true), Materials = Make(6, "CM", "耗材", "301", "08", i => 900 + i * 1300, "02");
    /// <summary>One fen a piece: bills of a wanted amount are made of them.</summary>
    public static readonly CareItem WardDrug = Make(1, "XW", "病区用药", "101", "09", _ => 100)[0], WardExam = Make(1, "SW", "病区检查", "201", "03", _ => 100)[0], WardTreatment = Make(1, "SV", "病区治疗", "201", "05", _ => 100)[0], WardMaterial = Make(1, "CW", "病区耗材", "301", "08", _ => 100)[0];
    public static readonly CareItem Infusion = Make(1, "XI", "输液", "101", "09", _ => 3600)[0], Dialysis = Service("血液透析", "05", 40_000), Chemotherapy = Make(1, "XC", "化疗药", "101", "09", _ => 180_000)[0];

    // Items that points name, two of each where it does not matter which.
    public static readonly CareItem[] Women = Make(2, "X1", "妇科用药", "101", "09"), Men = Make(2, "X2", "男科用药", "101", "09"), PaidForChildren = Make(2, "X3", "限儿童支付药", "101", "09"), ChildrensDrug = Make(2, "X4", "儿童专用药", "101", "09"),
        Adults = Make(2, "X5", "成人用药", "101", "09"), Injury = Make(2, "X6", "限工伤药", "101", "09"), Maternity = Make(2, "X7", "限生育药", "101", "09"), FirstLine = Make(2, "X8", "一线药", "101", "09"), SecondLine = Make(2, "X9", "二线药", "101", "09"),
        Indicated = Make(2, "XD", "限适应症药", "101", "09"), Course = Make(2, "XE", "限疗程药", "101", "09"), Graded = Make(2, "XF", "限级别药", "101", "09"), Ward = Make(2, "XG", "限住院药", "101", "09"), Limited = Make(2, "XH", "限定支付药", "101", "09"),
        Counted = Make(2, "XJ", "限量药", "101", "09"), Statins = Make(3, "XK", "他汀类", "101", "09"), Pressure = Make(4, "XL", "降压药", "101", "09"), Sugar = Make(3, "XM", "降糖药", "101", "09"), Warfarin = Make(2, "XN", "抗凝药", "101", "09"), Aspirin = Make(2, "XP", "抗血小板药", "101", "09"),
        NeverPaid = Make(2, "Z1", "不予支付饮片", "102", "10", i => 60 + i * 13), NotAlone = Make(2, "Z2", "单方不付饮片", "102", "10", i => 50 + i * 17), Aconite = Make(1, "Z3", "乌头类", "102", "10", _ => 90), Pinellia = Make(2, "Z4", "半夏类", "102", "10", i => 40 + i * 20),
        WomensItem = Make(2, "S1", "妇科项目", "201", "05", ceiling: true), MensItem = Make(1, "S2", "男科项目", "201", "05", ceiling: true), ChildrensItem = Make(2, "S3", "儿童项目", "201", "05", ceiling: true), ElderlyItem = Make(2, "S4", "老年评估", "201", "03", ceiling: true),
        Therapy = Make(2, "S5", "限疗程理疗", "201", "05", ceiling: true), GradedItem = Make(2, "S6", "限级别项目", "201", "03", ceiling: true), LimitedStent = Make(2, "C1", "限定耗材", "301", "08"), Daily = Make(2, "S7", "每日限次项目", "201", "05", ceiling: true),
        PerVisit = Make(1, "S8", "每次限次项目", "201", "04", ceiling: true), Weekly = Make(2, "S9", "周期限次检查", "201", "03", ceiling: true), Whole = Make(2, "SA", "整体项目", "201", "05", _ => 9000, ceiling: true), Included = Make(2, "SB", "所含项目", "201", "05", ceiling: true),
        Further = Make(2, "SC", "附加手术", "201", "06", i => 100_000 + i * 20_000, ceiling: true), Parts = Make(3, "SD", "分项", "201", "04", _ => 2500, ceiling: true), Priced = Make(2, "C2", "限价耗材", "301", "08", _ => 20_000), Plate = Make(2, "C3", "骨板", "301", "08", _ => 80_000),
        PlateOperation = Make(1, "SF", "骨折手术", "201", "06", _ => 150_000, ceiling: true), Reading = Make(1, "SG", "造影剂注射", "201", "05", ceiling: true), Contrast = Make(1, "SH", "造影检查", "201", "03", _ => 30_000, ceiling: true);
    public static readonly CareItem PanelWhole = Service("组合检验", "04", 6000), WomenByCatalog = Keep(new("XQ00001", "目录限女药", "101", "09", 3000) { Gend = "2" }), OldByCatalog = Keep(new("XQ00002", "目录限老年药", "101", "09", 3500) { AgeMin = 60 }),
        ThreeDays = Keep(new("XR00001", "目录限三天药", "101", "09", 1700) { DaysMax = 3 }), TwoADay = Keep(new("XR00002", "目录限每日两支药", "101", "09", 2300) { PerDayMax = 2 }), SelfPaid = Keep(new("XS00001", "丙类药", "101", "09", 5200) { Class = "03" }),
        Expired = Keep(new("XS00002", "已调出药", "101", "09", 4100) { ToOn = 20260430 }), Unlisted = Keep(new("XS00003", "目录外药", "101", "09", 6100) { InCatalog = false }), OwnService = Keep(new("H-OWN-01", "自拟项目", "", "05", 8800) { InCatalog = false }),
        NewExam = Keep(new("H-NEW-01", "新增检查", "", "03", 12_000) { InCatalog = false }), Water = Keep(new("H-OTH-01", "热水费", "", "14", 300) { InCatalog = false });

    public static IReadOnlyList<KnowledgePoint> Points { get; } =
    [
        .. Each("GZ10000301004000", Women, p => p with { Gend = "2" }), .. Each("GZ10000301004000", Men, p => p with { Gend = "1" }), .. Each("GZ10000101007000", PaidForChildren, p => p with { AgeMax = 14 }), .. Each("GZ10000301002000", ChildrensDrug),
        .. Each("MI10000301054000", Adults, p => p with { AgeMin = 18, AgeMax = 65 }), .. Each("GZ10000101001000", Injury, p => p with { Insutypes = ["410"] }), .. Each("GZ10000101002000", Maternity, p => p with { Insutypes = ["510"], MedTypes = ["51", "52"] }),
        .. Each("GZ10000101005000", SecondLine, p => p with { Others = Codes(FirstLine) }), .. Each("GZ10000101008000", Indicated, p => p with { Diagnoses = ["C34", "C50"] }), .. Each("GZ10000101010000", Course, p => p with { LimitE4 = 14 * 10_000, Window = "30" }),
        .. Each("GZ10000101012000", Graded, p => p with { LevelMin = "2" }), .. Each("MI10000101053000", Ward, p => p with { MedTypes = ["2"] }), .. Each("GZ10000101003000", NeverPaid), .. Each("GZ10000101004000", NotAlone),
        .. Each("MI10000101054000", Limited, p => p with { Diagnoses = ["K25", "K26"], Basis = "限消化性溃疡" }), .. Each("MI10000101055000", Counted, p => p with { LimitE4 = 4 * 10_000, Window = "month" }), Of("MI10000301051000", Statins), Of("MI10000301051000", Pressure), Of("MI10000301051000", Sugar),
        Of("MI10000301052000", Warfarin) with { Others = Codes(Aspirin) }, Of("MI10000301053000", Aconite) with { Others = Codes(Pinellia) },
        .. Each("GZ10000302004000", WomensItem, p => p with { Gend = "2" }), .. Each("GZ10000302004000", MensItem, p => p with { Gend = "1" }), .. Each("GZ10000302003000", ChildrensItem, p => p with { AgeMax = 6 }), .. Each("MI10000302051000", ElderlyItem, p => p with { AgeMin = 65 }),
        .. Each("GZ10000102010000", Therapy, p => p with { LimitE4 = 10 * 10_000, Window = "90" }), .. Each("MI10000102054000", GradedItem, p => p with { LevelMin = "2" }), .. Each("MI10000103051000", LimitedStent, p => p with { Diagnoses = ["I21"], Basis = "限急性心肌梗死" }),
        .. Each("GZ10000102014000", Daily, p => p with { LimitE4 = 2 * 10_000, Window = "day" }), .. Each("GZ10000102014000", PerVisit, p => p with { LimitE4 = 10_000, Window = "bill" }), .. Each("MI10000102055000", Weekly, p => p with { LimitE4 = 10_000, Window = "7" }),
        Of("GZ10000102012000", Whole[..1]) with { Others = Codes(Included[..1]) }, Of("GZ10000102012000", Whole[1..]) with { Others = Codes(Included[1..]), Window = "bill" }, .. Each("GZ10000102002000", Further), Of("MI10000102052000", Parts) with { Others = Codes([PanelWhole]), LimitE4 = PanelWhole.PriceFen * 10_000 },
        .. Each("MI10000102051000", Priced, p => p with { LimitE4 = 18_000 * 10_000, LevelMin = "1" }).Select(p => p with { PointNo = p.PointNo + "-1" }), .. Each("MI10000102051000", Priced, p => p with { LimitE4 = 22_000 * 10_000, LevelMin = "2" }).Select(p => p with { PointNo = p.PointNo + "-2" }),
        Of("MI10000102056000", [Bed, GoodBed]), Of("MI10000102057000", [Nursing, HighNursing]), .. Each("MI10000303051000", Plate, p => p with { Others = Codes(PlateOperation) }), .. Each("MI10000302052000", Reading, p => p with { Others = Codes(Contrast) }),
    ];

    /// <summary>With the catalog, and the diseases that stays are paid by: 阑尾炎 6,000 yuan, 胆石 9,000.</summary>
    public static CityReference Reference { get; } = CityReference.Empty(City).With(new Versions { CatalogVersion = 1, DiseaseVersion = 1, ProviderVersion = 1, DoctorVersion = 1 }, [.. All.Where(i => i.InCatalog).Select(i => i.Row())],
        [PaidBy("K35", 600_000, "390"), PaidBy("K35", 600_000, "310"), PaidBy("K80", 900_000, "390"), PaidBy("K80", 900_000, "310")],
        [.. Hospitals.Select(h => new Provider { FixmedinsCode = h, FixmedinsType = "1", PolicyLevel = "2", County = SampleCounty.Home })],
        [
            .. Hospitals.SelectMany(h => Enumerable.Range(1, 9).Select(i => Doctor($"D{h}{i}", h))), Doctor(SampleDoctorActs.Visiting, "H201", "H301"),
            Suspended(Doctor(SampleDoctorActs.Suspended, "H201", "H301")),
        ]);

    // Those whose doctors the city has registered; of the others nothing can be said.
    private static string[] Hospitals => ["H301", "H201", "H202", "H203"];

    private static Doctor Doctor(string code, params string[] at) => new() { DoctorCode = code, Post = { at.Select(p => new DoctorPost { FixmedinsCode = p, FromOn = 20200101 }) } };

    private static Doctor Suspended(Doctor doctor)
    {
        doctor.StatusChange.Add(new DoctorStatusChange { Status = AgreementStatus.Suspended, FromOn = SampleDoctorActs.SuspendedFrom, ToOn = SampleDoctorActs.SuspendedTo });
        return doctor;
    }

    private static Disease PaidBy(string code, long fen, string insutype) => new() { Code = code, Name = code, Kind = "per_disease", Insutype = insutype, FromOn = 20200101, AmountFen = fen, Version = 1 };

    private static CareItem Keep(CareItem item)
    {
        All.Add(item);
        return item;
    }

    private static CareItem Service(string name, string chargeType, long fen) => Make(1, $"S{All.Count:000}", name, "201", chargeType, _ => fen, ceiling: true)[0];

    private static CareItem[] Make(int count, string prefix, string name, string listType, string chargeType, Func<int, long>? price = null, string level = "01", bool ceiling = false) =>
        [.. Enumerable.Range(1, count).Select(i => (i, fen: price is null ? 2000 + i * 630 : price(i))).Select(i => Keep(new($"{prefix}{i.i:00000}", $"{name}{i.i}", listType, chargeType, i.fen) { Class = level, CeilingFen = ceiling ? i.fen : 0 }))];

    private static FrozenSet<string> Codes(IEnumerable<CareItem> items) => items.Select(i => i.Code).ToFrozenSet();

    private static KnowledgePoint Of(string rule, CareItem[] items) =>
        new(rule, items[0].Code, items[0].Name, Codes(items), FrozenSet<string>.Empty, [], "", null, null, [], [], "", 0, "", "", 20200101, 0);

    private static IEnumerable<KnowledgePoint> Each(string rule, IEnumerable<CareItem> items, Func<KnowledgePoint, KnowledgePoint>? fill = null) => items.Select(i => fill is null ? Of(rule, [i]) : fill(Of(rule, [i])));
}
