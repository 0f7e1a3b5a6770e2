using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Clearing;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.OffCounty;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.Tests.Insurers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Settlement.Tests.Clearing;

/// <summary>A city with three counties, whose persons are treated in each other's hospitals; the city and the counties speak over the wire.</summary>
internal sealed class CityOfCounties : IAsyncDisposable
{
    public const string First = "王经办", Second = "李复核";
    private const string Password = "test-only-password";

    private readonly TenantDatabases databases;
    private readonly Dictionary<string, CountyServer> servers = [];

    private CityOfCounties(LedgerPlace city, TenantDatabases databases, List<SettlementNode> counties) => (City, this.databases, Counties) = (city, databases, counties);

    public LedgerPlace City { get; }
    /// <summary>By code.</summary>
    public List<SettlementNode> Counties { get; }
    public HashSet<string> Away { get; } = [];
    public Client Client => new(new Routed(this));
    public CollectClearing Collect => new(Client, Time, NullLogger<CollectClearing>.Instance);
    public ExchangeClearing Exchange => new(Client, NullLogger<ExchangeClearing>.Instance);
    private SetTime Time { get; } = new(SettlementNode.Start);
    public ChinaCalendar Calendar => new(Time);
    public SettlementNode A => Counties[0];
    public SettlementNode B => Counties[1];
    public SettlementNode C => Counties[2];

    public static async Task<CityOfCounties> Create(Embedded.PostgresServer server)
    {
        var code = $"{FreshTenant.City()}00";
        var tenant = new Tenant(code, "测试市", code, new Dictionary<string, string>());
        await FreshTenant.Make(server, tenant, SettlementModule.Service, Password, typeof(SettlementModule).Assembly);
        var databases = new TenantDatabases(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"Tenants:{code}:Database"] = server.Address, [$"Secrets:Database:{code}:{SettlementModule.Service}"] = Password,
        }).Build(), new TenantDirectory([tenant]));
        var nodes = (await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SettlementNode.Create(server)))).OrderBy(n => n.Tenant.Code, StringComparer.Ordinal).ToList();
        var city = new CityOfCounties(new LedgerPlace(tenant, databases.For(code, SettlementModule.Service)), databases, nodes);
        foreach (var node in nodes)
        {
            node.Reference = node.Reference.WithProviders([.. nodes.Where(n => n != node).Select(n => Catalogs.Provider(n.Hospital("3"), "3", n.Tenant.Code))]);
            city.servers[node.Tenant.Code] = await CountyServer.Start(node);
            await node.AddPerson($"P{node.Tenant.Code}", "310", "1101", accountCreditFen: 50_000_000);
        }
        city.SetDay(6, 20);
        return city;
    }

    /// <summary>Of everybody's clock.</summary>
    public void SetDay(int month, int day)
    {
        foreach (var time in Counties.Select(n => (SetTime)n.Time).Append(Time)) time.Now = new DateTimeOffset(2026, month, day, 12, 0, 0, ChinaCalendar.Offset);
    }

    /// <summary>A bill of one county's person at another's hospital.</summary>
    public async Task<Committed> Bill(SettlementNode home, SettlementNode provider, long fen)
    {
        var request = home.Inline($"P{home.Tenant.Code}", fen, insutype: "310");
        request.FixmedinsCode = request.Key.Sender = provider.Hospital("3");
        request.UseAccount = true;
        return await home.Settled(request);
    }

    /// <summary>Every county tells the others.</summary>
    public async Task Told()
    {
        var tell = new TellOffCountyClaims(Client, Time, NullLogger<TellOffCountyClaims>.Instance);
        foreach (var home in Counties)
        {
            await home.Projected();
            while (await CountOffCountyClaims.Run(home.Database, home.Tenant.Code, default)) { }
            foreach (var link in await OffCountyLinks.Told(home.Database, default))
                while (await tell.Run(home.Database, home.Tenant.Code, link.ProviderCounty, default) is true) { }
        }
    }

    public static RunPlace Place(SettlementNode node) => new(node.Journal, node.Database);

    public Task<Outcome<int>> Open(int month, string second = Second) => OpenClearing.Execute(City, new OpenClearing.Order(month, First, second), [.. Counties.Select(c => c.Tenant)], Calendar, default);

    /// <summary>Opens the month and asks the counties.</summary>
    public async Task Opened(int month)
    {
        Assert.Null((await Open(month)).Refusal);
        await Collect.Run(City.Database, default);
    }

    public Task Exchanged() => Exchange.Run(City.Database, default);

    public async Task<ClearingPair> Pair(int month, SettlementNode a, SettlementNode b)
    {
        await using var connection = await City.Database.OpenConnectionAsync();
        return (await ClearingPair.OfMonth(connection, month, default)).Single(p => p.CountyA == a.Tenant.Code && p.CountyB == b.Tenant.Code);
    }

    public async Task<List<ClearingPair>> Pairs(int month)
    {
        await using var connection = await City.Database.OpenConnectionAsync();
        return await ClearingPair.OfMonth(connection, month, default);
    }

    public static Task<Outcome<ClearingStatement>> Confirm(SettlementNode county, int month, SettlementNode other, string second = Second) =>
        ConfirmClearing.Execute(Place(county), month, other.Tenant.Code, new ConfirmClearing.Order(First, second), new ChinaCalendar(county.Time), default);

    public static async Task Confirmed(int month, SettlementNode a, SettlementNode b)
    {
        Assert.Null((await Confirm(a, month, b)).Refusal);
        Assert.Null((await Confirm(b, month, a)).Refusal);
    }

    /// <summary>Balances of a purpose in a county's ledger against another county (empty: all), by fund; debit positive.</summary>
    public static async Task<SortedDictionary<string, long>> Balances(SettlementNode node, string purpose, string counterparty = "")
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await using var command = node.Database.CreateCommand("""
            SELECT a.fund, sum(e.amount_fen)::bigint FROM (SELECT account_id, amount_fen FROM voucher_entry UNION ALL SELECT account_id, amount_fen FROM ledger_entry) e JOIN ledger_account a USING (account_id)
            WHERE a.purpose = $1 AND ($2 = '' OR a.counterparty = $2) GROUP BY a.fund HAVING sum(e.amount_fen) <> 0
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = purpose });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = counterparty });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) sums.Add(reader.GetString(0), reader.GetInt64(1));
        return sums;
    }

    public static async Task<long> Count(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public static async Task Tamper(SettlementNode node, string sql)
    {
        await using var admin = new NpgsqlConnection(node.Server.ConnectionString(TenantNames.Database(node.Tenant.Code)));
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand("SET search_path = settlement; " + sql, admin);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values) await server.DisposeAsync();
        foreach (var node in Counties) await node.DisposeAsync();
        await databases.DisposeAsync();
    }

    /// <summary>To the county that a call names, or to nobody.</summary>
    private sealed class Routed(CityOfCounties city) : CallInvoker
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        {
            var county = options.Headers!.GetValue(CallTenant.Key)!;
            if (city.Away.Contains(county) || !city.servers.TryGetValue(county, out var server)) throw new RpcException(new Status(StatusCode.Unavailable, "away"));
            return server.Calls.AsyncUnaryCall(method, host, options, request);
        }

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();
        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();
        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
    }
}
