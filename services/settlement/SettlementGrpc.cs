using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Settlement.BillChecks;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Filings;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.Supplements;
using Npgsql;

namespace MedInsure.Settlement;

/// <summary>All rpcs of settlement.proto, each: find the tenant's journal, run the use case, render.</summary>
public sealed class SettlementGrpc(TenantJournals journals, TenantDatabases databases, ReferenceData reference, ContractLibrary contracts, ChinaCalendar calendar,
    Enrollment.EnrollmentClient enrollment, AskedSettlement asking, CheckBill checking, TimeProvider time)
    : Protos.Settlement.V1.Settlement.SettlementBase
{
    public override Task<EncounterReply> OpenEncounter(OpenEncounterRequest request, ServerCallContext context) =>
        Commit(context, Encounters.OpenEncounter.Command(request), c => Encounters.OpenEncounter.Reply(c.Record));

    public override Task<EncounterReply> ChangeEncounter(ChangeEncounterRequest request, ServerCallContext context) =>
        Commit(context, Encounters.ChangeEncounter.Command(request), Named);

    public override Task<EncounterReply> CancelEncounter(EncounterCommand request, ServerCallContext context) =>
        Commit(context, Encounters.CancelEncounter.Command(request), Named);

    public override Task<FeeLinesReply> AddFeeLines(AddFeeLinesRequest request, ServerCallContext context) =>
        Commit(context, Encounters.AddFeeLines.Command(request), c => Encounters.AddFeeLines.Reply(c.Record));

    public override Task<EncounterReply> CancelFeeLines(CancelFeeLinesRequest request, ServerCallContext context) =>
        Commit(context, Encounters.CancelFeeLines.Command(request), Named);

    public override Task<EncounterReply> DischargeEncounter(DischargeEncounterRequest request, ServerCallContext context) =>
        Commit(context, Encounters.DischargeEncounter.Command(request), Named);

    public override Task<EncounterReply> UndoDischarge(EncounterCommand request, ServerCallContext context) =>
        Commit(context, Encounters.UndoDischarge.Command(request), Named);

    public override async Task<SettlementReply> PreSettleClaim(SettleClaimRequest request, ServerCallContext context)
    {
        var check = CheckTurn.Of(JournalOf(context).Tenant);
        var reply = await Commit(context, Claims.PreSettleClaim.Command(request, check), SettlementRendering.Reply);
        if (check is not null) (reply.Warning, reply.WouldBeRefused) = await checking.Warn(check, context.CancellationToken);
        return reply;
    }

    public override async Task<SettlementReply> SettleClaim(SettleClaimRequest request, ServerCallContext context)
    {
        var journal = JournalOf(context);
        var (turn, check, begun) = (new SupplementTurn(), CheckTurn.Of(journal.Tenant), time.GetTimestamp());
        var command = Claims.SettleClaim.Command(request, turn, check);
        Keyed(command);
        var outcome = await journal.Submit(command, context.CancellationToken);
        // Where the county checks bills, and of a person who consented to a supplementary policy; nobody else waits for anything here.
        while (outcome.Refusal == Refusals.BillNotChecked || outcome.Refusal == Refusals.SupplementNotAsked)
            outcome = outcome.Refusal == Refusals.BillNotChecked ? await checking.Finish(journal, request, turn, check!, context.CancellationToken) : await asking.Finish(journal, request, turn, begun, context.CancellationToken, check);
        return SettlementRendering.Reply(outcome.OrThrow());
    }

    public override async Task<SettlementReply> ReverseSettlement(ReverseSettlementRequest request, ServerCallContext context)
    {
        if (await Claims.ReverseSettlement.Complete(request, JournalOf(context), DatabaseOf(context), context.CancellationToken) is { } refusal) throw refusal.ToRpcException();
        return await Commit(context, Claims.ReverseSettlement.Command(request), SettlementRendering.Reply);
    }

    public override async Task<ReverseRequestReply> ReverseRequest(ReverseRequestRequest request, ServerCallContext context)
    {
        var original = await JournalOf(context).FindRequest(request.FixmedinsCode, request.OriginalMessageId, context.CancellationToken);
        return await Commit(context, Claims.ReverseRequest.Command(request, original), c => Claims.ReverseRequest.Reply(c.Record));
    }

    public override Task<Filing> FileTreatment(FileTreatmentRequest request, ServerCallContext context) =>
        Commit(context, Filings.FileTreatment.Command(request), c => Filings.FileTreatment.Reply(c.Record));

    public override Task<Filing> WithdrawFiling(WithdrawFilingRequest request, ServerCallContext context) =>
        Commit(context, Filings.WithdrawFiling.Command(request), Filings.WithdrawFiling.Reply);

    public override async Task<RecordInsuredConsentReply> RecordInsuredConsent(RecordInsuredConsentRequest request, ServerCallContext context) =>
        (await Supplements.RecordInsuredConsent.Run(JournalOf(context), contracts, enrollment, request, context.CancellationToken)).OrThrow();

    public override async Task<WithdrawInsuredConsentReply> WithdrawInsuredConsent(WithdrawInsuredConsentRequest request, ServerCallContext context) =>
        (await Supplements.WithdrawInsuredConsent.Run(JournalOf(context), DatabaseOf(context), request, context.CancellationToken)).OrThrow();

    public override async Task<RecordFamilyConsentReply> RecordFamilyConsent(RecordFamilyConsentRequest request, ServerCallContext context) =>
        (await Families.RecordFamilyConsent.Run(JournalOf(context), enrollment, request, context.CancellationToken)).OrThrow();

    public override async Task<WithdrawFamilyConsentReply> WithdrawFamilyConsent(WithdrawFamilyConsentRequest request, ServerCallContext context) =>
        (await Families.WithdrawFamilyConsent.Run(JournalOf(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ListFamilyConsentsReply> ListFamilyConsents(ListFamilyConsentsRequest request, ServerCallContext context) =>
        (await Families.ListFamilyConsents.Query(JournalOf(context), DatabaseOf(context), request, context.CancellationToken)).OrThrow();

    public override async Task<CheckEntitlementReply> CheckEntitlement(CheckEntitlementRequest request, ServerCallContext context)
    {
        var journal = JournalOf(context);
        return (await Queries.CheckEntitlement.Query(journal, journal.LookingContext(), request, context.CancellationToken)).OrThrow();
    }

    public override async Task<ListEncountersReply> ListEncounters(ListEncountersRequest request, ServerCallContext context) =>
        (await Queries.ListEncounters.Query(Current(context, request.PsnNo, n => request.PsnNo = n), DatabaseOf(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ListSettlementsReply> ListSettlements(ListSettlementsRequest request, ServerCallContext context) =>
        (await Queries.ListSettlements.Query(Current(context, request.PsnNo, n => request.PsnNo = n), DatabaseOf(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ListFeeLinesReply> ListFeeLines(ListFeeLinesRequest request, ServerCallContext context) =>
        (await Queries.ListFeeLines.Query(Current(context, request.PsnNo, n => request.PsnNo = n), DatabaseOf(context), request, context.CancellationToken)).OrThrow();

    public override async Task<GetAccumulatorsReply> GetAccumulators(GetAccumulatorsRequest request, ServerCallContext context) =>
        (await Queries.GetAccumulators.Query(Current(context, request.PsnNo, n => request.PsnNo = n), DatabaseOf(context), request, calendar.Today, context.CancellationToken)).OrThrow();

    public override async Task<ListFilingsReply> ListFilings(ListFilingsRequest request, ServerCallContext context) =>
        (await Queries.ListFilings.Query(Current(context, request.PsnNo, n => request.PsnNo = n), DatabaseOf(context), request, context.CancellationToken)).OrThrow();

    public override async Task<GetAccountBalanceReply> GetAccountBalance(GetAccountBalanceRequest request, ServerCallContext context) =>
        (await Queries.GetAccountBalance.Query(JournalOf(context), request, context.CancellationToken)).OrThrow();

    public override Task<WithdrawFromAccountReply> WithdrawFromAccount(WithdrawFromAccountRequest request, ServerCallContext context) =>
        Commit(context, Accounts.WithdrawFromAccount.Command(request), c => Accounts.WithdrawFromAccount.Reply(c.Record));

    public override async Task<SumSettlementsReply> SumSettlements(SumSettlementsRequest request, ServerCallContext context) =>
        (await Queries.SumSettlements.Query(JournalOf(context), DatabaseOf(context), request, context.CancellationToken)).OrThrow();

    public override async Task<StatementApplication> ApplyForStatement(ApplyForStatementRequest request, ServerCallContext context) =>
        (await ProviderStatements.ApplyForStatement.Run(PlaceOf(context), request, calendar, context.CancellationToken)).OrThrow();

    public override async Task<StatementApplication> WithdrawStatementApplication(WithdrawStatementApplicationRequest request, ServerCallContext context) =>
        (await ProviderStatements.WithdrawStatementApplication.Run(PlaceOf(context), request, calendar, context.CancellationToken)).OrThrow();

    public override async Task<StatementApplication> GetStatementApplication(GetStatementApplicationRequest request, ServerCallContext context) =>
        (await ProviderStatements.GetStatementApplication.Query(PlaceOf(context), request, context.CancellationToken)).OrThrow();

    // A provider's reconciliation reads tables and keeps what it found: any replica does that.
    public override async Task<CompareTotalsReply> CompareTotals(CompareTotalsRequest request, ServerCallContext context) =>
        (await ProviderReconciliation.CompareTotals.Run(AnyJournal(context), DatabaseOf(context), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override async Task<ProviderFile> StoreProviderFile(StoreProviderFileRequest request, ServerCallContext context) =>
        (await ProviderReconciliation.StoreProviderFile.Run(AnyJournal(context).Tenant, DatabaseOf(context), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override async Task<ReadProviderFileReply> ReadProviderFile(ReadProviderFileRequest request, ServerCallContext context) =>
        (await ProviderReconciliation.ReadProviderFile.Query(AnyJournal(context).Tenant, DatabaseOf(context), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override async Task<CompareDetailsReply> CompareDetails(CompareDetailsRequest request, ServerCallContext context) =>
        (await ProviderReconciliation.CompareDetails.Run(AnyJournal(context), DatabaseOf(context), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override async Task<ListDailyResultsReply> ListDailyResults(ListDailyResultsRequest request, ServerCallContext context) =>
        (await ProviderReconciliation.ListDailyResults.Query(AnyJournal(context), DatabaseOf(context), request, context.CancellationToken)).OrThrow();

    public override async Task<Statement> GetStatement(GetStatementRequest request, ServerCallContext context) =>
        (await Queries.GetStatement.Query(JournalOf(context), DatabaseOf(context), request, context.CancellationToken)).OrThrow();

    public override Task<GetStatusReply> GetStatus(GetStatusRequest request, ServerCallContext context) => Task.FromResult(Queries.GetStatus.Query(JournalOf(context), reference));

    public override async Task<Protos.Settlement.V1.ContributionTerms> GetContributionTerms(GetContributionTermsRequest request, ServerCallContext context)
    {
        // From the tables where another replica writes: nobody waits for the writer here.
        var journal = AnyJournal(context);
        return Queries.GetContributionTerms.Query(journal.Tenant, await journal.ReadPolicies(context.CancellationToken), request).OrThrow();
    }

    public override async Task<TakeOffCountyClaimsReply> TakeOffCountyClaims(TakeOffCountyClaimsRequest request, ServerCallContext context)
    {
        var place = AnyPlace(context);
        return (await OffCounty.TakeOffCountyClaims.Execute(place.Database, place.Tenant.Code, request, calendar, context.CancellationToken)).OrThrow();
    }

    public override async Task<AuditNotice> RelayAuditNotice(RelayAuditNoticeRequest request, ServerCallContext context)
    {
        var place = AnyPlace(context);
        return (await AuditNotices.RelayAuditNotice.Execute(place.Database, place.Tenant.Code, request, calendar, context.CancellationToken)).OrThrow();
    }

    public override async Task<GetClearingSumsReply> GetClearingSums(GetClearingSumsRequest request, ServerCallContext context) =>
        (await Clearing.GetClearingSums.Query(AnyPlace(context), request, calendar, context.CancellationToken)).OrThrow();

    public override async Task<ListPairClaimsReply> ListPairClaims(ListPairClaimsRequest request, ServerCallContext context)
    {
        var place = AnyPlace(context);
        return (await Clearing.ListPairClaims.Query(place.Database, place.Tenant.Code, request, context.CancellationToken)).OrThrow();
    }

    public override async Task<DeliverClearingReply> DeliverClearing(DeliverClearingRequest request, ServerCallContext context) =>
        (await Clearing.DeliverClearing.Execute(AnyPlace(context), request, calendar, context.CancellationToken)).OrThrow();

    private async Task<TReply> Commit<TReply>(ServerCallContext context, JournalCommand command, Func<Committed, TReply> render)
    {
        Keyed(command);
        return render((await JournalOf(context).Submit(command, context.CancellationToken)).OrThrow());
    }

    /// <exception cref="RpcException">The command has no proper request key.</exception>
    private static void Keyed(JournalCommand command)
    {
        if (!command.ChangesNothing && command.Key is not { Sender.Length: > 0, MessageId.Length: > 0 and <= JournalCommand.MessageIdLengthMax, ContentHash.Length: JournalCommand.ContentHashLength })
            throw Refusals.RequestKeyMissing.ToRpcException();
    }

    private static EncounterReply Named(Committed committed) => new() { MdtrtId = committed.Record.MdtrtId, PsnNo = committed.Record.PsnNo };

    /// <summary>For a query about a person: by the number that the given one means now.</summary>
    private TenantJournal Current(ServerCallContext context, string psnNo, Action<string> use)
    {
        var journal = JournalOf(context);
        use(journal.Survivor(psnNo));
        return journal;
    }

    /// <summary>Only the writer answers, queries too: its memory is ahead of the tables, and callers go on to the replica that has it.</summary>
    private TenantJournal JournalOf(ServerCallContext context)
    {
        var journal = AnyJournal(context);
        return journal.HoldsLease ? journal : throw Refusals.NotTheWriter.ToRpcException();
    }

    private RunPlace PlaceOf(ServerCallContext context) => new(JournalOf(context), DatabaseOf(context));

    /// <summary>Of rpcs that every replica answers.</summary>
    private TenantJournal AnyJournal(ServerCallContext context) => journals.Find(CallTenant.Require(context)) ?? throw Refusals.TenantUnknown.ToRpcException();

    private RunPlace AnyPlace(ServerCallContext context) => new(AnyJournal(context), DatabaseOf(context));

    private NpgsqlDataSource DatabaseOf(ServerCallContext context) => databases.For(CallTenant.Require(context), SettlementModule.Service);
}
