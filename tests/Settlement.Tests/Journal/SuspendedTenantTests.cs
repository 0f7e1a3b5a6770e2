using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Journal;

/// <summary>Tenants:&lt;code&gt;:Suspended: nothing new, everything old.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class SuspendedTenantTests(SharedPostgres postgres)
{
    [Fact]
    public async Task SuspendedCounty_TakesNothingNewAndKeepsWhatItHas()
    {
        await using var node = await SettlementNode.Create(postgres.Server);
        await node.AddPerson("P1");
        var settled = await node.Visit("P1", 10_000);
        var setlId = (await node.Accepted(SettleClaim.Command(settled))).Record.SettledClaim.SetlId;
        var open = await node.Visit("P1", 20_000);
        await node.Suspend();

        var at = SettlementNode.At(2026, 6, 2);
        Assert.Equal("tenant.suspended", await node.Refused(OpenEncounter.Command(node.Opening("P1", "11", at))));
        Assert.Equal("tenant.suspended", await node.Refused(SettleClaim.Command(open)));
        Assert.Equal("tenant.suspended", await node.Refused(PreSettleClaim.Command(open)));
        Assert.Equal("tenant.suspended", await node.Refused(SettleClaim.Command(node.Inline("P1", 500, level: "pharmacy", medType: "41"))));

        // What was answered is answered again, can be asked for, and can be taken back.
        var replay = await node.Accepted(SettleClaim.Command(settled));
        Assert.Equal((true, setlId), (replay.IsReplay, replay.Record.SettledClaim.SetlId));
        await node.Projected();
        var listed = await ListSettlements.Query(node.Journal, node.Database, new ListSettlementsRequest { PsnNo = "P1" }, CancellationToken.None);
        Assert.Equal([setlId], listed.Value.Settlement.Select(s => s.SetlId));
        await node.Accepted(ReverseSettlement.Command(new ReverseSettlementRequest { Key = node.Key("2208"), FixmedinsCode = settled.FixmedinsCode, MdtrtId = settled.MdtrtId, SetlId = setlId, PsnNo = "P1" }));

        await node.Suspend(false);
        await node.Accepted(SettleClaim.Command(open));
    }
}
