using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.AuditNotices;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement;

/// <summary>All rpcs of what fraud-audit does to money. The tenant of a call is the county; every replica answers.</summary>
public sealed class AuditMoneyGrpc(TenantJournals journals, TenantDatabases databases, ChinaCalendar calendar, Protos.Settlement.V1.Settlement.SettlementClient counties) : AuditMoney.AuditMoneyBase
{
    public override async Task<AuditNotice> BookAuditNotice(BookAuditNoticeRequest request, ServerCallContext context) =>
        Elsewhere(context, request.ProviderCounty) ? await Ask(context, request.ProviderCounty, new() { Book = request })
            : (await AuditNotices.BookAuditNotice.Execute(Database(context, out var county), county, request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override async Task<AuditNotice> ReverseAuditNotice(ReverseAuditNoticeRequest request, ServerCallContext context) =>
        Elsewhere(context, request.ProviderCounty) ? await Ask(context, request.ProviderCounty, new() { Reverse = request })
            : (await AuditNotices.ReverseAuditNotice.Execute(Database(context, out var county), county, request, calendar, context.CancellationToken)).OrThrow();

    public override async Task<AuditNotice> BookAuditRecovery(BookAuditRecoveryRequest request, ServerCallContext context) =>
        (await AuditNotices.BookAuditRecovery.Execute(Database(context, out var county), county, request, calendar, context.CancellationToken)).OrThrow();

    public override async Task<AuditNotice> GetAuditNotice(GetAuditNoticeRequest request, ServerCallContext context) =>
        Elsewhere(context, request.ProviderCounty) ? await Ask(context, request.ProviderCounty, new() { Get = request })
            : (await AuditNotices.GetAuditNotice.Query(Database(context, out var county), county, request.NoticeNo, context.CancellationToken)).OrThrow();

    public override async Task<DepositRate> SetDepositRate(SetDepositRateRequest request, ServerCallContext context) =>
        (await ProviderMoney.SetDepositRate.FromDay(Database(context, out _), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    private static bool Elsewhere(ServerCallContext context, string providerCounty) => RelayAuditNotice.IsElsewhere(CallTenant.Require(context), providerCounty);

    private async Task<AuditNotice> Ask(ServerCallContext context, string providerCounty, RelayAuditNoticeRequest request)
    {
        Database(context, out var county);
        return (await RelayAuditNotice.Ask(counties, county, providerCounty, request, context.CancellationToken)).OrThrow();
    }

    private NpgsqlDataSource Database(ServerCallContext context, out string county)
    {
        county = (journals.Find(CallTenant.Require(context)) ?? throw Refusals.TenantUnknown.ToRpcException()).Tenant.Code;
        return databases.For(county, SettlementModule.Service);
    }
}
