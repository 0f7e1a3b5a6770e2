using MedInsure.Kernel;

namespace MedInsure.Settlement.Simulation;

/// <summary>A simulation as tables of plain text, for a terminal and for the file of a decision. Money in yuan; after a sample the sums are estimates, each change with its bound.</summary>
internal sealed class SimulationText(SimulationOutcome outcome, TextWriter output)
{
    private readonly SimulationEstimate estimate = outcome.Estimate;
    private readonly SimulationTotals totals = outcome.Totals;

    public static void Write(SimulationOutcome outcome, TextWriter output) => new SimulationText(outcome, output).Write();

    private void Write()
    {
        Head();
        Payers();
        Effects("按县区 By county", "县区 county", totals.Counties.Groups, c => outcome.Request.Counties.FirstOrDefault(t => t.Code == c) is { } county ? $"{c} {county.Name}" : c);
        Effects("按医疗机构级别 By hospital level", "级别 level", totals.Levels.Groups, SimulationLabels.Level);
        Effects("按就医类别 By kind of visit", "类别 kind", totals.MedTypes.Groups, SimulationLabels.MedType);
        Effects("按人员身份 By category of the person (who has several counts in each)", "身份 category", totals.Categories.Groups, SimulationLabels.Category);
        Burdens();
        Households();
        TopSettlements();
        TopPersons();
    }

    private void Head()
    {
        var request = outcome.Request;
        output.WriteLine("政策模拟 What if: a draft on the settlements of a period");
        output.WriteLine();
        output.WriteLine($"  草案 draft        {request.Scope.Draft.Pack} {request.Scope.Draft.Version} {request.Scope.Draft.ChineseName}, SHA-256 {Convert.ToHexStringLower(request.Scope.Draft.ContentHash.AsSpan(0, 8))}…");
        output.WriteLine($"  对照 base         {BaseText(request)}");
        output.WriteLine($"  期间 period       {request.Scope.From:yyyy-MM-dd} – {request.Scope.To:yyyy-MM-dd} (待遇享受日期 policy date)");
        output.WriteLine($"  县区 counties     {string.Join(", ", request.Counties.Select(c => $"{c.Code} {c.Name}"))}");
        output.WriteLine(estimate.IsExact
            ? $"  范围 scope        {Count(totals.All.Settlements)} 笔结算 settlements of {Count(totals.All.Persons)} 人 persons, 逐笔精算 each computed: exact"
            : $"  抽样 sample       {Count(outcome.Drawn)} of {Count(outcome.Persons)} 人 persons drawn at random, seed {request.Seed}, {Count(totals.All.Settlements)} settlements; all sums are estimates, ± holds the truth in 95 of 100 draws");
        output.WriteLine($"  结果 result       基金 fund {Signed(Scaled(totals.All.FundChange))}{Bound(totals.All.FundChange, totals.All.FundSquares)} 元 yuan, 个人 persons {Signed(Scaled(totals.All.PersonChange))}{Bound(totals.All.PersonChange, totals.All.PersonSquares)}; "
            + $"{Count(Scaled(totals.All.Gaining))} 人负担减少 persons pay less, {Count(Scaled(totals.All.Losing))} 人增加 more");
        if (totals.OutsideChanged > 0)
            output.WriteLine($"  期间外 outside     {Count(Scaled(totals.OutsideChanged))} settlements of these persons outside the period or of other packs change with the year's sums: fund {Signed(Scaled(totals.Outside.Fund))}, persons {Signed(Scaled(totals.Outside.Person))}; not in the tables");
    }

    public static string BaseText(SimulationRequest request) => request.Base switch
    {
        SimulationBase.Published => "published: 各县区现行版本 the version that decides each policy date",
        SimulationBase.Booked => "booked: 账面结果 what stands in the books",
        _ => $"file: {request.BaseFile!.Pack} {request.BaseFile.Version}, SHA-256 {Convert.ToHexStringLower(request.BaseFile.ContentHash.AsSpan(0, 8))}…",
    };

    private void Payers()
    {
        Title("按基金与个人 By layer (yuan)");
        var table = Table("支付方 payer", "模拟前 before", "模拟后 after", "变化 change", "±", "%");
        Row("基金合计 all funds", totals.Before.Fund, totals.After.Fund, totals.All.FundSquares);
        for (var payer = PaidBy.BasicFund; payer <= PaidBy.Cash; payer++)
            if (totals.Before.Of(payer) != 0 || totals.After.Of(payer) != 0 || payer == PaidBy.BasicFund) Row(SimulationLabels.Of(payer), totals.Before.Of(payer), totals.After.Of(payer), totals.SquaresOf(payer));
        table.Write(output);

        void Row(string name, long before, long after, Int128 squares) =>
            table.Add(Cells(name, Yuan(Scaled(before)), Yuan(Scaled(after)), Signed(Scaled(after - before)), Plain(after - before, squares), Percent(after - before, before)));
    }

    private void Effects(string title, string what, IEnumerable<Effect> groups, Func<string, string> label)
    {
        Title(title);
        var table = Table(what, "结算 settlements", "变化 changed", "人 persons", "基金 fund before", "基金变化 change", "±", "%", "个人 own cost before", "个人变化 change", "减负 pay less", "加负 pay more");
        foreach (var g in groups)
            table.Add(Cells(label(g.Key), Count(Scaled(g.Settlements)), Count(Scaled(g.Changed)), Count(Scaled(g.Persons)), Yuan(Scaled(g.FundBefore)), Signed(Scaled(g.FundChange)), Plain(g.FundChange, g.FundSquares),
                Percent(g.FundChange, g.FundBefore), Yuan(Scaled(g.PersonBefore)), Signed(Scaled(g.PersonChange)), Count(Scaled(g.Gaining)), Count(Scaled(g.Losing))));
        table.Write(output);
    }

    private void Burdens()
    {
        Title("按个人年度负担 By the person's own cost of the calendar year before (yuan; account and cash)");
        var table = Table("年负担 own cost", "人 persons", "减负 pay less", "减少 by", "人均 mean", "加负 pay more", "增加 by", "人均 mean", "净 net", "±", "人均 mean of all");
        for (var band = 0; band < totals.Burdens.Length; band++)
        {
            var g = totals.Burdens[band];
            if (g.Persons == 0) continue;
            table.Add(Cells(SimulationLabels.Burden(band), Count(Scaled(g.Persons)), Count(Scaled(g.Gaining)), Yuan(Scaled(g.Gain)), Mean(g.Gain, g.Gaining), Count(Scaled(g.Losing)), Yuan(Scaled(g.Loss)), Mean(g.Loss, g.Losing),
                Signed(Scaled(g.PersonChange)), Plain(g.PersonChange, g.PersonSquares), Mean(g.PersonChange, g.Persons)));
        }
        table.Write(output);
    }

    private void Households()
    {
        if (outcome.Request.Households is not { } households) return;
        Title($"家庭负担超过收入 {Simulation.Households.LimitPercent}% Households that bear more than {Simulation.Households.LimitPercent} % of their yearly disposable income");
        var table = new TextTable("年 year", "已知家庭 known", "有结算 with settlements", "模拟前 above before", "模拟后 above after", "脱离 no longer", "新增 newly", "超出部分 excess before", "超出部分 excess after");
        foreach (var b in households.Burdens())
            table.Add(b.Year.ToString(null as IFormatProvider), Count(b.Known), Count(b.WithSettlements), Count(b.AboveBefore), Count(b.AboveAfter), Count(b.Relieved), Count(b.Added), Yuan(b.ExcessBefore), Yuan(b.ExcessAfter));
        table.Write(output);
    }

    private void TopSettlements()
    {
        if (totals.TopSettlements.Items.Count == 0) return;
        Title($"变化最大的结算 The {totals.TopSettlements.Items.Count} settlements whose fund part changes most{(estimate.IsExact ? "" : " (of those drawn)")}");
        var table = new TextTable("结算号 setl_id", "人员 psn_no", "日期 policy date", "级别 level", "类别 kind", "总费用 total", "基金 fund before", "基金 after", "变化 change", "个人变化 own cost");
        foreach (var s in totals.TopSettlements.Items)
            table.Add(s.SetlId, PersonalData.MaskCertificate(s.PsnNo), $"{s.PolicyOn:yyyy-MM-dd}", SimulationLabels.Level(s.Level), SimulationLabels.MedType(s.MedType[..Math.Min(2, s.MedType.Length)]), Yuan(s.Total), Yuan(s.Before.Fund), Yuan(s.After.Fund), Signed(s.FundChange), Signed(s.PersonChange));
        table.Write(output, leftColumns: 5);
    }

    private void TopPersons()
    {
        if (totals.TopPersons.Items.Count == 0) return;
        Title($"变化最大的人员 The {totals.TopPersons.Items.Count} persons whose fund part changes most{(estimate.IsExact ? "" : " (of those drawn)")}");
        var table = new TextTable("人员 psn_no", "县区 county", "结算 settlements", "基金 fund before", "基金 after", "变化 change", "个人 own cost before", "个人 after", "变化 change");
        foreach (var p in totals.TopPersons.Items)
            table.Add(PersonalData.MaskCertificate(p.PsnNo), p.County, Count(p.Settlements), Yuan(p.Before.Fund), Yuan(p.After.Fund), Signed(p.FundChange), Yuan(p.Before.Person), Yuan(p.After.Person), Signed(p.PersonChange));
        table.Write(output, leftColumns: 2);
    }

    private void Title(string title)
    {
        output.WriteLine();
        output.WriteLine(title);
    }

    /// <summary>The column of bounds is for samples only.</summary>
    private TextTable Table(params string[] header) => new(Cells(header));
    private readonly List<int> boundColumns = [];

    private string[] Cells(params string[] cells)
    {
        if (!estimate.IsExact) return cells;
        if (cells.Contains("±"))
        {
            boundColumns.Clear();
            boundColumns.AddRange(Enumerable.Range(0, cells.Length).Where(c => cells[c] == "±"));
        }
        return [.. cells.Where((_, c) => !boundColumns.Contains(c))];
    }

    private long Scaled(long sum) => estimate.Of(sum);
    private string Plain(long sum, Int128 squares) => estimate.Bound(sum, squares) is { } bound ? Yuan(bound) : "?";
    private string Bound(long sum, Int128 squares) => estimate.IsExact ? "" : $" ± {Plain(sum, squares)}";
    private static string Mean(long sum, long count) => count == 0 ? "" : Yuan(HalfUp.Divide(sum, count));
    private static string Count(long count) => Grouped(count.ToString(null as IFormatProvider));
    private static string Signed(long fen) => fen > 0 ? "+" + Yuan(fen) : Yuan(fen);
    private static string Yuan(long fen) => Grouped(new Fen(fen).ToString());

    private static string Percent(long change, long before) => before == 0 ? "" : (change > 0 ? "+" : "") + FixedPoint.Format(HalfUp.Divide((Int128)change * 10_000, before), 2, trim: false);

    /// <summary>1234567.89 → 1,234,567.89</summary>
    private static string Grouped(string number)
    {
        var whole = number.IndexOf('.') is >= 0 and var point ? point : number.Length;
        for (var at = whole - 3; at > (number[0] == '-' ? 1 : 0); at -= 3) number = number.Insert(at, ",");
        return number;
    }
}
