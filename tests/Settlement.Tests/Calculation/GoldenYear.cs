using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>A visit of a golden case, settled.</summary>
/// <param name="Arithmetic">As a person wrote it down in the file's comments.</param>
/// <param name="Facts">Null: it takes an earlier visit back.</param>
public sealed record GoldenVisit(YamlMappingNode Node, IEnumerable<KeyValuePair<string, string>> Input, ClaimResult Result, Trace Trace, Fen Balance, int Year, IReadOnlyList<string> Arithmetic, ClaimFacts? Facts);

/// <summary>What a year-end rule gives for a unit of a golden case.</summary>
/// <param name="Of">The stay by the name that the case gives it, else the number of its visit; "year".</param>
internal sealed record GoldenYearEnd(YearEndRule Rule, string Of, YearEndSums Sums, YearEndDue Due, IReadOnlyList<string> Arithmetic);

/// <summary>
/// One golden case: a person, the pack, and visits settled one after the other. The files carry the arithmetic in comments. A visit gives its
/// lines, or the in-scope sum alone. Of "want", funds and deductible that are not named must be 0.
/// </summary>
public sealed class GoldenYear
{
    private readonly YamlMappingNode node;
    private readonly YamlMappingNode head;
    private readonly string[] lines;

    private GoldenYear(string file, string[] lines, YamlMappingNode head, YamlMappingNode node) =>
        (File, this.lines, this.head, this.node, Name) = (file, lines, head, node, Text(node, "name")!);

    public string File { get; }
    public string Name { get; }

    public string Pack => Text(node, "pack") ?? Text(head, "pack")!;
    /// <summary>The file's own words on what its cases are about.</summary>
    public IEnumerable<string> Introduction => lines.TakeWhile(l => l.StartsWith("# ", StringComparison.Ordinal)).Select(l => l[2..].Trim());
    public IEnumerable<KeyValuePair<string, string>> Person => Pairs(Map(node, "person") ?? Map(head, "person"));
    public IEnumerable<KeyValuePair<string, string>> Before => Pairs(Map(node, "before"));
    public IEnumerable<KeyValuePair<string, string>> After => Pairs(Map(node, "accumulators"));

    public static IEnumerable<GoldenYear> All() => Directory.EnumerateFiles(Folder, "*.yaml").Order(StringComparer.Ordinal).SelectMany(In);

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Calculation", "golden");

    public static IEnumerable<GoldenYear> In(string path)
    {
        var text = System.IO.File.ReadAllText(path);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        string[] lines = [.. text.Split('\n').Select(l => l.TrimEnd('\r'))];
        var head = (YamlMappingNode)stream.Documents[0].RootNode;
        return ((YamlSequenceNode)head["cases"]).Select(n => new GoldenYear(Path.GetFileName(path), lines, head, (YamlMappingNode)n));
    }

    /// <summary>Settles the visits one after the other.</summary>
    public List<GoldenVisit> Settle() => Settle(out _);

    private List<GoldenVisit> Settle(out Dictionary<int, Accumulators> years)
    {
        var packs = TestPacks.Library;
        var person = Map(node, "person") ?? Map(head, "person") ?? new YamlMappingNode();
        years = [];
        var balance = Yuan(person, "balance");
        var settled = new List<GoldenVisit>();
        var visits = ((YamlSequenceNode)node["visits"]).Cast<YamlMappingNode>().ToArray();
        for (var i = 0; i < visits.Length; i++)
        {
            var visit = visits[i];
            var on = DateOnly.Parse(Text(visit, "on") ?? "2026-06-01");
            if (!years.TryGetValue(on.Year, out var before)) years[on.Year] = before = SumsBefore();
            var policy = packs.FindFor(Pack, on) ?? throw new InvalidOperationException($"no pack {Pack} on {on}");
            ClaimResult result;
            ClaimFacts? told = null;
            var trace = new Trace();
            if (Text(visit, "reverse") is { } number)
            {
                result = settled[int.Parse(number) - 1].Result.Negated();
                balance -= result.AccountPaid;
            }
            else
            {
                var facts = Facts(policy, person, visit, on, before, balance);
                result = Adjudication.Settle(policy, facts, before, trace);
                balance = result.AccountBalanceAfter;
                told = facts;
            }
            before.Apply(result.Changes);
            settled.Add(new GoldenVisit(visit, Pairs(visit, "want"), result, trace, balance, on.Year, Arithmetic(visit), told));
        }
        return settled;
    }

    /// <summary>What the pack's year-end rules give for the year of the last visit, one after the other, units in the order of their visits; those that give nothing too.</summary>
    internal List<GoldenYearEnd> YearEnd(IReadOnlyList<GoldenVisit> settled)
    {
        var year = settled[^1].Year;
        var policy = TestPacks.Library.FindFor(Pack, new DateOnly(year, 12, 31))!;
        var terms = policy.At(new DateOnly(year, 12, 31));
        var bills = new List<YearEndBill>();
        for (var i = 0; i < settled.Count; i++)
        {
            if (Text(settled[i].Node, "reverse") is { } number) bills.RemoveAll(b => b.SetlId == number);
            else bills.Add(new YearEndBill($"{i + 1}", Text(settled[i].Node, "encounter") ?? $"{i + 1}", settled[i].Facts!.Value, Text(settled[i].Node, "interim") == "true",
                new YearEndSums(settled[i].Result.Fees.Total, settled[i].Result.Fees.InScope, settled[i].Result.PersonShare)));
        }
        var given = new Dictionary<string, Fen>();
        var all = new List<GoldenYearEnd>();
        foreach (var rule in terms.YearEnd)
            foreach (var unit in YearEndUnits.Of(terms, rule, year, bills))
            {
                var ofOthers = unit.MdtrtId.Length == 0 ? given.Values.Aggregate(Fen.Zero, (a, b) => a + b) : given.GetValueOrDefault(unit.MdtrtId);
                var (sums, due) = YearEndUnits.Due(terms, rule, unit, ofOthers);
                given[unit.MdtrtId] = given.GetValueOrDefault(unit.MdtrtId) + due.Amount;
                var of = unit.MdtrtId.Length == 0 ? "year" : unit.MdtrtId;
                all.Add(new GoldenYearEnd(rule, of, sums, due, YearEndWanted().FirstOrDefault(w => Text(w, "rule") == rule.Name.Id && Text(w, "of") == of) is { } wanted ? Arithmetic(wanted) : []));
            }
        return all;
    }

    public bool HasYearEnd => node.Children.ContainsKey("year_end");

    private IEnumerable<YamlMappingNode> YearEndWanted() => node.Children.TryGetValue("year_end", out var wanted) ? ((YamlSequenceNode)wanted).Cast<YamlMappingNode>() : [];

    /// <summary>A case that names year-end benefits names all that are not zero, in order.</summary>
    private void CompareYearEnd(List<GoldenVisit> settled, List<string> differences)
    {
        if (!HasYearEnd) return;
        var got = YearEnd(settled).Where(g => !g.Due.Amount.IsZero).Select(g => $"{g.Rule.Name.Id} of {g.Of}: {g.Due.Amount}").ToList();
        var wanted = YearEndWanted().Where(w => !Yuan(w, "want").IsZero).Select(w => $"{Text(w, "rule")} of {Text(w, "of")}: {Yuan(w, "want")}").ToList();
        if (!got.SequenceEqual(wanted)) differences.Add($"{File}: {Name}: year-end benefits are {string.Join(", ", got)}; wanted {string.Join(", ", wanted)}");
    }

    /// <summary>Settles the visits and returns every difference from what the case wants.</summary>
    public List<string> Differences()
    {
        var differences = new List<string>();
        var settled = Settle(out var years);
        for (var i = 0; i < settled.Count; i++)
            Compare($"{File}: {Name}: visit {i + 1}", Map(settled[i].Node, "want") ?? new YamlMappingNode(), settled[i].Result, settled[i].Trace, settled[i].Balance, differences);
        CompareYearEnd(settled, differences);
        foreach (var (key, value) in Map(node, "accumulators")?.Children ?? new YamlMappingNode().Children)
        {
            var (k, want) = (((YamlScalarNode)key).Value!, ((YamlScalarNode)value).Value!);
            var got = years[settled[^1].Year][k];
            var expected = k.EndsWith("count", StringComparison.Ordinal) || k == Accumulators.Stays.Name ? long.Parse(want) : Parse(want).Value;
            if (got != expected) differences.Add($"{File}: {Name}: accumulator {k} is {got}, wanted {expected}");
        }
        return differences;
    }

    /// <summary>The comments just above a visit and behind it.</summary>
    private List<string> Arithmetic(YamlMappingNode visit)
    {
        var at = (int)visit.Start.Line - 1;
        var words = new List<string>();
        for (var above = at - 1; above >= 0 && lines[above].TrimStart().StartsWith("# ", StringComparison.Ordinal); above--) words.Insert(0, lines[above].Trim()[2..]);
        if (lines[at].LastIndexOf("} ", StringComparison.Ordinal) is var end and >= 0 && lines[at][(end + 1)..].TrimStart() is ['#', ' ', .. var behind]) words.Add(behind);
        return words;
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(YamlMappingNode? map, string? except = null) =>
        map is null ? [] : map.Children.Where(c => ((YamlScalarNode)c.Key).Value != except).Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Rendered(c.Value)));

    private static string Rendered(YamlNode value) => value switch
    {
        YamlScalarNode scalar => scalar.Value!,
        YamlSequenceNode list => $"[{string.Join("; ", list.Select(Rendered))}]",
        _ => string.Join(' ', Pairs((YamlMappingNode)value).Select(p => $"{p.Key} {p.Value}")),
    };

    private Accumulators SumsBefore()
    {
        var entries = Map(node, "before")?.Children.Select(c => (((YamlScalarNode)c.Key).Value!, ((YamlScalarNode)c.Value).Value!)).ToArray() ?? [];
        return Accumulators.Of(entries.Select(e => e.Item1), entries.Select(e => Parse(e.Item2).Value));
    }

    private ClaimFacts Facts(BenefitPolicy policy, YamlMappingNode person, YamlMappingNode visit, DateOnly on, Accumulators before, Fen balance)
    {
        var fees = visit.Children.ContainsKey("lines") ? Lines.Sum([.. ((YamlSequenceNode)visit["lines"]).Cast<YamlMappingNode>().Select(l => Line(l, on))]) : Given(visit);
        return new ClaimFacts
        {
            Insutype = policy.Insutype,
            PsnType = Text(visit, "psn_type") ?? Text(person, "psn_type") ?? "15",
            BirthOn = DateOnly.Parse(Text(person, "born") ?? "1980-01-01"),
            Categories = (Text(visit, "categories") ?? Text(person, "categories") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ProviderLevel = Text(visit, "level") ?? "3",
            MedType = Text(visit, "med_type") ?? "21",
            DiseaseKind = Text(visit, "disease"),
            Fixed = Text(visit, "group") is { } kind ? new FixedBenefit(kind, Yuan(visit, "group_amount"), int.Parse(Text(visit, "count") ?? "1")) : null,
            OffSite = Text(visit, "off_site") == "true",
            Filed = Text(visit, "filed") == "true",
            AccidentWithoutLiableParty = Text(visit, "accident") == "true",
            BeginOn = DateOnly.Parse(Text(visit, "begin") ?? on.ToString("yyyy-MM-dd")),
            PolicyOn = on,
            StayOrdinal = int.Parse(Text(visit, "stay") ?? (before[Accumulators.Stays] + 1).ToString()),
            FirstOfStay = Text(visit, "first_of_stay") != "false",
            DeductibleTakenInStay = Yuan(visit, "deductible_taken"),
            DeductibleOfReferringStay = Yuan(visit, "deductible_of_referring_stay"),
            BasicFundPaidInStay = Yuan(visit, "basic_paid_in_stay"),
            Fees = fees,
            HospitalShare = Yuan(visit, "hospital_share"),
            AccountBalance = balance,
            UseAccount = Text(visit, "use_account") == "true",
            // "none": its insurer has not answered.
            Supplement = Text(visit, "supplement") is { } authorized
                ? new Supplement("HM", "HM", "P", "620100", "补充医疗保险", "B", authorized == "none" ? null : "D1", authorized == "none" ? Fen.Zero : Parse(authorized), "")
                : null,
        };
    }

    private static FeeTotals Given(YamlMappingNode visit)
    {
        var (scope, first, over, self) = (Yuan(visit, "in_scope"), Yuan(visit, "first_pay"), Yuan(visit, "over_limit"), Yuan(visit, "self_paid"));
        return new FeeTotals(scope + first + over + self, self, over, first, scope, Yuan(visit, "pool"));
    }

    private static ClaimLine Line(YamlMappingNode line, DateOnly on)
    {
        Assert.True(Quantity.TryParse(Text(line, "cnt") ?? "1", out var quantity));
        Assert.True(UnitPrice.TryParse(Text(line, "pric"), out var price));
        var pool = Text(line, "pool") == "true";
        if (Text(line, "lv") == "03") return new ClaimLine("", on, quantity, price, LineTerms.WhollySelfPaid(SelfPaidReason.ClassC));
        Assert.True(BasisPoints.TryParseFraction(Text(line, "prop") ?? "0", out var ratio));
        UnitPrice? ceiling = Text(line, "cap") is { } cap && UnitPrice.TryParse(cap, out var c) ? c : null;
        return new ClaimLine("", on, quantity, price, new LineTerms(Text(line, "lv") == "02" ? LineClass.CoveredWithFirstPay : LineClass.Covered, ratio, ceiling, pool, SelfPaidReason.None));
    }

    private static void Compare(string where, YamlMappingNode want, ClaimResult result, Trace trace, Fen balance, List<string> differences)
    {
        var sign = result.Fees.Total.IsNegative ? -1 : 1;
        foreach (var (key, value) in Numbers(result))
        {
            if (Text(want, key) is { } text) Differ(key, Parse(text), value);
            else if (key is "act_pay_dedc" or "hifp_pay" or "cvlserv_pay" or "hifes_pay" or "hifmi_pay" or "hifob_pay" or "maf_pay" or "oth_pay") Differ(key, Fen.Zero, value);
        }
        if (Text(want, "pool_prop_selfpay") is { } ratio && ratio != result.PoolRatio.ToString()) differences.Add($"{where}: pool_prop_selfpay {result.PoolRatio}, wanted {ratio}");
        if (Text(want, "balc") is { } balc) Differ("balc", Parse(balc), balance);
        foreach (var (key, value) in Map(want, "left")?.Children ?? new YamlMappingNode().Children)
        {
            var row = trace.Rows.SingleOrDefault(r => r.RuleId == ((YamlScalarNode)key).Value);
            if (row?.LeftOfLimit is not { } left) differences.Add($"{where}: the trace has no limit of {key}; it has {string.Join(", ", trace.Rows.Select(r => r.RuleId))}");
            else Differ($"left of {key}", Parse(((YamlScalarNode)value).Value!), left);
        }
        if (Map(want, "detail") is { } detail)
        {
            // Rule or fund type to amount, in order.
            var rows = result.Shares.Select(s => $"{s.FundPayType} {s.RuleId} {s.Amount}");
            var wanted = detail.Children.Select(c => $"{((YamlScalarNode)c.Key).Value} {Parse(((YamlScalarNode)c.Value).Value!)}");
            if (!rows.SequenceEqual(wanted)) differences.Add($"{where}: detail is {string.Join(", ", rows)}");
        }
        foreach (var key in want.Children.Keys.Select(k => ((YamlScalarNode)k).Value!))
            if (key is not ("pool_prop_selfpay" or "left" or "balc" or "detail") && !Numbers(result).Any(n => n.Key == key)) differences.Add($"{where}: '{key}' is no number of a result");
        Differ("sum of detail", result.FundTotal + result.AccountPaid + result.HospitalShare, new Fen(result.Shares.Sum(s => s.Amount.Value)));
        if (result.Shares.Any(s => s.Amount.Value * sign <= 0)) differences.Add($"{where}: a detail row without an amount, or of the wrong sign");

        void Differ(string what, Fen wanted, Fen got)
        {
            if (wanted != got) differences.Add($"{where}: {what} {got}, wanted {wanted}");
        }
    }

    internal static IEnumerable<(string Key, Fen Value)> Numbers(ClaimResult r) =>
    [
        ("medfee_sumamt", r.Fees.Total), ("fulamt_ownpay_amt", r.Fees.FullSelfPay), ("overlmt_selfpay", r.Fees.OverLimit), ("preselfpay_amt", r.Fees.FirstPay),
        ("inscp_scp_amt", r.Fees.InScope), ("act_pay_dedc", r.Deductible), ("hifp_pay", r.BasicFund), ("cvlserv_pay", r.CivilServant), ("hifes_pay", r.EnterpriseSupplement),
        ("hifmi_pay", r.CriticalIllness), ("hifob_pay", r.LargeSum), ("maf_pay", r.MedicalAssistance), ("oth_pay", r.OtherFunds), ("fund_pay_sumamt", r.FundTotal),
        ("supplement", r.Supplement), ("hosp_part_amt", r.HospitalShare), ("psn_part_amt", r.PersonShare), ("acct_pay", r.AccountPaid), ("psn_cash_pay", r.Cash),
    ];

    private static YamlMappingNode? Map(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var child) ? (YamlMappingNode)child : null;

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var child) ? ((YamlScalarNode)child).Value : null;

    private static Fen Yuan(YamlMappingNode node, string key) => Text(node, key) is { } text ? Parse(text) : Fen.Zero;

    private static Fen Parse(string text) => Fen.TryParseYuan(text.Replace("_", "", StringComparison.Ordinal), out var fen) ? fen : throw new FormatException($"'{text}' is no amount of yuan");
}
