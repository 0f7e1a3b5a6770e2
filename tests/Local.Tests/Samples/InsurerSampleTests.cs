using System.Globalization;
using System.Security.Cryptography;
using MedInsure.Local.Sample;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Tool;

namespace MedInsure.Local.Tests.Samples;

/// <summary>One platform for the tests of this class: each start takes seconds.</summary>
public sealed class SampledPlatform : IAsyncLifetime
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("medinsure-samples-").FullName;
    public LocalPlatform Platform { get; private set; } = null!;

    public async Task InitializeAsync() => Platform = await LocalPlatform.Start(new LocalOptions { Folder = Folder, Port = 0, Durable = false, Sample = SampleSize.Small });

    public async Task DisposeAsync()
    {
        await Platform.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>The samples as an insurer would run them, beside a platform where people fall ill.</summary>
[Trait("Category", "Interop")]
public sealed class InsurerSampleTests(SampledPlatform sampled) : IClassFixture<SampledPlatform>
{
    private readonly string folder = sampled.Folder;
    private readonly LocalPlatform platform = sampled.Platform;

    [Fact]
    public async Task BothClients_BookTheSameAsTheHospitalsWerePaid()
    {
        using var stays = new SampleStays(platform.Run, Path.Combine(folder, "sample"));
        var told = new List<SettlementReply>();
        var (harbin, guichi) = (Residents("230100"), Residents("341700"));
        // Several counties, one contract; and another city's, which this insurer never sees.
        foreach (var person in harbin.Take(4)) told.Add(await stays.Settle(person, 10_000));
        await Fed("CX230100-CI-390", told.Count);
        var other = await stays.Settle(guichi[0], 10_000);
        Assert.All(told.Append(other), s => Assert.True(s.CriticalIllnessFen > 0));

        foreach (var language in (string[])["csharp", "node"])
        {
            var books = Books(language);
            // The second client's books are new though everything is acknowledged: it gets what they lack.
            using (var killed = await SampleProcess.Start(language, "--run", platform.RunPath, "--insurer", "CX230100", "--books", books))
            {
                await killed.WritesAtLeast(books, told.Count);
                killed.Kill();
            }
            // As if its last acknowledgements had been lost: events come again that it knows. And more happens while it is away.
            await Acknowledged(2);
            told.Add(await stays.Settle(harbin[5], 12_345));
            told.Add(await stays.Reverse(harbin[5], told[^1]));
            await Fed("CX230100-CI-390", told.Count);
            using var client = await SampleProcess.Start(language, "--run", platform.RunPath, "--insurer", "CX230100", "--books", books, "--once");
            var said = await client.Ended();
            Assert.Contains($"first event 3, booked before up to {told.Count - 2}", said, StringComparison.Ordinal);
            Assert.Contains($"booked {told.Count} events", said, StringComparison.Ordinal);
            Assert.Contains($"sum {told.Sum(s => s.CriticalIllnessFen)} fen", said, StringComparison.Ordinal);
            Assert.Equal(told.Select(s => (s.SetlId, s.CriticalIllnessFen)).Order(), Booked(books).Order());
        }
        // Node's client saw all that the C# client saw, in the same order and words.
        Assert.StartsWith(await File.ReadAllTextAsync(Books("csharp")), await File.ReadAllTextAsync(Books("node")), StringComparison.Ordinal);

        using var elsewhere = await SampleProcess.Start("csharp", "--run", platform.RunPath, "--insurer", "CX341700", "--books", Books("guichi"), "--once");
        Assert.Contains($"booked 1 events (Settled 1), sum {other.CriticalIllnessFen} fen", await elsewhere.Ended(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("node")]
    public async Task OwnKeyInAFile_OpensOnlyWhatItIsFor(string language)
    {
        var insurer = platform.Run.Insurers.Single(i => i.Code == "HM230100");
        var key = Path.Combine(folder, $"key-{language}.pem");
        await File.WriteAllTextAsync(key, insurer.PrivateKey);
        string[] own = ["--address", platform.Run.Grpc, "--insurer", insurer.Code, "--kid", insurer.Kid, "--key", key, "--once", "--books", Books("own-" + language)];
        using (var client = await SampleProcess.Start(language, own)) Assert.Contains("booked 0 events", await client.Ended(), StringComparison.Ordinal);
        using (var client = await SampleProcess.Start(language, [.. own, "--contract", "CX230100-CI-390"])) Assert.Equal((1, "no such contract"), await client.Failed() is var (code, errors) ? (code, errors.Trim()) : default);

        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(key, stranger.ExportPkcs8PrivateKeyPem());
        using var refused = await SampleProcess.Start(language, own);
        Assert.Contains("UNAUTHENTICATED", (await refused.Failed()).Errors.ToUpperInvariant(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("node")]
    public async Task MisusedSample_SaysHowToUseIt(string language)
    {
        using var client = await SampleProcess.Start(language, "--nonsense");
        var (code, errors) = await client.Failed();
        Assert.Equal(2, code);
        Assert.Contains("usage:", errors, StringComparison.Ordinal);
    }

    private string Books(string of) => Path.Combine(folder, $"{of}.tsv");

    private List<RunPerson> Residents(string city) => [.. platform.Run.Persons.Where(p => p.Insutype == "390" && p.CoverTo.Length == 0 && p.Categories.Count == 0 && platform.Run.TenantOf(p.County).City == city).DistinctBy(p => (p.County, p.PsnType)).Take(6)];

    private static IEnumerable<(string SetlId, long Fen)> Booked(string books) => File.ReadLines(books).Select(l => l.Split('\t')).Select(f => (f[2], long.Parse(f[3], CultureInfo.InvariantCulture)));

    private async Task Fed(string contract, long count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await OnCity<long>($"SELECT coalesce((SELECT last_cursor FROM insurer_stream WHERE contract_no = '{contract}'), 0)") < count) await Task.Delay(20, patience.Token);
    }

    private async Task Acknowledged(long cursor) => await OnCity<object?>($"UPDATE insurer_stream SET acknowledged_cursor = {cursor}");

    private async Task<T> OnCity<T>(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder(platform.Postgres.AdminConnectionString) { Database = "medinsure_230100", SearchPath = "settlement", Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync() ?? default(T))!;
    }
}
