using System.Text;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>
/// The golden cases of one pack as a page that a bureau can check and sign: what the policy says, the input, the rules applied with their clauses, the
/// arithmetic as a person wrote it down, the result.
/// </summary>
internal static class GoldenBook
{
    /// <summary>The program's packs, a page each: harbin-resident.md.</summary>
    public static IEnumerable<(string File, string Text)> All() => PolicyLibrary.LoadEmbedded().All.Select(policy => (policy.Pack.Replace('/', '-') + ".md", Page(policy)));

    private static string Page(BenefitPolicy policy)
    {
        var page = new StringBuilder();
        page.Append($"# {policy.ChineseName} {policy.EnglishName}\n\n");
        page.Append($"Pack `{policy.Pack}`, version {policy.Version}, insutype {policy.Insutype}, in force {policy.InForce.From:yyyy-MM-dd} to {policy.InForce.To?.ToString("yyyy-MM-dd") ?? "no end"}, ");
        page.Append($"SHA-256 `{Convert.ToHexStringLower(policy.ContentHash)}`.\n\n");
        page.Append("Written by `deploy/policy books` from the cases in `tests/Settlement.Tests/Calculation/golden`; not to be edited. Amounts in yuan. Clauses that begin with\n");
        page.Append("\"假定 assumed\" come from no document yet: the bureau replaces them by its decrees.\n\n");
        var number = 0;
        foreach (var file in GoldenYear.All().Where(y => y.Pack == policy.Pack).GroupBy(y => y.File))
        {
            page.Append($"## {Path.GetFileNameWithoutExtension(file.Key)}\n\n{string.Join(' ', file.First().Introduction)}\n\n");
            foreach (var year in file)
            {
                page.Append($"### {++number}. {year.Name}\n\n");
                if (Input(year.Person) is { Length: > 0 } person) page.Append($"参保人 person: {person}\n\n");
                if (Input(year.Before) is { Length: > 0 } before) page.Append($"此前累计 earlier in the year: {before}\n\n");
                var visits = year.Settle();
                for (var i = 0; i < visits.Count; i++) Visit(page, i + 1, visits[i]);
                YearEnd(page, year, visits);
                if (Input(year.After) is { Length: > 0 } after) page.Append($"此后累计 sums afterwards: {after}\n\n");
            }
        }
        Contributed(page, policy);
        Stated(page, policy);
        page.Append("核对 checked by: ____________  日期 on: ____________  盖章 seal:\n");
        return page.ToString();
    }

    private static void Visit(StringBuilder page, int number, GoldenVisit visit)
    {
        page.Append($"**{number}.** 输入 input: {Input(visit.Input)}\n\n");
        var rows = visit.Trace.Rows.Where(r => r.RuleId != "lines" || visit.Result.Fees.InScope != visit.Result.Fees.Total).ToList();
        if (rows.Count > 0)
        {
            page.Append("| 规则 rule | 依据 policy text | 输入 input | 结果 result | 剩余额度 left |\n|---|---|---|--:|--:|\n");
            foreach (var row in rows)
                page.Append($"| {Cell($"{row.ChineseName} {row.EnglishName}")} | {Cell(row.Clause)} | {Cell(string.Join("; ", row.Inputs.Select(i => $"{i.Chinese} {i.English} {i.Value}")))} | {row.Result} | {row.LeftOfLimit} |\n");
            page.Append('\n');
        }
        if (visit.Arithmetic.Count > 0) page.Append($"算式 arithmetic: {string.Join(' ', visit.Arithmetic)}\n\n");
        page.Append($"结果 result: {string.Join(", ", GoldenYear.Numbers(visit.Result).Where(n => !n.Value.IsZero).Select(n => $"{n.Key} {n.Value}"))}\n\n");
    }

    private static void Contributed(StringBuilder page, BenefitPolicy policy)
    {
        var rows = new List<(string Item, string Value, Clause Clause)>();
        foreach (var terms in policy.AllTerms.Select(t => t.Contributions).OfType<ContributionTerms>())
        {
            if (terms.Resident is { } resident) rows.AddRange(Of(resident));
            if (terms.Employee is { } employee) rows.AddRange(Of(employee));
        }
        if (rows.Count == 0) return;
        page.Append("## 缴费 contributions\n\n| 项目 item | 值 value | 依据 policy text |\n|---|---|---|\n");
        foreach (var (item, value, clause) in rows.Distinct()) page.Append($"| {Cell(item)} | {Cell(value)} | {Cell(clause.Text)} |\n");
        page.Append('\n');
    }

    private static IEnumerable<(string, string, Clause)> Of(ResidentTerms terms)
    {
        foreach (var c in terms.Contributions)
        {
            yield return ($"{c.Person.Chinese}个人缴费 {c.Person.English}, personal part", $"{c.Personal} yuan", c.PersonalClause);
            yield return ($"{c.Person.Chinese}财政补助 {c.Person.English}, subsidy", $"{c.Subsidy} yuan", c.SubsidyClause);
            yield return ($"{c.Person.Chinese}财政补助分级 {c.Person.English}, subsidy by level", string.Join(", ", c.Levels.Select(l => $"{l.Level} {l.Amount} yuan")), c.LevelsClause!);
        }
        foreach (var aid in terms.Aid)
            yield return ($"{aid.Name.Chinese} {aid.Name.English}", $"{(aid.Amount is { } amount ? $"{amount} yuan" : aid.Ratio is { } ratio ? Percent(ratio) : "full")}, {aid.Payer} ({aid.Level})", aid.Clause);
        yield return ("集体补助 collective support", terms.CollectiveSupport ? "allowed" : "none", terms.CollectiveClause);
        foreach (var w in terms.Windows)
            yield return ($"{w.Name.Chinese} {w.Name.English}", $"{w.First} to {w.Last}; cover from {w.Begins switch { CoverBegins.YearStart => "the year's start", CoverBegins.Event => "the event", _ => w.WaitingDays == 0 ? "the payment" : $"{w.WaitingDays} days after the payment" }}", w.Clause);
    }

    private static IEnumerable<(string, string, Clause)> Of(EmployeeTerms terms)
    {
        foreach (var (item, clause) in terms.Clauses)
            yield return (item, item switch
            {
                "average_wage" => $"{terms.AverageWage} yuan",
                "employer_rate" => Percent(terms.Employer),
                "employee_rate" => Percent(terms.Employee),
                "maternity_rate" => Percent(terms.Maternity),
                "base_floor" => Percent(terms.Floor),
                "base_ceiling" => Percent(terms.Ceiling),
                "account_of_employee_part" => Percent(terms.AccountOfEmployee),
                "account_of_employer_part" => Percent(terms.AccountOfEmployer),
                _ => Percent(terms.LateCharge),
            }, clause);
        foreach (var f in terms.Flexible) yield return ($"{f.Name.Chinese} {f.Name.English}", $"{Percent(f.Rate)}, account {Percent(f.Account)}", f.Clause);
        foreach (var b in terms.FlexibleBases) yield return ("灵活就业缴费基数 base of flexible workers", Percent(b.Share), b.Clause);
        foreach (var r in terms.Retirement) yield return (r.Gend == "1" ? "男职工缴费年限 years of men" : "女职工缴费年限 years of women", $"{r.Years}, of which paid {r.PaidYears}", r.Clause);
    }

    private static string Percent(BasisPoints ratio) => FixedPoint.Format(ratio.Value, 2, trim: true) + " %";

    private static void YearEnd(StringBuilder page, GoldenYear year, List<GoldenVisit> visits)
    {
        if (!year.HasYearEnd || year.YearEnd(visits) is not { Count: > 0 } given) return;
        page.Append("年终待遇 after the year:\n\n| 规则 rule | 对象 of | 总费用 total cost | 政策范围内 in scope | 个人负担 borne | 依据 policy text | 算式 arithmetic | 结果 result |\n|---|---|--:|--:|--:|---|---|--:|\n");
        foreach (var g in given)
            page.Append($"| {Cell($"{g.Rule.Name.Chinese} {g.Rule.Name.English}")} | {Cell(g.Of)} | {g.Sums.Total} | {g.Sums.InScope} | {g.Sums.Borne} | {Cell(g.Due.Clause?.Text ?? "")} | {Cell(string.Join(' ', g.Arithmetic))} | {g.Due.Amount} |\n");
        page.Append('\n');
    }

    private static void Stated(StringBuilder page, BenefitPolicy policy)
    {
        var terms = policy.AllTerms.SelectMany(t => t.Stated).Distinct().ToList();
        if (terms.Count == 0) return;
        page.Append("## 其他规定 stated for others than the calculation\n\n| 项目 item | 值 value | 依据 policy text |\n|---|---|---|\n");
        foreach (var stated in terms)
        {
            var value = stated.Amount is { } amount ? $"{amount} yuan" : stated.Ratio is { } ratio ? Percent(ratio) : stated.Text!;
            page.Append($"| {Cell($"{stated.Chinese} {stated.English}")} | {Cell(value)} | {Cell(stated.Clause)} |\n");
        }
        page.Append('\n');
    }

    private static string Input(IEnumerable<KeyValuePair<string, string>> pairs) => string.Join(", ", pairs.Select(p => $"{p.Key} {p.Value}"));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
