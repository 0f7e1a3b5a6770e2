using MedInsure.Console.Access;

namespace MedInsure.Console.Layout;

/// <summary>The menu: one line a page, in its group. Whoever lacks the permission, or stands at another kind of place, does not see it.</summary>
/// <param name="Path">Below the place, with its first slash; of a page without a place the whole address.</param>
internal sealed record NavigationEntry(string GroupChinese, string GroupEnglish, string Chinese, string English, string Path, string Permission, PlaceKinds Of)
{
    private const string MoneyZh = "结算与基金", Money = "Settlement and funds", PeopleZh = "参保与征缴", People = "Enrolment and contributions", AuditZh = "基金监管", Audit = "Supervision",
        RulesZh = "政策与目录", Rules = "Policies and catalogs", ReportsZh = "报表与公示", Reports = "Reports and disclosure", SystemZh = "系统", System = "System";

    public static readonly IReadOnlyList<NavigationEntry> All =
    [
        new(PeopleZh, People, "参保人查询", "Person search", "/persons", Permissions.PersonRead, PlaceKinds.County),
        new(MoneyZh, Money, "机构结算单", "Provider statements", "/provider-statements", Permissions.StatementRead, PlaceKinds.County),
        new(MoneyZh, Money, "一单式结算", "One-stop bill", "/bills", Permissions.BillRead, PlaceKinds.County),
        new(ReportsZh, Reports, "报表", "Reports", "/reports", Permissions.ReportRead, PlaceKinds.Either),
        new(ReportsZh, Reports, "报表快照", "Snapshots", "/report-snapshots", Permissions.ReportRead, PlaceKinds.City),
        new(SystemZh, System, "用户与权限", "Users and roles", "/users", Permissions.UserRead, PlaceKinds.None),
        new(SystemZh, System, "审计日志", "Audit log", "/audit-log", Permissions.LogRead, PlaceKinds.None),
        new(SystemZh, System, "失败的消息", "Failed messages", "/messages", Permissions.MessageRead, PlaceKinds.None),
        new(SystemZh, System, "运行状况", "Operations", "/operations", Permissions.OperationsRead, PlaceKinds.None),
        new(SystemZh, System, "报表数据来源", "Reports' feeds", "/report-feeds", Permissions.OperationsRead, PlaceKinds.City),
    ];

    public string Href(string place) => Of == PlaceKinds.None ? Path : $"/{place}{Path}";
}
