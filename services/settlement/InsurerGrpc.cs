using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Insurers;
using Npgsql;

namespace MedInsure.Settlement;

/// <summary>All rpcs of insurer/v1/exchange.proto, each: find the caller's own contract, run the use case, render. Insurers speak with the city: its database.</summary>
public sealed class InsurerGrpc(ContractLibrary contracts, TenantDatabases databases, TenantDirectory directory, StreamClaims streams, PersonKey keys,
    Protos.Settlement.V1.Settlement.SettlementClient counties, HeadCounts heads, ChinaCalendar calendar) : InsurerExchange.InsurerExchangeBase
{
    public override Task<ListContractsReply> ListContracts(ListContractsRequest request, ServerCallContext context) =>
        Insurers.ListContracts.Query([.. OwnContracts(context)], directory, CityDatabase, context.CancellationToken);

    public override Task StreamClaims(StreamClaimsRequest request, IServerStreamWriter<ClaimEvent> responseStream, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return streams.Run(contract, CityDatabase(contract), request, responseStream, context);
    }

    public override async Task<AcknowledgeClaimsReply> AcknowledgeClaims(AcknowledgeClaimsRequest request, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return (await Insurers.AcknowledgeClaims.Command(contract, CityDatabase(contract), request, context.CancellationToken)).OrThrow();
    }

    public override async Task<Claim> GetClaim(GetClaimRequest request, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return (await Insurers.GetClaim.Query(CityDatabase(contract), counties, contract, request, context.CancellationToken)).OrThrow();
    }

    public override async Task<Dispute> RaiseDispute(RaiseDisputeRequest request, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return (await Insurers.RaiseDispute.Execute(CityDatabase(contract), contract, request, calendar.UtcNow, context.CancellationToken)).OrThrow();
    }

    public override async Task<Dispute> WithdrawDispute(WithdrawDisputeRequest request, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return (await Insurers.WithdrawDispute.Execute(CityDatabase(contract), contract, request, calendar.UtcNow, context.CancellationToken)).OrThrow();
    }

    public override async Task<ListDisputesReply> ListDisputes(ListDisputesRequest request, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return (await Insurers.ListDisputes.Query(CityDatabase(contract), contract, request, context.CancellationToken)).OrThrow();
    }

    public override async Task<ListPremiumTransfersReply> ListPremiumTransfers(ListPremiumTransfersRequest request, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return (await Insurers.ListPremiumTransfers.Query(CityDatabase(contract), heads, contract, request, calendar.Today, context.CancellationToken)).OrThrow();
    }

    public override async Task<ListClaimStatementsReply> ListClaimStatements(ListClaimStatementsRequest request, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return (await Insurers.ListClaimStatements.Query(CityDatabase(contract), contract, request, context.CancellationToken)).OrThrow();
    }

    public override async Task<Reconciliation> GetReconciliation(GetReconciliationRequest request, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return (await Insurers.GetReconciliation.Query(CityDatabase(contract), heads, contract, request, context.CancellationToken)).OrThrow();
    }

    public override async Task<Reconciliation> AnswerReconciliation(AnswerReconciliationRequest request, ServerCallContext context)
    {
        var contract = OwnContract(context, request.ContractNo);
        return (await Insurers.AnswerReconciliation.Execute(CityDatabase(contract), contract, request, calendar.UtcNow, context.CancellationToken)).OrThrow();
    }

    public override async Task<RecordConsentsReply> RecordConsents(RecordConsentsRequest request, ServerCallContext context) =>
        (await Insurers.RecordConsents.Run(OwnContract(context, request.ContractNo), directory, counties, keys, request, context.CancellationToken)).OrThrow();

    public override async Task<WithdrawConsentReply> WithdrawConsent(WithdrawConsentRequest request, ServerCallContext context) =>
        (await Insurers.WithdrawConsent.Run(OwnContract(context, request.ContractNo), directory, counties, request, context.CancellationToken)).OrThrow();

    /// <summary>The contracts of the caller's whose city this process serves.</summary>
    private IEnumerable<InsurerContract> OwnContracts(ServerCallContext context)
    {
        var caller = InsurerCaller.Of(context);
        return contracts.All.Where(c => c.Insurer == caller.Code && Serves(c));
    }

    /// <exception cref="RpcException">NOT_FOUND contract.unknown: there is none, or it is another insurer's, or its city is not served here.</exception>
    private InsurerContract OwnContract(ServerCallContext context, string contractNo) =>
        contracts.Find(contractNo) is { } contract && contract.Insurer == InsurerCaller.Of(context).Code && Serves(contract) ? contract : throw Refusals.ContractUnknown.ToRpcException();

    private bool Serves(InsurerContract contract) => databases.TenantsOf(SettlementModule.Service).Any(t => t.Code == contract.City);

    private NpgsqlDataSource CityDatabase(InsurerContract contract) => databases.For(contract.City, SettlementModule.Service);
}
