using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.YearEnd;

/// <summary>What year-end rules need of one person's year in one scheme, as the tables are: the bills that stand, with what the person bore of each now, and what was granted.</summary>
/// <param name="Bills">Of every encounter that has a bill in the year, in the order of settlement.</param>
/// <param name="Granted">In fen by rule and encounter (empty: the year).</param>
/// <param name="SeenSeq">Everything up to this batch of the journal is in it.</param>
internal sealed record PersonYear(IReadOnlyList<YearEndBill> Bills, IReadOnlyDictionary<(string RuleId, string MdtrtId), long> Granted, long SeenSeq)
{
    private const string Claims = """
        SELECT doc FROM claim WHERE psn_no = $1 AND insutype = $2
            AND mdtrt_id IN (SELECT mdtrt_id FROM claim WHERE psn_no = $1 AND insutype = $2 AND policy_on BETWEEN make_date($3, 1, 1) AND make_date($3, 12, 31))
        ORDER BY seq, idx
        """;
    // What an insurer paid the person late is no burden any more, and corrections changed it.
    private const string Changed = """
        SELECT setl_id, sum(fen)::bigint FROM (
            SELECT setl_id, -amount_fen AS fen FROM late_supplement WHERE setl_id IN (SELECT setl_id FROM claim WHERE psn_no = $1) AND state = 'answered'
            UNION ALL SELECT root_setl_id, person_share_fen FROM claim_correction WHERE psn_no = $1) AS c
        GROUP BY setl_id
        """;
    private const string Grants = "SELECT rule_id, mdtrt_id, sum(amount_fen)::bigint FROM person_benefit WHERE psn_no = $1 AND kind = 'year_end' AND insutype = $2 AND year = $3 GROUP BY rule_id, mdtrt_id";

    public static async Task<PersonYear> Read(NpgsqlDataSource database, string psnNo, string insutype, int year, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One snapshot: the projection goes on meanwhile.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await using var batch = new NpgsqlBatch(connection, snapshot);
        foreach (var sql in (string[])["SELECT seq FROM projection_checkpoint", Claims, Changed, Grants])
        {
            var command = new NpgsqlBatchCommand(sql);
            if (sql.Contains("$1", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = psnNo });
            if (sql.Contains("$2", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = insutype });
            if (sql.Contains("$3", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = year });
            batch.BatchCommands.Add(command);
        }
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var seen = reader.GetInt64(0);
        await reader.NextResultAsync(cancellation);
        var standing = new List<(JournalRecord Record, bool Stands)>();
        while (await reader.ReadAsync(cancellation)) Note(standing, JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)));
        await reader.NextResultAsync(cancellation);
        var changed = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation)) changed[reader.GetString(0)] = reader.GetInt64(1);
        await reader.NextResultAsync(cancellation);
        var granted = new Dictionary<(string, string), long>();
        while (await reader.ReadAsync(cancellation)) granted.Add((reader.GetString(0), reader.GetString(1)), reader.GetInt64(2));
        return new PersonYear([.. standing.Where(s => s.Stands).Select(s => Bill(s.Record, changed.GetValueOrDefault(s.Record.SettledClaim.SetlId)))], granted, seen);
    }

    private static void Note(List<(JournalRecord Record, bool Stands)> standing, JournalRecord record)
    {
        if (record.SettledClaim is not null) standing.Add((record, true));
        else if (standing.FindIndex(s => s.Record.SettledClaim.SetlId == record.ReversedClaim.RootSetlId) is var at and >= 0) standing[at] = (standing[at].Record, record.ReversedClaim.Restores);
    }

    private static YearEndBill Bill(JournalRecord record, long changedFen)
    {
        var (claim, amounts) = (record.SettledClaim, record.SettledClaim.Amounts);
        return new YearEndBill(claim.SetlId, record.MdtrtId, JournalDocuments.FactsOf(claim.Facts, new FeeTotals()), claim.Interim,
            new YearEndSums(new Fen(amounts.TotalFen), new Fen(amounts.InScopeFen), new Fen(amounts.PersonShareFen + changedFen)));
    }
}
