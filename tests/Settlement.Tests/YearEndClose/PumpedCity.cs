using MedInsure.Embedded;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.Tests.Ledger;
using MedInsure.Settlement.Tests.Pooling;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Settlement.Tests.YearEndClose;

/// <summary>A city whose counties settle with their own writers; what they tell each other is handed on from the outboxes, in order, and some of it more than once.</summary>
internal sealed class PumpedCity : IAsyncDisposable
{
    private readonly Random random;
    private readonly TenantDatabases databases;
    private readonly SetTime time;

    private PumpedCity(IReadOnlyList<SettlementNode> counties, Tenant city, TenantDatabases databases, SetTime time, int seed) => (Counties, City, this.databases, this.time, random) = (counties, city, databases, time, new Random(seed));

    public IReadOnlyList<SettlementNode> Counties { get; }
    public Tenant City { get; }
    public ChinaCalendar Calendar => new(time);
    public IReadOnlyList<string> Codes => [.. Counties.Select(c => c.Tenant.Code)];
    public LedgerPlace CityPlace => new(City, CityDatabase);
    public NpgsqlDataSource CityDatabase => databases.For(City.Code, SettlementModule.Service);

    public static RunPlace Place(SettlementNode county) => new(county.Journal, county.Database);

    public static async Task<PumpedCity> Create(PostgresServer server, string prefix, int counties, int seed)
    {
        var time = new SetTime(SettlementNode.Start);
        var nodes = new List<SettlementNode>();
        for (var i = 0; i < counties; i++) nodes.Add(await SettlementNode.Create(server, prefix, time));
        var city = new Tenant($"{prefix}00", "测试市", $"{prefix}00", new Dictionary<string, string>());
        await FreshTenant.Make(server, city, SettlementModule.Service, "test-only-password", typeof(SettlementModule).Assembly);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"Tenants:{city.Code}:Database"] = server.Address, [$"Secrets:Database:{city.Code}:{SettlementModule.Service}"] = "test-only-password",
        }).Build();
        return new PumpedCity(nodes, city, new TenantDatabases(configuration, new TenantDirectory([city])), time, seed);
    }

    public void SetDay(DateOnly day) => time.Now = new DateTimeOffset(day.ToDateTime(new TimeOnly(12, 0)), ChinaCalendar.Offset);

    /// <summary>Until nobody has anything more to tell.</summary>
    public async Task Pump()
    {
        for (var moved = true; moved;)
        {
            moved = await Deliver(City.Code, CityDatabase, [.. Counties.Select(c => (c.Tenant, c.Database))]);
            foreach (var county in Counties) moved |= await Deliver(county.Tenant.Code, county.Database, [(City, CityDatabase)]);
        }
    }

    private async Task<bool> Deliver(string source, NpgsqlDataSource from, IReadOnlyList<(Tenant Tenant, NpgsqlDataSource Database)> to)
    {
        var rows = new List<(long Seq, string Type, byte[] Payload)>();
        await using (var command = from.CreateCommand("SELECT seq, type, payload FROM outbox ORDER BY seq"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) rows.Add((reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
        foreach (var (_, type, payload) in rows)
            foreach (var (tenant, database) in to)
                for (var times = random.Next(3) == 0 ? 2 : 1; times > 0; times--) await Hand(source, tenant, database, type, payload);
        await using (var command = from.CreateCommand("DELETE FROM outbox WHERE seq = ANY ($1)"))
        {
            command.Parameters.Add(new() { Value = rows.Select(r => r.Seq).ToArray() });
            await command.ExecuteNonQueryAsync();
        }
        return rows.Count > 0;
    }

    private Task Hand(string source, Tenant tenant, NpgsqlDataSource database, string type, byte[] payload) => type switch
    {
        nameof(FundMoved) => Hand(source, tenant, database, new FundMovedHandler(Calendar), payload),
        nameof(FundMirrored) => Hand(source, tenant, database, new FundMirroredHandler(Calendar), payload),
        nameof(FundDayClosed) when tenant.IsCity => Hand(source, tenant, database, new FundDayClosedHandler(), payload),
        nameof(FundApplied) when tenant.IsCity => Hand(source, tenant, database, new FundAppliedHandler(Calendar), payload),
        nameof(FundApplicationDecided) => Hand(source, tenant, database, new FundDecidedHandler(Calendar), payload),
        _ => Task.CompletedTask,
    };

    private static async Task Hand<T>(string source, Tenant tenant, NpgsqlDataSource database, IEventHandler<T> handler, byte[] payload)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await handler.Handle(new EventContext(tenant, source, connection, transaction), [EventJson.Read<T>(payload)], default);
        await transaction.CommitAsync();
    }

    /// <summary>All that a county has received goes up, and arrives.</summary>
    public async Task Remits(SettlementNode county, string requestNo)
    {
        var move = LedgerDesk.Value(await ProposeRemittance.Execute(Place(county), new(requestNo, null, "上解", null, PoolDesk.First), Calendar, default));
        LedgerDesk.Value(await SendMove.Execute(Place(county), move.Number, new(PoolDesk.Second, "UP-" + move.Number, LedgerText.Day(Calendar.Today), Yuan.Of(move.AmountFen)), Calendar, default));
        await Pump();
        await Arrives(CityPlace, move, PoolDesk.CityFirst);
    }

    /// <summary>A planned allocation is sent, and arrives.</summary>
    public async Task Sends(FundMove move)
    {
        LedgerDesk.Value(await SendMove.Execute(CityPlace, move.Number, new(PoolDesk.CitySecond, "DOWN-" + move.Number, LedgerText.Day(Calendar.Today), Yuan.Of(move.AmountFen)), Calendar, default));
        await Pump();
        await Arrives(Place(Counties.Single(c => c.Tenant.Code == move.County)), move, PoolDesk.First);
    }

    private async Task Arrives(LedgerPlace at, FundMove move, string by)
    {
        var arrival = LedgerDesk.Value(await ConfirmArrival.Execute(at, new("IN-" + move.Number, move.Number, Yuan.Of(move.AmountFen), LedgerText.Day(Calendar.Today), by), Calendar, default));
        Assert.Equal("matched", arrival.State);
        await Pump();
    }

    /// <summary>Everybody closes a day.</summary>
    public async Task Close(DateOnly day)
    {
        var order = new CloseDay.Order(LedgerText.Day(day), PoolDesk.First);
        LedgerDesk.Value(await CloseDay.Execute(CityPlace, order, Calendar, default));
        foreach (var county in Counties) LedgerDesk.Value(await CloseDay.Execute(Place(county), order, Calendar, default));
        await Pump();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var county in Counties) await county.DisposeAsync();
        await databases.DisposeAsync();
    }
}
