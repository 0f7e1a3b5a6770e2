using System.Data;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.AuditFeed;

/// <summary>A page of settlements for fraud-audit: the journal's own records from a position on, with what was recorded of their encounters before them.</summary>
internal static class ReadAuditClaims
{
    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "feed.page_invalid", $"起点不得为负，每页须为1至{ClaimsMax}条", $"the position is not negative and a page has 1 to {ClaimsMax} claims");

    // A row of the journal holds a batch of commands: some hundred where many settle at once.
    private const int ClaimsMax = 2_000, BatchesMax = 512;

    // A page holds some megabytes: with what uploads said besides, lines take twice the journal's bytes at most. One bill is never cut: a page may be one larger than this, and clients of our services take that.
    private const int BytesMax = 1 << 20;

    private sealed record Read(long Seq, int Index, JournalRecord Record);

    public static async Task<Outcome<ReadAuditClaimsReply>> Query(NpgsqlDataSource database, Tenant tenant, ReadAuditClaimsRequest request, CancellationToken cancellation)
    {
        if (request.AfterSeq < 0 || request.AfterIdx < -1 || request.Max is < 1 or > ClaimsMax) return PageInvalid;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One state of journal and tables: what the tables do not show yet is not told.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var reply = new ReadAuditClaimsReply { ReadSeq = request.AfterSeq, ReadIdx = request.AfterIdx, AtSeq = (await Projector.ReadCheckpoint(connection, cancellation)).Seq };
        var claims = await ReadJournal(connection, request, reply, cancellation);
        var (persons, visits) = await ReadBeside(connection, claims, cancellation);
        foreach (var (seq, index, record) in claims)
            reply.Claim.Add(AuditClaimDocument.Of(record, seq, index, tenant, persons.GetValueOrDefault(record.PsnNo), record.SettledClaim is null ? null : visits[record.MdtrtId].Until(record, seq, index)));
        return reply;
    }

    /// <summary>The settlements and reversals after the position, and in the reply how far was read.</summary>
    private static async Task<List<Read>> ReadJournal(NpgsqlConnection connection, ReadAuditClaimsRequest request, ReadAuditClaimsReply reply, CancellationToken cancellation)
    {
        var (claims, bytes) = (new List<Read>(), 0);
        await using var command = new NpgsqlCommand("SELECT seq, records FROM journal WHERE seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3", connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = request.AfterSeq }, new NpgsqlParameter<long> { TypedValue = reply.AtSeq }, new NpgsqlParameter<int> { TypedValue = BatchesMax } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var seq = reader.GetInt64(0);
            var batch = JournalBatch.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)).Record;
            for (var i = seq == request.AfterSeq ? request.AfterIdx + 1 : 0; i < batch.Count; i++)
            {
                var record = batch[i];
                if (record.SettledClaim is not null || record.ReversedClaim is not null)
                {
                    bytes += record.CalculateSize();
                    if (claims.Count == request.Max || (claims.Count > 0 && bytes > BytesMax)) { reply.More = true; return claims; }
                    claims.Add(new Read(seq, i, record));
                }
                else if (record.PersonsMerged is { } merged) reply.Merge.Add(new PersonMerge { RetiredNo = merged.RetiredNo, SurvivingNo = record.PsnNo });
                (reply.ReadSeq, reply.ReadIdx) = (seq, i);
            }
        }
        reply.More = reply.ReadSeq < reply.AtSeq;
        return claims;
    }

    private static async Task<(Dictionary<string, Person> Persons, Dictionary<string, RecordedVisit> Visits)> ReadBeside(NpgsqlConnection connection, List<Read> claims, CancellationToken cancellation)
    {
        var persons = new Dictionary<string, Person>(StringComparer.Ordinal);
        var visits = claims.Where(c => c.Record.SettledClaim is not null).Select(c => c.Record.MdtrtId).Distinct().ToDictionary(m => m, _ => new RecordedVisit(), StringComparer.Ordinal);
        if (claims.Count == 0) return (persons, visits);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("SELECT psn_no, doc FROM insured WHERE psn_no = ANY($1)") { Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. claims.Select(c => c.Record.PsnNo).Distinct()] } } });
        batch.BatchCommands.Add(new("SELECT mdtrt_id, seq, idx, record FROM encounter_record WHERE mdtrt_id = ANY($1) ORDER BY mdtrt_id, seq, idx") { Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. visits.Keys] } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) persons[reader.GetString(0)] = Person.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) visits[reader.GetString(0)].Add(reader.GetInt64(1), reader.GetInt32(2), JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(3)));
        return (persons, visits);
    }

    /// <summary>An encounter's records, folded as far as a settlement found them.</summary>
    private sealed class RecordedVisit
    {
        private readonly List<Read> records = [];
        private EncounterState? state;
        private int next;

        public void Add(long seq, int index, JournalRecord record) => records.Add(new Read(seq, index, record));

        /// <summary>The settlements of an encounter are asked for in the journal's order.</summary>
        public EncounterState Until(JournalRecord settlement, long seq, int index)
        {
            if (settlement.SettledClaim.InlineEncounter is { } inline) state ??= new EncounterState(settlement.MdtrtId, settlement.PsnNo, inline);
            for (; next < records.Count && (records[next].Seq, records[next].Index).CompareTo((seq, index)) < 0; next++)
            {
                var record = records[next].Record;
                if (record.EncounterOpened is { } opened) state ??= new EncounterState(record.MdtrtId, record.PsnNo, opened);
                else state?.Apply(record, records[next].Seq);
            }
            return state ?? throw new InvalidOperationException($"encounter {settlement.MdtrtId} does not begin with its opening");
        }
    }
}
