using System.Diagnostics;
using System.Globalization;
using MedInsure.Events;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Insurers;
using Npgsql;
using Xunit.Abstractions;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>The stream as an insurer lives with it: its process (deploy/samples/insurer-csharp) is killed again and again, or reads slowly.</summary>
[Trait("Category", "Crash")]
[Collection(PostgresCollection.Name)]
public sealed class ResumedStreamTests(SharedPostgres postgres, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Counties = 4, EventsPerCounty = 50_000, EventsPerMessage = 2_000, Kills = 20;

    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-insurer-").FullName;
    private InsurerHost host = null!;

    public async Task InitializeAsync()
    {
        host = await InsurerHost.Start(postgres.Server, Counties);
        await File.WriteAllTextAsync(KeyFile, host.Key.Private.ExportPkcs8PrivateKeyPem());
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string KeyFile => Path.Combine(folder, "key.pem");
    private string Books => Path.Combine(folder, "books.tsv");

    [Fact]
    public async Task TwoHundredThousandEvents_ClientKilledTwentyTimes_NothingMissingNothingTwice()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var told = host.Counties.ToDictionary(c => c, c => Events(c, random));
        var total = told.Values.Sum(e => e.Count);
        var targets = Enumerable.Range(0, Kills).Select(_ => random.Next(1, total)).Order().ToList();

        var feeding = Task.WhenAll(host.Counties.Select(async county => { foreach (var part in told[county].Chunk(EventsPerMessage)) await host.Tell(county, part); }));
        var (acknowledged, booked) = (0L, 0L);
        foreach (var target in targets)
        {
            using var client = new Client(this);
            await client.BookedAtLeast(target);
            client.Kill();
            // What was acknowledged before does not come again, what was not booked does.
            if (client.FirstEvent is { } first) Assert.InRange(first, acknowledged + 1, booked + 1);
            (acknowledged, booked) = (await Acknowledged(), Lines(whole: true).Count);
            Assert.InRange(acknowledged, 0, booked);
        }
        await feeding;
        await host.Fed(InsurerHost.Illness, total);

        using (var last = new Client(this, "--once"))
        {
            await last.Ended();
            Assert.InRange(last.FirstEvent ?? throw new InvalidOperationException(last.Said), acknowledged + 1, booked + 1);
            Assert.Contains($"booked {total} events", last.Said, StringComparison.Ordinal);
            Assert.Contains($"sum {told.Values.Sum(c => c.Sum(e => e.CriticalIllnessFen))} fen", last.Said, StringComparison.Ordinal);
        }
        var lines = Lines(whole: false);
        Assert.Equal(total, lines.Count);
        for (var i = 0; i < total; i++) Assert.Equal(i + 1, lines[i].Cursor);
        foreach (var county in host.Counties)
            Assert.Equal(told[county].Select(e => (e.SetlId, e.CriticalIllnessFen)), lines.Where(l => l.SetlId.StartsWith(county, StringComparison.Ordinal)).Select(l => (l.SetlId, l.Fen)));
        Assert.Equal(total, await Acknowledged());
    }

    /// <summary>Settlements, and among them reversals of some.</summary>
    private List<ClaimSettled> Events(string county, Random random)
    {
        var events = new List<ClaimSettled>(EventsPerCounty);
        for (var i = 0; i < EventsPerCounty; i++)
            // Every twentieth takes the one before it back: no settlement is reversed twice.
            events.Add(i % 20 == 19 ? host.Reversal(events[i - 1]) : host.Settled(county, totalFen: random.Next(100, 10_000_000)));
        return events;
    }

    private async Task<long> Acknowledged()
    {
        await using var command = host.CityDatabase.CreateCommand("SELECT coalesce((SELECT acknowledged_cursor FROM insurer_stream WHERE contract_no = $1), 0)");
        command.Parameters.Add(new() { Value = InsurerHost.Illness });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <param name="whole">Leave out a last line that the kill cut off.</param>
    private List<(long Cursor, string SetlId, long Fen)> Lines(bool whole)
    {
        var text = File.Exists(Books) ? File.ReadAllText(Books) : "";
        if (whole) text = text[..(text.LastIndexOf('\n') + 1)];
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(f => (long.Parse(f[0], CultureInfo.InvariantCulture), f[2], long.Parse(f[3], CultureInfo.InvariantCulture)))];
    }

    /// <summary>A run of the sample's process.</summary>
    private sealed class Client : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
        private readonly ResumedStreamTests test;
        private readonly Process process;
        private readonly List<string> said = [];
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Client(ResumedStreamTests test, params string[] more)
        {
            this.test = test;
            string[] arguments = [Path.Combine(AppContext.BaseDirectory, "MedInsure.InsurerSample.dll"), "--address", test.host.Address, "--insurer", InsurerHost.Insurer, "--kid", test.host.Key.Kid, "--key", test.KeyFile, "--contract", InsurerHost.Illness, "--books", test.Books, .. more];
            process = new Process { StartInfo = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }, EnableRaisingEvents = true };
            process.Exited += (_, _) => ended.TrySetResult();
            process.OutputDataReceived += Hear;
            process.ErrorDataReceived += Hear;
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        private void Hear(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null) lock (said) said.Add(line.Data);
        }

        public string Said { get { lock (said) return string.Join('\n', said); } }

        public long? FirstEvent
        {
            get
            {
                lock (said) return said.Find(l => l.StartsWith("first event ", StringComparison.Ordinal)) is { } line ? long.Parse(line.Split(' ', ',')[2], CultureInfo.InvariantCulture) : null;
            }
        }

        /// <summary>Waits until the books have so many lines, finished or not.</summary>
        public async Task BookedAtLeast(int lines)
        {
            using var patience = new CancellationTokenSource(Patience);
            var (position, seen) = (0L, 0);
            var buffer = new byte[64 * 1024];
            while (seen < lines)
            {
                Assert.False(ended.Task.IsCompleted, Said);
                if (File.Exists(test.Books))
                {
                    await using var books = new FileStream(test.Books, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                    books.Seek(position, SeekOrigin.Begin);
                    for (int read; (read = await books.ReadAsync(buffer, patience.Token)) > 0; position += read) seen += buffer.AsSpan(0, read).Count((byte)'\n');
                }
                if (seen < lines) await Task.Delay(3, patience.Token); // another process writes it: there is nothing to wait for
            }
        }

        /// <summary>SIGKILL: nothing of it runs any more, not even to say goodbye to the server.</summary>
        public void Kill()
        {
            process.Kill();
            process.WaitForExit();
        }

        public async Task Ended()
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
            Assert.True(process.ExitCode == 0, Said);
        }

        public void Dispose()
        {
            if (!process.HasExited) Kill();
            process.Dispose();
        }
    }

    [Fact]
    public async Task ClientsThatDoNotRead_CostThePagesOfTheirWindowOnly()
    {
        const int events = 60_000, clients = 10, pageRows = 256;
        await Fill(events);
        var pages = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => { if (activity.TagObjects.Any(t => t.Value is string text && text.Contains("FROM insurer_feed", StringComparison.Ordinal))) Interlocked.Increment(ref pages); },
        };
        ActivitySource.AddActivityListener(listener);

        var calls = Enumerable.Range(0, clients).Select(_ => host.Open(InsurerHost.Illness, 0)).ToList();
        foreach (var call in calls) Assert.Single(await InsurerHost.Take(call, 1));
        // The server goes on as far as the clients' windows let it, and then no further: without a limit it would read every page of every stream.
        for (int before = -1, stood = 0; stood < 10; await Task.Delay(100))
        {
            stood = before == Volatile.Read(ref pages) ? stood + 1 : 0;
            before = Volatile.Read(ref pages);
        }
        Assert.InRange(pages, clients, clients * events / pageRows / 4);
        // They are only held up: one that reads on gets everything.
        var rest = await InsurerHost.Take(calls[3], events - 1);
        Assert.Equal(Enumerable.Range(2, events - 1).Select(i => (long)i), rest.Select(e => e.Cursor));
        calls.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task ServerThatStops_IsNotHeldUpByThem()
    {
        await Fill(60_000);
        var calls = Enumerable.Range(0, 3).Select(_ => host.Open(InsurerHost.Illness, 0)).ToList();
        foreach (var call in calls) Assert.Single(await InsurerHost.Take(call, 1));
        // They cannot be told, for they do not read. The host itself would wait 30 s for their calls to end.
        await host.Stop().WaitAsync(TimeSpan.FromSeconds(25));
        foreach (var call in calls) await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => InsurerHost.Take(call, 60_000));
        calls.ForEach(c => c.Dispose());
    }

    private async Task Fill(int events)
    {
        await using var connection = await host.CityDatabase.OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        var last = await InsurerFeed.Lock(connection, transaction, InsurerHost.Illness, default);
        var claims = Enumerable.Range(0, events).Select(i => new ClaimEvent { Kind = ClaimEventKind.Settled, SetlId = $"S{i:D12}", County = host.Counties[0], PolicyOn = 20260601, PersonKey = new string('a', 32), InsurerFen = i });
        await InsurerFeed.Append(connection, transaction, InsurerHost.Illness, last, [.. claims], default);
        await transaction.CommitAsync();
    }
}
