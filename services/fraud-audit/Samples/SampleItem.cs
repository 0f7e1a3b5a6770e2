using Npgsql;

namespace MedInsure.FraudAudit.Samples;

/// <param name="Wrong">Yuan.</param>
internal sealed record Opinion(int Place, string Expert, string Wrong, IReadOnlyList<string> Rules, string Text, string GivenAt);

/// <summary>A drawn settlement with what was said of it. While one opinion alone is there nobody reads it: the second expert's shall be their own.</summary>
/// <param name="State">open, one_opinion, differs, agreed, arbitrated.</param>
/// <param name="Outcome">Wrong money in yuan; null: none yet.</param>
internal sealed record SampleItem(string SetlId, string Stratum, string InScope, string State, string? Outcome, IReadOnlyList<Opinion> Opinions, string? ArbitratedBy, string? ArbitratedWhy)
{
    /// <summary>Where the two agree or the third has decided.</summary>
    public const string OutcomeSql = """
        coalesce(i.arbitrated_fen, (SELECT min(o.wrong_fen) FROM sample_opinion o WHERE (o.sample_no, o.setl_id) = (i.sample_no, i.setl_id) HAVING count(*) = 2 AND min(o.wrong_fen) = max(o.wrong_fen)))
        """;

    /// <param name="setlId">Null: all.</param>
    public static async Task<List<SampleItem>> Read(NpgsqlConnection connection, long sampleNo, string? setlId, string state, int offset, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            WITH item AS (
                SELECT i.*, {OutcomeSql} AS outcome_fen, (SELECT count(*) FROM sample_opinion o WHERE (o.sample_no, o.setl_id) = (i.sample_no, i.setl_id)) AS opinions
                FROM sample_item i WHERE i.sample_no = $1 AND ($2 = '' OR i.setl_id = $2)
            ), said AS (
                SELECT *, CASE WHEN arbitrated_at IS NOT NULL THEN 'arbitrated' WHEN outcome_fen IS NOT NULL THEN 'agreed' WHEN opinions = 2 THEN 'differs' WHEN opinions = 1 THEN 'one_opinion' ELSE 'open' END AS state FROM item
            )
            SELECT s.setl_id, s.stratum, s.in_scope_fen, s.state, s.outcome_fen, s.arbitrated_by, s.arbitrated_why, o.place, o.expert, o.wrong_fen, o.rules, o.text, o.given_at
            FROM (SELECT * FROM said WHERE $3 = '' OR state = $3 ORDER BY stratum, setl_id OFFSET $4 LIMIT $5) s
            LEFT JOIN sample_opinion o ON s.opinions = 2 AND (o.sample_no, o.setl_id) = (s.sample_no, s.setl_id) ORDER BY s.stratum, s.setl_id, o.place
            """, connection);
        foreach (var value in (object[])[sampleNo, setlId ?? "", state, offset, limit]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var items = new List<SampleItem>();
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
        {
            if (items.Count == 0 || items[^1].SetlId != r.GetString(0))
                items.Add(new SampleItem(r.GetString(0), r.GetString(1), AuditJson.Yuan(r.GetInt64(2)), r.GetString(3), r.IsDBNull(4) ? null : AuditJson.Yuan(r.GetInt64(4)), new List<Opinion>(), r.IsDBNull(5) ? null : r.GetString(5), r.IsDBNull(6) ? null : r.GetString(6)));
            if (!r.IsDBNull(7)) ((List<Opinion>)items[^1].Opinions).Add(new Opinion(r.GetInt32(7), r.GetString(8), AuditJson.Yuan(r.GetInt64(9)), r.GetFieldValue<string[]>(10), r.GetString(11), AuditJson.Time(r.GetDateTime(12))));
        }
        return items;
    }
}
