using System.Diagnostics;
using System.Net;
using System.Text.Json;
using MedInsure.Embedded;
using MedInsure.Local.Sample;
using MedInsure.Tool;
using MedInsure.Tool.Hospital;
using Npgsql;
using RabbitMQ.Client;

namespace MedInsure.Local.Tests.Platform;

/// <summary>A county goes on settling while its broker is away; what it has to tell waits in its outbox, and leaves in order, once, when the broker is back.</summary>
[Trait("Category", "Crash")]
public sealed class CountyAutonomyTests : IAsyncLifetime
{
    private const string Exchange = "MedInsure.Events:EventBatch", Queue = "reader of this test";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-autonomy-").FullName;
    private readonly HashSet<Guid> taken = [];
    private RabbitMqServer broker = null!;

    public async Task InitializeAsync() => broker = await RabbitMqServer.Start();

    public async Task DisposeAsync()
    {
        await broker.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task BrokerAway_CountySettlesAndItsEventsLeaveInOrderAndOnceAfterwards()
    {
        // Well before the broker is killed: what it keeps of new queues and bindings it writes down a few seconds later.
        await Listen(SampleCity.All.SelectMany(city => city.Counties).Select(county => county.Code));
        await using var platform = await LocalPlatform.Start(new LocalOptions
        {
            Folder = folder, Port = 0, Durable = false, Sample = SampleSize.Small,
            Settings = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Warning",
                ["Bus:RabbitMq:Host"] = RabbitMqServer.Host, ["Bus:RabbitMq:Port"] = $"{broker.Port}", ["Bus:RabbitMq:User"] = RabbitMqServer.User, ["Secrets:RabbitMq"] = broker.Password,
            },
        });
        var run = platform.Run;
        var pharmacy = run.Providers.First(p => p.PolicyLevel == "pharmacy");
        using var gateway = new GatewayClient(run.Gateway, TimeProvider.System, (_, _) => { });
        await gateway.SignIn(pharmacy);
        var sold = new List<string>();
        async Task Sell(int times)
        {
            var persons = run.Persons.Where(p => p.County == pharmacy.County && p.CoverTo.Length == 0).ToList();
            for (var i = 0; i < times; i++) sold.Add(await Sale(gateway, pharmacy, persons[i % persons.Count]));
        }

        var heard = new List<string>();
        await Sell(5);
        await Until(async () => { heard.AddRange(await Read()); return heard.Count >= 5; }, "the first are heard");

        // Heard is not yet confirmed: what the broker had not confirmed would rightly be sent again.
        await Until(async () => await Waiting(platform, pharmacy.County) == 0, "the first have left");

        await broker.KillImmediate();
        await Sell(30);
        await Until(async () => await Waiting(platform, pharmacy.County) == 30, "the events wait in the outbox");
        using (var http = new HttpClient()) Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(run.Desks + "/health/ready")).StatusCode);

        await broker.StartAgain();
        await Sell(5);
        await Until(async () => await Waiting(platform, pharmacy.County) == 0, "the outbox is empty");
        await Until(async () => { heard.AddRange(await Read()); return heard.Count >= sold.Count; }, "the rest is heard");
        Assert.Equal(sold, heard);
    }

    private static async Task<string> Sale(GatewayClient gateway, RunProvider pharmacy, RunPerson person)
    {
        var day = Encounters.Day(gateway.Today);
        var answer = await gateway.Call(pharmacy, "2102", new
        {
            druginfo = new { psn_no = person.PsnNo, mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, begntime = $"{day} 00:00:01", medfee_sumamt = "4.00", invono = "1", insutype = person.Insutype, acct_used_flag = "0", med_type = "41" },
            drugdetail = new[] { new { feedetl_sn = "1", fee_ocur_time = $"{day} 00:00:01", med_list_codg = "NONE", medins_list_codg = "1", det_item_fee_sumamt = "4.00", cnt = "2", pric = "2" } },
        }, person.County);
        Assert.True(answer.Accepted, answer.Message);
        return GatewayAnswer.Text(answer.Output.GetProperty("setlinfo"), "setl_id");
    }

    private static async Task<long> Waiting(LocalPlatform platform, string county)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(platform.Postgres.AdminConnectionString) { Database = $"medinsure_{county}", Pooling = false });
        await using var command = database.CreateCommand("SELECT count(*) FROM settlement.outbox");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private Task<IConnection> Connect() => new ConnectionFactory { Uri = new Uri(broker.Address) }.CreateConnectionAsync();

    /// <summary>A queue of its own beside those of the platform.</summary>
    private async Task Listen(IEnumerable<string> counties)
    {
        await using var connection = await Connect();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Direct, durable: true);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        foreach (var county in counties) await channel.QueueBindAsync(Queue, Exchange, $"{county}.ClaimSettled");
    }

    private async Task<List<string>> Read()
    {
        var read = new List<string>();
        await using var connection = await Connect();
        await using var channel = await connection.CreateChannelAsync();
        while (await channel.BasicGetAsync(Queue, autoAck: true) is { } message)
        {
            var batch = JsonElement.Parse(message.Body.Span).GetProperty("message");
            // A broker that is killed forgets what was taken from it just before, and hands it out again: the same message, not another of the same events.
            if (!taken.Add(batch.GetProperty("id").GetGuid())) continue;
            foreach (var e in batch.GetProperty("events").EnumerateArray())
                read.Add(JsonElement.Parse(e.GetProperty("payload").GetBytesFromBase64()).GetProperty("setlId").GetString()!);
        }
        return read;
    }

    private static async Task Until(Func<Task<bool>> condition, string what)
    {
        for (var waited = Stopwatch.StartNew(); !await condition(); await Task.Delay(100))
            Assert.True(waited.Elapsed < Patience, $"not in time: {what}");
    }
}
