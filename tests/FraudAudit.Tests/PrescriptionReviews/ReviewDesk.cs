using System.Text.Json;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Tests.Cases;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.PrescriptionReviews;

/// <summary>An agency's prescription review: October's bills of a hospital with the doctors D1 and D2, on 2026-11-22.</summary>
internal sealed class ReviewDesk : IAsyncDisposable
{
    public const string Expert = "王药师", Second = "赵药师", Clerk = "钱登记", Hospital = CaseNeighbours.Hospital;

    private long seq = 1;

    private ReviewDesk(CaseDesk desk) => Desk = desk;

    public CaseDesk Desk { get; }
    public AuditHost Host => Desk.Host;

    public static async Task<ReviewDesk> Start(AuditFixture fixture) => new(await CaseDesk.Start(fixture));

    /// <summary>A visit with two drugs of 30.00 and 20.00, in scope, and a test that is no part of a prescription.</summary>
    public static AuditClaim Bill(string doctor = "D1", int on = 20261012, string provider = Hospital)
    {
        var claim = Tests.Rules.Bill.Visit(on, provider: provider, lines: [Tests.Rules.Bill.Line("XA", 30m, on), Tests.Rules.Bill.Line("XB", 20m, on), Tests.Rules.Bill.Line("CT", 200m, on, listType: "201", chargeType: "03")]);
        claim.DoctorCode = doctor;
        foreach (var line in claim.Line) line.DoctorCode = doctor;
        return claim;
    }

    /// <summary>As settlement's feed brings them, in their order.</summary>
    public async Task Settle(params AuditClaim[] claims)
    {
        seq++;
        for (var i = 0; i < claims.Length; i++) (claims[i].JournalSeq, claims[i].Idx) = (seq, i);
        await using var connection = await Host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ClaimStore.Keep(connection, transaction, claims, default);
        await transaction.CommitAsync();
        await Desk.Sql($"UPDATE feed_position SET seq = {seq}, idx = {claims.Length - 1}, at_seq = {seq}");
    }

    public Task Reverse(string setlId) => Settle(new AuditClaim { SetlId = $"R{setlId}", ReversesSetlId = setlId, RootSetlId = setlId, PsnNo = "P1", SettledAtMs = Tests.Rules.Bill.MsOf(20261120, 9) });

    public object Order(string? key = null, string month = "202610", string? seed = "seed1", int? perDoctor = 3, decimal? share = null, string? provider = Hospital, string? care = null) =>
        new { request_key = key ?? Desk.NewKey(), by = Clerk, reason = "月度处方点评", fixmedins_code = provider, month, care, per_doctor = perDoctor, share, seed };

    /// <summary>The prescriptions of a draw, in their order.</summary>
    public async Task<List<JsonElement>> Drawn(object? order = null)
    {
        var draw = await Desk.Post("/prescriptions/draws", order ?? Order());
        return [.. (await Desk.Get($"/prescriptions?draw_no={draw.GetProperty("draw_no")}")).GetProperty("prescriptions").EnumerateArray()];
    }

    public async Task<List<string>> Lines(long no) => [.. (await Desk.Get($"/prescriptions/{no}")).GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("feedetl_sn").GetString()!)];

    public object Review(string outcome, string[]? reasons = null, object[]? lines = null, string by = Expert, string? key = null) => new { request_key = key ?? Desk.NewKey(), by, reason = "无适应证", outcome, reasons, lines };

    public object Act(string by, params (string Name, object Value)[] more) => Named(Desk.NewKey(), by, more);

    public static object Named(string key, string by, params (string Name, object Value)[] more) =>
        new Dictionary<string, object>(more.ToDictionary(m => m.Name, m => m.Value)) { ["request_key"] = key, ["by"] = by, ["reason"] = "点评" };

    public Task<JsonElement> Do(long no, string act, object body) => Desk.Post($"/prescriptions/{no}/{act}", body);
    public Task<string?> Refused(long no, string act, object body) => Desk.Refused($"/prescriptions/{no}/{act}", body);

    /// <summary>Reviewed as unsuitable for its first line's 30.00, told, waived and decided so.</summary>
    public async Task Unsuitable(long no)
    {
        await Do(no, "review", Review("unsuitable", ["2-01"], [new { feedetl_sn = (await Lines(no))[0] }]));
        await Do(no, "telling", Act(Clerk, ("told_on", "2026-11-22")));
        await Do(no, "statement", Act(Clerk, ("waived", true), ("received_on", "2026-11-22")));
        await Do(no, "decision", Act(Second, ("outcome", "unsuitable")));
    }

    public static (string State, string? Outcome, string? Wrong) Of(JsonElement shown)
    {
        var p = shown.GetProperty("prescription");
        return (p.GetProperty("state").GetString()!, Text(p, "outcome"), Text(p, "wrong"));
    }

    public static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public ValueTask DisposeAsync() => Desk.DisposeAsync();
}
