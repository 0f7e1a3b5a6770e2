using MedInsure.Hosting.Imports;

namespace MedInsure.Enrollment.Persons;

/// <summary>
/// What is wrong with rows of persons.csv only beside each other or beside what is stored. A rejected row leaves the staging table, so that with
/// accept_partial the rest can be applied; of two rows that contradict each other the earlier line stays.
/// </summary>
internal static class StagedPersons
{
    /// <summary>Rows of the file beside each other. Only those whose number or certificate may occur again are looked at: table watched.</summary>
    public static async Task CheckFile(IReadOnlyCollection<StagedTenant> counties, RepeatedKeys repeated, ImportRun run, CancellationToken cancellation)
    {
        if (repeated.IsNone) return;
        foreach (var county in counties)
        {
            await county.Run($"""
                CREATE TEMP TABLE watched ON COMMIT DROP AS
                    SELECT * FROM staged WHERE {(repeated.AreTooMany ? "$1::text[] IS NOT NULL AND $2::text[] IS NOT NULL" : "psn_no IN (SELECT unnest($1::text[])) OR psn_cert_type || ':' || certno IN (SELECT unnest($2::text[]))")}
                """, cancellation, repeated.Numbers, repeated.Certificates);
            await county.Run("ANALYZE watched", cancellation);
            await CheckCounty(county, run, cancellation);
        }
        await CheckAcrossCounties(counties, run, cancellation);
    }

    private static async Task CheckCounty(StagedTenant county, ImportRun run, CancellationToken cancellation)
    {
        await Reject(county, "watched", """
            SELECT line, first_line FROM (
                SELECT line, min(line) OVER (PARTITION BY psn_no, insutype, from_on) AS first_line FROM watched
            ) keyed WHERE line <> first_line
            """, run,
            (line, first) => new(line, "psn_no", "person.repeated_row", $"与第{first}行的人员、险种、参保开始日期相同", $"has the same psn_no, insutype and cover_from as line {first}"), cancellation);

        // Everything but the cover belongs to the person: the first line of a number says it, the others must agree.
        await Reject(county, "watched", """
            WITH first AS (
                SELECT DISTINCT ON (psn_no) * FROM watched
                WHERE psn_no IN (SELECT psn_no FROM watched GROUP BY psn_no HAVING count(*) > 1)
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
            FROM watched s JOIN first f USING (psn_no)
            WHERE (s.psn_cert_type, s.certno, s.psn_name, s.gend, s.birth_on, s.household_no, s.categories)
               <> (f.psn_cert_type, f.certno, f.psn_name, f.gend, f.birth_on, f.household_no, f.categories)
            """, run,
            (line, column) => new(line, column, "person.rows_disagree", "同一人员编号的各行在此列不一致", "differs from the earlier rows of the same psn_no"), cancellation);

        await Reject(county, "watched", """
            SELECT line, first_line FROM (
                SELECT line, psn_no, min(line) OVER certificate AS first_line, first_value(psn_no) OVER (certificate ORDER BY line) AS first_psn_no
                FROM watched WINDOW certificate AS (PARTITION BY psn_cert_type, certno)
            ) held WHERE psn_no <> first_psn_no
            """, run,
            (line, first) => new(line, "certno", "person.certificate_repeated", $"证件号码与第{first}行另一人员编号相同", $"line {first} has the same certificate under another psn_no"), cancellation);
    }

    /// <summary>The counties' rows beside each other, in sorted streams: a person has one home county, a certificate one person.</summary>
    private static async Task CheckAcrossCounties(IReadOnlyCollection<StagedTenant> counties, ImportRun run, CancellationToken cancellation)
    {
        if (counties.Count < 2) return;
        await Check("psn_no", (line, first) => new(line, "county", "person.two_counties", $"同一人员编号在第{first}行属于另一县区", $"line {first} has the same psn_no in another county"));
        await Check("psn_cert_type || ':' || certno", (line, first) => new(line, "certno", "person.certificate_repeated", $"证件号码与第{first}行另一县区的人员相同", $"line {first} has the same certificate in another county"));

        async Task Check(string key, Func<long, long, RowError> error)
        {
            foreach (var (county, conflicts) in await SharedKeys.Find(counties, $"SELECT {key} AS key, min(line) FROM watched GROUP BY 1 ORDER BY ({key}) COLLATE \"C\"", cancellation))
            {
                await county.Run("CREATE TEMP TABLE shared_key (key text COLLATE \"C\" PRIMARY KEY, first_line bigint NOT NULL) ON COMMIT DROP", cancellation);
                await county.Run("INSERT INTO shared_key SELECT * FROM unnest($1, $2)", cancellation, conflicts.Select(c => c.Key).ToArray(), conflicts.Select(c => c.FirstLine).ToArray());
                await Reject(county, "watched", $"SELECT s.line, k.first_line FROM watched s JOIN shared_key k ON k.key = {key}", run,
                    (line, first) => error(line, long.Parse(first)), cancellation);
                await county.Run("DROP TABLE shared_key", cancellation);
            }
        }
    }

    /// <summary>Rows beside what the county has stored; those of persons known already, or with several rows, go to table careful, the others stay in staged.
    /// Taking one row out can make another one wrong (it counted on a change that does not come), so this goes on until nothing more goes.</summary>
    public static async Task CheckAgainstStored(StagedTenant county, RepeatedKeys repeated, ImportRun run, CancellationToken cancellation)
    {
        await county.Run($"""
            CREATE TEMP TABLE careful ON COMMIT DROP AS
                SELECT s.* FROM staged s LEFT JOIN person p USING (psn_no) WHERE p.psn_no IS NOT NULL OR {(repeated.AreTooMany ? "$1::text[] IS NOT NULL" : "s.psn_no IN (SELECT unnest($1::text[]))")}
            """, cancellation, (object)repeated.Numbers);
        await county.Run("CREATE INDEX ON careful (psn_no); ANALYZE careful; DELETE FROM staged s USING careful c WHERE c.line = s.line", cancellation);
        // Key data change by approval of a second person, never by a file; nobody is covered after death.
        await county.Reject("""
            SELECT s.line, CASE
                WHEN p.merged_into IS NOT NULL THEN 'merged ' || p.merged_into
                WHEN p.psn_cert_type <> s.psn_cert_type THEN 'key psn_cert_type'
                WHEN p.certno <> s.certno THEN 'key certno'
                WHEN p.psn_name <> s.psn_name THEN 'key psn_name'
                WHEN p.gend <> s.gend THEN 'key gend'
                WHEN p.birth_on <> s.birth_on THEN 'key brdy'
                ELSE 'dead ' || p.died_on END
            FROM careful s JOIN person p USING (psn_no)
            WHERE p.merged_into IS NOT NULL OR (p.psn_cert_type, p.certno, p.psn_name, p.gend, p.birth_on) <> (s.psn_cert_type, s.certno, s.psn_name, s.gend, s.birth_on)
               OR p.died_on IS NOT NULL AND (s.to_on IS NULL OR s.to_on > p.died_on)
            """, "careful", run,
            (line, problem) => problem.Split(' ') switch
            {
                ["merged", var into] => new(line, "psn_no", "person.merged", $"该人员编号已并入{into}", $"was merged into {into}"),
                ["key", var column] => new(line, column, "person.key_data_differ", "与已登记的关键信息不符，关键信息须经审批变更", "differs from what is on file: key data change by approval only"),
                [_, var died] => new(line, "cover_to", "person.dead", $"该人员已于{died}登记死亡，参保不得晚于该日", $"the person died on {died}: cover ends by that day"),
                _ => throw new InvalidOperationException(problem),
            }, cancellation);
        while (await CheckOverlaps(county, run, cancellation) > 0) { }
    }

    // A person of whom nothing moves cannot begin to overlap: the same file again is not sorted again.
    private static Task<int> CheckOverlaps(StagedTenant county, ImportRun run, CancellationToken cancellation) => county.Reject("""
        WITH moved AS (
            SELECT DISTINCT s.psn_no FROM careful s LEFT JOIN coverage c USING (psn_no, insutype, from_on)
            WHERE c.psn_no IS NULL OR c.to_on IS DISTINCT FROM s.to_on
        ), period AS (
            SELECT psn_no, insutype, from_on, to_on, line FROM careful WHERE psn_no IN (SELECT psn_no FROM moved)
            UNION ALL
            SELECT c.psn_no, c.insutype, c.from_on, c.to_on, NULL FROM moved m JOIN coverage c USING (psn_no)
            WHERE NOT EXISTS (SELECT FROM careful s WHERE s.psn_no = c.psn_no AND s.insutype = c.insutype AND s.from_on = c.from_on)
        ), ordered AS (
            SELECT line, from_on, row_number() OVER scheme AS place, lag(line) OVER scheme AS line_before, lag(to_on) OVER scheme AS to_before
            FROM period WINDOW scheme AS (PARTITION BY psn_no, insutype ORDER BY from_on)
        )
        SELECT DISTINCT greatest(line, line_before) AS line FROM ordered
        WHERE place > 1 AND (to_before IS NULL OR to_before >= from_on) AND greatest(line, line_before) IS NOT NULL
        """, "careful", run,
        (line, _) => new(line, "cover_from", "person.cover_overlaps", "与同一险种的另一参保期间重叠", "overlaps another period of the same insutype"), cancellation);

    /// <summary>What goes from the rows looked at goes from the file.</summary>
    private static async Task Reject(StagedTenant county, string table, string sql, ImportRun run, Func<long, string, RowError?> error, CancellationToken cancellation)
    {
        var lines = new List<long>();
        await county.Reject(sql, table, run, (line, text) => { lines.Add(line); return error(line, text); }, cancellation);
        if (lines.Count > 0) await county.Run("DELETE FROM staged WHERE line = ANY ($1)", cancellation, lines.ToArray());
    }
}

/// <summary>The numbers and certificates that occur more than once in a file, with a few that do not; more than <see cref="KeysMax"/> are not told apart.</summary>
internal sealed class RepeatedKeys
{
    private const int KeysMax = 100_000;

    private readonly SeenKeys seenNumbers = new(), seenCertificates = new();
    private readonly HashSet<string> numbers = new(StringComparer.Ordinal), certificates = new(StringComparer.Ordinal);

    public int Count => Math.Max(numbers.Count, certificates.Count);
    public bool IsNone => Count == 0;
    public bool AreTooMany => Count >= KeysMax;
    public string[] Numbers => [.. numbers];
    public string[] Certificates => [.. certificates];

    /// <param name="mayRepeat">For each row, whether an earlier one may have the number or the certificate.</param>
    public void Look(List<PersonRow> rows, Span<bool> mayRepeat)
    {
        Span<ulong> hashes = rows.Count <= 1024 ? stackalloc ulong[rows.Count] : new ulong[rows.Count];
        Span<bool> seen = rows.Count <= 1024 ? stackalloc bool[rows.Count] : new bool[rows.Count];
        for (var i = 0; i < rows.Count; i++) hashes[i] = SeenKeys.Hash(rows[i].PsnNo);
        seenNumbers.Add(hashes, mayRepeat);
        for (var i = 0; i < rows.Count; i++)
        {
            // Certificates of two kinds may have the same number: that only looks at a few more rows.
            hashes[i] = SeenKeys.Hash(rows[i].Certno);
            if (mayRepeat[i] && numbers.Count < KeysMax) numbers.Add(rows[i].PsnNo);
        }
        seenCertificates.Add(hashes, seen);
        for (var i = 0; i < rows.Count; i++)
        {
            if (!seen[i]) continue;
            mayRepeat[i] = true;
            if (certificates.Count < KeysMax) certificates.Add($"{rows[i].PsnCertType}:{rows[i].Certno}");
        }
    }
}
