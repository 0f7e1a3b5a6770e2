using System.Collections.Concurrent;
using System.Collections.Frozen;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.RuleSettings;

/// <summary>The rules of every audited county as they are now, in memory: the book, the county's settings, its knowledge points.</summary>
internal sealed class RuleSets(AuditedCounties counties, RuleBook book)
{
    private sealed class Held(SemaphoreSlim turn)
    {
        /// <summary>One reads at a time; it lives as long as the process.</summary>
        public SemaphoreSlim Turn => turn;
        public volatile RuleSet? Set;
        public (long Batch, long Approvals) Version;
    }

    private readonly ConcurrentDictionary<string, Held> held = new();

    public RuleBook Book => book;

    /// <summary>For a bill that somebody waits for: what is held. The database is waited for the first time only; after that <see cref="RuleSetsWatch"/> looks for changes.</summary>
    public ValueTask<RuleSet> Of(string county, CancellationToken cancellation) => held.TryGetValue(county, out var known) && known.Set is { } set ? new(set) : new(Newest(county, cancellation));

    /// <summary>For work over many bills, and after a change: as the database has it at this moment.</summary>
    public async Task<RuleSet> Newest(string county, CancellationToken cancellation)
    {
        var known = held.GetOrAdd(county, _ => new Held(new SemaphoreSlim(1, 1)));
        await known.Turn.WaitAsync(cancellation);
        try
        {
            await using var connection = await counties.Database(county).OpenConnectionAsync(cancellation);
            var version = await Version(connection, cancellation);
            if (known.Set is not { } set || known.Version != version)
            {
                set = new RuleSet(book, await RuleSettingRow.Holding(connection, cancellation), await Points(connection, cancellation)) { Version = $"{version.Batch}.{version.Approvals}" };
                (known.Set, known.Version) = (set, version);
            }
            return set;
        }
        finally { known.Turn.Release(); }
    }

    // Read before what it stands for: what is committed between the two is read twice, never missed.
    private static async Task<(long Batch, long Approvals)> Version(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT (SELECT coalesce(max(batch_no), 0) FROM knowledge_batch), (SELECT count(*) FROM rule_setting WHERE state = 'approved')", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task<List<KnowledgePoint>> Points(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT rule, point_no, item_name, codes, others, diagnoses, gend, age_min, age_max, insutypes, med_types, level_min, limit_value, window_text, basis, from_on, valid_to
            FROM knowledge_point WHERE valid_to IS NULL OR valid_to >= from_on
            """, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (points, words) = (new List<KnowledgePoint>(), new Dictionary<string, string>());
        while (await reader.ReadAsync(cancellation))
            points.Add(new KnowledgePoint(Word(reader.GetString(0)), reader.GetString(1), reader.GetString(2), Words(3).ToFrozenSet(), Words(4).ToFrozenSet(), Words(5), Word(reader.GetString(6)),
                reader.IsDBNull(7) ? null : reader.GetInt32(7), reader.IsDBNull(8) ? null : reader.GetInt32(8), Words(9), Words(10), Word(reader.GetString(11)), reader.GetInt64(12), Word(reader.GetString(13)), Word(reader.GetString(14)),
                DayNumber.Of(reader.GetFieldValue<DateOnly>(15)), reader.IsDBNull(16) ? 0 : DayNumber.Of(reader.GetFieldValue<DateOnly>(16))));
        return points;

        // Codes and bases repeat from point to point.
        string[] Words(int field) => reader.GetFieldValue<string[]>(field) is { Length: > 0 } list ? Array.ConvertAll(list, Word) : [];
        string Word(string text) => words.TryGetValue(text, out var known) ? known : words[text] = text;
    }
}
