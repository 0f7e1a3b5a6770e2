using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Tests.Cases;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.CallBacks;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class RecordCallTests(AuditFixture fixture)
{
    private const string Township = "640300101", Village = "640300101203";

    /// <summary>Stays of June: S1, and as many more.</summary>
    private static async Task<CaseDesk> Desk(AuditFixture fixture, int more = 0)
    {
        var desk = await CaseDesk.Start(fixture);
        var at = new DateTimeOffset(2026, 6, 9, 2, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        await using var connection = await desk.Host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ClaimStore.Keep(connection, transaction, [.. Enumerable.Range(2, more).Select(i => new AuditClaim
        {
            SetlId = $"S{i}", MdtrtId = $"M{i}", JournalSeq = i, PsnNo = $"P{i}", FixmedinsCode = CaseNeighbours.Hospital, ProviderCounty = desk.Host.County.Code, MedType = "21", BeginAtMs = at, BeginOn = 20260601, EndOn = 20260609, PolicyOn = 20260601, SettledAtMs = at,
            InScopeFen = 100_000, TotalFen = 100_000, FundTotalFen = 80_000,
        })], default);
        await transaction.CommitAsync();
        return desk;
    }

    private static object Draw(CaseDesk desk, int count = 1, string? key = null, string? place = null, string seed = "abc") =>
        new { request_key = key ?? desk.NewKey(), by = "赵抽样", reason = "季度回访", from_on = "2026-06-01", to_on = "2026-06-30", count, seed, place };

    private static object Attempt(CaseDesk desk, string result, string way = "phone", string by = "钱回访", string? key = null, string? text = null, object? answers = null, string on = "2026-11-22") =>
        new { request_key = key ?? desk.NewKey(), by, reason = "回访", way, called_on = on, result, text, answers };

    private static async Task<long> OneCall(CaseDesk desk)
    {
        await desk.Post("/call-backs/draws", Draw(desk));
        return (await desk.Get("/call-backs")).GetProperty("call_backs")[0].GetProperty("call_no").GetInt64();
    }

    [Fact]
    public async Task NobodyAnswersTwice_IsVisited_AndThenClosed()
    {
        await using var desk = await Desk(fixture);
        var call = await OneCall(desk);
        var first = await desk.Post($"/call-backs/{call}/attempts", Attempt(desk, "no_answer"));
        Assert.Equal(("again", "2026-11-27"), (first.GetProperty("state").GetString(), first.GetProperty("due_on").GetString()));
        Assert.Equal("visit", (await desk.Post($"/call-backs/{call}/attempts", Attempt(desk, "wrong_number"))).GetProperty("state").GetString());
        Assert.Equal("call_back.visit_needed", await desk.Refused($"/call-backs/{call}/attempts", Attempt(desk, "confirmed")));
        Assert.Equal("unreached", (await desk.Post($"/call-backs/{call}/attempts", Attempt(desk, "away", way: "visit"))).GetProperty("state").GetString());
        Assert.Equal("call_back.closed", await desk.Refused($"/call-backs/{call}/attempts", Attempt(desk, "confirmed", way: "visit")));
        Assert.Equal(3, (await desk.Get($"/call-backs/{call}")).GetProperty("attempts").GetArrayLength());
    }

    [Fact]
    public async Task PatientWasNotThere_IsADoubt_AndTheSameRequestCountsOnce()
    {
        await using var desk = await Desk(fixture);
        var call = await OneCall(desk);
        var said = Attempt(desk, "not_there", key: "CALL-1", text: "2026-06-01 至 2026-06-09 在外地务工", answers: new { came = "没有" });
        var both = await Task.WhenAll(desk.Post($"/call-backs/{call}/attempts", said), desk.Post($"/call-backs/{call}/attempts", said));
        Assert.All(both, b => Assert.Equal(("done", true, 1), (b.GetProperty("state").GetString(), b.GetProperty("doubt").GetBoolean(), b.GetProperty("attempts").GetInt32())));
        Assert.Equal("request.key_reused", await desk.Refused($"/call-backs/{call}/attempts", Attempt(desk, "confirmed", key: "CALL-1")));
        Assert.Equal(1, (await desk.Get("/call-backs?doubt=true&state=done")).GetProperty("call_backs").GetArrayLength());
        Assert.Equal(0, (await desk.Get("/call-backs?state=to_do")).GetProperty("call_backs").GetArrayLength());
    }

    [Fact]
    public async Task TwoDrawsAtOnce_AskNobodyTwice()
    {
        await using var desk = await Desk(fixture, more: 19);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => desk.Post("/call-backs/draws", Draw(desk, 5, seed: $"seed{i}"))));
        Assert.Equal((20L, 20L), (await desk.Host.Sql<long>("SELECT count(*) FROM call_back"), await desk.Host.Sql<long>("SELECT count(DISTINCT setl_id) FROM call_back")));
        Assert.Equal("call_back.nothing_to_call", await desk.Refused("/call-backs/draws", Draw(desk)));
        Assert.Equal(7, (await desk.Get("/call-backs?page=2&page_size=13")).GetProperty("call_backs").GetArrayLength());
    }

    [Fact]
    public async Task VillageHasCalled_TheCentreCallsAShareAgain_ByAnotherPerson_AndSeesWhatDiffers()
    {
        await using var desk = await Desk(fixture, more: 10);
        var draw = (await desk.Post("/call-backs/draws", Draw(desk, 11))).GetProperty("draw_no").GetInt64();
        var calls = (await desk.Get("/call-backs")).GetProperty("call_backs").EnumerateArray().Select(c => c.GetProperty("call_no").GetInt64()).ToArray();
        object Assigned(long[] which) => new { request_key = desk.NewKey(), by = "赵抽样", reason = "下派", calls = which, place = Village, assignee = "村干部", due_on = "2026-11-30" };
        Assert.Equal(11, (await desk.Post($"/call-backs/draws/{draw}/assignment", Assigned(calls))).GetProperty("assigned").GetInt32());
        Assert.Equal("call_back.calls_invalid", await desk.Refused($"/call-backs/draws/{draw}/assignment", Assigned([calls[0], 999_999])));
        foreach (var call in calls) await desk.Post($"/call-backs/{call}/attempts", Attempt(desk, "confirmed", by: "村干部"));

        object Resample(string place) => new { request_key = desk.NewKey(), by = "赵抽样", reason = "中心复抽", from_on = "2026-11-01", to_on = "2026-11-30", place, seed = "x" };
        Assert.Equal("call_back.nothing_to_call", await desk.Refused("/call-backs/resamples", Resample("640300999")));
        // A tenth of eleven, rounded up; the township's has its village's.
        var again = await desk.Post("/call-backs/resamples", Resample(Township));
        Assert.Equal(2, again.GetProperty("calls").GetInt32());
        var centre = (await desk.Get($"/call-backs?draw_no={again.GetProperty("draw_no").GetInt64()}")).GetProperty("call_backs")[0];
        var no = centre.GetProperty("call_no").GetInt64();
        Assert.Equal("approval.same_person", await desk.Refused($"/call-backs/{no}/attempts", Attempt(desk, "no_drug", by: "村干部")));
        await desk.Post($"/call-backs/{no}/attempts", Attempt(desk, "no_drug", by: "中心人员"));
        var place = (await desk.Get("/call-backs/places")).GetProperty("places").EnumerateArray().Single();
        Assert.Equal((Village, 11, 1, 1), (place.GetProperty("place").GetString(), place.GetProperty("done").GetInt32(), place.GetProperty("resampled").GetInt32(), place.GetProperty("differs").GetInt32()));
        Assert.Equal("no_drug", (await desk.Get($"/call-backs/{centre.GetProperty("resample_of").GetInt64()}")).GetProperty("resampled").GetProperty("result").GetString());
    }

    [Fact]
    public async Task WrongOrders_AreRefused_AndNoNumberIsKept()
    {
        await using var desk = await Desk(fixture);
        var call = await OneCall(desk);
        string Attempts(long no) => $"/call-backs/{no}/attempts";
        Assert.Equal("request.reason_missing", await desk.Refused(Attempts(call), new { request_key = "k", by = "x", way = "phone" }));
        Assert.Equal("call_back.way_invalid", await desk.Refused(Attempts(call), Attempt(desk, "confirmed", way: "mail")));
        Assert.Equal("call_back.result_invalid", await desk.Refused(Attempts(call), Attempt(desk, "perhaps")));
        Assert.Equal("field.day_in_future", await desk.Refused(Attempts(call), Attempt(desk, "confirmed", on: "2026-11-23")));
        Assert.Equal("field.phone_written", await desk.Refused(Attempts(call), Attempt(desk, "confirmed", text: "改打 138 0000 1111")));
        Assert.Equal("field.phone_written", await desk.Refused(Attempts(call), Attempt(desk, "confirmed", answers: new { came = "问13800001111" })));
        Assert.Equal("call_back.answers_invalid", await desk.Refused(Attempts(call), Attempt(desk, "no_answer", answers: new { came = "是" })));
        Assert.Equal("call_back.answers_invalid", await desk.Refused(Attempts(call), Attempt(desk, "confirmed", answers: new { weather = "晴" })));
        Assert.Equal("call_back.unknown", await desk.Refused(Attempts(999), Attempt(desk, "confirmed")));
        Assert.Equal("call_back.place_invalid", await desk.Refused("/call-backs/draws", Draw(desk, place: "12")));
        Assert.Equal("call_back.seed_invalid", await desk.Refused("/call-backs/draws", Draw(desk, seed: "")));
        Assert.Equal("call_back.count_invalid", await desk.Refused("/call-backs/draws", Draw(desk, 0)));
        Assert.Equal(0L, await desk.Host.Sql<long>("SELECT count(*) FROM call_attempt"));
    }
}
