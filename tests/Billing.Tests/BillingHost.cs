using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Net.Client;
using MedInsure.Billing.Assessments;
using MedInsure.Billing.Payments;
using MedInsure.Billing.Persons;
using MedInsure.Embedded;
using MedInsure.Events;
using MedInsure.Hosting;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using BillingClient = MedInsure.Protos.Billing.V1.Billing.BillingClient;
using PersonMoneyClient = MedInsure.Protos.Billing.V1.PersonMoney.PersonMoneyClient;

namespace MedInsure.Billing.Tests;

/// <summary>One PostgreSQL for the assembly; every host takes a county that no other has.</summary>
public sealed class BillingFixture : IAsyncLifetime
{
    private static int lastCounty = 650_300;

    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartForTests();
    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <param name="pack">By which the county's residents are assessed.</param>
    /// <param name="workers">False: neither copies persons nor does runs by itself; the test does.</param>
    /// <param name="persons">Whom enrollment has before this service begins.</param>
    public Task<BillingHost> Start(string pack = "guichi/resident", string insutype = "390", bool workers = true, IEnumerable<Protos.Enrollment.V1.Person>? persons = null) =>
        BillingHost.Start(Server, $"{Interlocked.Increment(ref lastCounty)}", new Dictionary<string, string> { [insutype] = pack, ["310"] = "harbin/employee" }, workers, persons);
}

[CollectionDefinition("billing")]
public sealed class BillingCollection : ICollectionFixture<BillingFixture>;

/// <summary>The service as it runs, with its county's database, beside an enrollment and a settlement that say what the test wants, on free ports.</summary>
public sealed class BillingHost : IAsyncDisposable
{
    public const string City = "650300";
    private const string Token = "service-token-of-this-test";

    private readonly WebApplication app;
    private readonly GrpcChannel channel;

    private BillingHost(WebApplication app, Neighbours neighbours, Tenant county, SettableTime clock)
    {
        (this.app, Neighbours, County, Clock) = (app, neighbours, county, clock);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Http = new HttpClient { BaseAddress = new Uri(addresses[0]), Timeout = TimeSpan.FromMinutes(5), DefaultRequestHeaders = { { "authorization", $"Bearer {Token}" } } };
        channel = GrpcChannel.ForAddress(addresses[1]);
        Client = new BillingClient(channel);
        Feed = new Protos.Billing.V1.ReportFeed.ReportFeedClient(channel);
        Money = new PersonMoneyClient(channel);
        EmployerMoney = new Protos.Billing.V1.EmployerMoney.EmployerMoneyClient(channel);
    }

    public Tenant County { get; }
    public Neighbours Neighbours { get; }
    public SettableTime Clock { get; }
    public HttpClient Http { get; }
    public BillingClient Client { get; }
    public Protos.Billing.V1.ReportFeed.ReportFeedClient Feed { get; }
    public PersonMoneyClient Money { get; }
    public Protos.Billing.V1.EmployerMoney.EmployerMoneyClient EmployerMoney { get; }
    public NpgsqlDataSource Database => app.Services.GetRequiredService<TenantDatabases>().For(County.Code, BillingModule.Service);
    public IServiceProvider Services => app.Services;

    public static async Task<BillingHost> Start(PostgresServer server, string county, Dictionary<string, string> packs, bool workers, IEnumerable<Protos.Enrollment.V1.Person>? persons = null)
    {
        var (clock, tenant) = (new SettableTime(), new Tenant(county, $"测试{county}", City, packs));
        await FreshTenant.Make(server, tenant, BillingModule.Service, $"secret-{county}", typeof(BillingModule).Assembly);
        var neighbours = await Neighbours.Start(tenant, Token);
        foreach (var person in persons ?? []) neighbours.Persons.Add(person.PsnNo, person);

        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = Token, [$"Tenants:{county}:Name"] = tenant.Name, [$"Tenants:{county}:City"] = City, [$"Tenants:{county}:Database"] = server.Address,
            [$"Secrets:Database:{county}:{BillingModule.Service}"] = $"secret-{county}", [$"Tenants:{City}:Name"] = "测试市",
            ["Secrets:PaymentChannels"] = "unionpay=secret of the channel;other=another secret", ["Services:enrollment:Address"] = neighbours.Address, ["Services:settlement:Address"] = neighbours.Address,
        });
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.AddBilling();
        // Nor is the outbox sent then: it stays to be looked at.
        if (!workers)
            foreach (var service in builder.Services.Where(s => s.ServiceType == typeof(IHostedService)
                && (s.ImplementationType == typeof(PersonCopyWorker) || s.ImplementationFactory?.Method is { } made && (made.Module.Assembly == typeof(BillingModule).Assembly || made.DeclaringType!.DeclaringType == typeof(MessagingRegistration)))).ToList())
                builder.Services.Remove(service);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.MapPlatform();
        app.MapBilling();
        await app.StartAsync();
        var host = new BillingHost(app, neighbours, tenant, clock);
        if (!workers) await host.Sql<DBNull>("UPDATE person_copy SET completed_at = now()");
        return host;
    }

    public Grpc.Core.Metadata Headers(string? county = null)
    {
        var headers = CallTenant.For(county ?? County.Code);
        headers.Add("authorization", $"Bearer {Token}");
        return headers;
    }

    public async Task<T> Sql<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default!;
    }

    /// <summary>As enrollment's events bring them: copied, and assessed anew in the years that are.</summary>
    public async Task Hear(params InsuredPersonChanged[] persons)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await new PersonChangedHandler(Services.GetRequiredService<ChinaCalendar>()).Handle(new EventContext(County, County.Code, connection, transaction), persons, default);
        await transaction.CommitAsync();
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> Get(string path) => Send(HttpMethod.Get, path, null);

    public Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, object body) => Send(HttpMethod.Post, path, body);

    /// <summary>A file as the request's body.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Upload(string path, byte[] file)
    {
        using var answer = await Http.PostAsync($"/billing/{County.Code}{path}", new ByteArrayContent(file));
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>As an online channel calls: without a token of ours, signed.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Callback(object body, string channel = "unionpay", string secret = "secret of the channel", DateTimeOffset? at = null)
    {
        var path = $"/billing/{County.Code}/online-callbacks/{channel}";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body);
        var time = $"{(at ?? Clock.Now).ToUnixTimeSeconds()}";
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(bytes), Headers = { { "x-channel-timestamp", time }, { "x-channel-signature", ConfirmOnlinePayment.Sign(secret, time, path, bytes) } } };
        using var stranger = new HttpClient { BaseAddress = Http.BaseAddress };
        using var answer = await stranger.SendAsync(request);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>Fails unless every fen that came is somewhere, and the parts say what their payments and assessments say.</summary>
    public async Task MoneyAddsUp()
    {
        Assert.Equal("", await Sql<string>("SELECT coalesce(string_agg(what || ' says ' || said_fen || ', found ' || found_fen, '; '), '') FROM money_difference"));
        Assert.Equal(await Sql<long>("SELECT coalesce(sum(amount_fen), 0)::bigint FROM payment"), await Sql<long>("""
            SELECT (coalesce((SELECT sum(amount_fen) FROM allocation), 0) + coalesce((SELECT sum(left_fen) FROM suspense_item), 0) + coalesce((SELECT sum(amount_fen) FROM refund WHERE state = 'paid'), 0))::bigint
            """));
        Assert.Equal("", await Sql<string>("SELECT coalesce(string_agg(value_on || ' ' || channel || ': income ' || income_fen || ', moved ' || moved_fen, '; '), '') FROM income_difference"));
        Assert.Equal(await Sql<long>("SELECT coalesce(sum(left_fen), 0)::bigint FROM suspense_item"), await Sql<long>("SELECT coalesce(sum(amount_fen), 0)::bigint FROM income WHERE source = 'suspense'"));
        Assert.Equal("", await Sql<string>("""
            SELECT coalesce(string_agg(insutype || ' ' || period || ': ' || coalesce(i.fen, 0) || ' of ' || coalesce(a.fen, 0), '; '), '')
            FROM (SELECT insutype, period, sum(amount_fen) AS fen FROM income WHERE source = 'personal' AND reference NOT LIKE 'settlement %' GROUP BY insutype, period) i
            FULL JOIN (SELECT insutype, year AS period, sum(amount_fen) AS fen FROM allocation WHERE settlement_no IS NULL GROUP BY insutype, year) a USING (insutype, period) WHERE coalesce(i.fen, 0) <> coalesce(a.fen, 0)
            """));
        Assert.Equal(0L, await Sql<long>("SELECT count(*) FROM (SELECT income_no, row_number() OVER (ORDER BY income_no) AS n FROM income) i WHERE income_no <> n"));
    }

    /// <summary>Starts a run and returns it when it is done, however it is done: by the worker, or here.</summary>
    public async Task<JsonElement> Assess(int year, string insutype = "390", string? key = null)
    {
        var (status, run) = await Post("/assessment-runs", new { request_key = key ?? Guid.NewGuid().ToString("N"), insutype, year, started_by = "王经办", reason = "年度核定" });
        Assert.True(status == HttpStatusCode.OK, run.GetRawText());
        var worker = Services.GetRequiredService<AssessmentWorker>();
        while (await worker.Part(County, 1_000, default)) { }
        // The worker may be at the last part.
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            var now = (await Get($"/assessment-runs/{run.GetProperty("run_no").GetInt64()}")).Body;
            if (now.GetProperty("state").GetString() == "done") return now;
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), now.GetRawText());
        }
    }

    private async Task<(HttpStatusCode, JsonElement)> Send(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, $"/billing/{County.Code}{path}") { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await Neighbours.DisposeAsync();
    }
}

/// <summary>Stands still until it is set: 2026-11-21, 10:00 in China.</summary>
public sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 2, 0, 0, TimeSpan.Zero);
    public override DateTimeOffset GetUtcNow() => Now;
}
