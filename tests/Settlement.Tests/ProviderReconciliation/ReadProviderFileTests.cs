using Google.Protobuf;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderReconciliation;

namespace MedInsure.Settlement.Tests.ProviderReconciliation;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ReadProviderFileTests(SharedPostgres postgres) : IAsyncLifetime
{
    private ReconciliationCounty county = null!;
    private string provider = "";

    public async Task InitializeAsync() => provider = (county = await postgres.Reconciliation()).Provider();
    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<(string? Code, ByteString? Content)> Read(string fileNo, long offset = 0, string? by = null, DateTimeOffset? at = null)
    {
        var reply = await ReadProviderFile.Query(county.Node.Tenant, county.Node.Database, new ReadProviderFileRequest { FixmedinsCode = by ?? provider, FileNo = fileNo, Offset = offset }, at ?? county.Now, default);
        return (reply.Refusal?.Code, reply.IsRefused ? null : reply.Value.Content);
    }

    [Fact]
    public async Task File_ComesBackPartByPart()
    {
        var content = new byte[(2 << 20) + 77];
        new Random(5).NextBytes(content);
        var number = await county.Stored(provider, content);
        var read = new List<byte>();
        while (read.Count < content.Length) read.AddRange((await Read(number, read.Count)).Content!);
        Assert.Equal(content, read);
        Assert.Empty((await Read(number, content.Length)).Content!);
        Assert.Equal("provider_file.offset_invalid", (await Read(number, content.Length + 1)).Code);
        Assert.Equal("provider_file.offset_invalid", (await Read(number, -1)).Code);
        Assert.Equal("provider_file.offset_invalid", (await Read(number, long.MaxValue)).Code);
    }

    [Fact]
    public async Task AnotherProvidersOrExpiredFile_IsUnknown()
    {
        var number = await county.Stored(provider, [1]);
        Assert.Equal("provider_file.unknown", (await Read(number, by: county.Provider())).Code);
        Assert.Null((await Read(number, at: county.Now + StoreProviderFile.Kept - TimeSpan.FromSeconds(1))).Code);
        Assert.Equal("provider_file.unknown", (await Read(number, at: county.Now + StoreProviderFile.Kept)).Code);
        foreach (var other in (string[])["", "F1", number[..^1], number + "1", "999999" + number[6..], number.Replace('F', 'S'), number[..7] + "99999999999x", number[..7] + "-00000000001", number[..7] + "999999999999"])
            Assert.Equal("provider_file.unknown", (await Read(other)).Code);
    }
}
