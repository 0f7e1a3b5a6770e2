using MedInsure.Enrollment.Register;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.CategoryLists;

/// <summary>Who recognises whom (seed-facts.md section 1: civil affairs, poverty office, disabled persons' federation; sections 2.2, 2.6 and 2.8: priority groups, retired veterans,
/// family-planning aided).</summary>
internal static class Authorities
{
    public static readonly IReadOnlyDictionary<string, string[]> Categories = new Dictionary<string, string[]>
    {
        ["civil_affairs"] = ["low_income", "extreme_hardship", "low_income_elderly"],
        ["poverty_office"] = ["registered_poor"],
        ["disabled_federation"] = ["severely_disabled"],
        ["veterans"] = ["priority_group", "retired_veteran"],
        ["family_planning"] = ["family_planning_aided"],
    };
}

/// <summary>One row of an authority's list that is right in itself.</summary>
/// <param name="Key">As <see cref="RegisterRow"/>.</param>
internal sealed record CategoryListRow(long Line, string Certno, string Key, string Name, string Category, string Action, DateOnly EffectiveOn)
{
    public static readonly string[] Columns = ["certno", "name", "category", "action", "effective_on"];
    private static readonly HashSet<string> Actions = ["add", "remove"];

    public static CategoryListRow? Parse(CsvRow row, CategoryListOrder order)
    {
        var certno = row.Text("certno", 18).ToUpperInvariant();
        var key = OldAndNewNumber.Key(certno);
        if (certno.Length > 0 && key is null) row.Fail("certno", "register.certno_wrong", "不是18位或15位居民身份证号码", "is no resident identity number of 18 or 15 digits");
        var name = row.Text("name", 50);
        var category = row.Code("category", order.Categories);
        var action = row.Code("action", Actions);
        if (action == "remove" && order.IsFull) row.Fail("action", "list.remove_in_full", "全量名单中不应有退出人员", "a full list names nobody who leaves");
        var on = row.Date("effective_on");
        if (on > order.AsOf) row.Fail("effective_on", "list.effective_later", "生效日期晚于名单日期", "lies after the list's own day");
        return row.HasErrors ? null : new CategoryListRow(row.Line, certno, key!, name, category, action, on!.Value);
    }
}

/// <summary>What is said of a list beside its rows.</summary>
/// <param name="AsOf">The day for which the authority made it.</param>
/// <param name="Rows">How many rows the authority says it has: a file that was cut off has fewer.</param>
/// <param name="Removals">How many persons leave by a full list, where the authority has stated it.</param>
internal sealed record CategoryListOrder(string Authority, bool IsFull, DateOnly AsOf, long Rows, long? Removals)
{
    public IReadOnlySet<string> Categories { get; } = Authorities.Categories[Authority].ToHashSet();

    public static Outcome<CategoryListOrder> Read(string authority, IQueryCollection query, DateOnly today)
    {
        if (!Authorities.Categories.ContainsKey(authority)) return Refusals.AuthorityUnknown;
        if ((string?)query["kind"] is not ("full" or "difference")) return Refusals.ListKindUnknown.At("kind");
        if (!DateOnly.TryParseExact(query["as_of"], "yyyy-MM-dd", out var asOf) || asOf > today) return Refusals.ListDayInvalid.At("as_of");
        if (!long.TryParse(query["rows"], out var rows) || rows < 0) return Refusals.ListRowsMissing.At("rows");
        long? removals = null;
        if ((string?)query["removals"] is { Length: > 0 } stated)
        {
            if (!long.TryParse(stated, out var number) || number < 0) return Refusals.ListRowsMissing.At("removals");
            removals = number;
        }
        return new CategoryListOrder(authority, query["kind"] == "full", asOf, rows, removals);
    }
}
