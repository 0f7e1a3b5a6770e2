using System.Runtime.InteropServices;
using MedInsure.Enrollment.Findings;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Register;

/// <summary>
/// A county's household register beside its persons: who lives here without cover, who is covered though dead or moved away, whose key data differ, and who is
/// enrolled twice. One transaction: a run that ends half way has done nothing, and the same file may be sent again. What is found again is not told twice.
/// </summary>
internal sealed class CompareRegister(string county, ServedCounties counties, ChinaCalendar calendar) : CsvImport<RegisterRow>
{
    public const string Source = "household_register";
    private const int RepeatedMax = 200_000, RowsPerLook = 1_000;
    private static readonly TimeSpan TablePatience = TimeSpan.FromSeconds(2);

    private static IReadOnlyList<BinaryRows> NewRows() => [new("COPY register_row (line, certno, number, psn_name, gend, birth_on, household_no, township, village, address, state) FROM STDIN (FORMAT BINARY)", 11)];

    public override IReadOnlyList<string> Columns => RegisterRow.Columns;

    public override RegisterRow? Parse(CsvRow row) => RegisterRow.Parse(row);

    public override async Task<long> Store(IAsyncEnumerable<RegisterRow> rows, ImportRun run, CancellationToken cancellation)
    {
        var (seenNumbers, seenPlaces) = (new SeenKeys(), new SeenKeys());
        var (repeatedNumbers, repeatedPlaces) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<(string, DateOnly, string)>());
        await using var staging = new TenantStaging(counties.Database, FindingLedger.FoundTable, "enrollment import");
        var staged = await staging.Open(county, cancellation);
        // One comparison at a time in a county, whichever process it runs in.
        await staged.TakeWithin(TablePatience, "TRUNCATE register_row", cancellation);
        var lane = staged.CopyInto(NewRows);
        await RowBatches.Pass(rows, async batch =>
        {
            Look(batch, seenNumbers, r => SeenKeys.Hash(r.Number), row => { if (repeatedNumbers.Count < RepeatedMax) repeatedNumbers.Add(row.Number); });
            Look(batch, seenPlaces, HashOfPlace, row => { if (row.Address.Length > 0 && repeatedPlaces.Count < RepeatedMax) repeatedPlaces.Add((row.Name, row.BirthOn, row.Address)); });
            foreach (var row in batch)
            {
                Put(lane.Rows[0], row);
                if (lane.IsFull) await lane.Turn(cancellation);
            }
        }, cancellation);
        await staging.Close(cancellation);
        if (run.Rows == run.Rejected) return 0;

        // The rows were never analysed, the table is not this role's: sorting them, or looking each up, must not seem cheap.
        await staged.Run("SET LOCAL work_mem = '256MB'; SET LOCAL enable_mergejoin = off; SET LOCAL enable_nestloop = off", cancellation);
        if (repeatedNumbers.Count > 0)
            await staged.Reject("SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY number) AS first_line FROM register_row WHERE number = ANY ($1)) keyed WHERE line <> first_line", "register_row", run,
                (line, first) => new(line, "certno", "register.repeated_row", $"与第{first}行是同一人", $"is the same person as line {first}"), cancellation, (object)repeatedNumbers.ToArray());
        if (!run.MayCommit) return 0;

        await Compare(staged, calendar.Today, [.. repeatedPlaces], cancellation);
        var changed = await FindingLedger.Take(staged, Source, run.Rows, calendar.UtcNow, """
            (f.other_psn_no IS NOT NULL OR EXISTS (SELECT FROM register_row s WHERE left(s.number, 17) = CASE WHEN length(f.certno) = 15 THEN left(f.certno, 6) || '19' || right(f.certno, 9) ELSE left(f.certno, 17) END))
            """, cancellation);
        await staged.Run("TRUNCATE register_row", cancellation);
        await staging.Commit(cancellation);
        return changed;
    }

    private static void Look(List<RegisterRow> batch, SeenKeys keys, Func<RegisterRow, ulong> hash, Action<RegisterRow> repeated)
    {
        var (hashes, seen) = (new ulong[batch.Count], new bool[batch.Count]);
        for (var i = 0; i < hashes.Length; i++) hashes[i] = hash(batch[i]);
        keys.Add(hashes, seen);
        for (var i = 0; i < seen.Length; i++) if (seen[i]) repeated(batch[i]);
    }

    /// <summary>Without the text that only the few repeated ones need.</summary>
    private static ulong HashOfPlace(RegisterRow row) => unchecked(SeenKeys.Hash(row.Name) * 31 + SeenKeys.Hash(row.Address) * 17 + (ulong)row.BirthOn.DayNumber);

    /// <summary>Numbers and names that several persons have, whatever the register says of them; beside the comparison, on a connection of its own. Their hashes pass
    /// through a filter here: grouped in the database a million persons cost three times as much.</summary>
    /// <returns>Hashes of identity numbers' keys, and of name, household and birth: of all that are meant, and now and then of one more.</returns>
    private async Task<(long[] Twins, long[] Namesakes)> FindRepeated(CancellationToken cancellation)
    {
        var (seenNumbers, seenNames) = (new SeenKeys(), new SeenKeys());
        var (twins, namesakes) = (new HashSet<long>(), new HashSet<long>());
        await using var connection = await counties.Database(county).OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand($"""
            SELECT CASE WHEN {OldAndNewNumber.IsResidentSql} THEN {TwinSql} END, CASE WHEN household_no <> '' THEN {NamesakeSql} END FROM person WHERE merged_into IS NULL
            """, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (numbers, names) = (new List<ulong>(RowsPerLook), new List<ulong>(RowsPerLook));
        while (await reader.ReadAsync(cancellation))
        {
            if (!reader.IsDBNull(0)) numbers.Add(unchecked((ulong)reader.GetInt64(0)));
            if (!reader.IsDBNull(1)) names.Add(unchecked((ulong)reader.GetInt64(1)));
            if (numbers.Count == RowsPerLook) Look(numbers, seenNumbers, twins);
            if (names.Count == RowsPerLook) Look(names, seenNames, namesakes);
        }
        Look(numbers, seenNumbers, twins);
        Look(names, seenNames, namesakes);
        return ([.. twins], [.. namesakes]);

        static void Look(List<ulong> hashes, SeenKeys keys, HashSet<long> repeated)
        {
            Span<bool> seen = stackalloc bool[RowsPerLook];
            keys.Add(CollectionsMarshal.AsSpan(hashes), seen);
            for (var i = 0; i < hashes.Count; i++) if (seen[i]) repeated.Add(unchecked((long)hashes[i]));
            hashes.Clear();
        }
    }

    private const string TwinSql = $"hashtextextended({OldAndNewNumber.KeySql}, 0)";
    private const string NamesakeSql = "hashtextextended(household_no, hashtextextended(psn_name, birth_on - DATE '1900-01-01'))";

    private async Task Compare(StagedTenant staged, DateOnly today, (string Name, DateOnly BirthOn, string Address)[] places, CancellationToken cancellation)
    {
        var repeated = FindRepeated(cancellation);
        await Task.WhenAll(Join(staged, today, cancellation), repeated);
        var (twins, namesakes) = await repeated;
        if (twins.Length > 0) await FindTwins(staged, twins, today, cancellation);
        if (namesakes.Length > 0) await FindNamesakes(staged, namesakes, cancellation);
        if (places.Length > 0) await FindNeighbours(staged, places, cancellation);
    }

    // One pass over both, by all cores: what is inserted elsewhere is selected by one. A person of two schemes comes twice here; there are few of them, and the ledger takes
    // each finding once.
    private static async Task Join(StagedTenant staged, DateOnly today, CancellationToken cancellation)
    {
        await staged.Run($"""
            CREATE TEMP TABLE joined ON COMMIT DROP AS
                SELECT kind, CASE kind WHEN 'uninsured' THEN key ELSE psn_no END AS subject, psn_no, certno, psn_name, birth_on, township, village, address, detail, key
                FROM (
                    SELECT left(r.number, 17) AS key, r.certno, r.psn_name, r.birth_on, r.township, r.village, r.address, p.psn_no,
                        CASE WHEN r.state = 'living' THEN CASE WHEN c.psn_no IS NULL THEN 'uninsured' WHEN r.psn_name <> p.psn_name OR r.gend <> p.gend OR r.birth_on <> p.birth_on THEN 'key_data_differs' END
                             WHEN c.psn_no IS NOT NULL THEN CASE r.state WHEN 'dead' THEN 'dead' ELSE 'moved' END END AS kind,
                        concat_ws(';', CASE WHEN r.psn_name <> p.psn_name THEN 'psn_name:' || p.psn_name || '/' || r.psn_name END, CASE WHEN r.gend <> p.gend THEN 'gend:' || p.gend || '/' || r.gend END,
                            CASE WHEN r.birth_on <> p.birth_on THEN 'brdy:' || p.birth_on || '/' || r.birth_on END) AS detail
                    FROM register_row r
                    LEFT JOIN (SELECT psn_no, {OldAndNewNumber.NumberSql} AS number, psn_name, gend, birth_on FROM person WHERE merged_into IS NULL AND {OldAndNewNumber.IsResidentSql}) p USING (number)
                    LEFT JOIN coverage c ON c.psn_no = p.psn_no AND c.from_on <= $1 AND (c.to_on IS NULL OR c.to_on >= $1)
                ) compared WHERE kind IS NOT NULL
            """, cancellation, today);
        await staged.Run("INSERT INTO found (kind, subject, psn_no, certno, psn_name, birth_on, township, village, address, detail, key) SELECT * FROM joined", cancellation);
    }

    // Of a group each later number is held against the first. Certificates other than residents' are compared as they are.
    private static async Task FindTwins(StagedTenant staged, long[] twins, DateOnly today, CancellationToken cancellation)
    {
        await staged.Run($"""
            WITH member AS (
                SELECT p.*, own_key AS key, min(p.psn_no) OVER (PARTITION BY own_key) AS first_no
                FROM (SELECT *, {OldAndNewNumber.KeySql} AS own_key FROM person WHERE merged_into IS NULL AND {OldAndNewNumber.IsResidentSql}) p WHERE hashtextextended(own_key, 0) = ANY ($1)
            )
            INSERT INTO found (kind, subject, psn_no, other_psn_no, certno, psn_name, birth_on, township, village, address, detail, key)
            SELECT CASE WHEN length(m.certno) = length(f.certno) THEN 'same_certificate' ELSE 'old_and_new_number' END, f.psn_no || '+' || m.psn_no, f.psn_no, m.psn_no, m.certno, m.psn_name, m.birth_on,
                coalesce(s.township, ''), coalesce(s.village, ''), coalesce(s.address, ''), '', m.key
            FROM member m JOIN member f ON f.psn_no = m.first_no LEFT JOIN register_row s ON left(s.number, 17) = m.key
            WHERE m.psn_no <> m.first_no
            """, cancellation, (object)twins);
        // Who is covered under one of two numbers is not uninsured.
        await staged.Run($"""
            DELETE FROM found u USING found d, coverage c
            WHERE u.kind = 'uninsured' AND d.kind IN ('same_certificate', 'old_and_new_number') AND d.key = u.key
              AND c.psn_no IN (d.psn_no, d.other_psn_no) AND c.from_on <= $1 AND (c.to_on IS NULL OR c.to_on >= $1)
            """, cancellation, today);
    }

    private static async Task FindNamesakes(StagedTenant staged, long[] namesakes, CancellationToken cancellation) =>
        await staged.Run($"""
            WITH member AS (
                SELECT p.*, {OldAndNewNumber.KeySql} AS own_key, min(p.psn_no) OVER namesakes AS first_no, count(*) OVER namesakes AS members
                FROM person p WHERE merged_into IS NULL AND household_no <> '' AND {NamesakeSql} = ANY ($1)
                WINDOW namesakes AS (PARTITION BY psn_name, birth_on, household_no)
            )
            INSERT INTO found (kind, subject, psn_no, other_psn_no, certno, psn_name, birth_on, township, village, address, detail, key)
            SELECT 'same_name_birth_household', m.first_no || '+' || m.psn_no, m.first_no, m.psn_no, m.certno, m.psn_name, m.birth_on, coalesce(s.township, ''), coalesce(s.village, ''), coalesce(s.address, ''), '', m.own_key
            FROM member m JOIN member f ON f.psn_no = m.first_no LEFT JOIN register_row s ON left(s.number, 17) = m.own_key
            WHERE m.psn_no <> m.first_no AND m.own_key <> f.own_key
            """, cancellation, (object)namesakes);

    // By the register's address, where their households' numbers do not say it. The days alone leave a few rows to look at.
    private static async Task FindNeighbours(StagedTenant staged, (string Name, DateOnly BirthOn, string Address)[] places, CancellationToken cancellation) =>
        await staged.Run($"""
            WITH place AS (
                SELECT * FROM (
                    SELECT *, count(*) OVER (PARTITION BY psn_name, birth_on, address) AS rows FROM register_row
                    WHERE address <> '' AND birth_on = ANY ($1) AND (psn_name, birth_on, address) IN (SELECT * FROM unnest($2, $1, $3))
                ) looked_up WHERE rows > 1
            ), member AS (
                SELECT p.psn_no, p.household_no, left(r.number, 17) AS key, r.certno, r.psn_name, r.birth_on, r.township, r.village, r.address, min(p.psn_no) OVER (PARTITION BY r.psn_name, r.birth_on, r.address) AS first_no
                FROM place r JOIN (SELECT psn_no, household_no, {OldAndNewNumber.NumberSql} AS number FROM person WHERE merged_into IS NULL AND {OldAndNewNumber.IsResidentSql}) p USING (number)
            )
            INSERT INTO found (kind, subject, psn_no, other_psn_no, certno, psn_name, birth_on, township, village, address, detail, key)
            SELECT 'same_name_birth_address', m.first_no || '+' || m.psn_no, m.first_no, m.psn_no, m.certno, m.psn_name, m.birth_on, m.township, m.village, m.address, '', m.key
            FROM member m JOIN member f ON f.psn_no = m.first_no
            WHERE m.psn_no <> m.first_no AND m.key <> f.key AND (m.household_no = '' OR m.household_no <> f.household_no)
            """, cancellation, places.Select(p => p.BirthOn).ToArray(), places.Select(p => p.Name).ToArray(), places.Select(p => p.Address).ToArray());

    private static void Put(BinaryRows rows, RegisterRow row)
    {
        rows.BeginRow();
        rows.Number(row.Line);
        rows.Text(row.Certno);
        rows.Text(row.Number);
        rows.Text(row.Name);
        rows.Text(row.Gend);
        rows.Date(row.BirthOn);
        rows.Text(row.HouseholdNo);
        rows.Text(row.Township);
        rows.Text(row.Village);
        rows.Text(row.Address);
        rows.Text(row.State);
    }
}
