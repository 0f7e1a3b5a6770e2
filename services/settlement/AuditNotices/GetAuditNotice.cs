using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.AuditNotices;

/// <summary>How far a notice's money is.</summary>
internal static class GetAuditNotice
{
    public static async Task<Outcome<AuditNotice>> Query(NpgsqlDataSource database, string county, string noticeNo, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One moment: an approval in between would count a deduction twice, or not at all.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        return await AuditNoticeRow.Find(connection, snapshot, noticeNo, cancellation) is { } row ? await row.Shown(connection, snapshot, county, cancellation) : AuditNoticeRefusals.Unknown;
    }
}
