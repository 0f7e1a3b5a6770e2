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
                if (Input(year.After) is { Length: > 0 } after) page.Append($"此后累计 sums afterwards: {after}\n\n");
            }
        }
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

    private static void Stated(StringBuilder page, BenefitPolicy policy)
    {
        var terms = policy.AllTerms.SelectMany(t => t.Stated).Distinct().ToList();
        if (terms.Count == 0) return;
        page.Append("## 其他规定 stated for others than the calculation\n\n| 项目 item | 值 value | 依据 policy text |\n|---|---|---|\n");
        foreach (var stated in terms)
        {
            var value = stated.Amount is { } amount ? $"{amount} yuan" : stated.Ratio is { } ratio ? FixedPoint.Format(ratio.Value, 2, trim: true) + " %" : stated.Text!;
            page.Append($"| {Cell($"{stated.Chinese} {stated.English}")} | {Cell(value)} | {Cell(stated.Clause)} |\n");
        }
        page.Append('\n');
    }

    private static string Input(IEnumerable<KeyValuePair<string, string>> pairs) => string.Join(", ", pairs.Select(p => $"{p.Key} {p.Value}"));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
