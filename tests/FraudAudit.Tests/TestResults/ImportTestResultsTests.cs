using System.Net;
using System.Text;
using MedInsure.FraudAudit.Tests.Cases;

namespace MedInsure.FraudAudit.Tests.TestResults;

[Collection("audit")]
[Trait("Category", "Storage")]
public sealed class ImportTestResultsTests(AuditFixture fixture)
{
    [Fact]
    public async Task GoodRowsAreKept_TheOthersRefusedEachByItself_AndTheSameFileAgainChangesNothing()
    {
        await using var desk = await ResultDesk.Start(fixture);
        var bill = ResultDesk.Visit("D1", "CT1", "US");
        await desk.Desk.Settle(bill);
        var file = ResultDesk.Row(bill, "CT1", true) + ResultDesk.Row(bill, "US", false, line: bill.Line[1].FeedetlSn);
        Assert.Equal("2 2 0 2", await desk.Told(file));
        Assert.Equal("2 2 0 2", await desk.Told(file));
        // The same results in another file, now by the encounter, say nothing new; one of them otherwise is refused.
        Assert.Equal("2 1 1 0", await desk.Told(ResultDesk.Row(bill, "CT1", true, at: "2026-10-12T10:00:00", byEncounter: true) + ResultDesk.Row(bill, "US", true, line: bill.Line[1].FeedetlSn)));
        Assert.Equal(["3 positive test_result.told_otherwise"], await desk.Errors(2));
        Assert.Equal(2L, await desk.Host.Sql<long>("SELECT count(*) FROM test_result"));
        var files = (await desk.Desk.Desk.Get("/test-results/files?page_size=1&page=2")).GetProperty("files");
        Assert.Equal((1, 1L), (files.GetArrayLength(), files[0].GetProperty("file_no").GetInt64()));
        var results = (await desk.Desk.Desk.Get($"/test-results?mdtrt_id={bill.MdtrtId}&page_size=1")).GetProperty("results");
        Assert.Equal((1, "2026-10-12T10:00:00+08:00", true), (results.GetArrayLength(), results[0].GetProperty("performed_at").GetString(), results[0].GetProperty("positive").GetBoolean()));
    }

    [Fact]
    public async Task BadRows_SayWhatIsWrong_AndAreReadAgainWhenWhatTheyLackedHasCome()
    {
        await using var desk = await ResultDesk.Start(fixture);
        var (bill, later) = (ResultDesk.Visit("D1", "CT1"), ResultDesk.Visit("D1", "CT2"));
        await desk.Desk.Settle(bill, ResultDesk.Visit(20261012, "D1", "H9", "CT1"));
        var file = ResultDesk.Row(bill, "CT1", true) + ResultDesk.Row(bill, "CT1", false) + ResultDesk.Row(bill, "CT2", true) + ResultDesk.Row(later, "CT2", true) + $",,,CT1,2026-10-12 10:00,Y,R1\n" + $"{bill.SetlId},M999,,CT1,2026-10-12 10:00,Y,R1\n"
            + ResultDesk.Row(bill, "MRI", true) + ResultDesk.Row(bill, "CT1", true, at: "12.10.2026") + ResultDesk.Row(bill, "CT1", true, at: "2026-11-22 10:01") + $"{bill.SetlId},,,CT1,2026-10-12 10:00,1,\n" + ResultDesk.Row(bill, "CT1", true, line: "none")
            + $"FAR,M77,,CT1,2026-10-12 10:00,N,R1\n" + "a,b\n";
        Assert.Equal("13 2 11 2", await desk.Told(file));
        Assert.Equal(
            [
                "10 performed_at test_result.in_future", "11 doctor_code import.required", "11 positive import.unknown_code", "12 med_list_codg test_result.not_billed", "14  import.wrong_field_count", "3  test_result.repeated",
                "4 med_list_codg test_result.not_billed", "5 setl_id test_result.settlement_unknown", "6 mdtrt_id import.required", "7 mdtrt_id test_result.other_encounter", "8 med_list_codg test_result.item_unknown", "9 performed_at test_result.bad_time",
            ], (await desk.Errors()).Order(StringComparer.Ordinal));
        Assert.Equal(["3  test_result.repeated", "4 med_list_codg test_result.not_billed"], await desk.Errors(page: "?page_size=2"));
        // Settled since: its row is taken, the others stay refused, under the same file.
        await desk.Desk.Settle(later);
        Assert.Equal("13 3 10 3", await desk.Told(file));
        Assert.Equal(11, (await desk.Errors()).Length);
        Assert.Equal(1L, await desk.Host.Sql<long>("SELECT count(*) FROM test_result_file"));
    }

    [Fact]
    public async Task WholeFiles_OfOthersOrOfNoForm_AreRefused()
    {
        await using var desk = await ResultDesk.Start(fixture, points: false);
        var bill = ResultDesk.Visit("D1", "CT1");
        await desk.Desk.Settle(bill);
        async Task<string?> Refused(Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> asked) => (await asked).Body.GetProperty("code").GetString();
        Assert.Equal("test_result.provider_elsewhere", await Refused(desk.Tell("", CaseNeighbours.Elsewhere)));
        Assert.Equal("case.provider_unknown", await Refused(desk.Tell("", "H0")));
        Assert.Equal("approval.person_missing", await Refused(desk.Tell("", by: " ")));
        Assert.Equal("request.reason_missing", await Refused(desk.Host.Upload($"/test-results?fixmedins_code={ResultDesk.Hospital}&imported_by=a", Encoding.UTF8.GetBytes(ResultDesk.Header))));
        Assert.Equal("import.missing_column", await Refused(desk.Tell("setl_id,mdtrt_id\n")));
        Assert.Equal("import.empty_file", await Refused(desk.Host.Upload($"/test-results?fixmedins_code={ResultDesk.Hospital}&imported_by=a&reason=r", [])));
        Assert.Equal("import.not_utf8", await Refused(desk.Host.Upload($"/test-results?fixmedins_code={ResultDesk.Hospital}&imported_by=a&reason=r", [.. Encoding.UTF8.GetBytes(ResultDesk.Header), 0xff, 0xfe])));
        Assert.Equal(0L, await desk.Host.Sql<long>("SELECT count(*) FROM test_result_file"));
        // Without knowledge points nothing is a large test; with them the same file is taken.
        Assert.Equal("1 0 1 0", await desk.Told(ResultDesk.Row(bill, "CT1", true)));
        await desk.Points();
        Assert.Equal("1 1 0 1", await desk.Told(ResultDesk.Row(bill, "CT1", true)));
    }

    [Fact]
    public async Task AWithdrawnResult_MayBeToldAnew()
    {
        await using var desk = await ResultDesk.Start(fixture);
        var bill = ResultDesk.Visit("D1", "CT1");
        await desk.Desk.Settle(bill);
        await desk.Told(ResultDesk.Row(bill, "CT1", true));
        var body = desk.Desk.Act("李复核");
        Assert.Equal("李复核", (await desk.Desk.Desk.Post("/test-results/1/withdrawal", body)).GetProperty("withdrawn_by").GetString());
        Assert.Equal("李复核", (await desk.Desk.Desk.Post("/test-results/1/withdrawal", body)).GetProperty("withdrawn_by").GetString());
        Assert.Equal("test_result.unknown", await desk.Desk.Desk.Refused("/test-results/1/withdrawal", desk.Desk.Act("李复核")));
        Assert.Equal("1 1 0 1", await desk.Told(ResultDesk.Row(bill, "CT1", false)));
    }

    [Fact]
    public async Task OneFileAtOnce_IsOne()
    {
        await using var desk = await ResultDesk.Start(fixture);
        var bill = ResultDesk.Visit("D1", "CT1");
        await desk.Desk.Settle(bill);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => desk.Told(ResultDesk.Row(bill, "CT1", true)))), told => Assert.Equal("1 1 0 1", told));
        Assert.Equal(1L, await desk.Host.Sql<long>("SELECT count(*) FROM test_result"));
    }
}
