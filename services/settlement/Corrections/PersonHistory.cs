using System.Data;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.Corrections;

/// <summary>One person as the tables have him, in one snapshot.</summary>
/// <param name="Seq">The journal up to which that is.</param>
/// <param name="Insured">Null: enrollment has not told of the person.</param>
/// <param name="Records">Settlements, reversals and merges (of these the two numbers alone), in the journal's order.</param>
/// <param name="Corrected">By the settlement at the start of its chain.</param>
public sealed record PersonHistory(long Seq, Person? Insured, IReadOnlyList<JournalRecord> Records, IReadOnlyDictionary<string, StandingCorrection> Corrected)
{
    public static async Task<PersonHistory> Read(NpgsqlDataSource database, string psnNo, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var seq = (await Projector.ReadCheckpoint(connection, cancellation)).Seq;
        await using var batch = new NpgsqlBatch(connection, snapshot);
        foreach (var sql in (string[])["SELECT doc FROM insured WHERE psn_no = $1", "SELECT seq, idx, doc FROM claim WHERE psn_no = $1 ORDER BY seq, idx", "SELECT seq, idx, retired_no, into_no FROM person_merge WHERE surviving_no = $1 ORDER BY seq, idx",
            "SELECT doc FROM claim_correction WHERE psn_no = $1 AND kind = 'corrected' ORDER BY setl_id"])
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter<string> { TypedValue = psnNo } } });
        Person? insured = null;
        var records = new List<(long Seq, int Index, JournalRecord Record)>();
        var corrected = new Dictionary<string, StandingCorrection>(StringComparer.Ordinal);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        if (await reader.ReadAsync(cancellation)) insured = Person.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) records.Add((reader.GetInt64(0), reader.GetInt32(1), JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(2))));
        await reader.NextResultAsync(cancellation);
        var settled = records.Count;
        while (await reader.ReadAsync(cancellation)) records.Add((reader.GetInt64(0), reader.GetInt32(1), new JournalRecord { PsnNo = reader.GetString(3), PersonsMerged = new PersonsMerged { RetiredNo = reader.GetString(2) } }));
        if (records.Count > settled) records.Sort((a, b) => (a.Seq, a.Index).CompareTo((b.Seq, b.Index)));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var correction = Correction.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0));
            corrected[correction.RootSetlId] = StandingCorrection.Of(corrected.GetValueOrDefault(correction.RootSetlId), correction);
        }
        return new PersonHistory(seq, insured, [.. records.Select(r => r.Record)], corrected);
    }
}
