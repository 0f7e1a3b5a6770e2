using MedInsure.Kernel;

namespace MedInsure.Settlement.Policies;

/// <summary>The block 'contributions': what residents pay for a year, what employers and employees pay for a month, and when one may join.</summary>
internal sealed partial class TermsReader
{
    private readonly Dictionary<string, List<DatePeriod>> contributionPeriods = new(StringComparer.Ordinal);

    private ContributionTerms ReadContributions(PackNode node, PersonClass[] persons)
    {
        var scope = file.With(node);
        if (node.Has("resident") == node.Has("employee")) node.Wrong("exactly one of 'resident', 'employee' is needed");
        var terms = new ContributionTerms(
            node.OptionalChild("resident") is { } r ? r.Try(() => ReadResident(r, scope.With(r), persons)) : null,
            node.OptionalChild("employee") is { } e ? e.Try(() => ReadEmployee(e, scope.With(e))) : null);
        node.Done();
        return terms;
    }

    private sealed record DatedRow(PackNode Node, Clause Clause, DatePeriod Period, bool InForce);

    /// <summary>Rows with dates and origin of a block's list. Two of one key may not hold on the same day.</summary>
    private List<DatedRow> DatedRows(PackNode owner, PackScope scope, string key)
    {
        var rows = new List<DatedRow>();
        foreach (var node in owner.Children(key))
        {
            if (node.Try(() => scope.With(node)) is not { } own) continue;
            Note(own.Period);
            rows.Add(new DatedRow(node, ClauseOf(node, own), own.Period, own.Period.Contains(on)));
        }
        return rows;
    }

    private void OncePerDay(DatedRow row, string key, string what)
    {
        if (!contributionPeriods.TryGetValue(key, out var periods)) contributionPeriods[key] = periods = [];
        if (periods.Exists(p => p.Overlaps(row.Period))) row.Node.Wrong($"{what} has two values whose dates overlap");
        periods.Add(row.Period);
    }

    /// <summary>The value of a one-valued table 'values' on the day; null: none holds.</summary>
    private (T Value, Clause Clause)? OneValue<T>(PackNode owner, PackScope outer, string key, Func<PackNode, T> read, bool needed = true) where T : struct
    {
        if (needed && !owner.Has(key)) owner.Wrong($"'{key}' is missing");
        if (owner.OptionalChild(key) is not { } table) return null;
        (T, Clause)? found = null;
        var scope = outer.With(table);
        var rows = DatedRows(table, scope, "values");
        foreach (var row in rows)
        {
            OncePerDay(row, "employee." + key, $"'{key}'");
            var value = read(row.Node);
            row.Node.Done();
            if (row.InForce) found = (value, row.Clause);
        }
        if (rows.Count == 0) table.Wrong("'values' is missing or empty");
        table.Done();
        return found;
    }

    // ---- residents

    private ResidentTerms ReadResident(PackNode node, PackScope scope, PersonClass[] persons)
    {
        var personal = ReadByClass(node, scope, "personal", persons);
        var subsidy = ReadByClass(node, scope, "subsidy", persons);
        var levels = ReadLevels(node, scope);
        var contributions = new List<ResidentContribution>();
        for (var i = 0; i < persons.Length; i++)
        {
            if (personal[i] is not { } own || subsidy[i] is not { } given) continue;
            contributions.Add(new ResidentContribution(persons[i].Name, own.Amount, own.Clause, given.Amount, given.Clause, Share(node, given.Amount, levels), levels.Count == 0 ? null : levels[0].Clause));
        }
        var choose = "highest";
        PremiumAid[] aid = [];
        if (node.OptionalChild("aid") is { } block)
        {
            var within = scope.With(block);
            choose = block.Choice("choose", block.Text("choose"), "is neither highest nor first", ("highest", "highest"), ("first", "first"));
            aid = [.. DatedRows(block, within, "values").Select(row => row.Node.Try(() => ReadAid(row, within, persons))).OfType<PremiumAid>()];
            block.Done();
        }
        var (collective, clause) = (false, PackScope.Unknown);
        if (node.OptionalChild("collective_support") is { } support)
        {
            (collective, clause) = (support.OptionalFlag("allowed") ?? support.Wrong("allowed", "true or false is needed", false), ClauseOf(support, scope.WithOrigin(support)));
            support.Done();
        }
        else node.Wrong("'collective_support' is missing");
        var windows = DatedRows(node, scope, "windows").Select(row => row.Node.Try(() => ReadWindow(row))).OfType<EnrolmentWindow>().ToArray();
        if (!node.Has("windows")) node.Wrong("'windows' is missing");
        node.Done();
        return new ResidentTerms([.. contributions], choose == "highest", aid, collective, clause, windows);
    }

    /// <summary>An amount for every person class: each row names its classes, or none for all.</summary>
    private (Fen Amount, Clause Clause)?[] ReadByClass(PackNode owner, PackScope outer, string key, PersonClass[] persons)
    {
        var found = new (Fen, Clause)?[persons.Length];
        if (!owner.Has(key)) owner.Wrong($"'{key}' is missing");
        if (owner.OptionalChild(key) is not { } table) return found;
        var scope = outer.With(table);
        var rows = DatedRows(table, scope, "values");
        foreach (var row in rows)
        {
            var classes = ClassesOf(row.Node, persons);
            var amount = row.Node.Yuan("amount");
            row.Node.Done();
            foreach (var i in classes)
            {
                OncePerDay(row, $"{key}.{i}", $"'{key}' of {persons[i].Name.English}");
                if (row.InForce) found[i] = (amount, row.Clause);
            }
        }
        if (rows.Count == 0) table.Wrong("'values' is missing or empty");
        else
            for (var i = 0; i < persons.Length; i++)
                if (found[i] is null) table.Wrong($"there is no '{key}' for {persons[i].Name.English} on {on:yyyy-MM-dd}");
        table.Done();
        return found;
    }

    private static List<int> ClassesOf(PackNode node, PersonClass[] persons)
    {
        if (node.OptionalTexts("person") is not { } named) return [.. Enumerable.Range(0, persons.Length)];
        var classes = new List<int>();
        foreach (var name in named)
        {
            var index = Array.FindIndex(persons, p => p.Name.Id == "person." + name);
            if (index < 0) node.Wrong("person", $"'{name}' is not known", 0);
            else classes.Add(index);
        }
        return classes;
    }

    private sealed record LevelShare(string Level, Fen? Amount, BasisPoints? Ratio, Clause Clause, PackNode Node);

    private List<LevelShare> ReadLevels(PackNode owner, PackScope outer)
    {
        var shares = new List<LevelShare>();
        if (!owner.Has("subsidy_levels")) owner.Wrong("'subsidy_levels' is missing");
        if (owner.OptionalChild("subsidy_levels") is not { } table) return shares;
        var scope = outer.With(table);
        foreach (var row in DatedRows(table, scope, "values"))
        {
            var node = row.Node;
            var level = node.Choice("level", node.Text("level"), "is not one of central, province, city, county", [.. GovernmentLevels.All.Select(l => (l, l))]);
            node.Accept("amount", "ratio", "rest");
            if ((node.Has("amount") ? 1 : 0) + (node.Has("ratio") ? 1 : 0) + (node.Has("rest") ? 1 : 0) != 1) node.Wrong("exactly one of 'amount', 'ratio', 'rest' is needed");
            OncePerDay(row, $"level.{level}", $"'{level}'");
            Fen? amount = node.Has("amount") ? node.Yuan("amount") : null;
            BasisPoints? ratio = node.Has("ratio") ? node.Percent("ratio") : null;
            if (node.Has("rest") && node.OptionalFlag("rest") != true) node.Wrong("rest", "can only be true", 0);
            node.Done();
            if (row.InForce) shares.Add(new LevelShare(level, amount, ratio, row.Clause, node));
        }
        if (shares.Count(s => s.Amount is null && s.Ratio is null) != 1) table.Wrong($"exactly one level bears the rest; on {on:yyyy-MM-dd} it is not so");
        table.Done();
        return shares;
    }

    /// <summary>The level that bears the rest bears the rounding too.</summary>
    private static (string, Fen)[] Share(PackNode owner, Fen total, List<LevelShare> levels)
    {
        var (parts, left) = (new Fen[levels.Count], total);
        for (var i = 0; i < levels.Count; i++)
        {
            parts[i] = levels[i].Amount ?? (levels[i].Ratio is { } ratio ? total.ShareHalfUp(ratio) : Fen.Zero);
            left -= parts[i];
        }
        if (left.IsNegative) owner.Wrong("subsidy_levels", $"the levels bear more than the subsidy of {total} yuan", 0);
        var rest = levels.FindIndex(l => l.Amount is null && l.Ratio is null);
        if (rest >= 0) parts[rest] = left;
        return [.. levels.Select((l, i) => (l.Level, parts[i]))];
    }

    private PremiumAid? ReadAid(DatedRow row, PackScope scope, PersonClass[] persons)
    {
        var node = row.Node;
        var name = ReadName(node);
        OncePerDay(row, $"aid.{name.Id}", $"'{name.Id}'");
        var classes = node.Has("person") ? ClassesOf(node, persons).Select(i => persons[i].Name.Id["person.".Length..]).ToArray() : [];
        var categories = node.OptionalTexts("category") ?? [];
        var pays = node.Text("pays");
        Fen? amount = pays.EndsWith(" yuan", StringComparison.Ordinal) ? node.YuanOf("pays", pays) : null;
        BasisPoints? ratio = pays.EndsWith(" %", StringComparison.Ordinal) ? node.Percent("pays") : null;
        if (amount is null && ratio is null && pays is not ("full" or "")) node.Wrong("pays", $"'{pays}' is neither full nor an amount nor a percentage", 0);
        // Whose money it is has often another origin than the aid itself.
        var payer = node.Child("paid_by");
        var more = ClauseOf(payer, (scope with { Clause = row.Clause }).WithOrigin(payer));
        var (who, level) = (payer.Text("payer"), payer.Choice("level", payer.Text("level"), "is not one of central, province, city, county", [.. GovernmentLevels.All.Select(l => (l, l))]));
        payer.Done();
        node.Done();
        var clause = more == row.Clause ? row.Clause : new Clause($"{row.Clause.Text}; {more.Text}", row.Clause.Assumed || more.Assumed);
        return row.InForce ? new PremiumAid(name, categories, classes, amount, ratio, who, level, clause) : null;
    }

    private EnrolmentWindow? ReadWindow(DatedRow row)
    {
        var node = row.Node;
        var name = ReadName(node);
        OncePerDay(row, $"window.{name.Id}", $"'{name.Id}'");
        var who = node.Choice("who", node.Text("who"), $"is not one of {string.Join(", ", EnrolmentWindow.Kinds)}", [.. EnrolmentWindow.Kinds.Select(k => (k, k))]);
        var (first, last) = (ReadWindowDay(node, "first"), ReadWindowDay(node, "last"));
        if (first.IsOfEvent == last.IsOfEvent && (first.YearOffset, first.MonthDay, first.DaysAfterEvent).CompareTo((last.YearOffset, last.MonthDay, last.DaysAfterEvent)) > 0) node.Wrong("last", "lies before the first day", 0);
        var text = node.Text("begins");
        var (begins, waiting) = text switch
        {
            "year_start" or "" => (CoverBegins.YearStart, 0),
            "event" => (CoverBegins.Event, 0),
            "payment" => (CoverBegins.Payment, 0),
            _ when DaysAfter(text, "payment") is { } days => (CoverBegins.Payment, days),
            _ => node.Wrong("begins", $"'{text}' is not one of year_start, event, payment, 30 days after payment", (CoverBegins.YearStart, 0)),
        };
        node.Done();
        return row.InForce ? new EnrolmentWindow(name, who, first, last, begins, waiting, row.Clause) : null;
    }

    /// <summary>"09-01 of the year before", "02-28 of the covered year", "event", "90 days after event".</summary>
    private static WindowDay ReadWindowDay(PackNode node, string key)
    {
        var text = node.Text(key);
        if (text is "event" or "") return default;
        if (DaysAfter(text, "event") is { } days) return new WindowDay(0, 0, days);
        if (text.Split(" of the ") is [[_, _, '-', _, _] day, ("year before" or "covered year") and var year]
            && int.TryParse(day.AsSpan(0, 2), out var month) && int.TryParse(day.AsSpan(3), out var dayOfMonth) && month is >= 1 and <= 12 && dayOfMonth >= 1 && dayOfMonth <= DateTime.DaysInMonth(2023, month))
            return new WindowDay(month * 100 + dayOfMonth, year == "year before" ? -1 : 0, 0);
        return node.Wrong(key, $"'{text}' is no day like '09-01 of the year before', '02-28 of the covered year', 'event', '90 days after event'", default(WindowDay));
    }

    private static int? DaysAfter(string text, string what) => text.Split(' ') is [var days, "days", "after", var after] && after == what && int.TryParse(days, out var number) && number is > 0 and <= 366 ? number : null;

    // ---- employees

    private EmployeeTerms ReadEmployee(PackNode node, PackScope scope)
    {
        var clauses = new List<(string, Clause)>();
        var wage = node.Text("average_wage");
        if (wage.Length > 0 && !statisticNames.Contains(wage)) node.Wrong("average_wage", $"statistic '{wage}' is not known", 0);
        else if (wage.Length > 0 && !statistics.ContainsKey(wage)) node.Wrong("average_wage", $"statistic '{wage}' has no value on {on:yyyy-MM-dd}", 0);
        if (statisticClauses.TryGetValue(wage, out var statistic)) clauses.Add(("average_wage", statistic));
        BasisPoints Rate(string key, bool needed = true, bool beyond = false)
        {
            var value = OneValue(node, scope, key, row => beyond ? row.PercentOf("ratio", row.Text("ratio")) : row.Percent("ratio"), needed);
            if (value is { } found) clauses.Add((key, found.Clause));
            else if (needed && node.Has(key)) node.Wrong(key, $"there is no value on {on:yyyy-MM-dd}", 0);
            return value?.Value ?? BasisPoints.Zero;
        }
        var terms = new EmployeeTerms(
            statistics.GetValueOrDefault(wage), Rate("employer_rate"), Rate("employee_rate"), Rate("maternity_rate", needed: false), Rate("base_floor"), Rate("base_ceiling", beyond: true),
            Rate("account_of_employee_part"), Rate("account_of_employer_part"), Rate("late_charge_per_day"),
            [.. DatedRows(node, scope, "flexible").Select(row => row.Node.Try(() => ReadFlexible(row))).OfType<FlexibleChoice>()],
            [.. DatedRows(node, scope, "flexible_bases").Select(row => row.Node.Try(() => ReadFlexibleBase(row))).OfType<FlexibleBase>()],
            [.. DatedRows(node, scope, "retirement").Select(row => row.Node.Try(() => ReadRetirement(row))).OfType<RetirementYears>()], [.. clauses]);
        if (terms.Ceiling < terms.Floor) node.Wrong("base_ceiling", "lies below the floor", 0);
        foreach (var gend in (string[])["1", "2"])
            if (!terms.Retirement.Any(r => r.Gend == gend)) node.Wrong("retirement", $"there are no years for {(gend == "1" ? "men" : "women")} on {on:yyyy-MM-dd}", 0);
        node.Done();
        return terms;
    }

    private FlexibleChoice? ReadFlexible(DatedRow row)
    {
        var name = ReadName(row.Node);
        OncePerDay(row, $"flexible.{name.Id}", $"'{name.Id}'");
        var (rate, account) = (row.Node.Percent("ratio"), row.Node.Percent("account"));
        if (account > rate) row.Node.Wrong("account", "is more than the rate", 0);
        row.Node.Done();
        return row.InForce ? new FlexibleChoice(name, rate, account, row.Clause) : null;
    }

    private FlexibleBase? ReadFlexibleBase(DatedRow row)
    {
        var share = row.Node.PercentOf("ratio", row.Node.Text("ratio"));
        OncePerDay(row, $"flexible_base.{share}", $"the base {share}");
        row.Node.Done();
        return row.InForce ? new FlexibleBase(share, row.Clause) : null;
    }

    private RetirementYears? ReadRetirement(DatedRow row)
    {
        var node = row.Node;
        var gend = node.Choice("sex", node.Text("sex"), "is neither male nor female", ("male", "1"), ("female", "2"));
        OncePerDay(row, $"retirement.{gend}", "the years of one sex");
        var (years, paid) = (node.OptionalNumber("years") ?? Missing("years"), node.OptionalNumber("paid_years") ?? Missing("paid_years"));
        if (paid > years) node.Wrong("paid_years", "are more than all years", 0);
        node.Done();
        return row.InForce ? new RetirementYears(gend, years, paid, row.Clause) : null;

        int Missing(string key)
        {
            if (!node.Has(key)) node.Wrong($"'{key}' is missing");
            return 0;
        }
    }
}
