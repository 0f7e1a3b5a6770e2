using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Register;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Hosting.Imports;

namespace MedInsure.Enrollment.Tests.Register;

/// <summary>What a household register finds, and what becomes of it.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class CompareRegisterTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private static int lastHousehold;
    private PersonCsv New() => PersonCsv.New(host.County) with { Household = $"R{Interlocked.Increment(ref lastHousehold)}" };
    private Task<ImportResult> Enrol(params PersonCsv[] persons) => EnrollmentHost.Import(host.Persons(), PersonCsv.File(persons));

    private async Task<long> Compare(params RegisterCsv[] rows) => (await host.PostFile("register", RegisterCsv.File(rows))).GetProperty("result").GetProperty("changed").GetInt64();

    private async Task<List<(string Kind, string? PsnNo, string? Other, string State)>> Findings(string query = "") =>
        [.. (await host.Ask("findings?" + query)).Body.GetProperty("findings").EnumerateArray().Select(f => (f.GetProperty("kind").GetString()!, Word(f, "psn_no"), Word(f, "other_psn_no"), f.GetProperty("state").GetString()!))];

    private static string? Word(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    [Fact]
    public async Task PersonsWhoAgree_AreNoFindings()
    {
        PersonCsv a = New(), b = New();
        await Enrol(a, b);
        Assert.Equal(0, await Compare(RegisterCsv.Of(a), RegisterCsv.Of(b)));
        Assert.Empty(await Findings());
        Assert.Equal(2, (await host.Ask("comparisons")).Body[0].GetProperty("rows").GetInt64());
    }

    [Fact]
    public async Task EachKind_IsFound()
    {
        PersonCsv dead = New(), moved = New(), lapsed = New() with { To = "2025-12-31" }, renamed = New(), fine = New();
        PersonCsv twin = New(), other = twin with { PsnNo = twin.PsnNo + "x" };
        var fresh = New();
        var aged = New();
        var old = aged with { PsnNo = aged.PsnNo + "old", CertType = "99", Certno = aged.Certno[..6] + aged.Certno[8..17] };
        var place = New() with { Name = "李同住" };
        var samePlace = New() with { Name = "李同住", Household = place.Household };
        PersonCsv east = New() with { Name = "赵同址" }, west = New() with { Name = "赵同址" };
        await Enrol(dead, moved, lapsed, renamed, fine, twin, aged, old, place, samePlace, east, west);
        await Enrol(other);

        var rows = ((PersonCsv[])[dead, moved, lapsed, renamed, fine, twin, aged, place, samePlace, east, west, fresh]).ToDictionary(p => p.PsnNo, RegisterCsv.Of);
        rows[dead.PsnNo] = rows[dead.PsnNo] with { State = "dead" };
        rows[moved.PsnNo] = rows[moved.PsnNo] with { State = "moved_out" };
        rows[renamed.PsnNo] = rows[renamed.PsnNo] with { Name = "王晓明" };
        foreach (var p in (PersonCsv[])[east, west]) rows[p.PsnNo] = rows[p.PsnNo] with { Address = "一村三号" };
        Assert.Equal(9, await Compare([.. rows.Values]));

        Assert.Equal(
        [
            ("dead", dead.PsnNo, null, "open"), ("key_data_differs", renamed.PsnNo, null, "open"), ("moved", moved.PsnNo, null, "open"), ("old_and_new_number", aged.PsnNo, old.PsnNo, "open"),
            ("same_certificate", twin.PsnNo, other.PsnNo, "open"), ("same_name_birth_address", east.PsnNo, west.PsnNo, "open"), ("same_name_birth_household", place.PsnNo, samePlace.PsnNo, "open"),
            ("uninsured", null, null, "open"), ("uninsured", lapsed.PsnNo, null, "open"),
        ], (await Findings()).Order());
        var differs = (await host.Ask("findings?kind=key_data_differs")).Body.GetProperty("findings")[0];
        Assert.Equal(("psn_name:王小明/王晓明", "650201100", "650201100201"), (differs.GetProperty("detail").GetString(), differs.GetProperty("township").GetString(), differs.GetProperty("village").GetString()));
    }

    [Fact]
    public async Task OldNumberOnEitherSide_IsThePersonOfTheNewOne()
    {
        PersonCsv listed = New(), enrolled = New();
        await Enrol(listed, enrolled with { CertType = "99", Certno = Old(enrolled.Certno) });
        Assert.Equal(0, await Compare(RegisterCsv.Of(listed) with { Certno = Old(listed.Certno) }, RegisterCsv.Of(enrolled)));
        Assert.Equal(2, await Compare(RegisterCsv.Of(listed) with { Certno = Old(listed.Certno), State = "dead" }, RegisterCsv.Of(enrolled) with { State = "moved_out" }));

        static string Old(string certno) => certno[..6] + certno[8..17];
    }

    [Fact]
    public async Task CoveredUnderOneOfTwoNumbers_IsNotUninsured()
    {
        var covered = New();
        await Enrol(covered);
        await Enrol(covered with { PsnNo = covered.PsnNo + "x", To = "2021-12-31" });
        await Compare(RegisterCsv.Of(covered));
        Assert.Equal("same_certificate", Assert.Single(await Findings()).Kind);
    }

    [Fact]
    public async Task LaterRun_UpdatesFindingsInsteadOfRepeatingThem()
    {
        PersonCsv dead = New(), other = New();
        await Enrol(dead, other);
        RegisterCsv[] rows = [RegisterCsv.Of(dead) with { State = "dead" }, RegisterCsv.Of(other) with { Name = "王二" }];
        Assert.Equal(2, await Compare(rows));
        Assert.Equal(0, await Compare(rows));
        Assert.Equal(2, (await Findings()).Count);

        // Mended in the register: resolved by the run. A register without the row says nothing about it.
        Assert.Equal(0, await Compare(RegisterCsv.Of(other) with { Name = "王二" }));
        Assert.Equal(1, await Compare(RegisterCsv.Of(dead), RegisterCsv.Of(other) with { Name = "王二" }));
        Assert.Equal(("dead", "resolved"), (await Findings("state=resolved")).Select(f => (f.Kind, f.State)).Single());
        Assert.Equal(1, await Compare(rows));
        var number = (await host.Ask("findings?kind=dead")).Body.GetProperty("findings")[0].GetProperty("finding_no").GetInt64();
        Assert.Equal([("open", "resolved", "not found any more"), ("resolved", "open", "found again")],
            (await host.Ask($"findings/{number}/history")).Body.EnumerateArray().Select(s => (Word(s, "from_state")!, Word(s, "to_state")!, Word(s, "why")!)));
    }

    [Fact]
    public async Task DismissedFinding_ComesBackOnlyWithOtherFacts()
    {
        var person = New();
        await Enrol(person);
        await Compare(RegisterCsv.Of(person) with { Name = "王二" });
        var number = (await host.Ask("findings")).Body.GetProperty("findings")[0].GetProperty("finding_no").GetInt64();
        Assert.Equal(HttpStatusCode.OK, (await host.Ask($"findings/{number}/decision", new { state = "dismissed", by = "王复核", why = "曾用名" })).Status);
        Assert.Equal(0, await Compare(RegisterCsv.Of(person) with { Name = "王二" }));
        Assert.Equal("dismissed", Assert.Single(await Findings()).State);
        Assert.Equal(1, await Compare(RegisterCsv.Of(person) with { Name = "王三" }));
        Assert.Equal("open", Assert.Single(await Findings()).State);
    }

    /// <summary>The row that is wrong, on line 3.</summary>
    [Theory]
    [InlineData("650201198005060011,王,1,1980-05-06,H,650201100,,,living", "certno", "register.certno_wrong")]
    [InlineData("65020180050600X,王,1,1980-05-06,H,650201100,,,living", "certno", "register.certno_wrong")]
    [InlineData("=,王,1,1980-05-06,H,650201,,,living", "township", "register.place_wrong")]
    [InlineData("=,王,1,1980-05-06,H,650201100,650299100201,,living", "village", "register.place_wrong")]
    [InlineData("=,王,1,1980-05-06,H,650201100,,,gone", "state", "import.unknown_code")]
    [InlineData("=,,1,1980-05-06,H,650201100,,,living", "name", "import.required")]
    [InlineData("=,王,1,1980-13-06,H,650201100,,,living", "birth", "import.bad_date")]
    [InlineData("=,王,1,1980-05", "", "import.wrong_field_count")]
    [InlineData("+,王,1,1980-05-06,H,650201100,,,living", "certno", "register.repeated_row")]
    public async Task WrongRow_KeepsTheWholeRegisterOut(string row, string column, string code)
    {
        var person = New();
        await Enrol(person);
        var text = row.Replace("=", New().Certno, StringComparison.Ordinal).Replace("+", person.Certno, StringComparison.Ordinal);
        var result = (await host.PostFile("register", RegisterCsv.File(RegisterCsv.Of(person) with { State = "dead" }) + text)).GetProperty("result");
        var error = result.GetProperty("errors")[0];
        Assert.Equal((3, column, code), (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetString(), error.GetProperty("code").GetString()));
        Assert.Empty(await Findings());
    }

    [Fact]
    public async Task RunThatBreaksOff_HasDoneNothingAndMayBeSentAgain()
    {
        var person = New();
        await Enrol(person);
        var text = RegisterCsv.File(RegisterCsv.Of(person) with { State = "dead" });
        using var stop = new CancellationTokenSource();
        await using (var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)))
        await using (var broken = new CutStream(file, stop))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CsvFile.Import(broken, host.Register(), new ImportRun(false), null, stop.Token));
        Assert.Empty(await Findings());
        Assert.Equal(1, await Compare(RegisterCsv.Of(person) with { State = "dead" }));
    }

    [Fact]
    public async Task AnotherComparisonUnderWay_RefusesTheSecondAsBusy()
    {
        var person = New();
        await Enrol(person);
        await using (var other = await host.Databases.For(host.County, EnrollmentModule.Service).OpenConnectionAsync())
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await using (var take = new Npgsql.NpgsqlCommand("TRUNCATE register_row", other)) await take.ExecuteNonQueryAsync();
            using var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(RegisterCsv.File(RegisterCsv.Of(person))));
            Assert.Equal("import.busy", (await CsvFile.Import(file, host.Register(), new ImportRun(false))).Refusal?.Code);
        }
        Assert.Equal(1, await Compare(RegisterCsv.Of(person) with { State = "dead" }));
        Assert.Equal(0, await host.Count("register_row"));
    }

    [Fact]
    public async Task CountyNotServedHere_IsRefused()
    {
        var answer = await host.Ask($"../{EnrollmentHost.OtherCounty}/findings");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "tenant.county_not_served"), (answer.Status, answer.Body.GetProperty("code").GetString()));
    }

    /// <summary>Cancels at the file's end, as a client that goes away.</summary>
    private sealed class CutStream(Stream inner, CancellationTokenSource stop) : Stream
    {
        public override int Read(byte[] buffer, int offset, int count) { var read = inner.Read(buffer, offset, count); if (read == 0) stop.Cancel(); return read; }
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) { var read = await inner.ReadAsync(buffer, cancellationToken); if (read == 0) await stop.CancelAsync(); return read; }
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
