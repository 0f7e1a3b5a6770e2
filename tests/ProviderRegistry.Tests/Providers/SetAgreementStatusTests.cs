using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Providers;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class SetAgreementStatusTests(RegistryFixture fixture) : IAsyncLifetime
{
    private const string Code = "H00000000001";

    private RegistryHost host = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        await host.Providers(ProviderCsv.File(new ProviderCsv(Code, host.County)));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private Task<Provider> Set(AgreementStatus status, int from, string reason = "", string code = Code) =>
        host.Client.SetAgreementStatusAsync(new SetAgreementStatusRequest { FixmedinsCode = code, Status = status, FromOn = from, Reason = reason }, host.Headers()).ResponseAsync;

    [Fact]
    public async Task Decisions_AreKeptInTheirOrder()
    {
        await Set(AgreementStatus.Suspended, 20260301, "虚假住院");
        await Set(AgreementStatus.Active, 20260401);
        var provider = await Set(AgreementStatus.Terminated, 20260401, "再次违规");

        Assert.Equal((AgreementStatus.Terminated, 20260401, 4), (provider.Agreement.Status, provider.Agreement.StatusFromOn, provider.Version));
        Assert.Equal([(AgreementStatus.Suspended, 20260301, "虚假住院"), (AgreementStatus.Active, 20260401, ""), (AgreementStatus.Terminated, 20260401, "再次违规")],
            provider.Agreement.StatusChange.Select(c => (c.Status, c.FromOn, c.Reason)));
        Assert.Equal(4, (await host.Client.GetVersionsAsync(new GetVersionsRequest(), host.Headers())).ProviderVersion);
        Assert.EndsWith($$"""ProvidersChanged {{host.City}} {"city":"{{host.City}}","version":4}""", await host.Events());
    }

    [Fact]
    public async Task SameDecisionAgain_ChangesNothing()
    {
        var first = await Set(AgreementStatus.Suspended, 20260301);
        Assert.Equal(first, await Set(AgreementStatus.Suspended, 20260301));
    }

    [Fact]
    public async Task NewAgreementAfterTermination_IsActive()
    {
        await Set(AgreementStatus.Terminated, 20260301);
        await host.Providers(ProviderCsv.File(new ProviderCsv(Code, host.County) { Agreement = "AG2", From = "2026-07-01", To = "" }));
        var provider = await Set(AgreementStatus.Suspended, 20260801);
        Assert.Equal(("AG2", AgreementStatus.Suspended), (provider.Agreement.AgreementNo, provider.Agreement.Status));
        Assert.Equal(AgreementStatus.Terminated, provider.EarlierAgreement.Single().Status);
    }

    [Theory]
    [InlineData("H00000000009", AgreementStatus.Suspended, 20260301, "", "provider.unknown", StatusCode.NotFound)]
    [InlineData(Code, AgreementStatus.Unspecified, 20260301, "", "agreement.status_missing", StatusCode.InvalidArgument)]
    [InlineData(Code, (AgreementStatus)7, 20260301, "", "agreement.status_missing", StatusCode.InvalidArgument)]
    [InlineData(Code, AgreementStatus.Suspended, 0, "", "agreement.from_day_missing", StatusCode.InvalidArgument)]
    [InlineData(Code, AgreementStatus.Suspended, 20260230, "", "day.invalid", StatusCode.InvalidArgument)]
    [InlineData(Code, AgreementStatus.Active, 20260301, "", "agreement.already_so", StatusCode.FailedPrecondition)]
    [InlineData(Code, AgreementStatus.Suspended, 20241231, "", "agreement.outside_period", StatusCode.FailedPrecondition)]
    [InlineData(Code, AgreementStatus.Suspended, 20270101, "", "agreement.outside_period", StatusCode.FailedPrecondition)]
    public async Task WrongDecision_IsRefused(string code, AgreementStatus status, int from, string reason, string refusal, StatusCode answer)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => Set(status, from, reason, code));
        Assert.Equal((refusal, answer), (RefusalStatus.FromRpcException(refused)?.Code, refused.StatusCode));
    }

    [Fact]
    public async Task DecisionAgainstAnEarlierOne_IsRefused()
    {
        async Task Refused(string code, Task<Provider> call) => Assert.Equal(code, RefusalStatus.FromRpcException(await Assert.ThrowsAsync<RpcException>(() => call))?.Code);

        await Refused("agreement.reason_too_long", Set(AgreementStatus.Suspended, 20260301, new string('x', 501)));
        await Set(AgreementStatus.Suspended, 20260301);
        await Refused("agreement.already_so", Set(AgreementStatus.Suspended, 20260401));
        await Refused("agreement.before_last_change", Set(AgreementStatus.Active, 20260228));
        await Set(AgreementStatus.Terminated, 20260501);
        await Refused("agreement.terminated", Set(AgreementStatus.Active, 20260601));
    }

    [Fact]
    public async Task TwoDecisionsAtOnce_FollowEachOther()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            try { return (await Set(i % 2 == 0 ? AgreementStatus.Suspended : AgreementStatus.Active, 20260301)).Version; }
            catch (RpcException) { return 0; }
        })));
        var provider = (await host.Client.QueryProvidersAsync(new QueryProvidersRequest { FixmedinsCode = Code, PageNumber = 1, PageSize = 1 }, host.Headers())).Provider.Single();
        Assert.Equal(provider.Version, outcomes.Max());
        Assert.Equal(provider.Version - 1, provider.Agreement.StatusChange.Count);
        // Never twice the same in a row.
        Assert.All(provider.Agreement.StatusChange.Zip(provider.Agreement.StatusChange.Skip(1)), pair => Assert.NotEqual(pair.First.Status, pair.Second.Status));
    }
}
