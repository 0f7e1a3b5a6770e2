using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Embedded;
using MedInsure.Events;
using MedInsure.Hosting;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Insurers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>An insurer's key pair and the tokens it makes by itself, right or wrong.</summary>
public sealed class InsurerKey(string code, string kid = "k1") : IDisposable
{
    public ECDsa Private { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    public string Code => code;
    public string Kid => kid;

    public string Token(DateTimeOffset? issued = null, TimeSpan? lifetime = null, Action<Dictionary<string, object>, Dictionary<string, object>>? change = null, Func<byte[], byte[]>? sign = null)
    {
        var at = (issued ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds();
        var header = new Dictionary<string, object> { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = kid };
        var claims = new Dictionary<string, object> { ["iss"] = code, ["aud"] = "medinsure", ["iat"] = at, ["exp"] = at + (long)(lifetime ?? TimeSpan.FromMinutes(30)).TotalSeconds, ["jti"] = Guid.NewGuid().ToString("N") };
        change?.Invoke(header, claims);
        var signed = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var signature = (sign ?? (bytes => Private.SignData(bytes, HashAlgorithmName.SHA256)))(Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public Metadata Calls(string? token = null) => new() { { "authorization", $"Bearer {token ?? Token()}" } };

    public void Dispose() => Private.Dispose();
}

/// <summary>A city with counties of its own on a real PostgreSQL, served by the whole service over the wire; what counties settle is put into their outboxes.</summary>
public sealed class InsurerHost : IAsyncDisposable
{
    public const string Illness = "T-CI", OtherIllness = "T-CI-2", Supplement = "T-SUP", Insurer = "CXTEST", OtherInsurer = "HMTEST";
    public const string OperatorToken = "operator-token-of-the-test";
    private const string Password = "test-only-password";

    private readonly Dictionary<string, string?> settings;
    private readonly ContractLibrary contracts;
    private WebApplication app = null!;
    private GrpcChannel channel = null!;
    private int lastSettlement;
    private bool stopped;

    private InsurerHost(PostgresServer server, string city, IReadOnlyList<string> counties)
    {
        (City, Counties) = (city, counties);
        settings = new()
        {
            ["Secrets:ServiceToken"] = "service-token-of-the-test", ["Secrets:OperatorToken"] = OperatorToken, ["Secrets:PersonKey"] = "a-person-key-of-forty-characters-0123456", ["Services:provider-registry:Address"] = "http://127.0.0.1:1", ["Services:enrollment:Address"] = "http://127.0.0.1:1", ["Services:settlement:Address"] = "http://127.0.0.1:1",
            ["Outbox:PollMilliseconds"] = "50", ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None", ["Logging:LogLevel:MassTransit"] = "None",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "None",
            [$"Insurers:{Insurer}:Keys:{Key.Kid}"] = Key.Private.ExportSubjectPublicKeyInfoPem(),
            [$"Insurers:{OtherInsurer}:Keys:{OtherKey.Kid}"] = OtherKey.Private.ExportSubjectPublicKeyInfoPem(),
        };
        foreach (var code in counties.Append(city))
        {
            settings[$"Tenants:{code}:City"] = city;
            settings[$"Tenants:{code}:Database"] = server.Address;
            settings[$"Secrets:Database:{code}:{SettlementModule.Service}"] = Password;
        }
        contracts = ContractLibrary.Of(Contract(Illness, Insurer, city), Contract(OtherIllness, Insurer, city) with { FundPayType = "330100", Insutype = "310", Counties = [counties[0]] },
            Contract(Supplement, OtherInsurer, city) with { Kind = ContractKind.Supplement, Insutype = null, FundPayType = "620100", Supplement = new SupplementTerms(TimeSpan.FromSeconds(1), 30) });
    }

    public string City { get; }
    public IReadOnlyList<string> Counties { get; }
    public InsurerKey Key { get; } = new(Insurer);
    public InsurerKey OtherKey { get; } = new(OtherInsurer);
    public IConfiguration Configuration => app.Configuration;
    public IServiceProvider Services => app.Services;
    public string Address { get; private set; } = "";
    public InsurerExchange.InsurerExchangeClient Client => new(channel);
    public NpgsqlDataSource CityDatabase => app.Services.GetRequiredService<TenantDatabases>().For(City, SettlementModule.Service);

    public static InsurerContract Contract(string number, string insurer, string city) => new(number, insurer, ContractKind.CriticalIllness, "大病保险" + number, "Contract " + number, city, null, "390", "390200",
        new DatePeriod(new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31)), false);

    public static async Task<InsurerHost> Start(PostgresServer server, int counties = 1, TimeProvider? time = null)
    {
        var prefix = FreshTenant.City();
        var host = new InsurerHost(server, $"{prefix}00", [.. Enumerable.Range(1, counties).Select(i => $"{prefix}{i:D2}")]);
        foreach (var code in host.Counties.Append(host.City))
        {
            var tenant = new Tenant(code, code, host.City, new Dictionary<string, string>());
            await FreshTenant.Make(server, tenant, SettlementModule.Service, Password, typeof(SettlementModule).Assembly);
        }
        await host.Open(time);
        return host;
    }

    private async Task Open(TimeProvider? time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        if (time is not null) builder.Services.AddSingleton(time);
        builder.AddSettlement();
        builder.Services.AddSingleton(contracts);
        app = builder.Build();
        app.MapPlatform();
        app.MapSettlement();
        await app.StartAsync();
        stopped = false;
        Address = $"http://127.0.0.1:{new Uri(app.Urls.First()).Port}";
        channel = GrpcChannel.ForAddress(Address);
    }

    /// <summary>A settlement as a county tells of it: the layer bears a fifth of the bill.</summary>
    public ClaimSettled Settled(string? county = null, long totalFen = 100_000, string insutype = "390", int policyOn = 20260601, string? psnNo = null, string? setlId = null)
    {
        var number = Interlocked.Increment(ref lastSettlement);
        return new ClaimSettled(setlId ?? $"{county ?? Counties[0]}S{number:D12}", $"M{number}", psnNo ?? $"P{number % 500}", county ?? Counties[0], "H1", county ?? Counties[0], "3", insutype, "1501", [], "21", policyOn, 1_780_000_000_000 + number, null,
            totalFen, 0, 0, 0, totalFen, 0, totalFen / 2, 0, 0, totalFen / 5, insutype == "310" ? totalFen / 10 : 0, 0, 0, totalFen / 2 + totalFen / 5, totalFen - totalFen / 2 - totalFen / 5, 0, 0, 0, "p", "1", 1, number);
    }

    public ClaimSettled Reversal(ClaimSettled of)
    {
        var number = Interlocked.Increment(ref lastSettlement);
        return of with
        {
            SetlId = $"{of.HomeCounty}R{number:D12}", ReversesSetlId = of.SetlId, TotalFen = -of.TotalFen, InScopeFen = -of.InScopeFen, BasicFundFen = -of.BasicFundFen, CriticalIllnessFen = -of.CriticalIllnessFen, LargeSumFen = -of.LargeSumFen,
            FundTotalFen = -of.FundTotalFen, PersonShareFen = -of.PersonShareFen, SettledAtMs = of.SettledAtMs + 1,
        };
    }

    /// <summary>Records events in a county's outbox, in one transaction; from there they go the way of all events.</summary>
    public async Task Tell<TEvent>(string county, params IReadOnlyList<TEvent> events)
    {
        await using var connection = await app.Services.GetRequiredService<TenantDatabases>().For(county, SettlementModule.Service).OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Outbox.Add(connection, transaction, [.. events.Select(e => OutboxEvent.Of("P", e, TimeProvider.System.GetUtcNow()))]);
        await transaction.CommitAsync();
        app.Services.GetRequiredService<OutboxBell>().Ring(county, SettlementModule.Service);
    }

    public Task Tell(params IReadOnlyList<ClaimSettled> events) => Tell(events[0].HomeCounty, events);

    /// <summary>Waits until the contract's stream has this many events.</summary>
    public async Task Fed(string contractNo, long count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using var command = CityDatabase.CreateCommand("SELECT coalesce((SELECT last_cursor FROM insurer_stream WHERE contract_no = $1), 0)");
        command.Parameters.Add(new() { Value = contractNo });
        while ((long)(await command.ExecuteScalarAsync(patience.Token))! < count) await Task.Delay(10, patience.Token); // written by a handler that nobody can wait for
    }

    /// <summary>Nothing told, nothing acknowledged: for the next test of a class that shares the host.</summary>
    public async Task Forget()
    {
        await Handled();
        await using var command = CityDatabase.CreateCommand("DELETE FROM insurer_feed; DELETE FROM insurer_stream");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until everything told has been handled: with the bus in memory, a row leaves the outbox then.</summary>
    public async Task Handled()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        foreach (var county in Counties)
        {
            await using var command = app.Services.GetRequiredService<TenantDatabases>().For(county, SettlementModule.Service).CreateCommand("SELECT count(*) FROM outbox");
            while ((long)(await command.ExecuteScalarAsync(patience.Token))! > 0) await Task.Delay(10, patience.Token);
        }
    }

    /// <summary>Everything in the contract's feed, read from the table.</summary>
    public async Task<List<ClaimEvent>> Feed(string contractNo) => await InsurerFeed.ReadAfter(CityDatabase, contractNo, 0, int.MaxValue, CancellationToken.None);

    public AsyncServerStreamingCall<ClaimEvent> Open(string contractNo, long? after = null, Metadata? headers = null, CancellationToken cancellation = default)
    {
        var request = new StreamClaimsRequest { ContractNo = contractNo };
        if (after is { } cursor) request.AfterCursor = cursor;
        return Client.StreamClaims(request, headers ?? Key.Calls(), cancellationToken: cancellation);
    }

    /// <summary>The next so many events of an open stream.</summary>
    public static async Task<List<ClaimEvent>> Take(AsyncServerStreamingCall<ClaimEvent> call, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var events = new List<ClaimEvent>();
        while (events.Count < count && await call.ResponseStream.MoveNext(patience.Token)) events.Add(call.ResponseStream.Current);
        return events;
    }

    public static async Task<(StatusCode Status, string? Code)> Refused(Func<Task> call)
    {
        var e = await Assert.ThrowsAsync<RpcException>(call);
        return (e.StatusCode, RefusalStatus.FromRpcException(e)?.Code);
    }

    /// <summary>Stops the service as a deployment does; the data stays.</summary>
    public Task Stop()
    {
        stopped = true;
        return app.StopAsync();
    }

    public async Task Restart()
    {
        await Close();
        await Open(null);
    }

    private async Task Close()
    {
        channel.Dispose();
        if (!stopped) await Stop();
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        Key.Dispose();
        OtherKey.Dispose();
    }
}

/// <summary>One host for the tests of a class that do not disturb each other.</summary>
public sealed class SharedInsurerHost(SharedPostgres postgres) : IAsyncLifetime
{
    public InsurerHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await InsurerHost.Start(postgres.Server, counties: 3);
    public Task DisposeAsync() => Host.DisposeAsync().AsTask();
}
