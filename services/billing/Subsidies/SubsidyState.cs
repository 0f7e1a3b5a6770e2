using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Subsidies;

/// <summary>Who pays beside the person: a level of government its subsidy (finance), whoever aids, a collective its support.</summary>
internal readonly record struct Payer(string Kind, string Level, string Name);

/// <summary>What a payer owes for a scheme's year by the assessments as they are now, what was claimed of it, and what came.</summary>
/// <param name="Heads">Persons for whom it owes.</param>
internal sealed record SubsidyState(Payer Payer, long Heads, Fen Due, Fen Claimed, Fen Arrived)
{
    public const string BasisAssessed = "assessed", BasisPaid = "paid";

    /// <summary>Subsidies come from a level's finance department, whoever aids or supports has a name.</summary>
    private const string Sql = """
        WITH counted AS MATERIALIZED (
            SELECT * FROM assessment WHERE insutype = $1 AND year = $2 AND NOT withdrawn AND ($3 = 'assessed' OR paid_fen >= due_fen)
        ), levels AS (
            SELECT count(*) FILTER (WHERE central_fen > 0) AS central_heads, sum(central_fen) AS central, count(*) FILTER (WHERE province_fen > 0) AS province_heads, sum(province_fen) AS province,
                count(*) FILTER (WHERE city_fen > 0) AS city_heads, sum(city_fen) AS city, count(*) FILTER (WHERE county_fen > 0) AS county_heads, sum(county_fen) AS county
            FROM counted
        ), owed AS (
            SELECT 'subsidy' AS kind, l.level, 'finance' AS payer, l.heads, l.fen FROM levels CROSS JOIN LATERAL
                (VALUES ('central', central_heads, central), ('province', province_heads, province), ('city', city_heads, city), ('county', county_heads, county)) AS l (level, heads, fen) WHERE l.fen > 0
            UNION ALL
            SELECT 'aid', aid_level, aid_payer, count(*), sum(aid_fen) FROM counted WHERE aid_fen > 0 GROUP BY aid_level, aid_payer
            UNION ALL
            SELECT 'collective', 'collective', s.supporter, count(*), sum(c.collective_fen)
            FROM counted c JOIN collective_support_person p USING (psn_no, insutype, year) JOIN collective_support s USING (support_no) WHERE c.collective_fen > 0 GROUP BY s.supporter
        ), claimed AS (
            SELECT kind, level, payer, sum(amount_fen) AS fen FROM subsidy_claim WHERE insutype = $1 AND year = $2 GROUP BY kind, level, payer
        ), arrived AS (
            SELECT kind, level, payer, sum(amount_fen) AS fen FROM subsidy_arrival WHERE insutype = $1 AND year = $2 GROUP BY kind, level, payer
        )
        SELECT kind, level, payer, coalesce(o.heads, 0), coalesce(o.fen, 0)::bigint, coalesce(c.fen, 0)::bigint, coalesce(a.fen, 0)::bigint
        FROM owed o FULL JOIN claimed c USING (kind, level, payer) FULL JOIN arrived a USING (kind, level, payer)
        ORDER BY array_position(ARRAY['subsidy', 'aid', 'collective'], kind), array_position(ARRAY['central', 'province', 'city', 'county'], level), payer
        """;

    /// <param name="basis">assessed: of all persons; paid: of those who owe nothing any more.</param>
    public static async Task<List<SubsidyState>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string insutype, int year, string basis, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction) { Parameters = { new() { Value = insutype }, new() { Value = year }, new() { Value = basis } }, CommandTimeout = 300 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var states = new List<SubsidyState>();
        while (await reader.ReadAsync(cancellation))
            states.Add(new SubsidyState(new Payer(reader.GetString(0), reader.GetString(1), reader.GetString(2)), reader.GetInt64(3), new Fen(reader.GetInt64(4)), new Fen(reader.GetInt64(5)), new Fen(reader.GetInt64(6))));
        return states;
    }
}
