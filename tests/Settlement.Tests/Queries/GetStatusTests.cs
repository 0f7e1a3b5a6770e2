using MedInsure.Reference;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class GetStatusTests(SharedPostgres postgres)
{
    [Fact]
    public async Task Status_SaysHowFarJournalTablesAndReferenceAre()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var nothingLoaded = new ReferenceData(null!);
        var before = GetStatus.Query(county.Journal, nothingLoaded);
        Assert.Equal((0, 0, true, 0), (before.JournalSeq, before.ProjectedSeq, before.HoldsLease, before.CatalogVersion));
        Assert.Equal(new byte[32], before.HeadHash.ToByteArray());
        await county.Settled(county.Inline("P1", 100));
        await county.Settled(county.Inline("P1", 100));
        await county.Projected();
        var after = GetStatus.Query(county.Journal, nothingLoaded);
        Assert.Equal((2, 2, true), (after.JournalSeq, after.ProjectedSeq, after.HoldsLease));
        await using (var command = county.Database.CreateCommand("SELECT hash FROM journal WHERE seq = 2")) Assert.Equal((byte[])(await command.ExecuteScalarAsync())!, after.HeadHash.ToByteArray());
        await county.Close();
        Assert.False(GetStatus.Query(county.Journal, nothingLoaded).HoldsLease);
        await county.Open();
    }
}
