using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Providers;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ListCredentialsTests(RegistryFixture fixture) : IAsyncLifetime
{
    private RegistryHost host = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        await host.Providers(ProviderCsv.File(Enumerable.Range(0, 7).Select(i => new ProviderCsv($"H{i:D11}", host.County))));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Pages_GiveEveryCredentialOnce()
    {
        var all = new List<Credential>();
        var request = new ListCredentialsRequest { PageSize = 3 };
        do
        {
            var page = await host.Client.ListCredentialsAsync(request, host.Headers());
            all.AddRange(page.Credential);
            request.AfterPaasid = page.NextAfterPaasid;
        }
        while (request.AfterPaasid.Length > 0);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"H{i:D11}"), all.Select(c => c.FixmedinsCode).Order());
        Assert.All(all, c => Assert.Equal(64, c.Token.Length));
    }

    [Fact]
    public async Task OneProvider_HasOneCredential() =>
        Assert.Equal("H00000000003", (await host.Client.ListCredentialsAsync(new ListCredentialsRequest { FixmedinsCode = "H00000000003" }, host.Headers())).Credential.Single().FixmedinsCode);

    [Fact]
    public async Task CallWithoutToken_GetsNone() => Assert.Equal(StatusCode.Unauthenticated,
        (await Assert.ThrowsAsync<RpcException>(() => host.Client.ListCredentialsAsync(new ListCredentialsRequest(), CallTenant.For(host.City)).ResponseAsync)).StatusCode);
}
