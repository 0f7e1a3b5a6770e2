using System.Net;
using System.Text.Json;
using MedInsure.FraudAudit.Intake;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.Cases;

/// <summary>The people of an agency's audit, each act as one request; a hospital whose finding is worth 3,453.20.</summary>
internal sealed class CaseDesk : IAsyncDisposable
{
    public const string Clerk = "钱登记", Chief = "孙立案", Investigator = "李调查", Decider = "周决定", Releaser = "吴签发", Second = "郑申诉";

    private int lastKey;

    private CaseDesk(AuditHost host, CaseNeighbours neighbours) => (Host, Neighbours) = (host, neighbours);

    public AuditHost Host { get; }
    public CaseNeighbours Neighbours { get; }

    /// <param name="workers">Effects are done.</param>
    public static async Task<CaseDesk> Start(AuditFixture fixture, bool workers = false, Dictionary<string, string?>? settings = null)
    {
        var neighbours = await CaseNeighbours.Start();
        var host = await fixture.Start(neighbours.Address, workers, settings);
        neighbours.County = host.County.Code;
        await host.Services.GetRequiredService<ReferenceData>().EnsureAtLeast(AuditHost.City, providerVersion: 1);
        var desk = new CaseDesk(host, neighbours);
        var at = new DateTimeOffset(2026, 6, 9, 2, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ClaimStore.Keep(connection, transaction, [new AuditClaim
        {
            SetlId = "S1", MdtrtId = "M1", JournalSeq = 1, PsnNo = "P1", FixmedinsCode = CaseNeighbours.Hospital, ProviderCounty = host.County.Code, MedType = "21", BeginAtMs = at, BeginOn = 20260601, EndOn = 20260609, PolicyOn = 20260601,
            SettledAtMs = at, InScopeFen = 400_000, TotalFen = 500_000, FundTotalFen = 300_000,
        }], default);
        await transaction.CommitAsync();
        return desk;
    }

    public string NewKey() => $"K{Interlocked.Increment(ref lastKey):D6}";

    public async Task Sql(string sql)
    {
        await using var command = Host.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <returns>Its number.</returns>
    public async Task<string> Finding(long fen = 245_320, string subject = "x", string provider = CaseNeighbours.Hospital, string psnNo = "P1") => $"{await Host.Sql<long>($"""
        INSERT INTO finding (rule, setl_id, subject, psn_no, fixmedins_code, provider_county, doctor_code, department_code, occurred_on, settled_on, in_scope_fen, certain, severity, text, text_en, lines, earlier_setl_ids, found_at)
        VALUES ('MI1', 'S1', '{subject}', '{psnNo}', '{provider}', '{Host.County.Code}', '', '', '2026-06-01', '2026-06-09', {fen}, true, 3, '冒名<住院>', 'impersonation', ARRAY[]::text[], ARRAY[]::text[], now()) RETURNING finding_no
        """)}";

    public static object Piece(string kind, string number, decimal? amount = null, string? text = null, string? setlId = null) => new { kind, number, amount, text, setl_id = setlId };

    public async Task<JsonElement> Post(string path, object body)
    {
        var (status, answer) = await Host.Post(path, body);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {answer}");
        return answer;
    }

    public async Task<JsonElement> Get(string path)
    {
        var (status, answer) = await Host.Get(path);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {answer}");
        return answer;
    }

    /// <returns>The refusal's code; null: it was done.</returns>
    public async Task<string?> Refused(string path, object body)
    {
        var (status, answer) = await Host.Post(path, body);
        return status == HttpStatusCode.OK ? null : answer.GetProperty("code").GetString();
    }

    public object Opening(object[] evidence, string kind = "provider", string subject = CaseNeighbours.Hospital, string? key = null) =>
        new { request_key = key ?? NewKey(), by = Clerk, reason = "规则命中", subject_kind = kind, subject, title = "冒名住院", evidence };

    public async Task<string> Opened(params object[] evidence) =>
        (await Post("/cases", Opening(evidence.Length > 0 ? evidence : [Piece("finding", await Finding()), Piece("document", "H-7", 1_000m, "病历不符")]))).GetProperty("case_no").GetString()!;

    public async Task<string> Filed(params object[] evidence)
    {
        var no = await Opened(evidence);
        await Post($"/cases/{no}/filing", new { request_key = NewKey(), by = Chief, reason = "立案", investigator = Investigator });
        return no;
    }

    public async Task<string> Heard(params object[] evidence)
    {
        var no = await Filed(evidence);
        await Post($"/cases/{no}/hearing", new { request_key = NewKey(), by = Investigator, reason = "告知", text = "涉嫌协助冒名住院" });
        await Serve(await Notice(no, "hearing"));
        await Post($"/cases/{no}/statement", new { request_key = NewKey(), by = Clerk, reason = "收件", text = "无异议", received_on = Today });
        return no;
    }

    public string Today => Host.Clock.Now.AddHours(8).ToString("yyyy-MM-dd");

    public async Task<string> Notice(string caseNo, string kind) =>
        (await Get($"/cases/{caseNo}")).GetProperty("notices").EnumerateArray().Last(n => n.GetProperty("kind").GetString() == kind).GetProperty("notice_no").GetString()!;

    public Task<JsonElement> Serve(string noticeNo) => Post($"/notices/{noticeNo}/service", new { request_key = NewKey(), by = Clerk, reason = "送达", served_on = Today, served_how = "直接送达" });

    public static readonly object[] Usual = [new { step = "recover" }, new { step = "damages_impersonation", amount = 2_453.20m }, new { step = "correction" }, new { step = "suspend_agreement", months = 3 }];

    public async Task<string> Concluded(params object[] evidence)
    {
        var no = await Heard(evidence);
        await Post($"/cases/{no}/conclusion", new { request_key = NewKey(), by = Investigator, reason = "调查终结", sanctions = Usual });
        return no;
    }

    public async Task<string> Decided(object[]? sanctions = null, params object[] evidence)
    {
        var no = await Concluded(evidence);
        await Post($"/cases/{no}/decision", new { request_key = NewKey(), by = Decider, reason = "事实清楚", sanctions = sanctions ?? Usual });
        return no;
    }

    public async Task<string> InForce(object[]? sanctions = null)
    {
        var no = await Decided(sanctions);
        await Post($"/cases/{no}/release", new { request_key = NewKey(), by = Releaser, reason = "签发" });
        return no;
    }

    public async Task<string> Appealed(object[]? sanctions = null)
    {
        var no = await InForce(sanctions);
        await Serve(await Notice(no, "decision"));
        await Post($"/cases/{no}/appeals", new { request_key = NewKey(), by = Clerk, reason = "收件", text = "倍数不当", received_on = Today });
        return no;
    }

    public object Outcome(string outcome, object[]? sanctions = null, string by = Second, string releasedBy = Chief) => new { request_key = NewKey(), by, reason = "复核后", released_by = releasedBy, outcome, sanctions };

    public async Task<string> State(string no) => (await Get($"/cases/{no}")).GetProperty("case").GetProperty("state").GetString()!;

    /// <summary>kind state, in their order.</summary>
    public async Task<string[]> Effects(string no) => [.. (await Get($"/cases/{no}")).GetProperty("effects").EnumerateArray().Select(e => $"{e.GetProperty("kind").GetString()} {e.GetProperty("state").GetString()}")];

    /// <summary>Returns when the condition holds: the worker's work shows nowhere else.</summary>
    public static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await condition()) await Task.Delay(50, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Neighbours.DisposeAsync();
    }
}
