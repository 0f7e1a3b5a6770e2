using System.Globalization;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.TestResults;

/// <summary>One row of test-results.csv that is right in itself.</summary>
internal sealed record TestResultFileRow(long Line, string SetlId, string MdtrtId, string FeedetlSn, string Item, DateTime PerformedAt, bool Positive, string DoctorCode)
{
    /// <summary>What makes it one result; the encounter is known by then.</summary>
    public (string, string, string, DateTime) Key => (MdtrtId, Item, FeedetlSn, PerformedAt);
}

/// <summary>Columns and readers of test-results.csv.</summary>
internal static class TestResultFile
{
    public static readonly string[] Columns = ["setl_id", "mdtrt_id", "feedetl_sn", "med_list_codg", "performed_at", "positive", "doctor_code"];

    private static readonly string[] Times = ["yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm"];
    private static readonly HashSet<string> Answers = ["Y", "N"];

    /// <param name="items">Codes of the county's large tests.</param>
    public static TestResultFileRow? Parse(CsvRow row, IReadOnlySet<string> items, DateTimeOffset now)
    {
        var (setl, mdtrt, line) = (row.Text("setl_id", 30, required: false), row.Text("mdtrt_id", 30, required: false), row.Text("feedetl_sn", 30, required: false));
        if (setl.Length == 0 && mdtrt.Length == 0) row.Fail("mdtrt_id", "import.required", "结算或就诊编号须填一项", "needs a settlement's or an encounter's number");
        var item = row.Text("med_list_codg", 50);
        if (item.Length > 0 && !items.Contains(item)) row.Fail("med_list_codg", "test_result.item_unknown", "不是本县区知识点所列的大型检查", "is no large test of the county's knowledge points");
        var at = row.Text("performed_at", 19);
        DateTime performed = default;
        if (at.Length > 0 && (!DateTime.TryParseExact(at, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out performed) || performed.Year < 2000)) row.Fail("performed_at", "test_result.bad_time", "不是yyyy-MM-ddTHH:mm格式的时间", "is no time yyyy-MM-ddTHH:mm");
        else if (at.Length > 0 && ChinaCalendar.FromLocal(performed) > now) row.Fail("performed_at", "test_result.in_future", "检查时间晚于现在", "lies in the future");
        var positive = row.Code("positive", Answers);
        var doctor = row.Text("doctor_code", 30);
        return row.HasErrors ? null : new TestResultFileRow(row.Line, setl, mdtrt, line, item, ChinaCalendar.FromLocal(performed).UtcDateTime, positive == "Y", doctor);
    }
}
