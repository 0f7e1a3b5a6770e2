namespace MedInsure.Settlement.Tests.PolicyLife;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class RevisePolicyTests(SharedPolicyDesk shared) : IClassFixture<SharedPolicyDesk>
{
    private readonly PolicyDesk desk = shared.Desk;

    private Task<Answered> Revise(long no, string text, int? revision = 1, string person = PolicyDesk.Drafter, string? effectiveOn = null) => desk.Post($"/{no}/revisions", new { revision, text, person, effective_on = effectiveOn });

    [Fact]
    public async Task Revision_StandsBesideTheOldText()
    {
        var (old, @new) = (PolicyTexts.Version("R1", 80), PolicyTexts.Version("R1", 82));
        var draft = await desk.Draft(old);
        var revised = await Revise(draft.No, @new, effectiveOn: "2026-08-01");
        Assert.Equal((2, "2026-08-01"), (revised.Body.GetProperty("revision").GetInt32(), revised.Body.GetProperty("effective_on").GetString()));
        Assert.Equal(@new, (await desk.Get($"/{draft.No}")).Body.GetProperty("text").GetString());
        Assert.Equal(old, (await desk.Get($"/{draft.No}?revision=1")).Body.GetProperty("text").GetString());
        Assert.Equal("policy.unknown", (await desk.Get($"/{draft.No}?revision=3")).Code);
        // The same again, as after a lost answer.
        Assert.Equal(2, (await Revise(draft.No, @new, effectiveOn: "2026-08-01")).Body.GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task RevisionOfAnOlderText_IsRefused()
    {
        var draft = await desk.Draft(PolicyTexts.Version("R2", 80));
        Assert.Equal("", (await Revise(draft.No, PolicyTexts.Version("R2", 81))).Code);
        // Another author had the first one before him.
        Assert.Equal("policy.text_changed", (await Revise(draft.No, PolicyTexts.Version("R2", 82), person: PolicyDesk.Reviewer)).Code);
        Assert.Equal("policy.text_changed", (await Revise(draft.No, PolicyTexts.Version("R2", 82), revision: null)).Code);
    }

    [Fact]
    public async Task WhoRevised_IsADrafterToo()
    {
        var draft = await desk.Draft(PolicyTexts.Version("R3", 80));
        await Revise(draft.No, PolicyTexts.Version("R3", 81), person: PolicyDesk.Reviewer);
        Assert.Equal("approval.same_person", (await desk.Act(draft.No, "review", PolicyDesk.Drafter)).Code);
        Assert.Equal("approval.same_person", (await desk.Act(draft.No, "review", PolicyDesk.Reviewer)).Code);
        Assert.Equal("", (await desk.Act(draft.No, "review", PolicyDesk.Consenter)).Code);
    }

    [Fact]
    public async Task RevisionOfAnotherVersionOrWithErrors_IsRefused()
    {
        var draft = await desk.Draft(PolicyTexts.Version("R4", 80));
        Assert.Equal("policy.other_version", (await Revise(draft.No, PolicyTexts.Version("R5", 80))).Code);
        Assert.Equal("policy.faulty", (await Revise(draft.No, PolicyTexts.Version("R4", 80) + "nonsense: 1\n")).Code);
        Assert.Equal("approval.person_missing", (await Revise(draft.No, PolicyTexts.Version("R4", 81), person: "")).Code);
        Assert.Equal("policy.unknown", (await Revise(999_999, PolicyTexts.Version("R4", 81))).Code);
    }
}
