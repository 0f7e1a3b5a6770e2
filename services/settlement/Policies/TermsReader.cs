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
    private bool rowInForce;

    public PolicyTerms Read()
    {
        root.Accept("pack", "version", "insutype", "name", "sources", "in_force");
        var insutype = root.Text("insutype");
        foreach (var (key, node) in root.Named("statistics")) ReadStatistic(key, node);
        var persons = root.Children("person_classes").Select(ReadPerson).ToArray();
        var visits = root.Children("visits").Select(ReadVisit).ToArray();
        var basic = ReadBasic(root.Child("basic_fund"));
        var layers = root.Children("layers").Select(ReadLayer).ToArray();
        if (layers.Length > LayersMost) throw root.Error("layers", $"more than {LayersMost} layers");
        var account = root.OptionalChild("personal_account") is { } a ? ReadAccount(a) : null;
        var stated = root.Children("stated").Select(ReadStated).OfType<StatedValue>().ToArray();
        root.Done();
        return new PolicyTerms
        {
            Insutype = insutype, Names = names, Persons = persons, Visits = visits, Basic = basic, Layers = layers, Account = account, Stated = stated,
        }.Compile();
    }

    /// <summary>The calculation's buffers are sized for this.</summary>
    private const int LayersMost = 8;

    private RuleName ReadName(PackNode node, string? idPrefix = null)
    {
        var id = node.Text("id");
        if (idPrefix is not null && !ids.Add(idPrefix + id)) throw node.Error("id", $"'{id}' is already taken");
        return new RuleName((idPrefix ?? "") + id, node.Text("zh"), node.Text("en"));
    }

    private void ReadStatistic(string key, PackNode node)
    {
        _ = (node.Text("zh"), node.Text("en"));
        statisticNames.Add(key);
        foreach (var row in Rows(node, file, "values"))
        {
            var value = row.Node.Yuan("amount");
            row.Node.Done();
            if (!row.InForce) continue;
            if (!statistics.TryAdd(key, value)) throw row.Node.Error($"statistic '{key}' has two values on {on:yyyy-MM-dd}");
            statisticClauses[key] = row.Clause;
        }
        node.Done();
    }

    private PersonClass ReadPerson(PackNode node)
    {
        var name = ReadName(node, "person.");
        names.AddPerson(node.Text("id"));
        var person = new PersonClass(name, node.OptionalTexts("psn_type"), node.OptionalNumber("age_from"), node.OptionalNumber("age_below"));
        node.Done();
        return person;
    }

    private VisitKind ReadVisit(PackNode node)
    {
        var name = ReadName(node, "visit.");
        names.AddVisit(node.Text("id"));
        var visit = new VisitKind(name, MedTypes(node, "med_type") ?? throw node.Error("'med_type' is missing"), Diseases(node, "disease"), node.OptionalFlag("stay") ?? false);
        node.Done();
        return visit;
    }

    private AccountTerms ReadAccount(PackNode node)
    {
        var name = ReadName(node);
        var scope = file.With(node);
        var inCatalogOnly = node.Text("pays") switch
        {
            "everything" => false,
            "in_catalog" => true,
            var other => throw node.Error("pays", $"'{other}' is neither everything nor in_catalog"),
        };
        var account = new AccountTerms(name, Fund(node), inCatalogOnly, ClauseOf(node, scope));
        node.Done();
        return account;
    }

    private StatedValue? ReadStated(PackNode node)
    {
        var name = ReadName(node);
        var scope = file.With(node);
        Note(scope.Period);
        if (node.Has("amount") == node.Has("ratio")) throw node.Error("either 'amount' or 'ratio' is needed");
        Fen? amount = node.Has("amount") ? node.Yuan("amount") : null;
        BasisPoints? ratio = node.Has("ratio") ? node.Percent("ratio") : null;
        var clause = ClauseOf(node, scope);
        node.Done();
        return scope.Period.Contains(on) ? new StatedValue(name.Id, name.Chinese, name.English, amount, ratio, clause.Text, clause.Assumed) : null;
    }

    private static Clause ClauseOf(PackNode node, PackScope scope) =>
        scope.Clause ?? throw node.Error("the value has neither a 'source' nor 'assumed: true' with a 'reason'");

    private static string Fund(PackNode node)
    {
        var fund = node.Text("fund");
        return fund.Length == 6 && fund.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? fund : throw node.Error("fund", $"'{fund}' is no fund_pay_type of six digits");
    }

    private void Note(DatePeriod period)
    {
        changes.Add(period.From);
        if (period.To is { } to && to < DateOnly.MaxValue) changes.Add(to.AddDays(1));
    }

    // ---- tables

    private readonly record struct PackRow(PackNode Node, Condition When, Clause Clause, bool InForce);

    /// <summary>The rows of a table node, each with its condition, origin and whether it is in force.</summary>
    private List<PackRow> Rows(PackNode table, PackScope outer, string key)
    {
        var scope = outer.With(table);
        var rows = new List<PackRow>();
        foreach (var node in table.Children(key))
        {
            var own = scope.With(node);
            Note(own.Period);
            rows.Add(new PackRow(node, node.OptionalChild("when") is { } when ? ReadCondition(when) : Condition.Always, ClauseOf(node, own), own.Period.Contains(on)));
        }
        if (rows.Count == 0) throw table.Error($"'{key}' is missing or empty");
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
            var other => throw table.Error("choose", $"'{other}' is not one of first{(order is null ? "" : ", highest, lowest")}"),
        };
        var rows = new List<Row<T>>();
        var byCategory = false;
        foreach (var row in Rows(table, outer, "values"))
        {
            rowInForce = row.InForce;
            var (read, more) = value(row.Node);
            row.Node.Done();
            byCategory |= row.When.Categories != 0;
            var clause = more is null ? row.Clause : new Clause($"{row.Clause.Text}; {more.Text}", row.Clause.Assumed || more.Assumed);
            if (row.InForce) rows.Add(new Row<T>(row.When, read, clause));
        }
        // A person can be in several categories: which row then counts must not depend on luck.
        if (byCategory && !table.Has("choose")) throw table.Error("rows by category need 'choose': first, highest or lowest");
        return new Table<T>([.. rows], choice, order);
    }

    private Table<T> OptionalTable<T>(PackNode owner, string key, PackScope outer, Func<PackNode, (T Value, Clause? More)> value, Comparison<T>? order)
    {
        if (owner.OptionalChild(key) is not { } node) return Table<T>.Empty;
        var table = ReadTable(node, outer, value, order);
        node.Done();
        return table;
    }

    private Condition ReadCondition(PackNode node)
    {
        ulong categories = 0;
        foreach (var name in node.OptionalTexts("category") ?? []) categories |= names.AddCategory(name);
        uint persons = 0, visits = 0;
        foreach (var name in node.OptionalTexts("person") ?? []) persons |= 1U << Known(node, "person", names.Person(name), name);
        foreach (var name in node.OptionalTexts("visit") ?? []) visits |= 1U << Known(node, "visit", names.Visit(name), name);
        var levels = 0;
        foreach (var name in node.OptionalTexts("level") ?? []) levels |= 1 << Known(node, "level", Array.IndexOf(Levels.Rising, name), name);
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

    private static int Known(PackNode node, string key, int index, string name) => index >= 0 ? index : throw node.Error(key, $"'{name}' is not known");

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
            if (ends.Length > 2 || ends.Any(e => e.Length != 2 || !int.TryParse(e, out _))) throw node.Error(key, $"'{text}' is neither two digits nor a span like 21-28");
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
        throw node.Error(key, $"'{text}' is no count like 2, 2-3 or 4-");
    }
}
