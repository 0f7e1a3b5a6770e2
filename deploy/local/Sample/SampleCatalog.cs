using System.Globalization;

namespace MedInsure.Local.Sample;

/// <summary>The rows of catalog.csv (import-formats.md): drugs, herbs, patent medicines, services and consumables with invented names.
/// Classes, first-pay ratios, ceilings, lowest levels, limits of sex and age, and some rows out of force are all there.</summary>
internal sealed class SampleCatalog(SampleSize size)
{
    public const string Header = "hilist_code,hilist_name,list_type,chrgitm_lv,med_chrgitm_type,selfpay_prop,limit_price_3,limit_price_2,limit_price_1,limit_price_community," +
        "min_level,begndate,enddate,outpatient_pool,gend_limit,age_min,age_max,max_qty_per_day,max_days";

    private static readonly string[] Stems = ["瑞", "安", "洛", "克", "莫", "替", "沙", "贝", "美", "福", "阿洛", "依普", "西维", "诺达", "培罗", "艾司", "他米", "非奈", "布拉", "格隆"];
    private static readonly string[] Endings = ["西林", "沙坦", "他汀", "拉唑", "洛尔", "地平", "霉素", "沙星", "格列汀", "替尼", "普利", "司琼", "咪唑", "韦林", "泮酮", "必利", "单抗", "膦酸钠"];
    private static readonly (string Form, string[] Specs, int From, int To)[] Forms =
    [
        ("片", ["5mg×28片", "10mg×14片", "50mg×24片", "0.25g×20片"], 180, 9_800), ("胶囊", ["0.25g×24粒", "20mg×14粒", "75mg×30粒"], 240, 12_500),
        ("注射液", ["2ml:0.1g", "10ml:50mg", "100ml:0.5g"], 90, 48_000), ("注射用粉针", ["0.5g", "1.0g", "40mg"], 120, 260_000),
        ("颗粒", ["3g×12袋", "10g×9袋"], 300, 5_600), ("口服溶液", ["100ml", "10ml×10支"], 450, 7_900), ("滴眼液", ["5ml", "0.4ml×15支"], 380, 8_800),
    ];
    private static readonly string[] Herbs = ["山白芷", "金线草", "北沙根", "赤苓皮", "黄精片", "炒枳实", "制附片", "生地炭", "蜜紫菀", "酒川芎", "焦山楂", "煅龙骨", "净蝉衣", "醋香附", "盐杜仲", "炙甘草"];
    private static readonly string[] PatentFirst = ["复方", "参芪", "清肺", "健脾", "养心", "舒筋", "安神", "活血", "固肾", "润肠", "化痰", "平肝"];
    private static readonly string[] PatentSecond = ["归元", "通络", "益气", "止咳", "降糖", "调经", "明目", "消食", "宁神", "壮骨"];
    private static readonly string[] Parts = ["头颅", "胸部", "腹部", "盆腔", "颈椎", "腰椎", "膝关节", "肩关节", "心脏", "甲状腺", "乳腺", "肝胆胰脾", "泌尿系", "下肢血管"];
    private static readonly (string Name, int From, int To, string MinLevel, string Type)[] Examinations =
        [("X线数字摄影", 4_000, 12_000, "", "03"), ("CT平扫", 18_000, 36_000, "1", "03"), ("CT增强扫描", 36_000, 78_000, "2", "03"), ("磁共振平扫", 42_000, 88_000, "2", "03"), ("彩色多普勒超声检查", 6_000, 18_000, "", "03")];
    private static readonly string[] Analytes = ["总胆固醇", "尿酸", "肌酐", "糖化血红蛋白", "甲状腺素", "铁蛋白", "丙氨酸氨基转移酶", "电解质四项", "凝血三项", "肿瘤相关抗原", "维生素D", "C反应蛋白"];
    private static readonly string[] Methods = ["干化学法", "酶法", "免疫比浊法", "化学发光法", "质谱法"];
    private static readonly string[] Organs = ["阑尾", "胆囊", "甲状腺", "前列腺", "子宫", "膝关节", "髋关节", "腹股沟疝", "鼻中隔", "白内障"];
    private static readonly string[] Operations = ["切除术", "修补术", "成形术", "腔镜下切除术", "置换术"];
    private static readonly string[] Treatments = ["静脉输液", "雾化吸入", "换药（中）", "导尿", "心电监护", "氧气吸入", "针刺治疗", "推拿治疗", "血液透析", "康复训练"];
    private static readonly string[] Consumables = ["一次性输液器", "留置针", "导丝", "球囊导管", "可吸收缝线", "人工关节组件", "吻合器钉仓", "医用敷料", "引流袋", "骨科接骨板", "血液透析器", "造影导管"];

    private readonly SampleRandom random = new(size.Seed, "catalog");
    private readonly HashSet<string> names = [];
    private int number;

    public IEnumerable<string> Rows()
    {
        for (var i = 0; i < size.CatalogRows; i++)
            yield return (i * 100L / size.CatalogRows) switch
            {
                < 55 => Drug(),
                < 63 => Herb(),
                < 73 => Patent(),
                < 92 => Service(),
                _ => Consumable(),
            };
    }

    private string Drug()
    {
        var form = random.Pick(Forms);
        var ending = random.Pick(Endings);
        var dear = ending is "替尼" or "单抗";
        var price = random.Between(form.From, form.To) * (dear ? 8 : 1);
        var level = dear ? "02" : Class(350, 560);
        return Row("X", $"{random.Pick(Stems)}{ending}{form.Form} {random.Pick(form.Specs)}", "101", level, "09", price, minLevel: dear ? "2" : "", pool: level == "01" || random.Chance(250));
    }

    private string Herb() => Row("T", $"{random.Pick(Herbs)} {random.Pick(["统货", "选货", "一等"])}", "102", Class(700, 250), "10", random.Between(3, 900), pool: true);

    private string Patent() => Row("Z", $"{random.Pick(PatentFirst)}{random.Pick(PatentSecond)}{random.Pick(["丸", "颗粒", "胶囊", "口服液", "片"])} {random.Pick(["盒装", "瓶装", "小盒", "大盒"])}",
        "101", Class(300, 560), "11", random.Between(900, 8_600), pool: random.Chance(400));

    private string Service()
    {
        switch (random.Weighted(5, 20, 30, 20, 20, 5))
        {
            case 0: return Row("F", $"{random.Pick(["普通", "副主任医师", "主任医师", "急诊"])}诊查费", "201", "01", "02", random.Between(500, 3_000), pool: true);
            case 1:
                var examination = random.Pick(Examinations);
                return Row("F", random.Pick(Parts) + examination.Name, "201", examination.MinLevel == "2" ? "02" : "01", examination.Type,
                    random.Between(examination.From, examination.To), examination.MinLevel, pool: examination.MinLevel == "");
            case 2: return Row("F", $"{random.Pick(Analytes)}测定（{random.Pick(Methods)}）", "201", Class(700, 260), "04", random.Between(300, 16_000), pool: random.Chance(700));
            case 3: return Row("F", random.Pick(Organs) + random.Pick(Operations), "201", Class(800, 180), "06", random.Between(30_000, 620_000), random.Pick(["1", "2", "3"]));
            case 4: return Row("F", random.Pick(Treatments), "201", Class(750, 220), "05", random.Between(200, 48_000), pool: random.Chance(300));
            default: return Row("F", $"{random.Pick(["普通病房", "监护病房", "层流病房", "三人间"])}{random.Pick(["床位费", "护理费"])}", "201", "01", random.Pick(["01", "07"]), random.Between(1_000, 18_000));
        }
    }

    private string Consumable() => Row("C", $"{random.Pick(Consumables)} {random.Pick(["A型", "B型", "S号", "M号", "L号", "加强型"])}", "301", Class(250, 600), "08", random.Between(150, 1_800_000));

    /// <summary>甲, 乙 or 丙 by the shares given per mille; the rest is 丙.</summary>
    private string Class(int first, int second) => random.Weighted(first, second, 1000 - first - second) switch { 0 => "01", 1 => "02", _ => "03" };

    private string Row(string kind, string name, string listType, string level, string chargeType, int priceFen, string minLevel = "", bool pool = false)
    {
        while (!names.Add(name)) name = $"{name.TrimEnd('型')}{random.Pick(["甲", "乙", "丁", "戊", "己", "庚"])}型";
        var code = $"{kind}{chargeType}{++number:D6}";
        var firstPay = level switch { "02" => random.Pick(["0.05", "0.1", "0.1", "0.15", "0.2", "0.3"]), "03" => "1", _ => "0" };
        string[] ceilings = level != "03" && random.Chance(280) ? [Ceiling(priceFen, 100), Ceiling(priceFen, 95), Ceiling(priceFen, 90), Ceiling(priceFen, 85)] : ["", "", "", ""];
        // Hospitals buy some items above the ceiling everywhere, and some only at small places: one or two ceilings are enough then.
        if (ceilings[0].Length > 0 && random.Chance(200)) ceilings = ["", "", ceilings[2], ceilings[3]];
        var ended = random.Chance(15);
        var female = name.StartsWith("子宫", StringComparison.Ordinal) || name.Contains("调经", StringComparison.Ordinal);
        var male = name.StartsWith("前列腺", StringComparison.Ordinal);
        var child = level != "03" && chargeType == "09" && random.Chance(20);
        return string.Join(',', code, name, listType, level, chargeType, firstPay, ceilings[0], ceilings[1], ceilings[2], ceilings[3], minLevel,
            random.Chance(80) ? "2025-01-01" : "2020-01-01", ended ? "2025-12-31" : "", pool && level != "03" ? "1" : "0",
            male ? "1" : female ? "2" : "", "", child ? "14" : "", random.Chance(30) ? random.Between(2, 30).ToString(CultureInfo.InvariantCulture) : "", random.Chance(20) ? "30" : "");
    }

    private static string Ceiling(int priceFen, int percent) => SampleDay.Yuan(Math.Max(1, (int)(priceFen * (long)percent / 100)));
}
