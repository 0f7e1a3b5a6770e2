using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Settlement.AuditNotices;

/// <summary>
/// A notice against a provider that another county pays. The home county asks that county and keeps nothing itself: whether a call or its answer was lost, the same number again is answered the same.
/// What statements there take comes back by <see cref="RemitAuditNotices"/>.
/// </summary>
internal static class RelayAuditNotice
{
    /// <summary>Whether the provider's county has to be asked.</summary>
    public static bool IsElsewhere(string county, string providerCounty) => providerCounty.Length > 0 && providerCounty != county;

    public static async Task<Outcome<AuditNotice>> Ask(Client counties, string county, string providerCounty, RelayAuditNoticeRequest request, CancellationToken cancellation)
    {
        request.HomeCounty = county;
        try { return await counties.RelayAuditNoticeAsync(request, CallTenant.For(providerCounty), cancellationToken: cancellation); }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { return refusal; }
    }

    /// <summary>In the provider's county. In order: the home county, the act's form; of a notice that is there: the home county's own; the act's own checks.</summary>
    public static async Task<Outcome<AuditNotice>> Execute(NpgsqlDataSource database, string county, RelayAuditNoticeRequest request, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var home = request.HomeCounty;
        if (!DivisionCode.TryParse(home, out _) || home == county) return AuditNoticeRefusals.CountyInvalid;
        switch (request.ActCase)
        {
            case RelayAuditNoticeRequest.ActOneofCase.Book:
                return request.Book is { ByPayment: false, FixmedinsCode.Length: > 0 } ? await BookAuditNotice.Execute(database, county, request.Book, calendar.UtcNow, cancellation, home) : AuditNoticeRefusals.CountyInvalid;
            case RelayAuditNoticeRequest.ActOneofCase.Reverse:
                return await IsOf(database, request.Reverse.NoticeNo, home, cancellation) ? await ReverseAuditNotice.Execute(database, county, request.Reverse, calendar, cancellation) : AuditNoticeRefusals.Unknown;
            case RelayAuditNoticeRequest.ActOneofCase.Get:
                return await IsOf(database, request.Get.NoticeNo, home, cancellation) ? await GetAuditNotice.Query(database, county, request.Get.NoticeNo, cancellation) : AuditNoticeRefusals.Unknown;
            default:
                return AuditNoticeRefusals.NumberInvalid.At("act");
        }
    }

    private static async Task<bool> IsOf(NpgsqlDataSource database, string noticeNo, string home, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await AuditNoticeRow.Find(connection, null, noticeNo, cancellation))?.HomeCounty == home;
    }
}
