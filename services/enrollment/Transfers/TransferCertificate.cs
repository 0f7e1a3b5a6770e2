using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Transfers;

/// <summary>An approved transfer as one printable page in Chinese, without scripts: who, from where, to where, and the scheme's periods of cover here.</summary>
internal static class TransferCertificate
{
    private const string Style = """
        *{box-sizing:border-box}body{font:14px/1.5 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1c2430;margin:0}main{max-width:190mm;margin:12px auto;padding:10mm}
        h1{font-size:20px;text-align:center;margin:0 0 8px}table{border-collapse:collapse;width:100%;margin:8px 0}th,td{border:1px solid #8a94a3;padding:3px 6px;text-align:left}
        @media print{main{margin:0;padding:0}}
        """;

    public static async Task<Outcome<string>> Read(NpgsqlDataSource database, Tenant county, long number, CancellationToken cancellation)
    {
        var found = await TransferPerson.List(database, null, null, number - 1, 1, cancellation);
        if (found.Value is not [var transfer] || transfer.TransferNo != number) return TransferRefusals.Unknown;
        if (transfer.State != "approved") return TransferRefusals.NotApproved;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var person = (await PersonReader.Read(connection, [transfer.PsnNo], cancellation))[0];
        // Merged since: the cover is the surviving record's.
        if (person.MergedInto.Length > 0) person = (await PersonReader.Read(connection, [person.MergedInto], cancellation))[0];
        return Render(county, transfer, person);
    }

    internal static string Render(Tenant county, TransferPerson.Transfer transfer, Person person)
    {
        var isOut = transfer.Direction == "out";
        var page = new StringBuilder("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>基本医疗保险参保凭证</title><style>").Append(Style).Append("</style></head><body><main><h1>基本医疗保险")
            .Append(isOut ? "参保凭证（转出）" : "关系转移接续凭证（转入）").Append("</h1><table><tbody>");
        Row("经办机构", county.Name);
        Row("凭证编号", $"{county.Code}-{transfer.TransferNo}");
        Row("人员编号", person.PsnNo);
        Row("姓名", person.PsnName);
        Row("证件", $"{person.PsnCertType} {person.Certno}");
        Row("性别", person.Gend switch { "1" => "男", "2" => "女", _ => "未说明" });
        Row("出生日期", Day(person.BirthOn));
        Row("险种", transfer.Insutype);
        Row(isOut ? "转往统筹区" : "来自统筹区", transfer.OtherArea);
        Row("转移日期", transfer.TransferredOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        if (isOut) Row("缴费月数、个人账户", "以缴费系统出具的缴费凭证为准");
        else
        {
            Row("实际缴费月数", transfer.PaidMonths.ToString(CultureInfo.InvariantCulture));
            Row("视同缴费月数", transfer.DeemedMonths.ToString(CultureInfo.InvariantCulture));
            Row("转入个人账户（元）", transfer.Account);
        }
        Row("材料", transfer.Papers);
        Row("经办 / 复核", $"{transfer.ProposedBy} / {transfer.DecidedBy}");
        page.Append("</tbody></table><table><thead><tr><th>本统筹区参保起</th><th>止</th><th>人员类别</th><th>单位</th></tr></thead><tbody>");
        foreach (var cover in person.Coverage.Where(c => c.Insutype == transfer.Insutype))
        {
            page.Append("<tr>");
            foreach (var text in (string[])[Day(cover.FromOn), cover.ToOn == 0 ? "至今" : Day(cover.ToOn), cover.PsnType, cover.EmployerName.Length > 0 ? cover.EmployerName : cover.EmployerNo])
                page.Append("<td>").Append(HtmlEncoder.Default.Encode(text)).Append("</td>");
            page.Append("</tr>");
        }
        return page.Append("</tbody></table></main></body></html>").ToString();

        void Row(string name, string text) => page.Append("<tr><th>").Append(name).Append("</th><td>").Append(HtmlEncoder.Default.Encode(text)).Append("</td></tr>");
    }

    private static string Day(int day) => DayNumber.ToDate(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
