using System.Security.Cryptography;
using System.Text.Json;
using MedInsure.FraudAudit.Sanctions;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Cases;

/// <summary>What acts on cases share.</summary>
internal sealed class CaseOffice(ChinaCalendar calendar, SanctionLadder ladder, ReferenceData reference, CaseEffectWorker effects, AuditMoney.AuditMoneyClient money, TenantDirectory tenants)
{
    public ChinaCalendar Calendar => calendar;
    public SanctionLadder Ladder => ladder;
    public DateOnly Today => calendar.Today;

    /// <summary>The provider as the registry has published it; null: there is none of this code.</summary>
    public Outcome<ProviderRow?> Provider(string city, string code) => reference.Find(city) is { } published ? published.FindProvider(code) : ReferenceData.NotLoaded;

    /// <summary>There are effects to be done now.</summary>
    public void Ring(string county) => effects.Ring(county);

    /// <summary>Another county of the same city: it pays its providers for everybody's persons (one provider, one agency: Rz, 001_9c85347c08490691.txt).</summary>
    public bool IsNeighbour(Tenant county, string other) => other != county.Code && tenants.Find(other) is { IsCity: false } found && found.CityCode == county.CityCode;

    /// <summary>How far a notice's money is; null: settlement does not have it yet.</summary>
    /// <param name="providerCounty">Where it is deducted; empty: here, or it is paid in.</param>
    public async Task<Outcome<AuditNotice?>> Money(string county, string noticeNo, string providerCounty, CancellationToken cancellation)
    {
        try { return await money.GetAuditNoticeAsync(new GetAuditNoticeRequest { NoticeNo = noticeNo, ProviderCounty = providerCounty }, CallTenant.For(county), cancellationToken: cancellation); }
        catch (Grpc.Core.RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { return refusal.Code == "audit_notice.unknown" ? (AuditNotice?)null : refusal; }
    }
}

/// <summary>What every act says: the caller's key, who, and why.</summary>
internal abstract record CaseOrder(string? RequestKey, string? By, string? Reason)
{
    public Refusal? Unfit =>
        !AuditTexts.IsKey(RequestKey) ? Refusals.RequestKeyMissing
        : TwoPeople.Name(By, "by") ?? (!AuditTexts.IsReason(Reason) ? Refusals.ReasonMissing : null);

    /// <summary>Of the whole order, with what it is about.</summary>
    public byte[] Hash(string act, long caseNo) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes((object)new { act, caseNo, Order = (object)this }, AuditJson.Options));
}
