using MedInsure.FraudAudit.Tests.Cases;

namespace MedInsure.FraudAudit.Tests.FieldWork;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class FieldEvidenceTests(AuditFixture fixture)
{
    private static Dictionary<string, object> Act(CaseDesk desk, string by, params (string Name, object Value)[] more) =>
        new Dictionary<string, object>(more.ToDictionary(m => m.Name, m => m.Value)) { ["request_key"] = desk.NewKey(), ["by"] = by, ["reason"] = "专项核查" };

    [Fact]
    public async Task CaseNamesWhatWasFound_AboutItsSubject_AndNothingElse()
    {
        await using var desk = await CaseDesk.Start(fixture, settings: new() { ["Secrets:TipKey"] = new string('k', 32) });
        await desk.Post("/call-backs/draws", Act(desk, "赵抽样", ("from_on", "2026-06-01"), ("to_on", "2026-06-30"), ("count", 1)));
        Task<string?> Refused(string kind, string number, string subject = CaseNeighbours.Hospital, string? setlId = null) =>
            desk.Refused("/cases", desk.Opening([CaseDesk.Piece(kind, number, 1m, "x", setlId)], subject == "P1" ? "person" : "provider", subject));
        // Nobody has been reached yet.
        Assert.Equal("case.evidence_number_unknown", await Refused("call_back", "1"));
        await desk.Post("/call-backs/1/attempts", Act(desk, "钱回访", ("way", "phone"), ("called_on", "2026-11-22"), ("result", "not_there")));
        await desk.Post("/ward-checks", Act(desk, "王查房", ("fixmedins_code", CaseNeighbours.Hospital), ("checked_on", "2026-06-05"), ("ward", "内一科"), ("companion", "李查房"), ("beds", new[] { new { number = "1", psn_no = "P1", state = "absent" } })));
        await desk.Post("/campaigns", Act(desk, "赵牵头", ("kind", "flying"), ("name", "飞行检查"), ("from_on", "2026-06-01"), ("to_on", "2026-06-30"), ("deadline_on", "2026-12-01"), ("rules", new[] { "MI10000202051000" }), ("providers", new[] { CaseNeighbours.Hospital })));
        Assert.Equal("case.evidence_number_unknown", await Refused("campaign", "1"));
        await desk.Post("/campaigns/1/reports", Act(desk, "赵牵头", ("fixmedins_code", CaseNeighbours.Hospital), ("reported_on", "2026-11-22")));
        var tip = (await desk.Post("/tips", Act(desk, "钱登记", ("received_on", "2026-11-20"), ("channel", "letter"), ("subject_kind", "unknown"), ("text", "夜间无人住院")))).GetProperty("tip_no").GetString()!;

        (string Kind, string Number)[] found = [("call_back", "1"), ("ward_check", "1"), ("campaign", "1"), ("tip", tip)];
        foreach (var (kind, number) in found)
        {
            Assert.Null(await Refused(kind, number));
            Assert.Equal("case.evidence_number_unknown", await Refused(kind, kind == "tip" ? number[..^1] + "9" : "9"));
            Assert.Equal("case.evidence_number_unknown", await Refused(kind, "HF-1"));
        }
        foreach (var kind in (string[])["call_back", "ward_check", "campaign"]) Assert.Equal("case.evidence_number_unknown", await Refused(kind, "1", CaseNeighbours.Elsewhere));
        Assert.Null(await Refused("call_back", "1", "P1", "S1"));
        Assert.Null(await Refused("ward_check", "1", "P1"));
        Assert.Equal("case.evidence_number_unknown", await Refused("campaign", "1", "P1"));
        Assert.Equal("case.evidence_number_unknown", await Refused("sample", "1"));
        await desk.Post("/ward-checks/1/withdrawal", Act(desk, "王查房", ("x", "y")));
        Assert.Equal("case.evidence_number_unknown", await Refused("ward_check", "1"));
    }
}
