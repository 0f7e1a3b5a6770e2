using MedInsure.Hosting.Imports;

namespace MedInsure.Enrollment.Persons;

/// <summary>
/// What is wrong with rows of persons.csv only beside each other or beside what is stored. A rejected row leaves the staging table, so that with
/// accept_partial the rest can be applied; of two rows that contradict each other the earlier line stays.
/// </summary>
internal static class StagedPersons
{
    /// <summary>Rows of one county's part of the file beside each other.</summary>
    public static async Task CheckFile(StagedTenant county, ImportRun run, CancellationToken cancellation)
    {
        await county.Run("ANALYZE staged", cancellation);

        await county.Reject("""
            SELECT line, first_line FROM (
                SELECT line, min(line) OVER (PARTITION BY psn_no, insutype, from_on) AS first_line FROM staged
            ) keyed WHERE line <> first_line
            """, "staged", run,
            (line, first) => new(line, "psn_no", "person.repeated_row", $"与第{first}行的人员、险种、参保开始日期相同", $"has the same psn_no, insutype and cover_from as line {first}"), cancellation);

        // Everything but the cover belongs to the person: the first line of a number says it, the others must agree.
        await county.Reject("""
            WITH first AS (
                SELECT DISTINCT ON (psn_no) * FROM staged
                WHERE psn_no IN (SELECT psn_no FROM staged GROUP BY psn_no HAVING count(*) > 1)
                ORDER BY psn_no, line
            )
            SELECT s.line, CASE
                WHEN s.psn_cert_type <> f.psn_cert_type THEN 'psn_cert_type'
                WHEN s.certno <> f.certno THEN 'certno'
                WHEN s.psn_name <> f.psn_name THEN 'psn_name'
                WHEN s.gend <> f.gend THEN 'gend'
                WHEN s.birth_on <> f.birth_on THEN 'brdy'
                WHEN s.household_no <> f.household_no THEN 'household_no'
                ELSE 'categories' END
            FROM staged s JOIN first f USING (psn_no)
            WHERE (s.psn_cert_type, s.certno, s.psn_name, s.gend, s.birth_on, s.household_no, s.categories)
               <> (f.psn_cert_type, f.certno, f.psn_name, f.gend, f.birth_on, f.household_no, f.categories)
            """, "staged", run,
            (line, column) => new(line, column, "person.rows_disagree", "同一人员编号的各行在此列不一致", "differs from the earlier rows of the same psn_no"), cancellation);

        await county.Reject("""
            SELECT line, first_line FROM (
                SELECT line, psn_no, min(line) OVER certificate AS first_line, first_value(psn_no) OVER (certificate ORDER BY line) AS first_psn_no
                FROM staged WINDOW certificate AS (PARTITION BY psn_cert_type, certno)
            ) held WHERE psn_no <> first_psn_no
            """, "staged", run,
            (line, first) => new(line, "certno", "person.certificate_repeated", $"证件号码与第{first}行另一人员编号相同", $"line {first} has the same certificate under another psn_no"), cancellation);
    }

    /// <summary>The counties' rows beside each other, in sorted streams: a person has one home county, a certificate one person.</summary>
    public static async Task CheckAcrossCounties(IReadOnlyCollection<StagedTenant> counties, ImportRun run, CancellationToken cancellation)
    {
        if (counties.Count < 2) return;
        await Check("psn_no", (line, first) => new(line, "county", "person.two_counties", $"同一人员编号在第{first}行属于另一县区", $"line {first} has the same psn_no in another county"));
        await Check("psn_cert_type || ':' || certno", (line, first) => new(line, "certno", "person.certificate_repeated", $"证件号码与第{first}行另一县区的人员相同", $"line {first} has the same certificate in another county"));

        async Task Check(string key, Func<long, long, RowError> error)
        {
            foreach (var (county, conflicts) in await SharedKeys.Find(counties, $"SELECT {key} AS key, min(line) FROM staged GROUP BY 1 ORDER BY ({key}) COLLATE \"C\"", cancellation))
            {
                await county.Run("CREATE TEMP TABLE shared_key (key text COLLATE \"C\" PRIMARY KEY, first_line bigint NOT NULL) ON COMMIT DROP", cancellation);
                await county.Run("INSERT INTO shared_key SELECT * FROM unnest($1, $2)", cancellation, conflicts.Select(c => c.Key).ToArray(), conflicts.Select(c => c.FirstLine).ToArray());
                await county.Reject($"SELECT s.line, k.first_line FROM staged s JOIN shared_key k ON k.key = {key}", "staged", run,
                    (line, first) => error(line, long.Parse(first)), cancellation);
                await county.Run("DROP TABLE shared_key", cancellation);
            }
        }
    }

    /// <summary>Rows beside what the county has stored. Taking one row out can make another one wrong (it counted on a change that does not come),
    /// so this goes on until nothing more goes.</summary>
    public static async Task CheckAgainstStored(StagedTenant county, ImportRun run, CancellationToken cancellation)
    {
        await county.Run("CREATE INDEX ON staged (psn_no); ANALYZE staged", cancellation);
        while (await CheckOverlaps(county, run, cancellation) > 0) { }
    }

    private static Task<int> CheckOverlaps(StagedTenant county, ImportRun run, CancellationToken cancellation) => county.Reject("""
        WITH period AS (
            SELECT psn_no, insutype, from_on, to_on, line FROM staged
            UNION ALL
            SELECT c.psn_no, c.insutype, c.from_on, c.to_on, NULL FROM coverage c
            WHERE EXISTS (SELECT FROM staged s WHERE s.psn_no = c.psn_no AND s.insutype = c.insutype)
              AND NOT EXISTS (SELECT FROM staged s WHERE s.psn_no = c.psn_no AND s.insutype = c.insutype AND s.from_on = c.from_on)
        ), ordered AS (
            SELECT line, from_on, row_number() OVER scheme AS place, lag(line) OVER scheme AS line_before, lag(to_on) OVER scheme AS to_before
            FROM period WINDOW scheme AS (PARTITION BY psn_no, insutype ORDER BY from_on)
        )
        SELECT DISTINCT greatest(line, line_before) FROM ordered WHERE place > 1 AND (to_before IS NULL OR to_before >= from_on)
        """, "staged", run,
        (line, _) => new(line, "cover_from", "person.cover_overlaps", "与同一险种的另一参保期间重叠", "overlaps another period of the same insutype"), cancellation);
}
