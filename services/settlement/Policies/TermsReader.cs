using MedInsure.Kernel;

namespace MedInsure.Settlement.Policies;

/// <summary>One pass over a pack: the terms on one day. Every value is checked, those not in force on that day are left out.</summary>
/// <param name="changes">Collects the days on which something begins or has just ended.</param>
internal sealed partial class TermsReader(PackNode root, PackScope file, DateOnly on, SortedSet<DateOnly> changes)
{
    private readonly PackNames names = new();
    private readonly HashSet<string> ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Fen> statistics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Clause> statisticClauses = new(StringComparer.Ordinal);
    private readonly HashSet<string> statisticNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<DatePeriod>> statedPeriods = new(StringComparer.Ordinal);
    private bool rowInForce;

    public PolicyTerms Read()
    {
        root.Accept("pack", "version", "insutype", "name", "sources", "in_force");
        var insutype = root.Text("insutype");
        foreach (var (key, node) in root.Named("statistics")) node.Try(() => ReadStatistic(key, node));
        var persons = root.Children("person_classes").Select(ReadPerson).ToArray();
        var visits = root.Children("visits").Select(ReadVisit).ToArray();
        var basic = ReadBasic(root.Child("basic_fund"));
        var layers = root.Children("layers").Select(n => n.Try(() => ReadLayer(n))).OfType<Layer>().ToArray();
        if (layers.Length > LayersMost) root.Wrong("layers", $"more than {LayersMost} layers", 0);
        var account = root.OptionalChild("personal_account") is { } a ? a.Try(() => ReadAccount(a)) : null;
        var yearEnd = root.Children("year_end").Select(n => n.Try(() => ReadYearEnd(n))).OfType<YearEndRule>().ToArray();
        var stated = root.Children("stated").Select(n => n.Try(() => ReadStated(n))).OfType<StatedValue>().ToArray();
        var contributions = root.OptionalChild("contributions") is { } c ? c.Try(() => ReadContributions(c, persons)) : null;
        root.Done();
        return new PolicyTerms
        {
            Insutype = insutype, Names = names, Persons = persons, Visits = visits, Basic = basic, Layers = layers, Account = account, YearEnd = yearEnd, Stated = stated, Contributions = contributions,
        }.Compile();
    }

    /// <summary>The calculation's buffers are sized for this.</summary>
    private const int LayersMost = 8;

    private RuleName ReadName(PackNode node, string? idPrefix = null)
    {
        var id = node.Text("id");
        if (idPrefix is not null && id.Length > 0 && !ids.Add(idPrefix + id)) node.Wrong("id", $"'{id}' is already taken", 0);
        return new RuleName((idPrefix ?? "") + id, node.Text("zh"), node.Text("en"));
    }

    private bool ReadStatistic(string key, PackNode node)
    {
        _ = (node.Text("zh"), node.Text("en"));
        statisticNames.Add(key);
        foreach (var row in Rows(node, file, "values", conditional: false))
        {
            var value = row.Node.Yuan("amount");
            row.Node.Done();
            if (!row.InForce) continue;
            (statistics[key], statisticClauses[key]) = (value, row.Clause);
        }
        node.Done();
        return true;
    }

    private PersonClass ReadPerson(PackNode node)
    {
        var name = ReadName(node, "person.");
        names.AddPerson(node.Text("id"));
        var person = new PersonClass(name, node.OptionalTexts("psn_type"), node.OptionalNumber("age_from"), node.OptionalNumber("age_below"), node.Line);
        node.Done();
        return person;
    }

    private VisitKind ReadVisit(PackNode node)
    {
        var name = ReadName(node, "visit.");
        names.AddVisit(node.Text("id"));
        var visit = new VisitKind(name, MedTypes(node, "med_type") ?? NoMedTypes(node), Diseases(node, "disease"), node.OptionalFlag("stay") ?? false, node.Line);
        node.Done();
        return visit;
    }

    private static bool[] NoMedTypes(PackNode node)
    {
        if (!node.Has("med_type")) node.Wrong("'med_type' is missing");
        return new bool[100];
    }

    private AccountTerms ReadAccount(PackNode node)
    {
        var name = ReadName(node);
        var scope = file.With(node);
        var inCatalogOnly = node.Choice("pays", node.Text("pays"), "is neither everything nor in_catalog", ("everything", false), ("in_catalog", true));
        var account = new AccountTerms(name, Fund(node), inCatalogOnly, ClauseOf(node, scope));
        node.Done();
        return account;
    }

    private StatedValue? ReadStated(PackNode node)
    {
        var name = ReadName(node);
        var scope = file.With(node);
        Note(scope.Period);
        node.Accept("amount", "ratio");
        if ((node.Has("amount") ? 1 : 0) + (node.Has("ratio") ? 1 : 0) + (node.Has("text") ? 1 : 0) != 1) node.Wrong("exactly one of 'amount', 'ratio', 'text' is needed");
        Fen? amount = node.Has("amount") ? node.Yuan("amount") : null;
        BasisPoints? ratio = node.Has("ratio") ? node.Percent("ratio") : null;
        var text = node.OptionalText("text");
        var clause = ClauseOf(node, scope);
        node.Done();
        if (!statedPeriods.TryGetValue(name.Id, out var periods)) statedPeriods[name.Id] = periods = [];
        if (periods.Exists(p => p.Overlaps(scope.Period))) node.Wrong($"'{name.Id}' has two values whose dates overlap");
        periods.Add(scope.Period);
        return scope.Period.Contains(on) ? new StatedValue(name.Id, name.Chinese, name.English, amount, ratio, text, clause.Text, clause.Assumed) : null;
    }

    private static Clause ClauseOf(PackNode node, PackScope scope)
    {
        if (scope.Clause is { } clause) return clause;
        node.Wrong("the value has neither a 'source' nor 'assumed: true' with a 'reason'");
        return PackScope.Unknown;
    }

    private static string Fund(PackNode node)
    {
        var fund = node.Text("fund");
        return fund.Length is 0 or 6 && fund.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? fund : node.Wrong("fund", $"'{fund}' is no fund_pay_type of six digits", "");
    }

    private void Note(DatePeriod period)
    {
        changes.Add(period.From);
        if (period.To is { } to && to < DateOnly.MaxValue) changes.Add(to.AddDays(1));
    }

    // ---- tables

    private sealed record PackRow(PackNode Node, Condition When, Clause Clause, DatePeriod Period, bool InForce);

    /// <summary>The rows of a table node, each with its condition, origin and whether it is in force.</summary>
    private List<PackRow> Rows(PackNode table, PackScope outer, string key, bool conditional = true)
    {
        var scope = outer.With(table);
        var rows = new List<PackRow>();
        foreach (var node in table.Children(key))
        {
            if (node.Try(() => scope.With(node)) is not { } own) continue;
            Note(own.Period);
            var row = new PackRow(node, conditional && node.OptionalChild("when") is { } when ? ReadCondition(when) : Condition.Always, ClauseOf(node, own), own.Period, own.Period.Contains(on));
            if (rows.Find(r => r.When.SameAs(row.When) && r.Period.Overlaps(row.Period)) is { } other)
                node.Wrong($"its dates, {row.Period}, overlap those of line {other.Node.Line}, {other.Period}, under the same condition");
            rows.Add(row);
        }
        if (rows.Count == 0) table.Wrong($"'{key}' is missing or empty");
        return rows;
    }

    /// <summary>A table whose owner has further keys of its own: the caller calls Done on it.</summary>
    private Table<T> ReadTable<T>(PackNode table, PackScope outer, Func<PackNode, (T Value, Clause? More)> value, Comparison<T>? order)
    {
        var choice = table.OptionalText("choose") switch
        {
            null or "first" => Choice.First,
            "highest" when order is not null => Choice.Highest,
            "lowest" when order is not null => Choice.Lowest,
            var other => table.Wrong("choose", $"'{other}' is not one of first{(order is null ? "" : ", highest, lowest")}", Choice.First),
        };
        var rows = new List<Row<T>>();
        var byCategory = false;
        foreach (var row in Rows(table, outer, "values"))
        {
            rowInForce = row.InForce;
            byCategory |= row.When.Categories != 0;
            if (table.Try(() => new Box<T>(value(row.Node))) is not { } read) continue;
            row.Node.Done();
            var clause = read.Value.More is not { } more ? row.Clause : new Clause($"{row.Clause.Text}; {more.Text}", row.Clause.Assumed || more.Assumed);
            if (row.InForce) rows.Add(new Row<T>(row.When, read.Value.Value, clause, row.Node.Line));
        }
        // A person can be in several categories: which row then counts must not depend on luck.
        if (byCategory && !table.Has("choose")) table.Wrong("rows by category need 'choose': first, highest or lowest");
        return new Table<T>([.. rows], choice, order);
    }

    private sealed record Box<T>((T Value, Clause? More) Value);

    private Table<T> OptionalTable<T>(PackNode owner, string key, PackScope outer, Func<PackNode, (T Value, Clause? More)> value, Comparison<T>? order)
    {
        if (owner.OptionalChild(key) is not { } node) return Table<T>.Empty;
        var table = ReadTable(node, outer, value, order);
        node.Done();
        return table;
    }

    private Condition ReadWhen(PackNode owner)
    {
        if (owner.OptionalChild("when") is { } node) return ReadCondition(node);
        owner.Wrong("'when' is missing; '{}' says that it always applies");
        return Condition.Always;
    }

    private Condition ReadCondition(PackNode node)
    {
        ulong categories = 0;
        foreach (var name in node.OptionalTexts("category") ?? []) categories |= names.AddCategory(name);
        uint persons = 0, visits = 0;
        foreach (var name in node.OptionalTexts("person") ?? []) persons |= Known(node, "person", names.Person(name), name);
        foreach (var name in node.OptionalTexts("visit") ?? []) visits |= Known(node, "visit", names.Visit(name), name);
        var levels = 0;
        foreach (var name in node.OptionalTexts("level") ?? []) levels |= (int)Known(node, "level", Array.IndexOf(Levels.Rising, name), name);
        var condition = new Condition
        {
            Categories = categories,
            Persons = persons == 0 ? uint.MaxValue : persons,
            Visits = visits == 0 ? uint.MaxValue : visits,
            Levels = levels == 0 ? -1 : levels,
            Diseases = Diseases(node, "disease"),
            MedTypes = MedTypes(node, "med_type"),
            Stay = Range(node, "stay"),
            MonthReached = Range(node, "month_reached"),
            Filed = node.OptionalFlag("filed"),
            OffSite = node.OptionalFlag("off_site"),
            Accident = node.OptionalFlag("accident"),
            Groups = node.OptionalTexts("group"),
        };
        node.Done();
        return condition;
    }

    private static uint Known(PackNode node, string key, int index, string name) => index >= 0 ? 1U << index : node.Wrong(key, $"'{name}' is not known", 1U << 30); // nobody's bit: the row takes nothing from the others

    private uint Diseases(PackNode node, string key)
    {
        uint bits = 0;
        foreach (var name in node.OptionalTexts(key) ?? []) bits |= names.AddDisease(name);
        return bits;
    }

    /// <summary>First two digits: "14", or a span "21-28".</summary>
    private static bool[]? MedTypes(PackNode node, string key)
    {
        if (node.OptionalTexts(key) is not { } texts) return null;
        var types = new bool[100];
        foreach (var text in texts)
        {
            var ends = text.Split('-');
            if (ends.Length > 2 || ends.Any(e => e.Length != 2 || !int.TryParse(e, out _)))
            {
                node.Wrong(key, $"'{text}' is neither two digits nor a span like 21-28", 0);
                continue;
            }
            for (var m = int.Parse(ends[0]); m <= int.Parse(ends[^1]); m++) types[m] = true;
        }
        return types;
    }

    /// <summary>"2", "2-3", or "4-" for the fourth and all later ones.</summary>
    private static (int From, int To) Range(PackNode node, string key)
    {
        if (node.OptionalText(key) is not { } text) return (0, int.MaxValue);
        var ends = text.Split('-');
        if (ends.Length <= 2 && int.TryParse(ends[0], out var from) && from > 0)
        {
            if (ends.Length == 1) return (from, from);
            if (ends[1].Length == 0) return (from, int.MaxValue);
            if (int.TryParse(ends[1], out var to) && to >= from) return (from, to);
        }
        return node.Wrong(key, $"'{text}' is no count like 2, 2-3 or 4-", (0, int.MaxValue));
    }
}
