using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>Over the wire: an insurer's token opens the insurers' interface and nothing else, and nothing else opens that.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class InsurerAdmissionTests(SharedInsurerHost shared) : IClassFixture<SharedInsurerHost>
{
    private const string NotAuthenticated = "auth.not_authenticated";
    private readonly InsurerHost host = shared.Host;

    private Task<(StatusCode, string?)> RefusedOver(string? token) =>
        InsurerHost.Refused(async () => await host.Client.ListContractsAsync(new ListContractsRequest(), token is null ? [] : new Metadata { { "authorization", token } }));

    [Fact]
    public async Task InsurersToken_OpensItsInterface() => Assert.Equal(2, (await host.Client.ListContractsAsync(new ListContractsRequest(), host.Key.Calls())).Contract.Count);

    [Fact]
    public async Task Refusals_AreCountedByReason()
    {
        var reasons = new System.Collections.Concurrent.ConcurrentBag<string?>();
        using var listener = new System.Diagnostics.Metrics.MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name == "medinsure.insurer.authentication.refused") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => reasons.Add((string?)tags[0].Value));
        listener.Start();
        await RefusedOver("Bearer x");
        await RefusedOver("Bearer " + host.Key.Token(TimeProvider.System.GetUtcNow().AddHours(-2)));
        Assert.Equal(["expired", "malformed"], reasons.Order());
    }

    [Fact]
    public async Task ExpiredOrForeignToken_IsRefused()
    {
        Assert.Equal((StatusCode.Unauthenticated, NotAuthenticated), await RefusedOver("Bearer " + host.Key.Token(TimeProvider.System.GetUtcNow().AddHours(-2))));
        using var stranger = new InsurerKey(InsurerHost.Insurer);
        Assert.Equal((StatusCode.Unauthenticated, NotAuthenticated), await RefusedOver("Bearer " + stranger.Token()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer ")]
    [InlineData("Bearer x")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer a.b.c.d.e")]
    [InlineData("Basic Y3g6cHc=")]
    [InlineData("Bearer service-token-of-the-test")]
    public async Task WhateverIsNoToken_IsRefused(string? token) => Assert.Equal((StatusCode.Unauthenticated, NotAuthenticated), await RefusedOver(token));

    [Fact]
    public async Task EveryCallOfTheInterface_AsksForTheToken()
    {
        var nobody = new Metadata();
        var client = host.Client;
        Func<Task>[] calls =
        [
            async () => await client.ListContractsAsync(new ListContractsRequest(), nobody), async () => await client.StreamClaims(new StreamClaimsRequest(), nobody).ResponseStream.MoveNext(default),
            async () => await client.AcknowledgeClaimsAsync(new AcknowledgeClaimsRequest(), nobody), async () => await client.GetClaimAsync(new GetClaimRequest(), nobody),
            async () => await client.RaiseDisputeAsync(new RaiseDisputeRequest(), nobody), async () => await client.WithdrawDisputeAsync(new WithdrawDisputeRequest(), nobody),
            async () => await client.ListDisputesAsync(new ListDisputesRequest(), nobody), async () => await client.ListPremiumTransfersAsync(new ListPremiumTransfersRequest(), nobody),
            async () => await client.ListClaimStatementsAsync(new ListClaimStatementsRequest(), nobody),
            async () => await client.GetReconciliationAsync(new GetReconciliationRequest(), nobody), async () => await client.AnswerReconciliationAsync(new AnswerReconciliationRequest(), nobody),
            async () => await client.RecordConsentsAsync(new RecordConsentsRequest(), nobody), async () => await client.WithdrawConsentAsync(new WithdrawConsentRequest(), nobody),
        ];
        Assert.Equal(InsurerExchange.Descriptor.Methods.Count, calls.Length);
        foreach (var call in calls) Assert.Equal((StatusCode.Unauthenticated, NotAuthenticated), await InsurerHost.Refused(call));
    }

    [Theory]
    [InlineData("Settlement")]
    [InlineData("InsurerExchange")]
    public async Task EachSidesToken_OpensOnlyItsOwnService(string service)
    {
        using var channel = GrpcChannel.ForAddress(host.Address);
        // The right one for the other service, with a tenant, as a confused or a curious caller would send it.
        var token = service == "Settlement" ? host.Key.Token() : "service-token-of-the-test";
        var headers = new Metadata { { "authorization", $"Bearer {token}" }, { CallTenant.Key, host.Counties[0] } };
        Assert.Equal((StatusCode.Unauthenticated, NotAuthenticated), await InsurerHost.Refused(async () =>
        {
            if (service == "Settlement") await new Protos.Settlement.V1.Settlement.SettlementClient(channel).GetStatusAsync(new GetStatusRequest(), headers);
            else await new InsurerExchange.InsurerExchangeClient(channel).ListContractsAsync(new ListContractsRequest(), headers);
        }));
    }

    [Fact]
    public async Task TenantInTheMetadata_ChangesNothing()
    {
        var headers = host.Key.Calls();
        headers.Add(CallTenant.Key, "999999");
        Assert.Equal(2, (await host.Client.ListContractsAsync(new ListContractsRequest(), headers)).Contract.Count);
    }

    [Fact]
    public async Task AnothersContract_IsUnknown()
    {
        Assert.Equal((StatusCode.NotFound, "contract.unknown"), await InsurerHost.Refused(() => InsurerHost.Take(host.Open(InsurerHost.Illness, headers: host.OtherKey.Calls()), 1)));
        Assert.Equal((StatusCode.NotFound, "contract.unknown"), await InsurerHost.Refused(() => InsurerHost.Take(host.Open(InsurerHost.Supplement), 1)));
    }
}
