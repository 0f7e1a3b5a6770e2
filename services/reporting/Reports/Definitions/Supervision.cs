namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>基金监管成果: cases opened, decided, money back; findings; work in the field (Gx, Gc, Sz; seed-facts.md 5, 6.2, 6.7).</summary>
internal static class Supervision
{
    private const string OfAudit = "；来源：各县区基金监管系统，seed-facts.md 5.3、6.7";

    public static readonly ReportDefinition Report = new()
    {
        Code = "supervision", Zh = "基金监管情况表", En = "Supervision results", Purpose = "statutory",
        From = """
            SELECT 'O' || k.county || ':' || lpad(k.case_no::text, 10, '0') AS number, k.opened_on AS on_day, k.county, 'case' AS work, k.subject_kind AS outcome, 1::bigint AS opened, 0::bigint AS decided, 0::bigint AS done, 0::bigint AS principal_fen, 0::bigint AS damages_fen, k.evidence_fen AS money_fen FROM audit_case k
            UNION ALL
            SELECT 'D' || k.county || ':' || lpad(k.case_no::text, 10, '0'), k.decided_on, k.county, 'case', k.subject_kind, 0, 1, 0, k.principal_fen, k.damages_fen, 0 FROM audit_case k WHERE k.decided_on IS NOT NULL
            UNION ALL
            SELECT 'F' || d.county || ':' || d.month || d.rule || d.fixmedins_code || d.state || d.severity || d.certain, make_date(d.month / 100, d.month % 100, 1), d.county, 'finding', d.state, 0, 0, d.findings, 0, 0, d.in_scope_fen FROM finding d
            UNION ALL
            SELECT 'W' || w.county || ':' || w.month || w.kind || w.fixmedins_code || w.outcome, make_date(w.month / 100, w.month % 100, 1), w.county, w.kind, w.outcome, 0, 0, w.count, 0, 0, w.amount_fen FROM field_work w
            """,
        PeriodKinds = [ReportPeriod.Month, ReportPeriod.Quarter, ReportPeriod.Year],
        Columns =
        [
            ClaimColumns.County with { Definition = "办理县区（行政区划代码）" }, new Dimension("work", "工作类别", "work", "案件、智能审核疑点及回访、查房、抽查、自查、举报等", "f.work", ReportNames.Event),
            new Dimension("outcome", "对象或结果", "subject or outcome", "案件为对象类别（机构、参保人），其余为处理结果", "f.outcome", ReportNames.SubjectKind),
            new Measure("opened", "立案数", "cases opened", ReportUnit.Count, "本期立案（含线索）数" + OfAudit, "f.opened"),
            new Measure("decided", "处理决定数", "cases decided", ReportUnit.Count, "本期作出现行处理决定的案件数" + OfAudit, "f.decided"),
            new Measure("principal", "追回违规本金", "principal", ReportUnit.Yuan, "本期处理决定应追回的违规本金" + OfAudit, "f.principal_fen"),
            new Measure("damages", "违约金", "damages", ReportUnit.Yuan, "本期处理决定的违约金" + OfAudit, "f.damages_fen"),
            new Measure("recovered", "本金与违约金合计", "both", ReportUnit.Yuan, "违规本金与违约金之和" + OfAudit, "f.principal_fen + f.damages_fen"),
            new Measure("work_count", "工作数量", "count of work", ReportUnit.Count, "疑点数、回访数、查房数等" + OfAudit, "f.done"),
            new Measure("money", "涉及金额", "money concerned", ReportUnit.Yuan, "案件证据、疑点涉及的政策范围内费用及现场工作金额" + OfAudit, "f.money_fen"),
        ],
        Notes = ["一家机构可受多项处理，处理项目之和可大于机构数（seed-facts.md 6.7）。疑点按被审结算的月份、现时状态统计。"],
    };

    /// <summary>By step of the ladder (Gx counts institutions by step, one institution may get several).</summary>
    public static readonly ReportDefinition Sanctions = new()
    {
        Code = "sanctions", Zh = "违规处理情况表", En = "Sanctions by step", Purpose = "statutory", Who = "f.subject",
        From = """
            SELECT s.county || ':' || lpad(s.case_no::text, 10, '0') || '.' || s.no AS number, k.decided_on AS on_day, s.county, s.step, s.name, s.amount_fen, k.subject_kind, k.subject
            FROM sanction s JOIN audit_case k ON k.county = s.county AND k.case_no = s.case_no WHERE k.decided_on IS NOT NULL
            """,
        Columns =
        [
            ClaimColumns.County with { Definition = "办理县区（行政区划代码）" }, new Dimension("step", "处理措施", "step", "处理阶梯上的措施，seed-facts.md 5.3", "f.name", CodeNames.Plain),
            new Dimension("subject_kind", "对象", "subject", "机构或参保人", "f.subject_kind", ReportNames.SubjectKind),
            new Measure("imposed", "次数", "imposed", ReportUnit.Count, "本期现行处理决定中的措施数" + OfAudit, "1"),
            new Measure("subjects", "对象数", "subjects", ReportUnit.Count, "受处理的对象数，合计中每个对象计一次" + OfAudit, "1", Distinct: true),
            new Measure("amount", "金额", "amount", ReportUnit.Yuan, "措施的金额" + OfAudit, "f.amount_fen"),
        ],
    };
}
