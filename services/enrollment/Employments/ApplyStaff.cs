using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employments;

/// <summary>
/// Applies what was declared of any number of employments, set-wise, from the table staged (<see cref="StaffRow.Stage"/>), under the lock of imports: employments, wages,
/// the cover that follows, history and events. All is applied, then looked at; if something contradicts something, everything goes back, the rows in conflict are
/// refused and the rest is applied anew, until nothing contradicts: a row may count on another one that was refused.
/// </summary>
/// <param name="declaration">Number of the declaration that says it.</param>
/// <param name="by">Who says it.</param>
/// <param name="refuse">Hears of each row refused, in no order.</param>
internal sealed class ApplyStaff(StagedTenant county, long declaration, string by, Action<long, Refusal> refuse, DateTimeOffset at)
{
    /// <summary>Employees' basic insurance; the other schemes that follow an employment are named beside it.</summary>
    public const string Scheme = "310";

    /// <returns>How many employments are new or changed. Their numbers by line stand in table target.</returns>
    public async Task<long> Run(CancellationToken cancellation)
    {
        await FindPersons(cancellation);
        while (true)
        {
            // Of each round anew: going back undoes also what was refused since.
            await county.Run("SAVEPOINT nothing_applied", cancellation);
            await county.Run("CREATE TEMP TABLE conflict (line bigint NOT NULL, code text NOT NULL) ON COMMIT DROP", cancellation);
            await FindEmployments(cancellation);
            await MoveEmployments(cancellation);
            await DeclareWages(cancellation);
            if (!await HasConflicts(cancellation)) await new EmploymentCover(county).Follow(at, cancellation);
            if (!await HasConflicts(cancellation)) break;
            await RefuseConflicts(cancellation);
        }
        await county.Run("""
            INSERT INTO employment_step (employment_no, declaration_no, act, acted_by, at, why, version, psn_no, from_month, to_month, ended, maternity, wage_month, wage_last_month, wage_fen)
            SELECT e.employment_no, $1, a.act, $2, $3, a.why, e.version, e.psn_no, e.from_month, e.to_month, e.ended, e.maternity,
                CASE WHEN a.act IN ('start', 'wage') THEN a.month END, CASE a.act WHEN 'wage' THEN a.last_month END, a.wage_fen
            FROM asked a JOIN target t USING (line) JOIN employment e ON e.employment_no = t.employment_no JOIN changed c ON c.line = a.line ORDER BY a.line
            """, cancellation, declaration, by.Trim(), at.UtcDateTime);
        await EmploymentEvents.Tell(county, "SELECT DISTINCT employment_no FROM changed", at, cancellation);
        await ChangedPersons.Tell(county, "SELECT psn_no FROM changed_person", at, cancellation);
        return await county.Scalar("SELECT count(DISTINCT employment_no) FROM changed", cancellation);
    }

    private async Task FindPersons(CancellationToken cancellation)
    {
        // By certificate the record changed last, as look-ups do; by a number that was merged the surviving one.
        await county.Run("""
            CREATE TEMP TABLE asked ON COMMIT DROP AS
                SELECT s.line, s.act, s.psn_name, s.employment_no, coalesce(e.employer_no, s.employer_no) AS employer_no, s.month, s.last_month, s.ended, s.wage_fen, s.maternity, s.flexible_choice, s.flexible_base_bp, s.why,
                    n.psn_no AS person_no, n.psn_name AS enrolled_name, n.died_on
                FROM staged s LEFT JOIN employment e USING (employment_no)
                LEFT JOIN LATERAL (
                    SELECT coalesce(p.merged_into, p.psn_no) AS psn_no FROM person p WHERE p.psn_no = coalesce(e.psn_no, s.psn_no)
                    UNION ALL
                    SELECT c.psn_no FROM (SELECT p.psn_no FROM person p WHERE s.psn_no = '' AND s.employment_no IS NULL AND hashtext(p.certno) = hashtext(s.certno) AND p.certno = s.certno AND p.merged_into IS NULL ORDER BY p.changed_at DESC LIMIT 1) c
                ) found ON true
                LEFT JOIN person n ON n.psn_no = found.psn_no;
            CREATE INDEX ON asked (line); ANALYZE asked;
            """, cancellation);
        await Reject("SELECT line FROM asked WHERE person_no IS NULL AND employment_no IS NOT NULL", EmploymentRefusals.EmploymentUnknown, cancellation);
        await Reject("SELECT line FROM asked WHERE person_no IS NULL", Refusals.PersonUnknown.At("certno"), cancellation);
        await Reject("SELECT line FROM asked WHERE psn_name <> '' AND psn_name <> enrolled_name", Refusals.NameMismatch, cancellation);
        await Reject("SELECT line FROM asked WHERE act IN ('start', 'correct') AND died_on < make_date(coalesce(last_month, 999912) / 100, coalesce(last_month, 999912) % 100, 1)", EmploymentRefusals.PersonDead, cancellation);
        await Reject("SELECT line FROM asked a WHERE act = 'start' AND employer_no <> '' AND NOT EXISTS (SELECT FROM employer e WHERE e.employer_no = a.employer_no)", EmploymentRefusals.EmployerUnknown, cancellation);
        await Reject("SELECT line FROM asked a JOIN employer e USING (employer_no) WHERE act = 'start' AND e.closed_on < make_date(month / 100, month % 100, 1)", EmploymentRefusals.EmployerClosed, cancellation);
        // Of a wage that ends again, the months between belong to it too.
        await Reject("""
            SELECT line FROM (
                SELECT line, act, month, lag(CASE act WHEN 'wage' THEN coalesce(last_month, month) ELSE month END) OVER (PARTITION BY person_no, employer_no, act, coalesce(employment_no, 0) ORDER BY month, line) AS before
                FROM asked
            ) o WHERE before >= month OR act <> 'start' AND act <> 'wage' AND before IS NOT NULL
            """, EmploymentRefusals.RowRepeated, cancellation);
    }

    /// <summary>Which employment each row speaks of: of an end the last one of the person here, of a wage the one of that month (once starts are in), of a start a new one, unless it is in already.</summary>
    private Task<int> FindEmployments(CancellationToken cancellation) => county.Run($"""
        CREATE TEMP TABLE target ON COMMIT DROP AS
            SELECT a.line, coalesce(a.employment_no, (
                SELECT e.employment_no FROM employment e WHERE e.psn_no = a.person_no AND e.employer_no = a.employer_no AND (e.to_month IS NULL OR e.to_month >= e.from_month) ORDER BY e.from_month DESC LIMIT 1)) AS employment_no
            FROM asked a WHERE a.act IN ('stop', 'correct')
            UNION ALL
            SELECT a.line, (
                SELECT e.employment_no FROM employment e JOIN declared_wage w USING (employment_no, from_month)
                WHERE e.psn_no = a.person_no AND e.employer_no = a.employer_no AND e.insutype = '{Scheme}' AND e.from_month = a.month AND e.maternity = a.maternity AND w.wage_fen = a.wage_fen
                    AND (e.to_month IS NULL OR e.to_month >= e.from_month) LIMIT 1)
            FROM asked a WHERE a.act = 'start';
        CREATE TEMP TABLE moved ON COMMIT DROP AS
            SELECT a.line, a.person_no AS psn_no, nextval('employment_employment_no_seq') AS employment_no, a.employer_no, '{Scheme}'::text AS insutype, a.month AS new_from, a.last_month AS new_to, a.ended, a.maternity AS new_maternity,
                NULL::int AS old_from, NULL::int AS old_to, NULL::boolean AS old_maternity, true AS is_new
            FROM asked a JOIN target t USING (line) WHERE a.act = 'start' AND t.employment_no IS NULL;
        UPDATE target t SET employment_no = m.employment_no FROM moved m WHERE m.line = t.line;
        INSERT INTO conflict SELECT line, '{EmploymentRefusals.NotEmployed.Code}' FROM target WHERE employment_no IS NULL;
        INSERT INTO conflict
            SELECT line, '{EmploymentRefusals.RowRepeated.Code}' FROM (SELECT line, row_number() OVER (PARTITION BY target.employment_no ORDER BY line) AS n FROM target JOIN asked USING (line) WHERE act <> 'start') numbered WHERE n > 1 AND line NOT IN (SELECT line FROM conflict);
        INSERT INTO conflict
            SELECT a.line, CASE WHEN e.to_month IS NOT NULL THEN '{EmploymentRefusals.StoppedAlready.Code}' ELSE '{EmploymentRefusals.EndsBeforeStart.Code}' END
            FROM asked a JOIN target t USING (line) JOIN employment e ON e.employment_no = t.employment_no
            WHERE a.act = 'stop' AND (e.to_month IS NOT NULL AND (e.to_month, e.ended) <> (a.last_month, a.ended) OR e.to_month IS NULL AND a.last_month < e.from_month);
        INSERT INTO moved
            SELECT a.line, e.psn_no, e.employment_no, e.employer_no, e.insutype, CASE a.act WHEN 'stop' THEN e.from_month ELSE a.month END, a.last_month, a.ended, CASE a.act WHEN 'stop' THEN e.maternity ELSE a.maternity END,
                e.from_month, e.to_month, e.maternity, false
            FROM asked a JOIN target t USING (line) JOIN employment e ON e.employment_no = t.employment_no
            WHERE a.act = 'stop' AND e.to_month IS NULL
                OR a.act = 'correct' AND (e.from_month, e.to_month, e.ended, e.maternity) IS DISTINCT FROM (a.month, a.last_month, a.ended, a.maternity);
        CREATE INDEX ON moved (psn_no); ANALYZE moved;
        CREATE TEMP TABLE changed (line bigint NOT NULL, employment_no bigint NOT NULL, PRIMARY KEY (line, employment_no)) ON COMMIT DROP;
        INSERT INTO changed SELECT line, employment_no FROM moved;
        """, cancellation);

    private Task<int> MoveEmployments(CancellationToken cancellation) => county.Run($"""
        UPDATE employment e SET from_month = m.new_from, to_month = m.new_to, ended = m.ended, maternity = m.new_maternity, version = e.version + 1 FROM moved m WHERE m.employment_no = e.employment_no AND NOT m.is_new;
        INSERT INTO employment (employment_no, psn_no, employer_no, insutype, from_month, to_month, ended, maternity, flexible_choice, flexible_base_bp, version)
            SELECT m.employment_no, m.psn_no, m.employer_no, m.insutype, m.new_from, m.new_to, m.ended, m.new_maternity, a.flexible_choice, a.flexible_base_bp, 1 FROM moved m JOIN asked a USING (line) WHERE m.is_new;
        INSERT INTO declared_wage (employment_no, from_month, wage_fen)
            SELECT m.employment_no, m.new_from, a.wage_fen FROM moved m JOIN asked a USING (line) WHERE m.is_new AND m.employer_no <> '';
        -- Begun earlier than was said: the first wage holds from there.
        UPDATE declared_wage w SET from_month = m.new_from FROM moved m
            WHERE NOT m.is_new AND w.employment_no = m.employment_no AND m.new_from < m.old_from AND w.from_month = (SELECT min(from_month) FROM declared_wage f WHERE f.employment_no = m.employment_no) AND w.from_month > m.new_from;
        INSERT INTO conflict
            SELECT DISTINCT m.line, '{EmploymentRefusals.OtherGoesOn.Code}' FROM moved m JOIN employment e ON e.psn_no = m.psn_no AND e.insutype = m.insutype AND e.employment_no <> m.employment_no
            WHERE coalesce(m.new_to, 999912) >= m.new_from AND coalesce(e.to_month, 999912) >= e.from_month AND e.from_month <= coalesce(m.new_to, 999912) AND m.new_from <= coalesce(e.to_month, 999912)
                AND (m.is_new OR e.employment_no NOT IN (SELECT employment_no FROM moved WHERE is_new));
        """, cancellation);

    private async Task DeclareWages(CancellationToken cancellation)
    {
        await county.Run($"""
            INSERT INTO target
                SELECT a.line, coalesce(a.employment_no, (
                    SELECT e.employment_no FROM employment e WHERE e.psn_no = a.person_no AND e.employer_no = a.employer_no AND e.from_month <= a.month AND coalesce(e.to_month, 999912) >= a.month LIMIT 1))
                FROM asked a WHERE a.act = 'wage';
            CREATE TEMP TABLE wage_asked ON COMMIT DROP AS
                SELECT a.line, e.employment_no, a.month, a.last_month, a.wage_fen, CASE a.last_month % 100 WHEN 12 THEN a.last_month + 89 ELSE a.last_month + 1 END AS next_month, e.employer_no = '' AS is_flexible, coalesce(e.to_month, 999912) > a.last_month AS goes_on,
                    a.month BETWEEN e.from_month AND coalesce(e.to_month, 999912) AS is_then,
                    (SELECT w.wage_fen FROM declared_wage w WHERE w.employment_no = e.employment_no AND w.from_month <= a.last_month ORDER BY w.from_month DESC LIMIT 1) AS after_fen
                FROM asked a JOIN target t USING (line) LEFT JOIN employment e ON e.employment_no = t.employment_no WHERE a.act = 'wage';
            CREATE INDEX ON wage_asked (employment_no); ANALYZE wage_asked;
            INSERT INTO conflict
                SELECT line, CASE WHEN is_flexible THEN '{EmploymentRefusals.FlexibleHasNoWage.Code}' ELSE '{EmploymentRefusals.NotEmployed.Code}' END FROM wage_asked WHERE employment_no IS NULL OR is_flexible OR NOT is_then;
            CREATE TEMP TABLE waged ON COMMIT DROP AS SELECT * FROM wage_asked WHERE employment_no IS NOT NULL AND NOT is_flexible AND is_then;
            """, cancellation);
        await county.Run("""
            WITH gone AS (
                DELETE FROM declared_wage d USING waged w WHERE d.employment_no = w.employment_no AND d.from_month > w.month AND d.from_month <= w.last_month
                    AND NOT EXISTS (SELECT FROM waged o WHERE o.employment_no = d.employment_no AND o.month = d.from_month)
                RETURNING w.line, w.employment_no)
            INSERT INTO changed SELECT * FROM gone ON CONFLICT DO NOTHING
            """, cancellation);
        await county.Run("""
            WITH said AS (
                INSERT INTO declared_wage AS d (employment_no, from_month, wage_fen) SELECT employment_no, month, wage_fen FROM waged
                ON CONFLICT (employment_no, from_month) DO UPDATE SET wage_fen = EXCLUDED.wage_fen WHERE d.wage_fen <> EXCLUDED.wage_fen
                RETURNING employment_no, from_month)
            INSERT INTO changed SELECT w.line, w.employment_no FROM said s JOIN waged w ON w.employment_no = s.employment_no AND w.month = s.from_month ON CONFLICT DO NOTHING
            """, cancellation);
        // After its last month what held then holds again.
        await county.Run("""
            WITH resumed AS (
                INSERT INTO declared_wage (employment_no, from_month, wage_fen)
                SELECT employment_no, next_month, after_fen FROM waged WHERE goes_on
                ON CONFLICT (employment_no, from_month) DO NOTHING RETURNING employment_no, from_month)
            INSERT INTO changed SELECT w.line, w.employment_no FROM resumed s JOIN waged w ON w.employment_no = s.employment_no AND w.next_month = s.from_month ON CONFLICT DO NOTHING
            """, cancellation);
        await county.Run("""
            UPDATE employment e SET version = e.version + 1
            WHERE e.employment_no IN (SELECT employment_no FROM changed) AND e.employment_no NOT IN (SELECT employment_no FROM moved)
            """, cancellation);
    }

    private async Task<bool> HasConflicts(CancellationToken cancellation) => await county.Scalar("SELECT count(*) FROM (SELECT FROM conflict LIMIT 1) any_conflict", cancellation) > 0;

    private async Task RefuseConflicts(CancellationToken cancellation)
    {
        var conflicts = new Dictionary<long, string>();
        await using (var command = county.Command("SELECT line, code FROM conflict ORDER BY line"))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) conflicts.TryAdd(reader.GetInt64(0), reader.GetString(1));
        await county.Run("ROLLBACK TO SAVEPOINT nothing_applied", cancellation);
        foreach (var (line, code) in conflicts) refuse(line, EmploymentRefusals.OfCode(code));
        await county.Run("DELETE FROM asked WHERE line = ANY ($1)", cancellation, conflicts.Keys.ToArray());
    }

    private async Task Reject(string sql, Refusal refusal, CancellationToken cancellation)
    {
        var lines = new List<long>();
        await using (var command = county.Command(sql))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) lines.Add(reader.GetInt64(0));
        foreach (var line in lines) refuse(line, refusal);
        if (lines.Count > 0) await county.Run("DELETE FROM asked WHERE line = ANY ($1)", cancellation, lines.ToArray());
    }
}
