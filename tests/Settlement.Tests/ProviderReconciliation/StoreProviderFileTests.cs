using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderReconciliation;

namespace MedInsure.Settlement.Tests.ProviderReconciliation;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class StoreProviderFileTests(SharedPostgres postgres) : IAsyncLifetime
{
    private ReconciliationCounty county = null!;
    private string provider = "";

    public async Task InitializeAsync() => provider = (county = await postgres.Reconciliation()).Provider();
    public Task DisposeAsync() => Task.CompletedTask;

    private Task<Outcome<ProviderFile>> Store(byte[] content, string name = "a.zip", string? by = null, DateTimeOffset? at = null) =>
        StoreProviderFile.Run(county.Node.Tenant, county.Node.Database, new StoreProviderFileRequest { FixmedinsCode = by ?? provider, FileName = name, Content = ByteString.CopyFrom(content) }, at ?? county.Now, default);

    [Fact]
    public async Task SameFileAgain_IsTheSameNumberKeptLonger()
    {
        var first = (await Store([1, 2, 3])).Value;
        Assert.StartsWith(county.County + "F", first.FileNo, StringComparison.Ordinal);
        Assert.Equal((3, "a.zip", (county.Now + StoreProviderFile.Kept).ToUnixTimeMilliseconds()), (first.Size, first.FileName, first.ExpiresAtMs));
        var again = (await Store([1, 2, 3], at: county.Now.AddDays(1))).Value;
        Assert.Equal((first.FileNo, first.Sha256), (again.FileNo, again.Sha256));
        Assert.True(again.ExpiresAtMs > first.ExpiresAtMs);
        Assert.NotEqual(first.FileNo, (await Store([1, 2, 4])).Value.FileNo);
        Assert.NotEqual(first.FileNo, (await Store([1, 2, 3], "b.zip")).Value.FileNo);
        Assert.NotEqual(first.FileNo, (await Store([1, 2, 3], by: county.Provider())).Value.FileNo);
    }

    [Fact]
    public async Task WhatCannotBeKept_IsRefused()
    {
        Assert.Equal("query.too_wide", (await Store([1], by: "")).Refusal?.Code);
        Assert.Equal("provider_file.empty", (await Store([])).Refusal?.Code);
        Assert.Equal("provider_file.too_large", (await Store(new byte[StoreProviderFile.BytesMax + 1])).Refusal?.Code);
        foreach (var name in (string[])["", " ", new string('a', 201), "../a.zip", "a\\b.zip", "a\n.zip"]) Assert.Equal("provider_file.name_invalid", (await Store([1], name)).Refusal?.Code);
    }

    [Fact]
    public async Task FilesBeyondTheProvidersShare_AreRefusedUntilOthersExpire()
    {
        var content = new byte[StoreProviderFile.BytesMax];
        for (var i = 0; i < StoreProviderFile.BytesOfProviderMax / StoreProviderFile.BytesMax; i++)
        {
            content[0] = (byte)i;
            Assert.False((await Store(content)).IsRefused);
        }
        content[0] = 255;
        Assert.Equal("provider_file.too_much", (await Store(content)).Refusal?.Code);
        content[0] = 0;
        Assert.False((await Store(content)).IsRefused); // it is there already
        content[0] = 255;
        Assert.False((await Store(content, by: county.Provider())).IsRefused);
        Assert.False((await Store(content, at: county.Now + StoreProviderFile.Kept)).IsRefused);
    }
}
