using System.Security.Cryptography;
using System.Text;
using MedInsure.FraudAudit.Tests.Cases;

namespace MedInsure.FraudAudit.Tests.Notices;

/// <summary>Papers as they leave: numbered without a gap, kept as they left, printable.</summary>
[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class NoticePageTests(AuditFixture fixture) : IAsyncLifetime
{
    private CaseDesk desk = null!;

    public async Task InitializeAsync() => desk = await CaseDesk.Start(fixture);
    public Task DisposeAsync() => desk.DisposeAsync().AsTask();

    private Task<string> Text(string path) => desk.Host.Http.GetStringAsync(new Uri($"/audit/{desk.Host.County.Code}{path}", UriKind.Relative));

    [Fact]
    public async Task Deduction_IsNumbered_Kept_AndPrinted()
    {
        var no = await desk.InForce();
        var notice = await desk.Notice(no, "deduction");
        Assert.Equal($"{desk.Host.County.Code}K2026000001", notice);
        var json = await Text($"/notices/{notice}");
        var listed = (await desk.Get("/notices?kind=deduction")).GetProperty("notices").EnumerateArray().Single();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json))), listed.GetProperty("sha256").GetString());
        var page = await Text($"/notices/{notice}?format=html");
        foreach (var part in (string[])["扣款通知书", "医保稽扣〔2026〕000001号", notice, "¥ 27985.20", "2453.20", "24532.00", no, CaseDesk.Decider, CaseDesk.Releaser]) Assert.Contains(HtmlOf(part), page, StringComparison.Ordinal);
        Assert.Contains("&lt;", page, StringComparison.Ordinal); // the hospital's name and the finding's text hold markup
        Assert.DoesNotContain("<住院>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);

        static string HtmlOf(string text) => System.Text.Encodings.Web.HtmlEncoder.Default.Encode(text);
    }

    [Fact]
    public async Task Numbers_HaveNoGap_WhoeverReleasesAtOnce()
    {
        var cases = new List<string>();
        for (var i = 0; i < 4; i++) cases.Add(await desk.Decided([new { step = "recover" }], CaseDesk.Piece("document", $"T{i}", 5_000m, "x")));
        await Task.WhenAll(cases.Select(no => desk.Post($"/cases/{no}/release", new { request_key = desk.NewKey(), by = CaseDesk.Releaser, reason = "签发" })));
        Assert.Equal(Enumerable.Range(1, 4).Select(n => $"{desk.Host.County.Code}K2026{n:D6}"), (await desk.Get("/notices?kind=deduction")).GetProperty("notices").EnumerateArray().Select(n => n.GetProperty("notice_no").GetString()!));
        Assert.Equal("notice.kind_unknown", (await desk.Host.Get("/notices?kind=x")).Body.GetProperty("code").GetString());
        Assert.Equal("notice.unknown", (await desk.Host.Get("/notices/x")).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task HandOver_KeepsThePacketAsItLeft()
    {
        var no = await desk.Filed();
        object Order(string approvedBy, string? authority = "市公安局") => new { request_key = desk.NewKey(), by = CaseDesk.Investigator, reason = "涉嫌诈骗", approved_by = approvedBy, authority };
        Assert.Equal("approval.same_person", await desk.Refused($"/cases/{no}/hand-over", Order(CaseDesk.Investigator)));
        Assert.Equal("case.authority_invalid", await desk.Refused($"/cases/{no}/hand-over", Order(CaseDesk.Chief, "")));
        await desk.Post($"/cases/{no}/hand-over", Order(CaseDesk.Chief));
        var notice = await desk.Notice(no, "hand_over");
        await desk.Post($"/cases/{no}/evidence", new { request_key = desk.NewKey(), by = CaseDesk.Investigator, reason = "补充", evidence = new[] { CaseDesk.Piece("document", "D-1", null, "监控录像") } });
        var packet = (await desk.Get($"/notices/{notice}")).GetProperty("content").GetProperty("packet");
        Assert.Equal(2, packet.GetProperty("evidence").GetArrayLength()); // without what came later
        Assert.Equal(["opened", "filed"], packet.GetProperty("timeline").EnumerateArray().Select(a => a.GetProperty("act").GetString()));
        Assert.Equal(3, (await desk.Get($"/cases/{no}/packet")).GetProperty("evidence").GetArrayLength());
        Assert.Contains("<h1>", await Text($"/cases/{no}/packet?format=html"), StringComparison.Ordinal);
        Assert.Contains(System.Text.Encodings.Web.HtmlEncoder.Default.Encode("现移送市公安局处理"), await Text($"/notices/{notice}?format=html"), StringComparison.Ordinal);
        await desk.Serve(notice); // the authority's receipt
    }
}
