using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;
using EnrollmentBase = MedInsure.Protos.Enrollment.V1.Enrollment.EnrollmentBase;
using FraudAuditBase = MedInsure.Protos.FraudAudit.V1.FraudAudit.FraudAuditBase;
using RegistryBase = MedInsure.Protos.ProviderRegistry.V1.ProviderRegistry.ProviderRegistryBase;
using SettlementBase = MedInsure.Protos.Settlement.V1.Settlement.SettlementBase;

namespace MedInsure.Gateway.Tests.Calls;

/// <summary>A registry with three providers: one active, one suspended, one whose agreement ended.</summary>
public sealed class ScriptedRegistry : RegistryBase
{
    public override Task<Versions> GetVersions(GetVersionsRequest request, ServerCallContext context) => Task.FromResult(new Versions { ProviderVersion = 1 });
    public override Task<ListCatalogItemsReply> ListCatalogItems(ListRowsRequest request, ServerCallContext context) => Task.FromResult(new ListCatalogItemsReply());
    public override Task<ListDiseasesReply> ListDiseases(ListRowsRequest request, ServerCallContext context) => Task.FromResult(new ListDiseasesReply());

    public override Task<ListProvidersReply> ListProviders(ListRowsRequest request, ServerCallContext context)
    {
        var reply = new ListProvidersReply { UpToVersion = 1 };
        if (CallTenant.Require(context) != "230100") return Task.FromResult(reply);
        reply.Provider.Add(Provider("H00000000001", 0, AgreementStatus.Unspecified));
        reply.Provider.Add(Provider("H00000000002", 0, AgreementStatus.Suspended));
        reply.Provider.Add(Provider("H00000000003", 0, AgreementStatus.Terminated));
        reply.Provider.Add(Provider("H00000000004", 20251231, AgreementStatus.Unspecified));
        return Task.FromResult(reply);
    }

    public override Task<QueryCatalogReply> QueryCatalog(QueryCatalogRequest request, ServerCallContext context) => Task.FromResult(new QueryCatalogReply());
    public override Task<ListProvidersReply> QueryProviders(QueryProvidersRequest request, ServerCallContext context) => Task.FromResult(new ListProvidersReply());

    public override Task<ListCredentialsReply> ListCredentials(ListCredentialsRequest request, ServerCallContext context)
    {
        var reply = new ListCredentialsReply();
        if (CallTenant.Require(context) == "230100")
            for (var i = 1; i <= 5; i++) reply.Credential.Add(new Credential { Paasid = $"P{i}", Token = $"token-{i}", FixmedinsCode = $"H0000000000{i}" });
        return Task.FromResult(reply);
    }

    private static Provider Provider(string code, int agreementTo, AgreementStatus status)
    {
        var agreement = new Agreement { AgreementNo = "A1", FromOn = 20200101, ToOn = agreementTo, Status = status };
        if (status != AgreementStatus.Unspecified) agreement.StatusChange.Add(new AgreementStatusChange { Status = status, FromOn = 20260101 });
        return new Provider { FixmedinsCode = code, FixmedinsName = $"医院{code}", FixmedinsType = "1", HospLv = "02", PolicyLevel = "3", County = "230102", Agreement = agreement, Version = 1 };
    }
}

/// <summary>What a scripted service was asked last, and what it says next.</summary>
public sealed class Script
{
    public ConcurrentQueue<(string Tenant, string Method, IMessage Request)> Asked { get; } = new();

    /// <summary>Answers by the request's type; throws what it likes.</summary>
    public Func<IMessage, Task<IMessage>> Answer { get; set; } = _ => throw new RpcException(new Status(StatusCode.Unimplemented, "not scripted"));

    public void Clear() => Asked.Clear();

    internal async Task<T> Say<T>(IMessage request, ServerCallContext context) where T : IMessage
    {
        Asked.Enqueue((CallTenant.Require(context), context.Method[(context.Method.LastIndexOf('/') + 1)..], request));
        return (T)await Answer(request);
    }
}

public sealed class ScriptedSettlement(Script script) : SettlementBase
{
    public override Task<EncounterReply> OpenEncounter(OpenEncounterRequest request, ServerCallContext context) => script.Say<EncounterReply>(request, context);
    public override Task<EncounterReply> ChangeEncounter(ChangeEncounterRequest request, ServerCallContext context) => script.Say<EncounterReply>(request, context);
    public override Task<EncounterReply> CancelEncounter(EncounterCommand request, ServerCallContext context) => script.Say<EncounterReply>(request, context);
    public override Task<FeeLinesReply> AddFeeLines(AddFeeLinesRequest request, ServerCallContext context) => script.Say<FeeLinesReply>(request, context);
    public override Task<EncounterReply> CancelFeeLines(CancelFeeLinesRequest request, ServerCallContext context) => script.Say<EncounterReply>(request, context);
    public override Task<EncounterReply> DischargeEncounter(DischargeEncounterRequest request, ServerCallContext context) => script.Say<EncounterReply>(request, context);
    public override Task<EncounterReply> UndoDischarge(EncounterCommand request, ServerCallContext context) => script.Say<EncounterReply>(request, context);
    public override Task<ReverseRequestReply> ReverseRequest(ReverseRequestRequest request, ServerCallContext context) => script.Say<ReverseRequestReply>(request, context);
    public override Task<CheckEntitlementReply> CheckEntitlement(CheckEntitlementRequest request, ServerCallContext context) => script.Say<CheckEntitlementReply>(request, context);
    public override Task<ListSettlementsReply> ListSettlements(ListSettlementsRequest request, ServerCallContext context) => script.Say<ListSettlementsReply>(request, context);
    public override Task<ListFeeLinesReply> ListFeeLines(ListFeeLinesRequest request, ServerCallContext context) => script.Say<ListFeeLinesReply>(request, context);
    public override Task<ListFilingsReply> ListFilings(ListFilingsRequest request, ServerCallContext context) => script.Say<ListFilingsReply>(request, context);
    public override Task<SettlementReply> PreSettleClaim(SettleClaimRequest request, ServerCallContext context) => script.Say<SettlementReply>(request, context);
    public override Task<SettlementReply> SettleClaim(SettleClaimRequest request, ServerCallContext context) => script.Say<SettlementReply>(request, context);
    public override Task<SettlementReply> ReverseSettlement(ReverseSettlementRequest request, ServerCallContext context) => script.Say<SettlementReply>(request, context);
    public override Task<Filing> FileTreatment(FileTreatmentRequest request, ServerCallContext context) => script.Say<Filing>(request, context);
    public override Task<Filing> WithdrawFiling(WithdrawFilingRequest request, ServerCallContext context) => script.Say<Filing>(request, context);
    public override Task<ListEncountersReply> ListEncounters(ListEncountersRequest request, ServerCallContext context) => script.Say<ListEncountersReply>(request, context);
    public override Task<GetAccountBalanceReply> GetAccountBalance(GetAccountBalanceRequest request, ServerCallContext context) => script.Say<GetAccountBalanceReply>(request, context);
    public override Task<GetAccumulatorsReply> GetAccumulators(GetAccumulatorsRequest request, ServerCallContext context) => script.Say<GetAccumulatorsReply>(request, context);
    public override Task<CompareTotalsReply> CompareTotals(CompareTotalsRequest request, ServerCallContext context) => script.Say<CompareTotalsReply>(request, context);
    public override Task<CompareDetailsReply> CompareDetails(CompareDetailsRequest request, ServerCallContext context) => script.Say<CompareDetailsReply>(request, context);
    public override Task<ListDailyResultsReply> ListDailyResults(ListDailyResultsRequest request, ServerCallContext context) => script.Say<ListDailyResultsReply>(request, context);
    public override Task<ProviderFile> StoreProviderFile(StoreProviderFileRequest request, ServerCallContext context) => script.Say<ProviderFile>(request, context);
    public override Task<ReadProviderFileReply> ReadProviderFile(ReadProviderFileRequest request, ServerCallContext context) => script.Say<ReadProviderFileReply>(request, context);
    public override Task<StatementApplication> ApplyForStatement(ApplyForStatementRequest request, ServerCallContext context) => script.Say<StatementApplication>(request, context);
    public override Task<StatementApplication> WithdrawStatementApplication(WithdrawStatementApplicationRequest request, ServerCallContext context) => script.Say<StatementApplication>(request, context);
    public override Task<StatementApplication> GetStatementApplication(GetStatementApplicationRequest request, ServerCallContext context) => script.Say<StatementApplication>(request, context);
    public override Task<SumSettlementsReply> SumSettlements(SumSettlementsRequest request, ServerCallContext context) => script.Say<SumSettlementsReply>(request, context);
}

/// <summary>Enrollment of two counties: one person each.</summary>
public sealed class ScriptedFraudAudit(Script script) : FraudAuditBase
{
    public override Task<CheckClaimReply> CheckClaim(CheckClaimRequest request, ServerCallContext context) => script.Say<CheckClaimReply>(request, context);
    public override Task<RecordFeedbackReply> RecordFeedback(RecordFeedbackRequest request, ServerCallContext context) => script.Say<RecordFeedbackReply>(request, context);
    public override Task<RecordStockMovementsReply> RecordStockMovements(RecordStockMovementsRequest request, ServerCallContext context) => script.Say<RecordStockMovementsReply>(request, context);
    public override Task<DeleteStockMovementReply> DeleteStockMovement(DeleteStockMovementRequest request, ServerCallContext context) => script.Say<DeleteStockMovementReply>(request, context);
}

public sealed class ScriptedEnrollment(Script script) : EnrollmentBase
{
    public override Task<Person> FindPersonByCertificate(FindPersonByCertificateRequest request, ServerCallContext context)
    {
        script.Asked.Enqueue((CallTenant.Require(context), nameof(FindPersonByCertificate), request));
        return Find(request, context);
    }

    public override Task<Person> IdentifyPerson(IdentifyPersonRequest request, ServerCallContext context)
    {
        script.Asked.Enqueue((CallTenant.Require(context), nameof(IdentifyPerson), request));
        return Find(new FindPersonByCertificateRequest { Certno = request.MdtrtCertType == "01" ? request.MdtrtCertNo[..6] switch { "230102" => "23010219800615001X", _ => "230103198006150016" } : request.MdtrtCertNo }, context);
    }

    private static Task<Person> Find(FindPersonByCertificateRequest request, ServerCallContext context)
    {
        var home = request.Certno switch { "23010219800615001X" => "230102", "230103198006150016" => "230103", _ => "" };
        if (home != CallTenant.Require(context)) throw new Refusal(RefusalKind.NotFound, "person.unknown", "查无此人", "unknown person").ToRpcException();
        return Task.FromResult(new Person
        {
            PsnNo = $"PSN{home}", PsnCertType = "01", Certno = request.Certno, PsnName = "张三", Gend = "1", BirthOn = 19800615, County = home,
            Coverage = { new Coverage { Insutype = "310", PsnType = home == "230103" ? "1102" : "1101", FromOn = 20200101, EmployerName = "某单位" }, new Coverage { Insutype = "390", PsnType = "15", FromOn = 20150101, ToOn = 20191231 } },
            Category = { new Category { Name = "low_income", FromOn = 20240101 }, new Category { Name = "severely_disabled", FromOn = 20240101, ToOn = 20281231 } },
        });
    }
}
