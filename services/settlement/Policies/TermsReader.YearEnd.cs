using MedInsure.Kernel;

namespace MedInsure.Settlement.Policies;

/// <summary>Benefits after the year.</summary>
internal sealed partial class TermsReader
{
    private YearEndRule ReadYearEnd(PackNode node)
    {
        var name = ReadName(node, "year_end.");
        name = name with { Id = node.Text("id") };
        var per = node.Choice("per", node.Text("per"), "is neither stay nor year", ("stay", YearEndPer.Stay), ("year", YearEndPer.Year));
        var rule = new YearEndRule
        {
            Name = name,
            When = ReadWhen(node),
            Line = node.Line,
            Fund = Fund(node),
            Per = per,
            Of = node.Choice("of", node.Text("of"), "is not one of total_cost, in_scope, borne", ("total_cost", YearEndBase.Total), ("in_scope", YearEndBase.InScope), ("borne", YearEndBase.Borne)),
            AtMostBorne = node.OptionalChild("at_most") is { } bound ? ReadBound(bound) : null,
            Amounts = ReadTable(node, file, ReadYearEndAmount, null),
        };
        if (rule.When.CountsMonths || rule.Amounts.Rows.Any(r => r.When.CountsMonths)) node.Wrong("'month_reached' has no meaning for a year-end rule");
        // The year's visits can be at any level and of any kind: only what is true of the person can choose a row.
        if (per == YearEndPer.Year && rule.Amounts.Rows.Any(r => !r.When.SameAs(new Condition { Persons = r.When.Persons, Categories = r.When.Categories })))
            node.Wrong("a row of a rule per year can depend on 'person' and 'category' only");
        node.Done();
        return rule;
    }

    private Clause ReadBound(PackNode node)
    {
        node.Choice("of", node.Text("of"), "is not 'borne'", ("borne", true));
        var clause = ClauseOf(node, file.WithOrigin(node));
        node.Done();
        return clause;
    }

    private (YearEndAmount, Clause?) ReadYearEndAmount(PackNode node)
    {
        node.Accept("ratio", "bands", "steps");
        if ((node.Has("ratio") ? 1 : 0) + (node.Has("bands") ? 1 : 0) + (node.Has("steps") ? 1 : 0) != 1) node.Wrong("exactly one of 'steps', 'ratio', 'bands' is needed");
        if (!node.Has("steps")) return (new YearEndAmount([], node.Has("ratio") || node.Has("bands") ? ReadBands(node).Item1 : new Bands([Bands.Endless], [BasisPoints.Zero])), null);
        var steps = new List<YearEndStep>();
        foreach (var step in node.Children("steps"))
        {
            var reached = step.Yuan("reached");
            if (steps.Count > 0 && reached <= steps[^1].Reached) step.Wrong("reached", $"{reached} yuan is not above the step before, {steps[^1].Reached} yuan", 0);
            steps.Add(new YearEndStep(reached, step.Yuan("amount"), file.WithOrigin(step).Clause));
            step.Done();
        }
        if (steps.Count == 0) node.Wrong("steps", "there is none", 0);
        return (steps.Count == 0 ? new YearEndAmount([], new Bands([Bands.Endless], [BasisPoints.Zero])) : new YearEndAmount([.. steps], null), null);
    }
}
