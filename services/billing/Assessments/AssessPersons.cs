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

    // Every part is looked up for one person after the other, by index: linear in the persons whatever the planner believes of their number.
    private const string Sql = """
        WITH rule AS MATERIALIZED (
            SELECT * FROM unnest($7, $8, $9, $10, $11, $12, $13, $14, $15, $16) AS r (place, beginning, born_up_to, born_after, person_class, personal_fen, central_fen, province_fen, city_fen, county_fen)
        ), aid_rule AS MATERIALIZED (
            SELECT * FROM unnest($17, $18, $19, $20, $21, $22, $23) AS r (place, category, nth, aid_fen, aid_id, aid_payer, aid_level)
        ), looked_up AS MATERIALIZED (
            SELECT s.psn_no, i.psn_no IS NOT NULL AS is_insured, r.place IS NOT NULL AS is_classed,
                i.household_no, i.psn_type, r.person_class, k.categories, r.personal_fen, coalesce(d.aid_id, '') AS aid_id, coalesce(d.aid_payer, '') AS aid_payer, coalesce(d.aid_level, '') AS aid_level,
                coalesce(d.aid_fen, 0) AS aid_fen, least(coalesce(c.amount_fen, 0), r.personal_fen - coalesce(d.aid_fen, 0)) AS collective_fen, r.central_fen, r.province_fen, r.city_fen, r.county_fen, a AS stated
            FROM (SELECT DISTINCT psn_no FROM unnest($1) AS u (psn_no)) s
            LEFT JOIN LATERAL (
                SELECT p.psn_no, p.household_no, p.birth_on, v.psn_type
                FROM insured_person p CROSS JOIN LATERAL (
                    -- Covered when the year begins or at some time in it, of several periods the latest; or enrolled for it and not covered yet.
                    SELECT psn_type FROM (
                        SELECT psn_type, from_on FROM insured_cover WHERE psn_no = p.psn_no AND insutype = $2 AND from_on <= $5 AND (to_on IS NULL OR to_on >= $4 - 1)
                        UNION ALL
                        SELECT psn_type, NULL FROM cover_request WHERE psn_no = p.psn_no AND insutype = $2 AND year = $3 AND NOT withdrawn
                    ) one ORDER BY from_on DESC NULLS LAST LIMIT 1
                ) v
                -- Who died before the year owes nothing for it, though covered to its eve or enrolled.
                WHERE p.psn_no = s.psn_no AND (p.died_on IS NULL OR p.died_on >= $4) AND NOT EXISTS (SELECT FROM insured_cover e WHERE e.psn_no = p.psn_no AND e.insutype = $6 AND e.from_on <= $4 AND (e.to_on IS NULL OR e.to_on >= $4))
                OFFSET 0
            ) i ON true
            LEFT JOIN LATERAL (
                SELECT * FROM rule WHERE starts_with(i.psn_type, beginning) AND i.birth_on <= born_up_to AND i.birth_on > born_after ORDER BY place LIMIT 1
            ) r ON true
            LEFT JOIN LATERAL (
                -- Recognised on the year's first day or later in it.
                SELECT coalesce(array_agg(DISTINCT name ORDER BY name), '{}') AS categories FROM insured_category WHERE psn_no = i.psn_no AND from_on <= $5 AND (to_on IS NULL OR to_on >= $4)
            ) k ON true
            LEFT JOIN LATERAL (
                SELECT * FROM aid_rule WHERE place = r.place AND (category = '' OR category = ANY (k.categories)) ORDER BY CASE WHEN $24 THEN aid_fen END DESC, nth LIMIT 1
            ) d ON true
            LEFT JOIN LATERAL (SELECT amount_fen FROM collective_support_person WHERE psn_no = s.psn_no AND insutype = $2 AND year = $3 OFFSET 0) c ON true
            LEFT JOIN LATERAL (SELECT x.* FROM assessment x WHERE x.psn_no = s.psn_no AND x.insutype = $2 AND x.year = $3 OFFSET 0) a ON true
        ), wanted AS (
            SELECT psn_no, household_no, psn_type, person_class, categories, personal_fen, aid_id, aid_payer, aid_level, aid_fen, collective_fen, central_fen, province_fen, city_fen, county_fen, false AS withdrawn, stated
            FROM looked_up WHERE is_insured AND is_classed
            UNION ALL
            SELECT psn_no, (stated).household_no, (stated).psn_type, (stated).person_class, (stated).categories, 0, '', '', '', 0, 0, 0, 0, 0, 0, true, stated
            FROM looked_up WHERE NOT (is_insured AND is_classed) AND (stated).withdrawn = false
        ), differs AS MATERIALIZED (
            SELECT * FROM wanted w
            WHERE (stated).psn_no IS NULL
               OR (household_no, psn_type, person_class, categories, personal_fen, aid_id, aid_payer, aid_level, aid_fen, collective_fen, central_fen, province_fen, city_fen, county_fen, withdrawn)
               <> ((stated).household_no, (stated).psn_type, (stated).person_class, (stated).categories, (stated).personal_fen, (stated).aid_id, (stated).aid_payer, (stated).aid_level, (stated).aid_fen,
                   (stated).collective_fen, (stated).central_fen, (stated).province_fen, (stated).city_fen, (stated).county_fen, (stated).withdrawn)
        ), kept AS (
            INSERT INTO assessment_change (psn_no, insutype, year, version, psn_type, person_class, categories, personal_fen, aid_id, aid_fen, collective_fen, subsidy_fen, withdrawn, run_no, cause, stated_at, replaced_at)
            SELECT psn_no, $2, $3, (stated).version, (stated).psn_type, (stated).person_class, (stated).categories, (stated).personal_fen, (stated).aid_id, (stated).aid_fen, (stated).collective_fen,
                (stated).central_fen + (stated).province_fen + (stated).city_fen + (stated).county_fen, (stated).withdrawn, (stated).run_no, (stated).cause, (stated).changed_at, $27
            FROM differs WHERE (stated).psn_no IS NOT NULL
        ), written AS (
            INSERT INTO assessment AS a (psn_no, insutype, year, household_no, psn_type, person_class, categories, personal_fen, aid_id, aid_payer, aid_level, aid_fen, collective_fen,
                central_fen, province_fen, city_fen, county_fen, withdrawn, version, run_no, cause, changed_at)
            SELECT psn_no, $2, $3, household_no, psn_type, person_class, categories, personal_fen, aid_id, aid_payer, aid_level, aid_fen, collective_fen,
                central_fen, province_fen, city_fen, county_fen, withdrawn, 1, $25, $26, $27
            FROM differs
            ON CONFLICT (psn_no, insutype, year) DO UPDATE SET household_no = excluded.household_no, psn_type = excluded.psn_type, person_class = excluded.person_class, categories = excluded.categories,
                personal_fen = excluded.personal_fen, aid_id = excluded.aid_id, aid_payer = excluded.aid_payer, aid_level = excluded.aid_level, aid_fen = excluded.aid_fen,
                collective_fen = excluded.collective_fen, central_fen = excluded.central_fen, province_fen = excluded.province_fen, city_fen = excluded.city_fen, county_fen = excluded.county_fen,
                withdrawn = excluded.withdrawn, version = a.version + 1, run_no = excluded.run_no, cause = excluded.cause, changed_at = excluded.changed_at
        )
        SELECT (SELECT count(*) FROM looked_up WHERE is_insured AND is_classed), count(*) FILTER (WHERE (stated).psn_no IS NULL), count(*) FILTER (WHERE (stated).psn_no IS NOT NULL AND NOT withdrawn),
            count(*) FILTER (WHERE withdrawn), (SELECT count(*) FROM looked_up WHERE is_insured AND NOT is_classed)
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
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, terms.Places);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text, terms.Beginnings);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Date, terms.BornUpTo);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Date, terms.BornAfter);
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
        AssessedCounts counts;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            counts = new AssessedCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
        }
        await TellAidedCover.Run(connection, transaction, terms.Insutype, terms.Year, terms.Resident, psnNos, at, cancellation);
        return counts;

        void Add(NpgsqlDbType type, object value) => command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
    }

    // Planned for the tables as they are: while the first run fills them yesterday's plan would read them from end to end for each person.
    public static async Task Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, string insutype, int year, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT set_config('plan_cache_mode', 'force_custom_plan', true), pg_advisory_xact_lock(hashtextextended('assess ' || $1, $2))", connection, transaction) { Parameters = { new() { Value = insutype }, new() { Value = (long)year } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
