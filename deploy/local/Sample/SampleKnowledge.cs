using System.Globalization;
using System.Text;

namespace MedInsure.Local.Sample;

/// <summary>A small base of knowledge points (services/fraud-audit/KnowledgePoints/README.md) about the sample's catalog: by the names that its items were given.
/// Only of rules that warn: the sample's bills are drawn at random, and none of them should be refused for it.</summary>
internal static class SampleKnowledge
{
    public const string Header = "rule,point_no,item_name,codes,others,diagnoses,gend,age_min,age_max,insutypes,med_types,level_min,limit,window,basis,begndate,enddate";

    private const int CodesMax = 500;
    private static readonly (string Class, string Name)[] Classes = [("沙坦", "血管紧张素受体拮抗剂"), ("他汀", "他汀类调脂药"), ("拉唑", "质子泵抑制剂"), ("洛尔", "β受体阻滞剂"), ("地平", "钙通道阻滞剂"), ("普利", "血管紧张素转换酶抑制剂")];

    private sealed record Item(string Code, string Name, string ListType, string ChargeType, string Gend, string AgeMax);

    /// <param name="catalog">Rows of catalog.csv.</param>
    public static IEnumerable<string> Rows(IEnumerable<string> catalog)
    {
        List<Item> items = [.. catalog.Select(r => r.Split(',')).Select(f => new Item(f[0], f[1], f[2], f[4], f[14], f[16]))];
        List<Item> Named(string part, string listType) => [.. items.Where(i => i.ListType == listType && i.Name.Contains(part, StringComparison.Ordinal)).Take(CodesMax)];

        foreach (var item in items)
        {
            if (item.Gend.Length > 0) yield return Point(item.ListType == "201" ? "GZ10000302004000" : "GZ10000301004000", item.Code, item.Name, [item], gend: item.Gend);
            if (item.AgeMax.Length > 0 && item.ListType == "101") yield return Point("GZ10000301002000", item.Code, item.Name, [item], ageMax: item.AgeMax);
        }
        foreach (var (ending, name) in Classes)
            if (Named(ending, "101") is { Count: > 1 } drugs) yield return Point("MI10000301051000", ending, name, drugs);
        if (Named("他汀", "101") is { Count: > 0 } statins && Named("霉素", "101") is { Count: > 0 } macrolides) yield return Point("MI10000301052000", "statin", "他汀类与大环内酯类", statins, macrolides);
        if (Named("床位费", "201") is { Count: > 0 } beds) yield return Point("MI10000102056000", "bed", "床位费", beds);
        if (Named("护理费", "201") is { Count: > 0 } nursing) yield return Point("MI10000102057000", "nursing", "分级护理", nursing);
        if (Named("血液透析", "201") is { Count: > 0 } dialysis) yield return Point("MI10000102055000", "dialysis", "血液透析", dialysis, limit: "4", window: "week");
        if (Named("糖化血红蛋白", "201") is { Count: > 0 } haemoglobin) yield return Point("MI10000102055000", "hba1c", "糖化血红蛋白测定", haemoglobin, limit: "2", window: "quarter");
        // Large tests, whose positive rate is looked at (seed-facts.md 2.1).
        foreach (var (part, kind) in ((string, string)[])[("X线", "X线"), ("CT", "CT"), ("彩色多普勒超声", "彩超")])
            if (Named(part, "201") is { Count: > 0 } tests) yield return Point("MI10000205053000", kind, kind, tests);
        if (Named("人工关节组件", "301") is { Count: > 0 } joints && Named("置换术", "201") is { Count: > 0 } operations) yield return Point("MI10000303051000", "joint", "人工关节组件", joints, operations);
    }

    public static string Write(string folder, SampleSize size)
    {
        var path = Path.Combine(folder, "knowledge-points.csv");
        File.WriteAllText(path, string.Join('\n', Rows(new SampleCatalog(size).Rows()).Prepend(Header)) + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    private static string Point(string rule, string number, string name, List<Item> items, List<Item>? others = null, string gend = "", string ageMax = "", string limit = "", string window = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{rule},{number},{name},{Codes(items)},{Codes(others ?? [])},,{gend},,{ageMax},,,,{limit},{window},样例知识点,2020-01-01,");

    private static string Codes(List<Item> items) => string.Join(';', items.Select(i => i.Code));
}
