using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Policies;

/// <summary>The basic fund's rules and the layers above it.</summary>
internal sealed partial class TermsReader
{
    private BasicFundTerms ReadBasic(PackNode node)
    {
        var name = ReadName(node);
        var cap = node.OptionalChild("annual_cap") is { } c ? ReadLimit(c, file, new RuleName($"{name.Id}.annual_cap", "年度最高支付限额", "annual cap"), $"{name.Id}.paid", Per.Year) : null;
        var basic = new BasicFundTerms
        {
            Name = name, Fund = Fund(node), AnnualCap = cap, PaidKey = AccumulatorKey.Of($"{name.Id}.paid"),
            Rules = [.. node.Children("rules").Select(r => r.Try(() => ReadRule(r, name.Id))).OfType<BasicRule>()],
        };
        node.Done();
        return basic;
    }

    private BasicRule ReadRule(PackNode node, string basic)
    {
        var name = ReadName(node, basic + ".");
        var scope = file.With(node);
        var rule = new BasicRule
        {
            Name = name,
            When = ReadWhen(node),
            Line = node.Line,
            PoolCatalogOnly = node.OptionalText("catalog") switch
            {
                null => false,
                "outpatient_pool" => true,
                var other => node.Wrong("catalog", $"'{other}' is not a catalog filter; known: outpatient_pool", false),
            },
            Fixed = OptionalTable(node, "fixed", scope, ReadFixed, null),
            Eligible = node.OptionalChild("eligible") is { } e
                ? ReadLimit(e, scope, Part(name, "eligible", "纳入支付额度", "eligible cost"), $"{name.Id}.eligible", null, Per.Month, Per.Year) : null,
            Deductible = ReadDeductible(node, scope, name, Per.Visit, Per.Stay, Per.Year),
            Ratios = OptionalTable(node, "ratio", scope, ReadBands, CompareFlat),
            Split = ReadSplit(node, scope),
            Maximums = [.. node.Children("maximums").Select(m =>
            {
                var own = ReadName(m, basic + ".maximum.");
                return ReadLimit(m, scope, own, $"{basic}.{m.Text("id")}.paid", null, Per.Visit, Per.Stay, Per.Month, Per.Year);
            })],
            RatioName = Part(name, "ratio", "支付比例", "ratio"),
            FixedName = Part(name, "fixed", "定额支付", "fixed amount"),
        };
        if (rule.Fixed.IsEmpty && rule.Ratios.IsEmpty && !node.Has("fixed") && !node.Has("ratio")) node.Wrong("a rule needs 'ratio' or 'fixed'");
        if (rule.Maximums.Length > 4) node.Wrong("maximums", "more than four", 0);
        node.Done();
        return rule;
    }

    private Layer ReadLayer(PackNode node)
    {
        var name = ReadName(node, "layer.");
        name = name with { Id = node.Text("id") };
        var scope = file.With(node);
        var period = node.OptionalText("period") is null ? Per.Year : PerOf(node, "period", Per.Year, Per.Month);
        var cumulative = OptionalTable(node, "cumulative", scope, ReadCumulative, null);
        var caps = OptionalTable(node, "own_cost_cap", scope, n => ReadCap(n, costAllowed: true, noneAllowed: false), null);
        var ratios = OptionalTable(node, "ratio", scope, ReadBands, CompareFlat);
        if ((node.Has("cumulative") ? 1 : 0) + (node.Has("own_cost_cap") ? 1 : 0) + (node.Has("ratio") ? 1 : 0) != 1)
            node.Wrong("a layer has exactly one of 'ratio', 'cumulative', 'own_cost_cap'");
        if (!node.Has("ratio") && (node.Has("deductible") || node.Has("maximum"))) node.Wrong("only a layer with 'ratio' has a deductible or maximum of its own");
        var ofCutOff = node.Choice("of", node.OptionalText("of"), "is neither left nor cut_off", ("left", false), ("cut_off", true));
        if (ofCutOff && !node.Has("ratio")) node.Wrong("of", "only a layer with 'ratio' works on what the annual cap cut off", 0);
        var counts = Counts(node);
        var layer = new Layer
        {
            Name = name,
            Pays = Field(node),
            Fund = Fund(node),
            When = ReadWhen(node),
            Line = node.Line,
            Counts = counts,
            OfCutOff = ofCutOff,
            AboveAnnualCap = node.OptionalFlag("above_annual_cap") ?? true,
            Minimum = OptionalTable(node, "minimum", scope, n => (n.Yuan("amount"), (Clause?)null), static (a, b) => a.CompareTo(b)),
            Period = period,
            Cumulative = cumulative,
            Ratios = ratios,
            OwnCostCaps = caps,
            HighestLevelUsed = node.OptionalFlag("highest_level_used") ?? false,
            Deductible = ReadDeductible(node, scope, name, Per.Visit, Per.Month, Per.Year),
            Maximum = node.OptionalChild("maximum") is { } m
                ? ReadLimit(m, scope, Part(name, "maximum", "最高支付限额", "maximum"), $"{name.Id}.paid", null, Per.Visit, Per.Month, Per.Year) : null,
            Split = ReadSplit(node, scope),
            Paid = new PeriodKeys($"{name.Id}.paid"),
            Burden = new PeriodKeys($"{name.Id}.burden"),
            OwnCost = new PeriodKeys($"{name.Id}.own_cost"),
            CostSum = new PeriodKeys($"{name.Id}.cost"),
            LevelCounts = [.. Levels.Rising.Select(l => new PeriodKeys($"{name.Id}.level.{l}.count"))],
            CountsMonths = caps.Rows.Any(r => r.When.CountsMonths),
            CostCounted = caps.Rows.Select(r => r.Value).Where(c => c.GrowsWithCost).Select(c => (CostBase?)c.Of).FirstOrDefault(),
        };
        if (caps.Rows.Where(r => r.Value.GrowsWithCost).Select(r => r.Value.Of).Distinct().Count() > 1) node.Wrong("own_cost_cap", "all rows that grow must grow with the same cost", 0);
        if (layer.CountsMonths && period != Per.Month) node.Wrong("own_cost_cap", "'month_reached' needs 'period: month'", 0);
        node.Done();
        return layer;
    }

    private static RuleName Part(RuleName whole, string id, string chinese, string english) => new($"{whole.Id}.{id}", whole.Chinese + chinese, $"{whole.English}: {english}");

    private Deductible? ReadDeductible(PackNode owner, PackScope outer, RuleName name, params Per[] allowed)
    {
        if (owner.OptionalChild("deductible") is not { } node) return null;
        var per = PerOf(node, "per", allowed);
        var amounts = ReadTable(node, outer, n => (n.Yuan("amount"), (Clause?)null), static (a, b) => a.CompareTo(b));
        node.Done();
        return new Deductible(Part(name, "deductible", "起付标准", "deductible"), per, amounts, new PeriodKeys($"{name.Id}.deductible"));
    }

    private Limit ReadLimit(PackNode node, PackScope outer, RuleName name, string key, Per? fixedPer, params Per[] allowed)
    {
        node.Accept("zh", "en");
        if (node.Has("zh")) name = name with { Chinese = node.Text("zh"), English = node.Text("en") };
        var per = fixedPer ?? PerOf(node, "per", allowed);
        var caps = ReadTable(node, outer, n => ReadCap(n, costAllowed: per is Per.Visit, noneAllowed: true), Cap.Compare);
        node.Done();
        return new Limit(name, per, caps, new PeriodKeys(key));
    }

    private FundSplit? ReadSplit(PackNode owner, PackScope outer)
    {
        if (owner.OptionalChild("split") is not { } node) return null;
        var name = ReadName(node, "layer.");
        name = name with { Id = node.Text("id") };
        var shares = ReadTable(node, outer, n => (n.Percent("first_share"), (Clause?)null), static (a, b) => a.CompareTo(b));
        var split = new FundSplit(name, Field(node), Fund(node), shares, new PeriodKeys($"{name.Id}.paid"));
        node.Done();
        return split;
    }

    private static (FixedAmount, Clause?) ReadFixed(PackNode node)
    {
        var unit = node.Choice("per", node.Text("per"), "is not one of case, eye, day", ("case", FixedUnit.Case), ("eye", FixedUnit.Eye), ("day", FixedUnit.Day));
        var listed = node.Text("amount") == "listed";
        return (new FixedAmount(listed ? null : node.Yuan("amount"), unit), null);
    }

    private (Bands, Clause?) ReadBands(PackNode node)
    {
        node.Accept("ratio", "bands");
        if (node.Has("ratio") == node.Has("bands")) node.Wrong("either 'ratio' or 'bands' is needed");
        return (!node.Has("bands") ? new Bands([Bands.Endless], [node.Has("ratio") ? node.Percent("ratio") : BasisPoints.Zero]) : ReadBandList(node, Fen.Zero), null);
    }

    private static int CompareFlat(Bands a, Bands b) => a.Ratios[0].CompareTo(b.Ratios[0]);

    /// <param name="start">Where the first band begins on the scale in which the pack writes the ends.</param>
    private static Bands ReadBandList(PackNode node, Fen start)
    {
        var (widths, ratios) = (new List<Fen>(), new List<BasisPoints>());
        // The first band begins at nothing, or above the deductible, as the decree likes to put it.
        var ended = false;
        foreach (var band in node.Children("bands"))
        {
            if (ended) band.Wrong("a band follows the one without an end");
            band.Accept("from", "to");
            ratios.Add(band.Percent("ratio"));
            if (band.Has("from") && band.Yuan("from") is var from && from != start && !(widths.Count == 0 && from.IsZero))
                band.Wrong("from", $"the bands do not meet: this one begins at {from} yuan, {(widths.Count == 0 ? "the first one must begin at" : "the one before ends at")} {start} yuan", 0);
            if (band.Has("to"))
            {
                var to = band.Yuan("to");
                if (to <= start) to = band.Wrong("to", $"{to} yuan is not above the band before, {start} yuan", start + new Fen(1));
                widths.Add(to - start);
                start = to;
            }
            else
            {
                widths.Add(Bands.Endless);
                ended = true;
            }
            band.Done();
        }
        if (!ended) node.Wrong("bands", "the last band has no 'to': it holds whatever is above", 0);
        return widths.Count == 0 ? new Bands([Bands.Endless], [BasisPoints.Zero]) : new Bands([.. widths], [.. ratios]);
    }

    private (CumulativeTerms, Clause?) ReadCumulative(PackNode node)
    {
        var deductible = node.Yuan("deductible");
        var over = node.Choice("bands_over", node.Text("bands_over"), "is neither above_deductible nor whole_burden", ("above_deductible", Fen.Zero), ("whole_burden", deductible));
        var bands = ReadBandList(node, over);
        if (!node.Has("maximum")) node.Wrong("'maximum' is missing; 'none' says that there is none");
        // A maximum of another origin than the bands is a mapping of its own.
        if (node.OptionalMapping("maximum") is { } own)
        {
            var clause = ClauseOf(own, file.WithOrigin(own));
            var (limit, statistic) = ReadCap(own, costAllowed: false, noneAllowed: true);
            own.Done();
            return (new CumulativeTerms(deductible, bands, limit), statistic is null ? clause : new Clause($"{clause.Text}; {statistic.Text}", clause.Assumed || statistic.Assumed));
        }
        var (maximum, more) = ReadCap(node, costAllowed: false, noneAllowed: true, key: "maximum");
        return (new CumulativeTerms(deductible, bands, maximum), more);
    }

    /// <summary>"168000 yuan", "6 x disposable_income", "80100 yuan + 1 % above 267000 yuan of total", "none".</summary>
    private (Cap, Clause?) ReadCap(PackNode node, bool costAllowed, bool noneAllowed, string key = "amount")
    {
        if (key == "maximum" && !node.Has(key)) return (Cap.None, null);
        var text = node.Text(key);
        if (text is "none" or "") return noneAllowed || text.Length == 0 ? (Cap.None, null) : node.Wrong(key, "a ceiling is needed here", (Cap.None, (Clause?)null));
        if (text.Split(" x ") is [var factor, var statistic])
        {
            if (!BasisPoints.TryParseFraction(factor, out var times) || times <= BasisPoints.Zero) return node.Wrong(key, $"'{factor}' is no factor with at most four decimals", (Cap.None, (Clause?)null));
            if (!statisticNames.Contains(statistic)) return node.Wrong(key, $"statistic '{statistic}' is not known", (Cap.None, (Clause?)null));
            if (!statistics.TryGetValue(statistic, out var value))
                return rowInForce ? node.Wrong(key, $"statistic '{statistic}' has no value on {on:yyyy-MM-dd}", (Cap.None, (Clause?)null)) : (Cap.None, null);
            return (new Cap(value.ShareHalfUp(times), BasisPoints.Zero, Fen.Zero, CostBase.InScope, false), statisticClauses[statistic]);
        }
        if (text.Split(" + ") is [var amount, var rest])
        {
            if (!costAllowed) return node.Wrong(key, "a share above a threshold is possible only in an own-cost cap or a maximum per visit", (Cap.None, (Clause?)null));
            if (rest.Split(" above ") is [var share, var tail] && tail.Split(" of ") is [var threshold, ("total" or "in_scope") and var of])
                return (new Cap(node.YuanOf(key, amount), node.PercentOf(key, share), node.YuanOf(key, threshold), of == "total" ? CostBase.Total : CostBase.InScope, false), null);
            return node.Wrong(key, $"'{text}' is not of the form '80100 yuan + 1 % above 267000 yuan of total' (or 'of in_scope')", (Cap.None, (Clause?)null));
        }
        return (new Cap(node.YuanOf(key, text), BasisPoints.Zero, Fen.Zero, CostBase.InScope, false), null);
    }

    private static Per PerOf(PackNode node, string key, params Per[] allowed)
    {
        var text = node.Text(key);
        foreach (var per in allowed) if (text == Text(per)) return per;
        return text.Length == 0 ? allowed[0] : node.Wrong(key, $"'{text}' is not one of {string.Join(", ", allowed.Select(Text))}", allowed[0]);

        static string Text(Per per) => per switch { Per.Visit => "visit", Per.Stay => "stay", Per.Month => "month", _ => "year" };
    }

    private static Cost Counts(PackNode node)
    {
        var counts = Cost.None;
        foreach (var text in node.OptionalTexts("counts") ?? ["in_scope"])
            counts |= text switch
            {
                "in_scope" => Cost.InScope,
                "first_pay" => Cost.FirstPay,
                "over_limit" => Cost.OverLimit,
                "out_of_catalog" => Cost.OutOfCatalog,
                _ => node.Wrong("counts", $"'{text}' is not one of in_scope, first_pay, over_limit, out_of_catalog", Cost.InScope),
            };
        return counts;
    }

    private static PayField Field(PackNode node) => node.Text("pays") switch
    {
        "hifp_pay" => PayField.BasicFund,
        "cvlserv_pay" => PayField.CivilServant,
        "hifes_pay" => PayField.EnterpriseSupplement,
        "hifmi_pay" => PayField.CriticalIllness,
        "hifob_pay" => PayField.LargeSum,
        "maf_pay" => PayField.MedicalAssistance,
        "oth_pay" => PayField.OtherFunds,
        "" => PayField.OtherFunds,
        var other => node.Wrong("pays", $"'{other}' is no pay field of setlinfo", PayField.OtherFunds),
    };
}
