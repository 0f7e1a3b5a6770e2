using System.Text;
using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Imports;
using Npgsql;

namespace MedInsure.Enrollment.Tests.Persons;

/// <summary>A county's first large file goes straight into the tables: everything must be as if its rows had been staged, as they are in a county that has a person.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class PersonLoadTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private const int Many = ChangedPersons.EventsAtOnceMax + 1_000;
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(counties: 2);
    public async Task DisposeAsync() => await host.DisposeAsync();

    private string Second => host.Counties[1];

    [Fact]
    public async Task ContradictingRowsOfAFirstFile_AreRefusedAsInALaterOne()
    {
        // The last rows contradict rows that went straight in; some stand alone, some are right beside their person's first one.
        var rows = Crowd();
        PersonCsv a = rows[7] with { Categories = "low_income;severely_disabled" }, b = rows[4_000], c = rows[100], d = rows[200], e = rows[300];
        rows[7] = a;
        rows.AddRange([
            a with { From = "2019-01-01", To = "2019-12-31" }, a, b with { PsnNo = "other" }, c with { Name = "别人", From = "2018-01-01", To = "2018-12-31" },
            d with { From = "2021-05-05" }, e with { Insutype = "310", PsnType = "1101", From = "2019-01-01" },
        ]);
        var straight = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows), partial: true);
        var first = await Stored(host.County);

        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows[0] with { County = Second }));
        var staged = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows.Select(r => r with { County = Second })), partial: true);
        Assert.Equal(
            [(Many + 3, "person.repeated_row"), (Many + 4, "person.certificate_repeated"), (Many + 5, "person.rows_disagree"), (Many + 6, "person.cover_overlaps")],
            straight.Errors.Select(x => ((int)x.Line, x.Code)).Order());
        Assert.Equal(straight.Errors.OrderBy(x => x.Line), staged.Errors.OrderBy(x => x.Line));
        Assert.Equal((Many, Many - 1), (straight.Changed, staged.Changed));
        Assert.Equal(first, await Stored(Second));
        Assert.Equal([("low_income", "2019-01-01"), ("severely_disabled", "2019-01-01")], await Categories(a.PsnNo));
    }

    [Fact]
    public async Task FirstFileWithABadRow_StoresNothing()
    {
        var rows = Crowd();
        rows.Add(rows[0]);
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows));
        Assert.Equal((0, 1, 0), (result.Accepted, result.Rejected, result.Changed));
        foreach (var table in (string[])["person", "coverage", "category", "changed_persons", "outbox"]) Assert.Equal(0, await host.Count(table));

        rows.RemoveAt(rows.Count - 1);
        Assert.Equal(Many, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows))).Changed);
        Assert.Equal(0, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows))).Changed);
    }

    [Fact]
    public async Task EveryPersonOfAFirstFile_IsToldOnce()
    {
        var rows = Crowd();
        // Two rows of a person: the first went straight in and was taken back.
        rows.Add(rows[50] with { From = "2019-01-01", To = "2019-12-31" });
        Assert.Equal(Many, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows))).Changed);
        await host.TellChanged();
        var told = await host.Events();
        Assert.Equal(Many, told.Count);
        Assert.Equal(rows.Select(r => r.PsnNo).Distinct().Order(StringComparer.Ordinal), told.Select(t => t.PsnNo).Order(StringComparer.Ordinal));
        Assert.Equal(2, told.Single(t => t.PsnNo == rows[50].PsnNo).Coverage.Count);
    }

    [Fact]
    public async Task FilesOfManyRowsPerPerson_AreStagedWhole()
    {
        var rows = Enumerable.Range(0, 25_000).SelectMany(i => new[] { Crowded(i) with { To = "2020-12-31" }, Crowded(i) with { From = "2021-01-01" } }).ToList();
        Assert.Equal(25_000, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows))).Changed);
        Assert.Equal((25_000, 50_000), (await host.Count("person"), await host.Count("coverage")));
        Assert.Equal(25_000, await host.Sql<long>("SELECT sum(cardinality(psn_nos)) FROM changed_persons"));
    }

    [Fact]
    public async Task TwoFirstFilesAtOnce_FollowEachOther()
    {
        var file = PersonCsv.File(Crowd());
        var results = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => EnrollmentHost.Import(host.Persons(), file))));
        Assert.Equal([0, Many], results.Select(r => r.Changed).Order());
        Assert.Equal(Many, await host.Count("person"));
    }

    [Fact]
    public async Task CountyHeldByAnotherImport_WhileOneBehindItGoesStraight_IsRefusedAsBusy()
    {
        await using var other = await host.Databases.For(host.County, EnrollmentModule.Service).OpenConnectionAsync();
        await using (var hold = new NpgsqlCommand("SELECT pg_advisory_lock(hashtextextended('enrollment import', 0))", other)) await hold.ExecuteNonQueryAsync();
        var rows = Crowd().ConvertAll(r => r with { County = Second });
        rows.Add(PersonCsv.New(host.County));
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(PersonCsv.File(rows)));
        var outcome = await CsvFile.Import(file, host.Persons(), new ImportRun(false));
        Assert.Equal("import.busy", outcome.Refusal?.Code);
        Assert.Equal((0, 0), (await host.Count("person"), await host.Count("person", Second)));

        await using (var free = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", other)) await free.ExecuteNonQueryAsync();
        Assert.Equal(Many + 1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows))).Changed);
    }

    [Fact]
    public async Task IndexesTakenAwayForAFirstFile_AreThereAgainAfterIt()
    {
        var untouched = await Indexes(Second);
        var rows = Crowd();
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File([.. rows, rows[0]]));
        Assert.Equal((0, untouched), (await host.Count("person"), await Indexes(host.County)));
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows));
        Assert.Equal((Many, untouched), (await host.Count("person"), await Indexes(host.County)));

        Assert.False(await host.Sql<bool>("SELECT begin_first_load()"));
        Assert.Equal(untouched, await Indexes(host.County));
    }

    [Fact]
    public async Task FirstFileBesideALongReader_GoesInAllTheSame()
    {
        await using var backup = await host.Databases.For(host.County, EnrollmentModule.Service).OpenConnectionAsync();
        await using var transaction = await backup.BeginTransactionAsync();
        await using (var read = new NpgsqlCommand("SELECT count(*) FROM person", backup)) Assert.Equal(0L, await read.ExecuteScalarAsync());
        Assert.Equal(Many, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(Crowd()))).Changed);
        await transaction.CommitAsync();
        Assert.Equal(await Indexes(Second), await Indexes(host.County));
    }

    private Task<string> Indexes(string county) => host.Sql<string>("SELECT string_agg(indexdef, ';' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'enrollment' AND tablename IN ('person', 'coverage')", county);

    private List<PersonCsv> Crowd() => [.. Enumerable.Range(0, Many).Select(Crowded)];

    private PersonCsv Crowded(int i) => new(host.County) { PsnNo = $"L{i:D8}", Certno = PersonCsv.Identity(2_000_000 + i), Name = "李四", Household = $"H{i / 3}", Categories = i % 10 == 0 ? "low_income" : "" };

    /// <summary>Everything but which county it is and when it came.</summary>
    private async Task<string> Stored(string county) => await host.Sql<string>("""
        SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
            SELECT concat_ws(',', psn_no, psn_cert_type, certno, psn_name, gend, birth_on, household_no) FROM person
            UNION ALL SELECT concat_ws(',', psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen) FROM coverage
            UNION ALL SELECT concat_ws(',', psn_no, name, from_on, to_on, recognised_by) FROM category) every (line)
        """, county);

    private async Task<List<(string, string)>> Categories(string psnNo)
    {
        await using var command = host.Databases.For(host.County, EnrollmentModule.Service).CreateCommand("SELECT name, from_on::text FROM category WHERE psn_no = $1 ORDER BY name");
        command.Parameters.Add(new() { Value = psnNo });
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<(string, string)>();
        while (await reader.ReadAsync()) found.Add((reader.GetString(0), reader.GetString(1)));
        return found;
    }
}
