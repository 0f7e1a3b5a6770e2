namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>Who may do what about a version, and in which order: nobody acts twice, and everybody on the text that he read.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class ApprovePolicyTests(SharedPolicyDesk shared) : IClassFixture<SharedPolicyDesk>
{
    private readonly PolicyDesk desk = shared.Desk;

    [Fact]
    public async Task CitysVersion_GoesFromDraftToPublication()
    {
        var draft = await desk.Draft(PolicyTexts.Version("A1", 80));
        foreach (var (act, person, state) in new[]
                 {
                     ("review", PolicyDesk.Reviewer, "reviewed"), ("approval", PolicyDesk.Approver, "reviewed"), ("approval", PolicyDesk.OtherApprover, "approved"), ("publication", PolicyDesk.Publisher, "published"),
                 })
        {
            Assert.Equal(state, (await desk.Act(draft.No, act, person)).State);
            // The same again changes nothing.
            Assert.Equal(state, (await desk.Act(draft.No, act, person)).State);
        }
        Assert.Equal(["drafted", "reviewed", "approved", "approved", "published"], (await desk.Get($"/{draft.No}")).Body.GetProperty("acts").EnumerateArray().Select(a => a.GetProperty("act").GetString()));
    }

    [Fact]
    public async Task CountysVersion_NeedsTheCitysConsent()
    {
        var draft = await desk.Draft(PolicyTexts.Version("A2", 80), desk.Counties[0]);
        await desk.Act(draft.No, "review", PolicyDesk.Reviewer);
        await desk.Act(draft.No, "approval", PolicyDesk.Approver);
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "consent", PolicyDesk.Consenter)).Code);
        await desk.Act(draft.No, "approval", PolicyDesk.OtherApprover);
        Assert.Equal("policy.consent_missing", (await desk.Act(draft.No, "publication", PolicyDesk.Publisher)).Code);
        // Nobody who acted for the county is the city.
        foreach (var person in (string[])[PolicyDesk.Drafter, PolicyDesk.Reviewer, PolicyDesk.Approver, PolicyDesk.OtherApprover])
            Assert.Equal("approval.same_person", (await desk.Act(draft.No, "consent", person)).Code);
        Assert.Equal("consented", (await desk.Act(draft.No, "consent", PolicyDesk.Consenter)).State);
        Assert.Equal("published", (await desk.Act(draft.No, "publication", PolicyDesk.Publisher)).State);
    }

    [Fact]
    public async Task CitysVersion_NeedsNoConsent() =>
        Assert.Equal("policy.consent_not_needed", (await desk.Act((await desk.Approved(PolicyTexts.Version("A3", 80))).No, "consent", PolicyDesk.Consenter)).Code);

    [Fact]
    public async Task OrderOfTheActs_IsKept()
    {
        var draft = await desk.Draft(PolicyTexts.Version("A4", 80));
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "approval", PolicyDesk.Approver)).Code);
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "publication", PolicyDesk.Publisher)).Code);
        await desk.Act(draft.No, "review", PolicyDesk.Reviewer);
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "review", PolicyDesk.Consenter)).Code);
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "publication", PolicyDesk.Publisher)).Code);
        await desk.Act(draft.No, "approval", PolicyDesk.Approver);
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "publication", PolicyDesk.Publisher)).Code);
        await desk.Act(draft.No, "approval", PolicyDesk.OtherApprover);
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "approval", PolicyDesk.Consenter)).Code);
    }

    [Fact]
    public async Task NobodyActsTwice_HoweverHeIsWritten()
    {
        var draft = await desk.Draft(PolicyTexts.Version("A5", 80), person: "Wang Wei");
        Assert.Equal("approval.same_person", (await desk.Act(draft.No, "review", " wang WEI ")).Code);
        Assert.Equal("", (await desk.Act(draft.No, "review", PolicyDesk.Reviewer)).Code);
        Assert.Equal("approval.same_person", (await desk.Act(draft.No, "approval", "Wang Wei")).Code);
        Assert.Equal("approval.same_person", (await desk.Act(draft.No, "approval", PolicyDesk.Reviewer)).Code);
        Assert.Equal("reviewed", (await desk.Act(draft.No, "approval", PolicyDesk.Approver)).State);
        // One person's second approval is no second person's.
        Assert.Equal("reviewed", (await desk.Act(draft.No, "approval", " " + PolicyDesk.Approver)).State);
        Assert.Equal("approval.person_missing", (await desk.Act(draft.No, "approval", "")).Code);
    }

    [Fact]
    public async Task WhoReadAnotherText_CannotApproveThisOne()
    {
        var draft = await desk.Draft(PolicyTexts.Version("A6", 80));
        var hash = draft.Body.GetProperty("sha256").GetString();
        Assert.Equal("policy.text_changed", (await desk.Post($"/{draft.No}/review", new { revision = 1, sha256 = new string('0', 64), person = PolicyDesk.Reviewer })).Code);
        Assert.Equal("policy.text_changed", (await desk.Post($"/{draft.No}/review", new { revision = 2, sha256 = hash, person = PolicyDesk.Reviewer })).Code);
        Assert.Equal("policy.text_changed", (await desk.Post($"/{draft.No}/review", new { person = PolicyDesk.Reviewer })).Code);
        // The same text from another day on is another decision.
        Assert.Equal("", (await desk.Post($"/{draft.No}/revisions", new { revision = 1, text = PolicyTexts.Version("A6", 80), effective_on = "2026-07-01", person = PolicyDesk.Drafter })).Code);
        Assert.Equal("policy.text_changed", (await desk.Post($"/{draft.No}/review", new { revision = 1, sha256 = hash, person = PolicyDesk.Reviewer })).Code);
        Assert.Equal("reviewed", (await desk.Post($"/{draft.No}/review", new { revision = 2, sha256 = hash, person = PolicyDesk.Reviewer })).State);
    }

    [Fact]
    public async Task ApprovalsAtOnce_AreTwoAtMost()
    {
        var draft = await desk.Draft(PolicyTexts.Version("A7", 80));
        await desk.Act(draft.No, "review", PolicyDesk.Reviewer);
        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => desk.Act(draft.No, "approval", $"批准人{i % 4}")));
        var approvers = (await desk.Get($"/{draft.No}")).Body.GetProperty("acts").EnumerateArray().Where(a => a.GetProperty("act").GetString() == "approved").Select(a => a.GetProperty("person").GetString()).ToList();
        Assert.Equal(2, approvers.Distinct().Count());
        Assert.Equal(2, approvers.Count);
        Assert.All(answers.Where(a => a.Code.Length > 0), a => Assert.Equal("policy.not_in_state", a.Code));
    }

    [Fact]
    public async Task Rejected_OnlyAnotherTextLeadsOn()
    {
        var draft = await desk.Draft(PolicyTexts.Version("A8", 80));
        await desk.Act(draft.No, "review", PolicyDesk.Reviewer);
        Assert.Equal("policy.reason_missing", (await desk.Act(draft.No, "rejection", PolicyDesk.Approver)).Code);
        Assert.Equal("rejected", (await desk.Act(draft.No, "rejection", PolicyDesk.Approver, "比例过高")).State);
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "approval", PolicyDesk.OtherApprover)).Code);
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "rejection", PolicyDesk.OtherApprover, "同上")).Code);
        var revised = await desk.Post($"/{draft.No}/revisions", new { revision = 1, text = PolicyTexts.Version("A8", 75), person = PolicyDesk.Drafter });
        Assert.Equal(("draft", 2), (revised.State, revised.Body.GetProperty("revision").GetInt32()));
        // The earlier text's review does not count for this one, and who rejected that one may approve this.
        Assert.Equal("policy.not_in_state", (await desk.Act(draft.No, "approval", PolicyDesk.Approver)).Code);
        await desk.Act(draft.No, "review", PolicyDesk.Reviewer);
        Assert.Equal("reviewed", (await desk.Act(draft.No, "approval", PolicyDesk.Approver)).State);
    }

    [Fact]
    public async Task Withdrawn_NothingLeadsOn()
    {
        var draft = await desk.Approved(PolicyTexts.Version("A9", 80));
        Assert.Equal("policy.reason_missing", (await desk.Act(draft.No, "withdrawal", PolicyDesk.Drafter, " ")).Code);
        Assert.Equal("withdrawn", (await desk.Act(draft.No, "withdrawal", PolicyDesk.Drafter, "另行起草")).State);
        foreach (var act in (string[])["review", "approval", "publication"]) Assert.Equal("policy.withdrawn", (await desk.Act(draft.No, act, PolicyDesk.Consenter)).Code);
        Assert.Equal("policy.withdrawn", (await desk.Act(draft.No, "rejection", PolicyDesk.Consenter, "x")).Code);
        Assert.Equal("policy.withdrawn", (await desk.Post($"/{draft.No}/revisions", new { revision = 1, text = PolicyTexts.Version("A9", 75), person = PolicyDesk.Drafter })).Code);
    }

    [Fact]
    public async Task VersionThatIsNotThere_IsUnknown()
    {
        Assert.Equal("policy.unknown", (await desk.Get("/999999")).Code);
        foreach (var act in (string[])["review", "approval", "consent", "publication"])
            Assert.Equal("policy.unknown", (await desk.Post($"/999999/{act}", new { revision = 1, sha256 = "", person = PolicyDesk.Reviewer })).Code);
    }
}
