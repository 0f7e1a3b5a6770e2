using System.Data;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.ReportFeed;

/// <summary>A page of what was booked on bills for reporting: the journal's own records from a position on.</summary>
internal static class ReadReportClaims
{
    private const int ClaimsMax = 5_000;

    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "feed.page_invalid", $"起点不得为负，每页须为1至{ClaimsMax}条", $"the position is not negative and a page has 1 to {ClaimsMax} rows");

    // A row of the journal holds a batch of commands: one where few come, some hundred where many do. A page looks at so many of them, and at so many bytes.
    private const int BatchesMax = 4_096, BytesMax = 16 << 20;

    public static async Task<Outcome<ReadReportClaimsReply>> Query(NpgsqlDataSource database, Tenant tenant, ReadReportClaimsRequest request, CancellationToken cancellation)
    {
        if (request.AfterSeq < 0 || request.AfterIdx < -1 || request.Max is < 1 or > ClaimsMax) return PageInvalid;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One state of journal and tables: what the tables do not show yet is not told.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var reply = new ReadReportClaimsReply { ReadSeq = request.AfterSeq, ReadIdx = request.AfterIdx, AtSeq = (await Projector.ReadCheckpoint(connection, cancellation)).Seq };
        var left = await ReadJournal(connection, tenant, request, reply, cancellation);
        await CountBehind(connection, request.CountBehind, left, reply, cancellation);
        return reply;
    }

    /// <returns>Records of the last row of the journal that the page does not go over.</returns>
    private static async Task<int> ReadJournal(NpgsqlConnection connection, Tenant tenant, ReadReportClaimsRequest request, ReadReportClaimsReply reply, CancellationToken cancellation)
    {
        var bytes = 0;
        await using var command = new NpgsqlCommand("SELECT seq, records FROM journal WHERE seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3", connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = request.AfterSeq }, new NpgsqlParameter<long> { TypedValue = reply.AtSeq }, new NpgsqlParameter<int> { TypedValue = BatchesMax } },
        };
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var seq = reader.GetInt64(0);
            var records = reader.GetFieldValue<byte[]>(1);
            // A page goes over one record at least, however large the rows are.
            if ((reply.ReadSeq, reply.ReadIdx) != (request.AfterSeq, request.AfterIdx) && bytes + records.Length > BytesMax) { reply.More = true; return 0; }
            bytes += records.Length;
            var batch = JournalBatch.Parser.ParseFrom(records).Record;
            for (var i = seq == request.AfterSeq ? request.AfterIdx + 1 : 0; i < batch.Count; i++)
            {
                var record = batch[i];
                var rows = ReportClaimDocument.Of(record, seq, i, tenant.Code).ToList();
                if (reply.Claim.Count > 0 && reply.Claim.Count + rows.Count > request.Max) { reply.More = true; return batch.Count - i; }
                reply.Claim.AddRange(rows);
                if (record.PersonsMerged is { } merged) reply.Merge.Add(new ReportMerge { RetiredNo = merged.RetiredNo, SurvivingNo = record.PsnNo, Seq = seq, Idx = i });
                (reply.ReadSeq, reply.ReadIdx) = (seq, i);
            }
        }
        reply.More = reply.ReadSeq < reply.AtSeq;
        return 0;
    }

    private static async Task CountBehind(NpgsqlConnection connection, bool count, int left, ReadReportClaimsReply reply, CancellationToken cancellation)
    {
        if (!reply.More) return;
        // The first record that waits is of the row that was broken off, else of the next one.
        await using var since = new NpgsqlCommand("SELECT written_at FROM journal WHERE seq >= $1 ORDER BY seq LIMIT 1", connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = left > 0 ? reply.ReadSeq : reply.ReadSeq + 1 } } };
        if (await since.ExecuteScalarAsync(cancellation) is DateTime at) reply.BehindSinceMs = new DateTimeOffset(at).ToUnixTimeMilliseconds();
        if (!count) return;
        await using var command = new NpgsqlCommand("SELECT coalesce(sum(record_count), 0) FROM journal WHERE seq > $1 AND seq <= $2", connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = reply.ReadSeq }, new NpgsqlParameter<long> { TypedValue = reply.AtSeq } },
        };
        reply.Behind = (long)(await command.ExecuteScalarAsync(cancellation))! + left;
    }
}
