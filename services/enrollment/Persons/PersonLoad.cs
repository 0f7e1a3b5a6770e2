using MedInsure.Hosting.Imports;

namespace MedInsure.Enrollment.Persons;

/// <summary>
/// One county's rows of persons.csv on their way in. They wait in table staged for what only the whole file and the stored persons show; but in a county without persons
/// a large file's rows go straight into the tables, under the import's lock, and only those whose number or certificate came before in the file are staged. Once the file
/// is read <see cref="TakeBack"/> puts beside them the rows they may contradict. Staging everything first costs as much again as storing it.
/// </summary>
/// <param name="begun">The import's beginning. A row that goes straight is changed so many microseconds later as its line says: the line is then known without a column for it.</param>
internal sealed class PersonLoad(TenantStaging staging, StagedTenant county, RepeatedKeys repeated, DateTimeOffset begun)
{
    /// <summary>A file with more repeated keys than this is one of many rows per person: taking back would cost more than it saves.</summary>
    private const int RepeatedMax = 20_000;

    public const string Tables = """
        CREATE TEMP TABLE staged (
            line bigint NOT NULL,
            psn_no text COLLATE "C" NOT NULL,
            psn_cert_type text COLLATE "C" NOT NULL,
            certno text COLLATE "C" NOT NULL,
            psn_name text NOT NULL,
            gend text NOT NULL,
            birth_on date NOT NULL,
            county text NOT NULL,
            household_no text NOT NULL,
            insutype text COLLATE "C" NOT NULL,
            psn_type text NOT NULL,
            categories text[] NOT NULL,
            from_on date NOT NULL,
            to_on date,
            employer_no text NOT NULL,
            account_credit_fen bigint
        ) ON COMMIT DROP;
        CREATE TEMP TABLE taken_back (psn_no text COLLATE "C" NOT NULL) ON COMMIT DROP;
        SET LOCAL work_mem = '64MB'
        """;

    private const int Staged = 0, Person = 1, Cover = 2, Category = 3, Changed = 4;

    private static IReadOnlyList<BinaryRows> NewRows() =>
    [
        new("COPY staged (line, psn_no, psn_cert_type, certno, psn_name, gend, birth_on, county, household_no, insutype, psn_type, categories, from_on, to_on, employer_no, account_credit_fen) FROM STDIN (FORMAT BINARY)", 16),
        new("COPY person (psn_no, psn_cert_type, certno, psn_name, gend, birth_on, county, household_no, version, changed_at) FROM STDIN (FORMAT BINARY)", 10),
        new("COPY coverage (psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen) FROM STDIN (FORMAT BINARY)", 7),
        new("COPY category (psn_no, name, from_on) FROM STDIN (FORMAT BINARY)", 3),
        new("COPY changed_persons (psn_nos, changed_at) FROM STDIN (FORMAT BINARY)", 2),
    ];

    private readonly CopyLane lane = county.CopyInto(NewRows);
    private readonly List<string> numbers = new(ChangedPersons.NumbersPerRow);
    // The first rows: how a county's part goes in depends on how large it is.
    private List<(PersonRow Row, bool MayRepeat)>? waiting = [];
    private bool straight, bare;

    public StagedTenant County => county;

    /// <summary>Persons who went straight in, those taken back included.</summary>
    public long Loaded { get; private set; }

    /// <param name="mayRepeat">Its number or certificate may have come before.</param>
    public async ValueTask Add(PersonRow row, bool mayRepeat, CancellationToken cancellation)
    {
        if (waiting is { } first)
        {
            first.Add((row, mayRepeat));
            if (first.Count > ChangedPersons.EventsAtOnceMax) await Begin(first, cancellation);
            return;
        }
        Put(row, mayRepeat);
        if (lane.IsFull) await lane.Turn(cancellation);
    }

    /// <summary>After the last row; the staging is closed next.</summary>
    public void Complete()
    {
        foreach (var (row, _) in waiting ?? []) Stage(row);
        if (numbers.Count > 0) Name();
    }

    private async Task Begin(List<(PersonRow Row, bool MayRepeat)> first, CancellationToken cancellation)
    {
        // Asked after the lock is had: whoever held it may have stored the first persons.
        straight = await staging.TryLock(county, cancellation) && await county.Scalar("SELECT CASE WHEN EXISTS (SELECT FROM person) THEN 1 ELSE 0 END::bigint", cancellation) == 0;
        // Whoever reads meanwhile waits until the file is in; there is nobody yet to be read.
        bare = straight && await county.Scalar("SELECT begin_first_load()::int::bigint", cancellation) == 1;
        waiting = null;
        foreach (var (row, mayRepeat) in first)
        {
            Put(row, mayRepeat);
            if (lane.IsFull) await lane.Turn(cancellation);
        }
    }

    private void Put(PersonRow row, bool mayRepeat)
    {
        if (mayRepeat || !straight || repeated.Count > RepeatedMax) Stage(row);
        else Store(row);
    }

    private void Stage(PersonRow row)
    {
        var to = lane.Rows[Staged];
        to.BeginRow();
        to.Number(row.Line);
        to.Text(row.PsnNo);
        to.Text(row.PsnCertType);
        to.Text(row.Certno);
        to.Text(row.PsnName);
        to.Text(row.Gend);
        to.Date(row.BirthOn);
        to.Text(row.County);
        to.Text(row.HouseholdNo);
        to.Text(row.Insutype);
        to.Text(row.PsnType);
        to.Texts(row.Categories);
        to.Date(row.FromOn);
        to.Date(row.ToOn);
        to.Text(row.EmployerNo);
        to.Number(row.AccountCredit?.Value);
    }

    private void Store(PersonRow row)
    {
        var person = lane.Rows[Person];
        person.BeginRow();
        person.Text(row.PsnNo);
        person.Text(row.PsnCertType);
        person.Text(row.Certno);
        person.Text(row.PsnName);
        person.Text(row.Gend);
        person.Date(row.BirthOn);
        person.Text(row.County);
        person.Text(row.HouseholdNo);
        person.Number(1);
        person.Time(begun.AddMicroseconds(row.Line));
        var cover = lane.Rows[Cover];
        cover.BeginRow();
        cover.Text(row.PsnNo);
        cover.Text(row.Insutype);
        cover.Date(row.FromOn);
        cover.Date(row.ToOn);
        cover.Text(row.PsnType);
        cover.Text(row.EmployerNo);
        cover.Number(row.AccountCredit?.Value ?? 0);
        foreach (var name in row.Categories)
        {
            var category = lane.Rows[Category];
            category.BeginRow();
            category.Text(row.PsnNo);
            category.Text(name);
            category.Date(row.FromOn);
        }
        Loaded++;
        numbers.Add(row.PsnNo);
        if (numbers.Count == ChangedPersons.NumbersPerRow) Name();
    }

    private void Name()
    {
        var changed = lane.Rows[Changed];
        changed.BeginRow();
        changed.Texts(numbers);
        changed.Time(begun);
        numbers.Clear();
    }

    /// <summary>Before anything is applied: the indexes that were taken away are there again.</summary>
    public async Task Finish(CancellationToken cancellation)
    {
        if (bare) await county.Run("SELECT end_first_load()", cancellation);
    }

    /// <summary>Rows that went straight in, and whose number or certificate came again, become staged rows as if they had waited.</summary>
    public async Task TakeBack(CancellationToken cancellation)
    {
        if (Loaded == 0 || repeated.IsNone) return;
        var which = repeated.AreTooMany ? "$1::text[] IS NOT NULL AND $2::text[] IS NOT NULL AND $3::text[] IS NOT NULL"
            : "psn_no = ANY ($1) OR (certno = ANY ($3) AND psn_cert_type || ':' || certno = ANY ($2))";
        await county.Run($"INSERT INTO taken_back SELECT psn_no FROM person WHERE {which}", cancellation,
            repeated.Numbers, repeated.Certificates, repeated.Certificates.Select(c => c[(c.IndexOf(':') + 1)..]).ToArray());
        await county.Run("ANALYZE taken_back", cancellation);
        await county.Run("""
            WITH head AS (
                DELETE FROM person p USING taken_back t WHERE p.psn_no = t.psn_no RETURNING p.*
            ), cover AS (
                DELETE FROM coverage c USING taken_back t WHERE c.psn_no = t.psn_no RETURNING c.*
            ), named AS (
                DELETE FROM category c USING taken_back t WHERE c.psn_no = t.psn_no RETURNING c.psn_no, c.name
            )
            INSERT INTO staged
            SELECT (extract(epoch FROM h.changed_at - $1) * 1000000)::bigint, h.psn_no, h.psn_cert_type, h.certno, h.psn_name, h.gend, h.birth_on, h.county, h.household_no,
                c.insutype, c.psn_type, coalesce(n.names, '{}'), c.from_on, c.to_on, c.employer_no, c.account_credit_fen
            FROM head h JOIN cover c USING (psn_no) LEFT JOIN (SELECT psn_no, array_agg(name ORDER BY name) AS names FROM named GROUP BY psn_no) n USING (psn_no)
            """, cancellation, begun.UtcDateTime);
    }
}
