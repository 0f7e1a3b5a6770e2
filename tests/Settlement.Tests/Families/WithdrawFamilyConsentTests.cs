using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Families;

namespace MedInsure.Settlement.Tests.Families;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class WithdrawFamilyConsentTests(SharedPostgres postgres)
{
    [Fact]
    public async Task Consent_EndsOnce()
    {
        var world = await postgres.World();
        var (payer, psn) = (await world.Person("310", "1101", 5_000), await world.Person());
        await world.Node.Accepted(FamilyWorld.Consent(payer, psn));
        var request = new WithdrawFamilyConsentRequest { PayerNo = payer, PsnNo = psn, Reason = "本人申请" };
        Assert.True((await WithdrawFamilyConsent.Run(world.Node.Journal, request, default)).Value.Ended);
        Assert.False((await WithdrawFamilyConsent.Run(world.Node.Journal, request, default)).Value.Ended);
        Assert.False((await WithdrawFamilyConsent.Run(world.Node.Journal, new WithdrawFamilyConsentRequest { PayerNo = "nobody", PsnNo = psn }, default)).Value.Ended);
    }

    [Theory]
    [InlineData("P1", 201, "consent.evidence_too_long")]
    [InlineData("", 1, "person.unknown")]
    public async Task Fault_IsRefused(string psnNo, int reasonLength, string code)
    {
        var request = new WithdrawFamilyConsentRequest { PsnNo = psnNo, Reason = new string('1', reasonLength) };
        Assert.Equal(code, (await WithdrawFamilyConsent.Run((await postgres.World()).Node.Journal, request, default)).Refusal?.Code);
    }
}
