using System.Net;
using System.Text;
using System.Text.Json;
using MedInsure.FraudAudit.Tests.PrescriptionReviews;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.TestResults;

/// <summary>A hospital whose CT and colour ultrasound are large tests by the county's knowledge points.</summary>
internal sealed class ResultDesk : IAsyncDisposable
{
    public const string Header = "setl_id,mdtrt_id,feedetl_sn,med_list_codg,performed_at,positive,doctor_code\n", Hospital = ReviewDesk.Hospital;

    private ResultDesk(ReviewDesk desk) => Desk = desk;

    public ReviewDesk Desk { get; }
    public AuditHost Host => Desk.Host;

    public static async Task<ResultDesk> Start(AuditFixture fixture, bool points = true)
    {
        var desk = new ResultDesk(await ReviewDesk.Start(fixture));
        if (points) await desk.Points();
        return desk;
    }

    public async Task Points()
    {
        var (status, body) = await Host.Upload("/knowledge-points?title=t&reason=r&imported_by=a&approver=b", Encoding.UTF8.GetBytes("""
            rule,point_no,item_name,codes,others,diagnoses,gend,age_min,age_max,insutypes,med_types,level_min,limit,window,basis,begndate,enddate
            MI10000205053000,ct,CT,CT1;CT2,,,,,,,,,,,,2020-01-01,
            MI10000205053000,us,彩超,US,,,,,,,,,,,,2020-01-01,2026-10-20

            """));
        Assert.True(status == HttpStatusCode.OK, body.ToString());
    }

    /// <summary>A visit with one line of each item, ordered by the doctor.</summary>
    public static AuditClaim Visit(string doctor, params string[] items) => Visit(20261012, doctor, Hospital, items);

    public static AuditClaim Visit(int on, string doctor, string provider, params string[] items)
    {
        var claim = Bill.Visit(on, provider: provider, lines: [.. items.Select(i => Bill.Line(i, 100m, on, listType: "201", chargeType: "03"))]);
        foreach (var line in claim.Line) line.DoctorCode = doctor;
        return claim;
    }

    public static string Row(AuditClaim bill, string item, bool positive, string at = "2026-10-12 10:00", string doctor = "R1", string line = "", bool byEncounter = false) =>
        $"{(byEncounter ? "" : bill.SetlId)},{(byEncounter ? bill.MdtrtId : "")},{line},{item},{at},{(positive ? "Y" : "N")},{doctor}\n";

    public Task<(HttpStatusCode Status, JsonElement Body)> Tell(string rows, string provider = Hospital, string by = "王上传") =>
        Host.Upload($"/test-results?fixmedins_code={provider}&reason=r&imported_by={Uri.EscapeDataString(by)}", Encoding.UTF8.GetBytes(rows.StartsWith("setl_id", StringComparison.Ordinal) ? rows : Header + rows));

    /// <summary>"rows accepted rejected told" of a file.</summary>
    public async Task<string> Told(string rows)
    {
        var (status, f) = await Tell(rows);
        Assert.True(status == HttpStatusCode.OK, f.ToString());
        return $"{f.GetProperty("rows")} {f.GetProperty("accepted")} {f.GetProperty("rejected")} {f.GetProperty("told")}";
    }

    /// <summary>"line column code" of a file.</summary>
    public async Task<string[]> Errors(long file = 1, string page = "") =>
        [.. (await Desk.Desk.Get($"/test-results/files/{file}/errors{page}")).GetProperty("errors").EnumerateArray().Select(e => $"{e.GetProperty("line")} {e.GetProperty("column").GetString()} {e.GetProperty("code").GetString()}")];

    public ValueTask DisposeAsync() => Desk.DisposeAsync();
}
