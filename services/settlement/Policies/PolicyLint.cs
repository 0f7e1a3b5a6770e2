namespace MedInsure.Settlement.Policies;

/// <summary>
/// Everything that is wrong with a pack file, each with its line: what the reader refuses, and what it can read but nobody can have meant: a rule or row
/// that never gets to decide, a level that a table by level forgets.
/// </summary>
internal static class PolicyLint
{
    /// <returns>By line; empty: nothing is wrong.</returns>
    public static IReadOnlyList<PolicyFormatException> Check(string file, string text)
    {
        var reading = new PackReading(file, strict: false);
        try
        {
            var policy = PolicyReader.Read(reading, text);
            var found = reading.Problems.Select(p => p.Line).ToHashSet();
            foreach (var terms in policy.AllTerms)
                foreach (var (line, what) in new TermsLint(terms).Findings)
                    // A line that cannot be read is no ground to judge by.
                    if (!found.Contains(line)) reading.Note(new PolicyFormatException(file, line, what));
        }
        catch (PolicyFormatException e)
        {
            reading.Note(e);
        }
        return [.. reading.Problems.DistinctBy(p => p.Message).OrderBy(p => p.Line)];
    }

    /// <summary>The terms between two changes.</summary>
    private sealed class TermsLint
    {
        private const int Pharmacy = 0;
        private readonly PolicyTerms terms;

        public TermsLint(PolicyTerms terms)
        {
            this.terms = terms;
            Names();
            var whens = terms.Basic.Rules.Select(r => r.When).ToArray();
            Rules(whens);
            foreach (var rule in terms.Basic.Rules)
                Tables([.. whens, .. ConditionsOf(rule)], s => RuleOf(s) == rule, check =>
                {
                    check.Of(rule.Fixed);
                    check.Of(rule.Eligible?.Caps);
                    check.Of(rule.Deductible?.Amounts);
                    check.Of(rule.Ratios);
                    check.Of(rule.Split?.FirstShare);
                    foreach (var maximum in rule.Maximums) check.Of(maximum.Caps);
                });
            if (terms.Basic.AnnualCap is { } cap) Tables([.. cap.Caps.Rows.Select(r => r.When)], _ => true, check => check.Of(cap.Caps));
            foreach (var layer in terms.Layers)
                Tables([layer.When, .. ConditionsOf(layer)], s => layer.When.Holds(s), check =>
                {
                    check.Of(layer.Minimum);
                    check.Of(layer.Cumulative);
                    check.Of(layer.Ratios);
                    check.Of(layer.OwnCostCaps);
                    check.Of(layer.Deductible?.Amounts);
                    check.Of(layer.Maximum?.Caps);
                    check.Of(layer.Split?.FirstShare);
                });
            foreach (var rule in terms.YearEnd) YearEnd(rule);
        }

        // A year-end rule chooses visits by its condition; its rows choose among those.
        private void YearEnd(YearEndRule rule)
        {
            if (SituationGrid.Of(terms, [rule.When]) is { } all && !all.Exists(s => rule.When.Holds(s))) Findings.Add((rule.Line, "unreachable: its condition never holds"));
            Tables([rule.When, .. Whens(rule.Amounts)], s => rule.When.Holds(s), check => check.Of(rule.Amounts));
        }

        public List<(long Line, string What)> Findings { get; } = [];

        /// <summary>The first that fits counts, for persons and visits alike.</summary>
        private void Names()
        {
            var everybody = Array.FindIndex(terms.Persons, p => p.IsEverybodyElse);
            for (var i = everybody + 1; everybody >= 0 && i < terms.Persons.Length; i++)
                Findings.Add((terms.Persons[i].Line, $"unreachable: '{terms.Persons[everybody].Name.English}' above is everybody"));
            var diseases = terms.Visits.Aggregate(0U, (all, v) => all | v.Diseases);
            for (var v = 0; v < terms.Visits.Length; v++)
            {
                var reached = false;
                for (var m = 0; m < 100; m++)
                    for (var bit = 0; bit <= 32; bit++)
                    {
                        var disease = bit == 32 ? 0 : 1U << bit & diseases;
                        reached |= terms.FindVisit(m, disease) == v;
                    }
                if (!reached) Findings.Add((terms.Visits[v].Line, "unreachable: a kind of visit above always fits first"));
            }
        }

        private BasicRule? RuleOf(Situation situation) => Array.Find(terms.Basic.Rules, r => r.When.Holds(situation));

        private void Rules(Condition[] whens)
        {
            if (SituationGrid.Of(terms, whens) is not { } situations) return;
            var reached = situations.Select(RuleOf).ToHashSet();
            foreach (var rule in terms.Basic.Rules.Where(r => !reached.Contains(r)))
                Findings.Add((rule.Line, situations.Exists(s => rule.When.Holds(s)) ? "unreachable: the rules above always apply first" : "unreachable: its condition never holds"));
            foreach (var layer in terms.Layers)
                if (SituationGrid.Of(terms, [layer.When]) is { } all && !all.Exists(s => layer.When.Holds(s))) Findings.Add((layer.Line, "unreachable: its condition never holds"));
        }

        private void Tables(Condition[] conditions, Func<Situation, bool> applies, Action<TableCheck> check)
        {
            // Where the owner never applies it has its own finding; its tables say nothing new.
            if (SituationGrid.Of(terms, conditions)?.FindAll(s => applies(s)) is { Count: > 0 } situations) check(new TableCheck(situations, Findings));
        }

        private static IEnumerable<Condition> ConditionsOf(BasicRule rule) =>
            Whens(rule.Fixed).Concat(Whens(rule.Eligible?.Caps)).Concat(Whens(rule.Deductible?.Amounts)).Concat(Whens(rule.Ratios)).Concat(Whens(rule.Split?.FirstShare))
                .Concat(rule.Maximums.SelectMany(m => Whens(m.Caps)));

        private static IEnumerable<Condition> ConditionsOf(Layer layer) =>
            Whens(layer.Minimum).Concat(Whens(layer.Cumulative)).Concat(Whens(layer.Ratios)).Concat(Whens(layer.OwnCostCaps)).Concat(Whens(layer.Deductible?.Amounts))
                .Concat(Whens(layer.Maximum?.Caps)).Concat(Whens(layer.Split?.FirstShare));

        private static IEnumerable<Condition> Whens<T>(Table<T>? table) => table is null ? [] : table.Rows.Select(r => r.When);

        /// <summary>A table in the situations in which its owner applies.</summary>
        private sealed class TableCheck(List<Situation> situations, List<(long Line, string What)> findings)
        {
            public void Of<T>(Table<T>? table)
            {
                if (table is null || table.IsEmpty) return;
                Unreachable(table);
                if (table.Rows.Any(r => r.When.Levels != -1)) ForgottenLevels(table);
            }

            private void Unreachable<T>(Table<T> table)
            {
                var chosen = situations.Select(s => table.Select(s)).ToHashSet();
                foreach (var row in table.Rows)
                {
                    if (!situations.Exists(s => row.When.Holds(s))) findings.Add((row.Line, "unreachable: its condition never holds where the table is used"));
                    else if (table.Choice == Policies.Choice.First && !chosen.Contains(row)) findings.Add((row.Line, "unreachable: the rows above always apply first"));
                }
            }

            private void ForgottenLevels<T>(Table<T> table)
            {
                var named = table.Rows.Where(r => r.When.Levels != -1).Aggregate(0, (all, r) => all | r.When.Levels);
                var forgotten = new SortedSet<int>();
                foreach (var alike in situations.Where(s => s.Level != Pharmacy || (named & 1) != 0).GroupBy(s => s.AtLevel(0)))
                {
                    var without = alike.Where(s => table.Select(s) is null).Select(s => s.Level).ToHashSet();
                    if (without.Count < alike.Count()) forgotten.UnionWith(without);
                }
                foreach (var level in forgotten) findings.Add((table.Rows[0].Line, $"the table has values by level, but none for level '{Levels.Rising[level]}' (0 yuan or none says that there is none)"));
            }
        }
    }
}
