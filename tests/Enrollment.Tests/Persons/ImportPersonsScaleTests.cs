using System.Text;
using MedInsure.Hosting.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Enrollment.Tests.Persons;

/// <summary>Large files, several at once, and the way over HTTP.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ImportPersonsScaleTests(EnrollmentFixture fixture)
{
    [Fact]
    public async Task TwoHundredThousandRows_StreamWithoutBeingHeld()
    {
        const int persons = 200_000;
        await using var host = await fixture.Start(counties: 2);
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = new PeakMemory();
        await using (var file = new RowStream(persons, i => PersonOf(i, host.Counties[i % 2]), peak.Look))
        {
            var result = await EnrollmentHost.Import(host.Persons(), file);
            Assert.Equal((persons, persons, 0), (result.Accepted, result.Changed, result.Rejected));
        }
        // The rows themselves are about 25 MB as text and over 100 MB as objects.
        Assert.True(peak.Highest - before < 48 << 20, $"{(peak.Highest - before) >> 20} MiB live while reading");
        Assert.Equal(persons / 2, await host.Count("person"));
        // So many are not told within the import: who changed is stored with them, and told after it.
        Assert.Equal(0, await host.Count("outbox", host.Counties[1]));
        Assert.Equal(persons / 2, await host.Sql<long>("SELECT sum(cardinality(psn_nos)) FROM changed_persons", host.Counties[1]));
        await host.TellChanged(host.Counties[1]);
        Assert.Equal(persons / 2, await host.Count("outbox", host.Counties[1]));
    }

    [Fact]
    public async Task TwoImportsAtOnce_FollowEachOther()
    {
        await using var host = await fixture.Start(counties: 2);
        var rows = Enumerable.Range(0, 600).Select(i => PersonCsv.New(host.Counties[i % 2]) with { Categories = i % 3 == 0 ? "low_income" : "" }).ToList();
        // The counties in opposite order: whoever locks first must not wait for the other for ever.
        var files = new[] { PersonCsv.File(rows), PersonCsv.File(Enumerable.Reverse(rows)), PersonCsv.File(rows) };
        var results = await Task.WhenAll(files.Select(file => Task.Run(() => EnrollmentHost.Import(host.Persons(), file))));
        Assert.Equal([0, 0, 600], results.Select(r => r.Changed).Order());
        Assert.Equal((300, 1), (await host.Count("outbox"), await host.Sql<long>("SELECT max(version) FROM person")));
    }

    [Fact]
    public async Task TwoFilesThatContradictAtOnce_LeaveOneOfThemOut()
    {
        await using var host = await fixture.Start();
        var person = PersonCsv.New(host.County);
        var results = await Task.WhenAll(
            Task.Run(() => EnrollmentHost.Import(host.Persons(), PersonCsv.File(person))),
            Task.Run(() => EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { From = "2024-01-01" }))));
        Assert.Equal([0, 1], results.Select(r => r.Accepted).Order());
        Assert.Equal("person.cover_overlaps", results.SelectMany(r => r.Errors).Single().Code);
    }

    [Fact]
    public async Task CancelledImport_StoresNothing()
    {
        await using var host = await fixture.Start();
        using var stop = new CancellationTokenSource();
        await using var file = new RowStream(50_000, i => { if (i == 20_000) stop.Cancel(); return PersonOf(i, host.County); }, () => { });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Hosting.Imports.CsvFile.Import(file, host.Persons(), new Hosting.Imports.ImportRun(false), null, stop.Token));
        Assert.Equal(0, await host.Count("person"));
        Assert.Equal(1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(PersonCsv.New(host.County)))).Changed);
    }

    [Fact]
    public async Task FileOverHttp_IsAnsweredWithItsResult()
    {
        await using var host = await fixture.Start();
        var person = PersonCsv.New(host.County);
        var answer = (await host.Post("persons", PersonCsv.File(person))).GetProperty("result");
        Assert.Equal((1, 1, 0), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("changed").GetInt32(), answer.GetProperty("rejected").GetInt32()));

        var refused = (await host.Post("persons", PersonCsv.File(person, person with { From = "2025-01-01" }))).GetProperty("result");
        Assert.Equal((0, 3, "person.cover_overlaps"), (refused.GetProperty("accepted").GetInt32(), refused.GetProperty("errors")[0].GetProperty("line").GetInt32(), refused.GetProperty("errors")[0].GetProperty("code").GetString()));

        Assert.Equal("import.unknown_column", (await host.Post("persons", "hobby," + PersonCsv.Header)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task ChangedPerson_IsToldOnTheBus()
    {
        var heard = new HeardPersons();
        await using var host = await fixture.Start(configure: builder =>
        {
            builder.Services.AddSingleton(heard);
            builder.AddEventListener<Events.InsuredPersonChanged, HeardPersons>("settlement");
        });
        var person = PersonCsv.New(host.County);
        await host.Post("persons", PersonCsv.File(person));
        Assert.Equal((host.County, person.PsnNo), await heard.First.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private static PersonCsv PersonOf(int i, string county) => new(county)
    {
        PsnNo = $"S{i:D8}", Certno = PersonCsv.Identity(1_000_000 + i), Name = "李四", Household = $"H{i / 3}", Categories = i % 10 == 0 ? "low_income" : "",
        Insutype = i % 2 == 0 ? "390" : "310", PsnType = i % 2 == 0 ? "1501" : "1101", Balance = i % 2 == 0 ? "" : "1234.56",
    };

    private sealed class HeardPersons : Hosting.Messaging.IEventListener<Events.InsuredPersonChanged>
    {
        public TaskCompletionSource<(string, string)> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Hear(string source, IReadOnlyList<Events.InsuredPersonChanged> events, CancellationToken cancellation)
        {
            First.TrySetResult((source, events[0].PsnNo));
            return Task.CompletedTask;
        }
    }

    private sealed class PeakMemory
    {
        public long Highest { get; private set; }
        public void Look() => Highest = Math.Max(Highest, GC.GetTotalMemory(forceFullCollection: true));
    }

    /// <summary>A file made while it is read; now and then looks at what is alive.</summary>
    private sealed class RowStream(int rows, Func<int, PersonCsv> row, Action look) : Stream
    {
        private byte[] ahead = Encoding.UTF8.GetBytes(PersonCsv.Header);
        private int at, next;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (at == ahead.Length)
            {
                if (next == rows) return 0;
                var text = new StringBuilder();
                for (var end = Math.Min(rows, next + 100); next < end; next++) text.Append(row(next));
                (ahead, at) = (Encoding.UTF8.GetBytes(text.ToString()), 0);
                if (next % 20_000 == 0) look();
            }
            var length = Math.Min(buffer.Length, ahead.Length - at);
            ahead.AsSpan(at, length).CopyTo(buffer);
            at += length;
            return length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
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
