using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Assessments;

/// <summary>What came of assessing some persons.</summary>
/// <param name="Assessed">Are insured in the year, whether or not anything changed.</param>
/// <param name="Unclassified">Are insured, but of no class of the pack: nothing can be assessed.</param>
internal readonly record struct AssessedCounts(long Assessed, long Added, long Changed, long Withdrawn, long Unclassified);

/// <summary>
/// Assesses any number of persons for a year in one statement, from the copy of enrollment's persons. Those who are assessed already change only where the
/// result differs, and what was said before is kept; those who are not insured for the year after all owe nothing any more.
/// </summary>
internal static class AssessPersons
{
    /// <summary>Employees pay by the month: who is covered by that scheme when the year begins is not assessed as a resident.</summary>
    private const string EmployeeScheme = "310";

    private const string Sql = """
        WITH scope AS MATERIALIZED (
            SELECT DISTINCT psn_no FROM unnest($1) AS s (psn_no)
        ), insured AS MATERIALIZED (
            -- Covered when the year begins, or at some time in it; of several periods the latest.
            SELECT DISTINCT ON (c.psn_no) c.psn_no, c.psn_type, p.household_no, p.birth_on
            FROM scope JOIN insured_cover c USING (psn_no) JOIN insured_person p USING (psn_no)
            WHERE c.insutype = $2 AND c.from_on <= $5 AND (c.to_on IS NULL OR c.to_on >= $4 - 1)
              AND NOT EXISTS (SELECT FROM insured_cover e WHERE e.psn_no = c.psn_no AND e.insutype = $6 AND e.from_on <= $4 AND (e.to_on IS NULL OR e.to_on >= $4))
            ORDER BY c.psn_no, c.from_on DESC
        ), class_rule AS MATERIALIZED (
            SELECT * FROM unnest($7, $8, $9, $10) AS r (place, beginning, born_up_to, born_after)
        ), classed AS MATERIALIZED (
            SELECT i.*, (SELECT min(r.place) FROM class_rule r WHERE starts_with(i.psn_type, r.beginning) AND i.birth_on <= r.born_up_to AND i.birth_on > r.born_after) AS place
            FROM insured i
        ), contribution AS MATERIALIZED (
            SELECT * FROM unnest($11, $12, $13, $14, $15, $16, $17) AS r (place, person_class, personal_fen, central_fen, province_fen, city_fen, county_fen)
        ), held AS MATERIALIZED (
            -- Recognised on the year's first day or later in it.
            SELECT DISTINCT k.psn_no, k.name FROM insured i JOIN insured_category k USING (psn_no) WHERE k.from_on <= $5 AND (k.to_on IS NULL OR k.to_on >= $4)
        ), named AS (
            SELECT psn_no, array_agg(name ORDER BY name) AS categories FROM held GROUP BY psn_no
        ), aid_rule AS MATERIALIZED (
            SELECT * FROM unnest($18, $19, $20, $21, $22, $23, $24) AS r (place, category, nth, aid_fen, aid_id, aid_payer, aid_level)
        ), aided AS (
            SELECT DISTINCT ON (c.psn_no) c.psn_no, r.aid_fen, r.aid_id, r.aid_payer, r.aid_level
            FROM (SELECT psn_no, name FROM held UNION ALL SELECT psn_no, '' FROM insured WHERE EXISTS (SELECT FROM aid_rule WHERE category = '')) k
            JOIN classed c USING (psn_no) JOIN aid_rule r ON r.place = c.place AND r.category = k.name
            ORDER BY c.psn_no, CASE WHEN $25 THEN r.aid_fen END DESC, r.nth
        ), collective AS (
            SELECT psn_no, sum(amount_fen)::bigint AS amount_fen FROM scope JOIN collective_support_person s USING (psn_no) WHERE s.insutype = $2 AND s.year = $3 GROUP BY psn_no
        ), target AS MATERIALIZED (
            SELECT c.psn_no, c.household_no, c.psn_type, r.person_class, coalesce(n.categories, '{}') AS categories, r.personal_fen,
                coalesce(a.aid_id, '') AS aid_id, coalesce(a.aid_payer, '') AS aid_payer, coalesce(a.aid_level, '') AS aid_level, coalesce(a.aid_fen, 0) AS aid_fen,
                least(coalesce(s.amount_fen, 0), r.personal_fen - coalesce(a.aid_fen, 0)) AS collective_fen, r.central_fen, r.province_fen, r.city_fen, r.county_fen, false AS withdrawn
            FROM classed c JOIN contribution r USING (place) LEFT JOIN named n USING (psn_no) LEFT JOIN aided a USING (psn_no) LEFT JOIN collective s USING (psn_no)
        ), wanted AS MATERIALIZED (
            SELECT * FROM target
            UNION ALL
            SELECT a.psn_no, a.household_no, a.psn_type, a.person_class, a.categories, 0, '', '', '', 0, 0, 0, 0, 0, 0, true
            FROM scope JOIN assessment a USING (psn_no)
            WHERE a.insutype = $2 AND a.year = $3 AND NOT a.withdrawn AND NOT EXISTS (SELECT FROM target t WHERE t.psn_no = a.psn_no)
        ), differs AS MATERIALIZED (
            SELECT w.*, a.version AS stated_version
            FROM wanted w LEFT JOIN assessment a ON a.psn_no = w.psn_no AND a.insutype = $2 AND a.year = $3
            WHERE a.psn_no IS NULL
               OR (w.household_no, w.psn_type, w.person_class, w.categories, w.personal_fen, w.aid_id, w.aid_payer, w.aid_level, w.aid_fen, w.collective_fen, w.central_fen, w.province_fen, w.city_fen, w.county_fen, w.withdrawn)
               <> (a.household_no, a.psn_type, a.person_class, a.categories, a.personal_fen, a.aid_id, a.aid_payer, a.aid_level, a.aid_fen, a.collective_fen, a.central_fen, a.province_fen, a.city_fen, a.county_fen, a.withdrawn)
        ), kept AS (
            INSERT INTO assessment_change (psn_no, insutype, year, version, psn_type, person_class, categories, personal_fen, aid_id, aid_fen, collective_fen, subsidy_fen, withdrawn, run_no, cause, stated_at, replaced_at)
            SELECT a.psn_no, a.insutype, a.year, a.version, a.psn_type, a.person_class, a.categories, a.personal_fen, a.aid_id, a.aid_fen, a.collective_fen,
                a.central_fen + a.province_fen + a.city_fen + a.county_fen, a.withdrawn, a.run_no, a.cause, a.changed_at, $28
            FROM differs d JOIN assessment a ON a.psn_no = d.psn_no AND a.insutype = $2 AND a.year = $3
        ), written AS (
            INSERT INTO assessment AS a (psn_no, insutype, year, household_no, psn_type, person_class, categories, personal_fen, aid_id, aid_payer, aid_level, aid_fen, collective_fen,
                central_fen, province_fen, city_fen, county_fen, withdrawn, version, run_no, cause, changed_at)
            SELECT psn_no, $2, $3, household_no, psn_type, person_class, categories, personal_fen, aid_id, aid_payer, aid_level, aid_fen, collective_fen,
                central_fen, province_fen, city_fen, county_fen, withdrawn, 1, $26, $27, $28
            FROM differs
            ON CONFLICT (psn_no, insutype, year) DO UPDATE SET household_no = excluded.household_no, psn_type = excluded.psn_type, person_class = excluded.person_class, categories = excluded.categories,
                personal_fen = excluded.personal_fen, aid_id = excluded.aid_id, aid_payer = excluded.aid_payer, aid_level = excluded.aid_level, aid_fen = excluded.aid_fen,
                collective_fen = excluded.collective_fen, central_fen = excluded.central_fen, province_fen = excluded.province_fen, city_fen = excluded.city_fen, county_fen = excluded.county_fen,
                withdrawn = excluded.withdrawn, version = a.version + 1, run_no = excluded.run_no, cause = excluded.cause, changed_at = excluded.changed_at
        )
        SELECT (SELECT count(*) FROM target), count(*) FILTER (WHERE stated_version IS NULL), count(*) FILTER (WHERE stated_version IS NOT NULL AND NOT withdrawn), count(*) FILTER (WHERE withdrawn),
            (SELECT count(*) FROM classed WHERE place IS NULL)
        FROM differs
        """;

    /// <summary>Within the caller's transaction; holds the scheme's year until it ends, so that one assessment of it follows the other.</summary>
    /// <param name="runNo">Null: not a run's.</param>
    public static async Task<AssessedCounts> Run(NpgsqlConnection connection, NpgsqlTransaction transaction, AssessmentTerms terms, string[] psnNos, long? runNo, string cause, DateTimeOffset at, CancellationToken cancellation)
    {
        await Lock(connection, transaction, terms.Insutype, terms.Year, cancellation);
        await using var command = new NpgsqlCommand(Sql, connection, transaction) { CommandTimeout = 600 };
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text, psnNos);
        Add(NpgsqlDbType.Text, terms.Insutype);
        Add(NpgsqlDbType.Integer, terms.Year);
        Add(NpgsqlDbType.Date, terms.FirstDay);
        Add(NpgsqlDbType.Date, terms.LastDay);
        Add(NpgsqlDbType.Text, EmployeeScheme);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, terms.ClassPlaces);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text, terms.Beginnings);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Date, terms.BornUpTo);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Date, terms.BornAfter);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, terms.Places);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text, terms.Classes);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Bigint, terms.Personal);
        foreach (var subsidy in terms.Subsidies) Add(NpgsqlDbType.Array | NpgsqlDbType.Bigint, subsidy);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, terms.AidPlaces);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text, terms.AidCategories);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, terms.AidOrder);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Bigint, terms.AidAmounts);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text, terms.AidIds);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text, terms.AidPayers);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text, terms.AidLevels);
        Add(NpgsqlDbType.Boolean, terms.AidHighest);
        Add(NpgsqlDbType.Bigint, (object?)runNo ?? DBNull.Value);
        Add(NpgsqlDbType.Text, cause);
        Add(NpgsqlDbType.TimestampTz, at.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new AssessedCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));

        void Add(NpgsqlDbType type, object value) => command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
    }

    public static async Task Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, string insutype, int year, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('assess ' || $1, $2))", connection, transaction) { Parameters = { new() { Value = insutype }, new() { Value = (long)year } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
