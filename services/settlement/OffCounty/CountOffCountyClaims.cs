using Google.Protobuf;
using MedInsure.Settlement.AuditNotices;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Projections;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.OffCounty;

/// <summary>
/// Counts, behind the projection, the county's settlements and reversals with providers of other counties: for each of those from 1, in the journal's order. The tables show the journal up
/// to some row and nothing after it, so no number is ever given to a later one first; tables that are being built again show less than was counted, and nothing is counted until they are past it.
/// What statements took for other counties' notices is counted among them, when all settlements so far are; its place is kept with it, since no journal has it.
/// </summary>
internal static class CountOffCountyClaims
{
    private const int RowsMax = 500;

    // Any number no other advisory lock of this database uses: two replicas may hold a lease one after the other, and work a moment together.
    private const string Alone = "SELECT pg_advisory_xact_lock(7665623641187511043)";

    private sealed record Found(long Seq, int Index, string SetlId, string ProviderCounty, JournalRecord Record);

    private sealed record Row(string ProviderCounty, long PairNo, long Seq, int Index, string SetlId, DateTimeOffset At, byte[] Document, byte[] Digest)
    {
        /// <summary>Of a remittance that gets its place now.</summary>
        public long Remittance { get; init; }
    }

    /// <returns>True: there may be more.</returns>
    public static async Task<bool> Run(NpgsqlDataSource database, string county, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var alone = new NpgsqlCommand(Alone, connection, transaction)) await alone.ExecuteNonQueryAsync(cancellation);
        var claims = await Next(connection, transaction, cancellation);
        var remitted = await RemitAuditNotices.Uncounted(connection, transaction, cancellation);
        if (claims.Count == 0 && remitted.Count == 0) return false;
        var rows = await Numbered(connection, transaction, county, claims, remitted, cancellation);
        if (rows.Count == 0) return false;
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(new SetInsert()
                .Text(rows, r => r.ProviderCounty).Bigint(rows, r => r.PairNo).Bigint(rows, r => r.Seq).Int(rows, r => r.Index).Text(rows, r => r.SetlId)
                .Column(rows, NpgsqlDbType.TimestampTz, r => r.At.UtcDateTime).Bytes(rows, r => r.Document).Bytes(rows, r => r.Digest)
                .Command("INSERT INTO off_county_settlement (provider_county, pair_no, seq, idx, setl_id, settled_at, document, digest) SELECT * FROM {unnest}"));
            batch.BatchCommands.Add(new("INSERT INTO off_county_link (provider_county) SELECT unnest($1) ON CONFLICT DO NOTHING") { Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(r => r.ProviderCounty).Distinct()] } } });
            foreach (var row in rows.Where(r => r.Remittance > 0))
                batch.BatchCommands.Add(new("UPDATE audit_remittance SET pair_no = $2 WHERE number = $1") { Parameters = { new NpgsqlParameter<long> { TypedValue = row.Remittance }, new NpgsqlParameter<long> { TypedValue = row.PairNo } } });
            await batch.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
        return claims.Count == RowsMax;
    }

    private static async Task<List<Found>> Next(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        var found = new List<Found>();
        await using var command = new NpgsqlCommand("""
            WITH last AS (SELECT seq, idx FROM off_county_settlement ORDER BY seq DESC, idx DESC LIMIT 1)
            SELECT seq, idx, setl_id, provider_county, doc FROM claim
            WHERE provider_county <> left(setl_id, 6) AND (seq, idx) > (coalesce((SELECT seq FROM last), 0), coalesce((SELECT idx FROM last), 0)) ORDER BY seq, idx LIMIT $1
            """, connection, transaction) { Parameters = { new NpgsqlParameter<int> { TypedValue = RowsMax } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            found.Add(new Found(reader.GetInt64(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(4))));
        return found;
    }

    private static async Task<List<Row>> Numbered(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, List<Found> claims, List<(long? PairNo, DateTimeOffset BookedAt, RemitAuditNotices.Remittance Of)> remitted, CancellationToken cancellation)
    {
        var visits = await Visits(connection, transaction, claims, cancellation);
        var roots = await Roots(connection, transaction, claims, cancellation);
        var last = await Last(connection, transaction, claims.Select(c => c.ProviderCounty).Union(remitted.Select(r => r.Of.HomeCounty)), cancellation);
        var placed = remitted.Where(r => r.PairNo is not null).ToDictionary(r => (r.Of.HomeCounty, r.PairNo!.Value));
        var rows = new List<Row>(claims.Count + remitted.Count);
        foreach (var claim in claims)
        {
            AddPlaced(claim.ProviderCounty);
            var before = visits[claim.Record.MdtrtId].Where(v => (v.Seq, v.Index).CompareTo((claim.Seq, claim.Index)) < 0).Select(v => v.Record).ToList();
            var document = OffCountyDocument.Of(claim.Record, before, claim.Record.ReversedClaim is { } reversal ? roots.GetValueOrDefault(reversal.RootSetlId) : null, county).ToByteArray();
            Add(claim.ProviderCounty, claim.Seq, claim.Index, claim.SetlId, DateTimeOffset.FromUnixTimeMilliseconds(claim.Record.AtMs), document);
        }
        foreach (var other in remitted.Select(r => r.Of.HomeCounty).Distinct()) AddPlaced(other);
        if (claims.Count < RowsMax)
            foreach (var (_, at, of) in remitted.Where(r => r.PairNo is null && placed.Keys.All(p => p.HomeCounty != r.Of.HomeCounty)))
            {
                Remit(of, at);
                rows[^1] = rows[^1] with { Remittance = of.Number };
            }
        return rows;

        (long No, byte[] Digest) LastOf(string other) => last.GetValueOrDefault(other, (0, OffCountyDigest.Start(county, other)));

        void AddPlaced(string other)
        {
            while (placed.Remove((other, LastOf(other).No + 1), out var next)) Remit(next.Of, next.BookedAt);
        }

        void Remit(RemitAuditNotices.Remittance of, DateTimeOffset at)
        {
            var document = RemitAuditNotices.Document(of, at, county);
            Add(of.HomeCounty, 0, 0, document.SetlId, at, document.ToByteArray());
        }

        void Add(string other, long seq, int index, string setlId, DateTimeOffset at, byte[] document)
        {
            var (no, digest) = LastOf(other);
            last[other] = (no + 1, OffCountyDigest.After(digest, document));
            rows.Add(new Row(other, no + 1, seq, index, setlId, at, document, last[other].Digest));
        }
    }

    private static async Task<ILookup<string, (long Seq, int Index, JournalRecord Record)>> Visits(NpgsqlConnection connection, NpgsqlTransaction transaction, List<Found> claims, CancellationToken cancellation)
    {
        var records = new List<(string MdtrtId, (long, int, JournalRecord) Of)>();
        await using var command = new NpgsqlCommand("SELECT mdtrt_id, seq, idx, record FROM encounter_record WHERE mdtrt_id = ANY($1) ORDER BY mdtrt_id, seq, idx", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. claims.Select(c => c.Record.MdtrtId).Distinct()] } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) records.Add((reader.GetString(0), (reader.GetInt64(1), reader.GetInt32(2), JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(3)))));
        return records.ToLookup(r => r.MdtrtId, r => r.Of, StringComparer.Ordinal);
    }

    private static async Task<Dictionary<string, SettledClaim>> Roots(NpgsqlConnection connection, NpgsqlTransaction transaction, List<Found> claims, CancellationToken cancellation)
    {
        var roots = new Dictionary<string, SettledClaim>(StringComparer.Ordinal);
        string[] asked = [.. claims.Select(c => c.Record.ReversedClaim?.RootSetlId).OfType<string>().Distinct()];
        if (asked.Length == 0) return roots;
        await using var command = new NpgsqlCommand("SELECT setl_id, doc FROM claim WHERE setl_id = ANY($1)", connection, transaction) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = asked } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) roots[reader.GetString(0)] = JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)).SettledClaim;
        return roots;
    }

    /// <summary>The last number and digest of each of these provider's counties.</summary>
    private static async Task<Dictionary<string, (long No, byte[] Digest)>> Last(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<string> counties, CancellationToken cancellation)
    {
        var last = new Dictionary<string, (long, byte[])>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("""
            SELECT c, s.pair_no, s.digest FROM unnest($1) AS c CROSS JOIN LATERAL (SELECT pair_no, digest FROM off_county_settlement WHERE provider_county = c ORDER BY pair_no DESC LIMIT 1) s
            """, connection, transaction) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. counties] } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) last[reader.GetString(0)] = (reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));
        return last;
    }
}
