using MedInsure.Hosting.Imports;

namespace MedInsure.ProviderRegistry.Doctors;

/// <summary>One row of doctors.csv that is right in itself: a doctor's post at a provider. A doctor of several providers has several rows.</summary>
internal sealed record DoctorFileRow(long Line, string City, string DoctorCode, string DoctorName, string FixmedinsCode, string DepartmentCode, string Title, string AgreementNo, DateOnly From, DateOnly? To)
{
    public static readonly string[] Columns = ["doctor_code", "doctor_name", "fixmedins_code", "department_code", "title", "agreement_no", "from_on", "to_on"];

    /// <param name="cityOf">The city of a provider by its code; null: none served here.</param>
    public static DoctorFileRow? Parse(CsvRow row, Func<string, string?> cityOf)
    {
        var code = row.Text("doctor_code", 30);
        var name = row.Text("doctor_name", 50);
        var provider = row.Text("fixmedins_code", 12);
        var city = cityOf(provider);
        if (provider.Length > 0 && city is null) row.Fail("fixmedins_code", "import.county_not_served", "本平台不承办该机构所在地区", "the provider's area is not served here");
        var department = row.Text("department_code", 30, required: false);
        var title = row.Text("title", 30, required: false);
        var agreement = row.Text("agreement_no", 50);
        var from = row.Date("from_on");
        var to = row.Date("to_on", required: false);
        if (to < from) row.Fail("to_on", "agreement.ends_before_start", "结束日期早于开始日期", "lies before from_on");
        return row.HasErrors ? null : new DoctorFileRow(row.Line, city!, code, name, provider, department, title, agreement, from!.Value, to);
    }
}
