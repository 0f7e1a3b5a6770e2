using MedInsure.Events;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

/// <summary>Applies a county's checked rows, set-wise, and writes one event per changed person. A row that says what is stored already changes nothing.</summary>
internal static class ApplyPersons
{
    /// <param name="loaded">How many went straight in (<see cref="PersonLoad"/>): they are named to be told already, those taken back too.</param>
    /// <returns>How many persons are new or changed.</returns>
    public static async Task<long> Apply(StagedTenant county, long loaded, DateOnly today, DateTimeOffset at, CancellationToken cancellation)
    {
        await ApplyFresh(county, at, cancellation);
        await ApplyCareful(county, today, at, cancellation);
        const string applied = "(SELECT psn_no FROM staged UNION ALL SELECT psn_no FROM changed_person) applied";
        var told = await ChangedPersons.Tell(county, $"SELECT psn_no FROM {applied} WHERE psn_no NOT IN (SELECT psn_no FROM taken_back)", at, cancellation, loaded);
        if (loaded == 0) return told;
        return loaded + told - await county.Scalar($"SELECT count(*) FROM taken_back WHERE psn_no NOT IN (SELECT psn_no FROM {applied})", cancellation);
    }

    /// <summary>Persons never seen before with one row each, as nearly all of a county's first file.</summary>
    private static async Task ApplyFresh(StagedTenant county, DateTimeOffset at, CancellationToken cancellation)
    {
        var added = await county.Run("""
            INSERT INTO person (psn_no, psn_cert_type, certno, psn_name, gend, birth_on, county, household_no, version, changed_at)
            SELECT psn_no, psn_cert_type, certno, psn_name, gend, birth_on, county, household_no, 1, $1 FROM staged
            """, cancellation, at.UtcDateTime);
        if (added == 0) return;
        await county.Run("""
            INSERT INTO coverage (psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen)
            SELECT psn_no, insutype, from_on, to_on, psn_type, employer_no, coalesce(account_credit_fen, 0) FROM staged
            """, cancellation);
        await county.Run("INSERT INTO category (psn_no, name, from_on, to_on) SELECT psn_no, unnest(categories), from_on, NULL FROM staged WHERE categories <> '{}'", cancellation);
    }

    private static async Task ApplyCareful(StagedTenant county, DateOnly today, DateTimeOffset at, CancellationToken cancellation)
    {
        await county.Run("""
            CREATE TEMP TABLE head ON COMMIT DROP AS
                SELECT DISTINCT ON (s.psn_no) s.psn_no, s.psn_cert_type, s.certno, s.psn_name, s.gend, s.birth_on, s.county, s.household_no, s.categories,
                    min(s.from_on) OVER (PARTITION BY s.psn_no) AS cover_from, NOT EXISTS (SELECT FROM person p WHERE p.psn_no = s.psn_no) AS is_new
                FROM careful s ORDER BY s.psn_no, s.line;
            CREATE UNIQUE INDEX ON head (psn_no);
            ANALYZE head;
            CREATE TEMP TABLE changed (psn_no text COLLATE "C" NOT NULL) ON COMMIT DROP;
            """, cancellation);

        await county.Run("""
            WITH added AS (
                INSERT INTO person (psn_no, psn_cert_type, certno, psn_name, gend, birth_on, county, household_no, version, changed_at)
                SELECT psn_no, psn_cert_type, certno, psn_name, gend, birth_on, county, household_no, 1, $1 FROM head WHERE is_new
                RETURNING psn_no)
            INSERT INTO changed SELECT psn_no FROM added
            """, cancellation, at.UtcDateTime);
        await ApplyCoverage(county, cancellation);
        await ApplyCategories(county, today, cancellation);

        await county.Run("""
            INSERT INTO changed
            SELECT p.psn_no FROM person p JOIN head h USING (psn_no)
            WHERE p.household_no <> h.household_no
            """, cancellation);
        await county.Run("""
            CREATE TEMP TABLE changed_person ON COMMIT DROP AS SELECT DISTINCT psn_no FROM changed;
            CREATE UNIQUE INDEX ON changed_person (psn_no);
            ANALYZE changed_person;
            """, cancellation);
        await county.Run("""
            INSERT INTO person_change (psn_no, kind, before, after, why, evidence, state, proposed_by, proposed_at, decided_by, decided_at)
            SELECT psn_no, 'other_data', jsonb_build_object('household_no', p.household_no), jsonb_build_object('household_no', h.household_no), 'persons.csv', '', 'approved', 'import', $1, 'import', $1
            FROM head h JOIN changed_person c USING (psn_no) JOIN person p USING (psn_no) WHERE NOT h.is_new AND p.household_no <> h.household_no
            """, cancellation, at.UtcDateTime);
        await county.Run("""
            UPDATE person p SET household_no = h.household_no, version = p.version + 1, changed_at = $1
            FROM head h JOIN changed_person c USING (psn_no) WHERE p.psn_no = h.psn_no AND NOT h.is_new
            """, cancellation, at.UtcDateTime);
    }

    private static Task<int> ApplyCoverage(StagedTenant county, CancellationToken cancellation) => county.Run("""
        WITH written AS (
            INSERT INTO coverage (psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen)
            SELECT s.psn_no, s.insutype, s.from_on, s.to_on, s.psn_type, s.employer_no, coalesce(s.account_credit_fen, c.account_credit_fen, 0)
            FROM careful s LEFT JOIN coverage c USING (psn_no, insutype, from_on)
            WHERE c.psn_no IS NULL OR (s.to_on, s.psn_type, s.employer_no, coalesce(s.account_credit_fen, c.account_credit_fen))
                IS DISTINCT FROM (c.to_on, c.psn_type, c.employer_no, c.account_credit_fen)
            ON CONFLICT (psn_no, insutype, from_on) DO UPDATE
            SET to_on = EXCLUDED.to_on, psn_type = EXCLUDED.psn_type, employer_no = EXCLUDED.employer_no, account_credit_fen = EXCLUDED.account_credit_fen
            RETURNING psn_no)
        INSERT INTO changed SELECT psn_no FROM written
        """, cancellation);

    /// <summary>A new person's categories hold from the first cover. Later ones hold from today, and what the file leaves out ended yesterday:
    /// benefits of the past stay as they were granted (认定即享受: recognised = entitled at once, 000_55dbde39a5535a1d.txt).</summary>
    private static async Task ApplyCategories(StagedTenant county, DateOnly today, CancellationToken cancellation)
    {
        var yesterday = today.AddDays(-1);
        await county.Run("""
            WITH added AS (
                INSERT INTO category (psn_no, name, from_on, to_on)
                SELECT psn_no, unnest(categories), cover_from, NULL FROM head WHERE is_new
                RETURNING psn_no)
            INSERT INTO changed SELECT psn_no FROM added
            """, cancellation);

        // What began today or later and is left out never held on a day: it goes without a trace.
        await county.Run("""
            WITH left_out AS (
                DELETE FROM category c USING head h
                WHERE h.psn_no = c.psn_no AND NOT h.is_new AND c.from_on >= $1 AND NOT c.name = ANY (h.categories) AND c.recognised_by IS NULL
                RETURNING c.psn_no)
            INSERT INTO changed SELECT psn_no FROM left_out
            """, cancellation, today);
        await county.Run("""
            WITH ended AS (
                UPDATE category c SET to_on = $2 FROM head h
                WHERE h.psn_no = c.psn_no AND NOT h.is_new AND c.from_on < $1 AND (c.to_on IS NULL OR c.to_on >= $1) AND NOT c.name = ANY (h.categories) AND c.recognised_by IS NULL
                RETURNING c.psn_no)
            INSERT INTO changed SELECT psn_no FROM ended
            """, cancellation, today, yesterday);

        // A category ended by one file and named again by the next on the same day goes on without a gap.
        await county.Run("""
            WITH wanted AS (
                SELECT h.psn_no, unnest(h.categories) AS name FROM head h WHERE NOT h.is_new
            ), missing AS (
                SELECT w.psn_no, w.name FROM wanted w
                WHERE NOT EXISTS (SELECT FROM category c WHERE c.psn_no = w.psn_no AND c.name = w.name AND (c.to_on IS NULL OR c.to_on >= $1))
            ), resumed AS (
                UPDATE category c SET to_on = NULL FROM missing m
                WHERE c.psn_no = m.psn_no AND c.name = m.name AND c.to_on = $2
                RETURNING c.psn_no, c.name
            ), added AS (
                INSERT INTO category (psn_no, name, from_on, to_on)
                SELECT m.psn_no, m.name, $1, NULL FROM missing m
                WHERE NOT EXISTS (SELECT FROM category c WHERE c.psn_no = m.psn_no AND c.name = m.name AND c.to_on = $2)
                RETURNING psn_no)
            INSERT INTO changed SELECT psn_no FROM resumed UNION ALL SELECT psn_no FROM added
            """, cancellation, today, yesterday);
    }

    /// <summary>One event per person, with the whole state that it has now; and a row of the log of changes. The last thing that a transaction does: the log's end is held from here on.</summary>
    public static async Task AddEvents(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] numbers, DateTimeOffset at, CancellationToken cancellation)
    {
        await Outbox.Add(connection, transaction, (await PersonReader.Read(connection, numbers, cancellation)).ConvertAll(p => OutboxEvent.Of(p.PsnNo, Event(p), at)), cancellation);
        if (numbers.Length == 0) return;
        await using var log = new NpgsqlCommand("""
            WITH head AS (UPDATE person_log_head SET change_no = change_no + 1 RETURNING change_no)
            INSERT INTO person_log (change_no, psn_nos, changed_at) SELECT change_no, $1, $2 FROM head
            """, connection, transaction) { Parameters = { new() { Value = numbers }, new() { Value = at.UtcDateTime } } };
        await log.ExecuteNonQueryAsync(cancellation);
    }

    private static InsuredPersonChanged Event(Protos.Enrollment.V1.Person person) => new(
        person.PsnNo, person.PsnCertType, person.Certno, person.PsnName, person.Gend, person.BirthOn, person.County, person.Version,
        [.. person.Coverage.Select(c => new InsuredCoverage(c.Insutype, c.PsnType, c.FromOn, c.ToOn, c.EmployerNo, c.AccountCreditFen))],
        [.. person.Category.Select(c => new InsuredCategory(c.Name, c.FromOn, c.ToOn))], person.HouseholdNo, person.MergedInto.Length > 0 ? person.MergedInto : null, person.DiedOn);
}
