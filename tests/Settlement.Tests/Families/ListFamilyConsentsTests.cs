using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Families;
using MedInsure.Settlement.Tests.Persons;

namespace MedInsure.Settlement.Tests.Families;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListFamilyConsentsTests(SharedPostgres postgres)
{
    [Fact]
    public async Task BothSides_SeeTheConsentAndItsEnd()
    {
        var world = await postgres.World();
        var (first, second, psn) = (await world.Person("310", "1101", 5_000), await world.Person("310", "1101", 5_000), await world.Person());
        foreach (var payer in (string[])[first, second]) await world.Node.Accepted(FamilyWorld.Consent(payer, psn));
        await world.Node.Accepted(FamilyWorld.End(first, psn));
        Assert.Equal([(first, true, "本人申请"), (second, false, "")], (await Of(psn)).Select(c => (c.PayerNo, c.Withdrawn, c.Reason)));
        // Consented anew: last in the order.
        await world.Node.Accepted(FamilyWorld.Consent(first, psn, 20260101, 20261231));
        Assert.Equal([(second, 0, false), (first, 20261231, false)], (await Of(psn)).Select(c => (c.PayerNo, c.ToOn, c.Withdrawn)));
        Assert.Equal([psn], (await Of(second)).Select(c => c.PsnNo));
        Assert.Empty(await Of("nobody"));
        Assert.Empty(await Of("nobody\0"));

        Task<IReadOnlyList<FamilyConsent>> Of(string psnNo) => Listed(world.Node, psnNo);
    }

    [Fact]
    public async Task PayerWhoseNumberRetired_SeesTheConsentUnderEither()
    {
        var world = await postgres.World();
        var (retired, surviving, psn) = (await world.Person("310", "1101", 5_000), await world.Person("310", "1101", 5_000), await world.Person());
        await world.Node.Accepted(FamilyWorld.Consent(retired, psn));
        await world.Node.Merged(retired, surviving);
        foreach (var payer in (string[])[retired, surviving]) Assert.Equal([psn], (await Listed(world.Node, payer)).Select(c => c.PsnNo));
    }

    private static async Task<IReadOnlyList<FamilyConsent>> Listed(SettlementNode node, string psnNo) =>
        (await ListFamilyConsents.Query(node.Journal, node.Database, new ListFamilyConsentsRequest { PsnNo = psnNo }, default)).Value.Consent;
}
