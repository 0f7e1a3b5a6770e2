using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>The SQL of a city's drafts: read whole, for there are hundreds at most, and only ever added to.</summary>
internal static class PolicyBook
{
    /// <summary>A transaction on the city's database in which nobody else changes the life of a policy.</summary>
    public static async Task<NpgsqlTransaction> Begin(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('policy life', 0))", connection, transaction);
        await command.ExecuteNonQueryAsync(cancellation);
        return transaction;
    }

    /// <summary>All, in the order in which they were drafted.</summary>
    public static async Task<List<PolicyDraft>> Read(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT draft_no, revision, sha256, effective_on, in_force_to, note FROM policy_text ORDER BY draft_no, revision"),
                new("SELECT draft_no, act_no, revision, kind, person, reason, acted_at FROM policy_act ORDER BY act_no"),
                new("SELECT draft_no, scope, pack, version FROM policy_draft ORDER BY draft_no"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var (revisions, acts) = (new List<(long Draft, PolicyRevision Revision)>(), new List<(long Draft, PolicyAct Act)>());
        while (await reader.ReadAsync(cancellation))
            revisions.Add((reader.GetInt64(0), new PolicyRevision(reader.GetInt32(1), Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(2)), reader.GetFieldValue<DateOnly>(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateOnly>(4), reader.GetString(5))));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            acts.Add((reader.GetInt64(0), new PolicyAct(reader.GetInt64(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6))));
        await reader.NextResultAsync(cancellation);
        var (revisionsOf, actsOf) = (revisions.ToLookup(r => r.Draft, r => r.Revision), acts.ToLookup(a => a.Draft, a => a.Act));
        var drafts = new List<PolicyDraft>();
        // A draft that was begun while this was read has no text here yet.
        while (await reader.ReadAsync(cancellation))
            if (revisionsOf.Contains(reader.GetInt64(0)))
                drafts.Add(new PolicyDraft(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), [.. revisionsOf[reader.GetInt64(0)]], [.. actsOf[reader.GetInt64(0)]]));
        return drafts;
    }

    /// <returns>The text of a revision; null: it is not the one whose hash was stored with it.</returns>
    public static async Task<string?> ReadText(NpgsqlConnection connection, PolicyDraft draft, PolicyRevision revision, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT content FROM policy_text WHERE draft_no = $1 AND revision = $2", connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = draft.No }, new NpgsqlParameter<int> { TypedValue = revision.No } },
        };
        var text = (string)(await command.ExecuteScalarAsync(cancellation))!;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) == revision.Sha256 ? text : null;
    }

    /// <returns>What is wrong: texts that are not those whose hash was stored with them.</returns>
    public static async Task<IReadOnlyList<string>> CheckTexts(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var findings = new List<string>();
        await using var command = new NpgsqlCommand("SELECT scope, pack, version, revision, content, sha256 FROM policy_text JOIN policy_draft USING (draft_no) ORDER BY draft_no, revision", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            if (!SHA256.HashData(Encoding.UTF8.GetBytes(reader.GetString(4))).AsSpan().SequenceEqual(reader.GetFieldValue<byte[]>(5)))
                findings.Add($"{reader.GetString(0)} {reader.GetString(1)} {reader.GetString(2)}: the text of revision {reader.GetInt32(3)} is not the one with its hash");
        return findings;
    }

    public static async Task<long> AddDraft(NpgsqlConnection connection, string scope, string pack, string version, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("INSERT INTO policy_draft (scope, pack, version) VALUES ($1, $2, $3) RETURNING draft_no", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = scope }, new NpgsqlParameter<string> { TypedValue = pack }, new NpgsqlParameter<string> { TypedValue = version } },
        };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public static async Task AddText(NpgsqlConnection connection, long draftNo, PolicyRevision revision, string text, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("INSERT INTO policy_text (draft_no, revision, content, sha256, effective_on, in_force_to, note) VALUES ($1, $2, $3, $4, $5, $6, $7)", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = draftNo },
                new NpgsqlParameter<int> { TypedValue = revision.No },
                new NpgsqlParameter<string> { TypedValue = text },
                new NpgsqlParameter<byte[]> { TypedValue = Convert.FromHexString(revision.Sha256) },
                new NpgsqlParameter<DateOnly> { TypedValue = revision.EffectiveOn },
                new NpgsqlParameter { Value = revision.InForceTo is { } to ? to : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date },
                new NpgsqlParameter<string> { TypedValue = revision.Note },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<PolicyAct> AddAct(NpgsqlConnection connection, long draftNo, PolicyAct act, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("INSERT INTO policy_act (draft_no, revision, kind, person, reason, acted_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING act_no", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = draftNo },
                new NpgsqlParameter<int> { TypedValue = act.Revision },
                new NpgsqlParameter<string> { TypedValue = act.Kind },
                new NpgsqlParameter<string> { TypedValue = act.Person },
                new NpgsqlParameter<string> { TypedValue = act.Reason },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = act.At.ToUniversalTime() },
            },
        };
        return act with { No = (long)(await command.ExecuteScalarAsync(cancellation))! };
    }
}
