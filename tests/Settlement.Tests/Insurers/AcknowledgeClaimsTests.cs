using Grpc.Core;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class AcknowledgeClaimsTests(SharedInsurerHost shared) : IClassFixture<SharedInsurerHost>, IAsyncLifetime
{
    private readonly InsurerHost host = shared.Host;

    /// <summary>Ten events, nothing acknowledged.</summary>
    public async Task InitializeAsync()
    {
        await host.Forget();
        await host.Tell([.. Enumerable.Range(0, 10).Select(_ => host.Settled())]);
        await host.Handled();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<long> Acknowledged(long cursor, string contract = InsurerHost.Illness, Metadata? headers = null) =>
        (await host.Client.AcknowledgeClaimsAsync(new AcknowledgeClaimsRequest { ContractNo = contract, Cursor = cursor }, headers ?? host.Key.Calls())).AcknowledgedCursor;

    [Fact]
    public async Task Cursor_OnlyMovesForward()
    {
        Assert.Equal(0, await Acknowledged(0));
        Assert.Equal(4, await Acknowledged(4));
        Assert.Equal(4, await Acknowledged(4));
        Assert.Equal(4, await Acknowledged(1));
        Assert.Equal(10, await Acknowledged(10));
        Assert.Equal(10, await Acknowledged(0));
    }

    [Fact]
    public async Task ManyAtOnce_TheHighestStands()
    {
        await Task.WhenAll(Enumerable.Range(1, 10).Select(i => Acknowledged(i)));
        Assert.Equal(10, await Acknowledged(0));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public async Task CursorThatNoEventHas_IsRefused(long cursor)
    {
        Assert.Equal((StatusCode.InvalidArgument, "stream.cursor_unknown"), await InsurerHost.Refused(() => Acknowledged(cursor)));
        Assert.Equal(0, await Acknowledged(0));
    }

    [Fact]
    public async Task StreamWithoutEvents_KnowsOnlyItsBeginning()
    {
        Assert.Equal(0, await Acknowledged(0, InsurerHost.OtherIllness));
        Assert.Equal((StatusCode.InvalidArgument, "stream.cursor_unknown"), await InsurerHost.Refused(() => Acknowledged(1, InsurerHost.OtherIllness)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("NOWHERE")]
    [InlineData(InsurerHost.Supplement)] // another insurer's
    public async Task ContractThatIsNotTheCallers_IsUnknown(string contract) =>
        Assert.Equal((StatusCode.NotFound, "contract.unknown"), await InsurerHost.Refused(() => Acknowledged(0, contract)));
}
