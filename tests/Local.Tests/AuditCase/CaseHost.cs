using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using MedInsure.Embedded;
using MedInsure.FraudAudit;
using MedInsure.Hosting;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Local.Tests.Year;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.ProviderRegistry;
using MedInsure.Reference;
using MedInsure.Settlement;
using MedInsure.Settlement.Persons;
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
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Local.Tests.AuditCase;

/// <summary>Settlement, provider-registry and fraud-audit of a county and its city in one process on a real PostgreSQL, on a day that the test sets. Started again, it goes on with what is there.</summary>
public sealed class CaseHost : IAsyncDisposable
{
    public const string City = "230100", County = "230102", Hospital = "H23010200011";

    private const string Operator = "operator-token-of-this-county", Password = "password-of-this-county";

    private static int lastMessage;

    private readonly WebApplication app;
    private readonly HttpClient http;
    private readonly SettableDay clock;
    private string lastHealth = "";

    private CaseHost(WebApplication app, SettableDay clock)
    {
        (this.app, this.clock) = (app, clock);
        http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), Timeout = TimeSpan.FromMinutes(5), DefaultRequestHeaders = { { "authorization", $"Bearer {Operator}" } } };
    }

    public DateOnly Today { get => clock.Today; set => clock.Today = value; }
    public string Day => AuditDay(Today);
    public Client Client => app.Services.GetRequiredService<Client>();

    /// <summary>What settlement knows of the hospital's agreement today.</summary>
    public ProviderStanding Standing => app.Services.GetRequiredService<ReferenceData>().For(City).FindProvider(Hospital)!.StandingOn(Today);

    public static string AuditDay(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <param name="effects">False: as a process that ends before its cases' effects are done.</param>
    public static async Task<CaseHost> Start(PostgresServer postgres, DateOnly today, bool effects = true)
    {
        (string Tenant, string Service, System.Reflection.Assembly Assembly)[] databases =
        [
            (City, SettlementModule.Service, typeof(SettlementModule).Assembly), (County, SettlementModule.Service, typeof(SettlementModule).Assembly), (City, ProviderRegistryModule.Service, typeof(ProviderRegistryModule).Assembly),
            (County, FraudAuditModule.Service, typeof(FraudAuditModule).Assembly),
        ];
        var packs = new Dictionary<string, string> { ["390"] = "harbin/resident" };
        var settings = new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = "service-token-of-this-county", ["Secrets:OperatorToken"] = Operator, ["Secrets:PersonKey"] = "a-person-key-of-forty-characters-0123456", ["Outbox:PollMilliseconds"] = "200", ["Services:enrollment:Address"] = "http://127.0.0.1:1",
        };
        foreach (var code in (string[])[City, County])
            (settings[$"Tenants:{code}:Name"], settings[$"Tenants:{code}:City"], settings[$"Tenants:{code}:Database"], settings[$"Tenants:{code}:Packs:390"]) = (code == City ? "哈尔滨市" : "道里区", City, postgres.Address, "harbin/resident");
        foreach (var (code, service, assembly) in databases)
        {
            var tenant = new Tenant(code, code, City, packs);
            await TenantProvisioning.Provision(postgres.AdminConnectionString, tenant, service, Password);
            await MigrationRunner.Apply(postgres.AdminConnectionString, tenant, service, assembly);
            settings[$"Secrets:Database:{code}:{service}"] = Password;
        }
        // As late as may be: nobody keeps it free for us.
        var port = FreePort();
        foreach (var service in (string[])[SettlementModule.Service, ProviderRegistryModule.Service]) settings[$"Services:{service}:Address"] = $"http://127.0.0.1:{port}";

        var clock = new SettableDay { Today = today };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, port, o => o.Protocols = HttpProtocols.Http2);
        });
        builder.AddProviderRegistry();
        builder.AddSettlement();
        builder.AddFraudAudit();
        if (!effects) builder.Services.Remove(builder.Services.Single(s => s.ServiceType == typeof(IHostedService) && s.ImplementationFactory?.Method.ReturnType.Name == "CaseEffectWorker"));
        builder.Logging.ClearProviders().AddFilter((category, level) => level >= LogLevel.Error && category?.Contains("HealthCheck", StringComparison.Ordinal) != true).AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        var app = builder.Build();
        app.UseRouting();
        app.MapPlatform();
        app.MapProviderRegistry();
        app.MapSettlement();
        app.MapFraudAudit();
        await app.StartAsync();
        var host = new CaseHost(app, clock);
        await host.Import("providers", $"fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,policy_level,county,agreement_no,agreement_from,agreement_to,ownership\n{Hospital},道里医院,1,05,2,{County},A1,2020-01-01,,private\n");
        await host.Import("catalog", "hilist_code,hilist_name,list_type,chrgitm_lv,med_chrgitm_type,selfpay_prop,limit_price_3,limit_price_2,limit_price_1,limit_price_community,min_level,begndate,enddate,outpatient_pool,gend_limit,age_min,age_max,max_qty_per_day,max_days\nA1,药品,101,01,09,0,,,,,village,2020-01-01,,1,,,,,\n");
        await app.Services.GetRequiredService<ReferenceData>().EnsureAtLeast(City, catalogVersion: 1, providerVersion: 1);
        await host.Until(async () =>
        {
            using var health = await host.http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            host.lastHealth = await health.Content.ReadAsStringAsync();
            return health.IsSuccessStatusCode;
        }, "the process is ready");
        return host;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Import(string what, string csv)
    {
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var answer = await http.PostAsync(new Uri($"/import/{what}?city={City}", UriKind.Relative), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public NpgsqlDataSource Database(string service) => app.Services.GetRequiredService<TenantDatabases>().For(County, service);

    public async Task Insure(params string[] psnNos)
    {
        await using var connection = await Database(SettlementModule.Service).OpenConnectionAsync();
        await InsuredPersons.Keep(connection, null, [.. psnNos.Select((psnNo, n) =>
        {
            var person = new Person { PsnNo = psnNo, PsnCertType = "01", Certno = $"23010219800101{n:D4}", PsnName = "王某", Gend = "1", BirthOn = 19800101, County = County, Version = 1 };
            person.Coverage.Add(new Coverage { Insutype = "390", PsnType = "1501", FromOn = 20200101 });
            return person;
        })], default);
    }

    /// <summary>Six days for 10,000.00, discharged today: (10,000.00 - 480.00) × 70 % = 6,664.00 of the pool, level 2 (Hb, policy-parameters.md).</summary>
    public async Task<SettlementReply> Stay(string psnNo, string? key = null)
    {
        const long fen = 1_000_000;
        var (tenant, now) = (CallTenant.For(County), clock.GetUtcNow().ToUnixTimeMilliseconds());
        var begin = now - 6 * 86_400_000L;
        var opened = await Client.OpenEncounterAsync(new OpenEncounterRequest
        {
            Key = Key("2401", key), FixmedinsCode = Hospital, PsnNo = psnNo, Insutype = "390", Details = new EncounterDetails { MedType = "21", BeginAtMs = begin, VisitNo = $"V{Interlocked.Increment(ref lastMessage)}", DepartmentCode = "01" },
        }, tenant);
        var fees = new AddFeeLinesRequest { Key = Key("2301"), FixmedinsCode = Hospital, MdtrtId = opened.MdtrtId, PsnNo = psnNo };
        fees.Line.Add(new FeeLine { FeedetlSn = "1", MedListCode = "A1", ProviderListCode = "A1", QuantityE4 = 10_000, UnitPriceMicroYuan = fen * 10_000, OccurredAtMs = begin + 86_400_000, AmountFen = fen });
        await Client.AddFeeLinesAsync(fees, tenant);
        await Client.DischargeEncounterAsync(new DischargeEncounterRequest { Key = Key("2402"), FixmedinsCode = Hospital, MdtrtId = opened.MdtrtId, PsnNo = psnNo, EndAtMs = now - 3_600_000, Way = "1" }, tenant);
        return await Client.SettleClaimAsync(new SettleClaimRequest { Key = Key("2304"), FixmedinsCode = Hospital, MdtrtId = opened.MdtrtId, PsnNo = psnNo, Insutype = "390", TotalFen = fen }, tenant);
    }

    /// <summary>A visit at the window, today.</summary>
    public async Task<SettlementReply> Visit(string psnNo)
    {
        var at = clock.GetUtcNow().ToUnixTimeMilliseconds() - 3_600_000;
        var request = new SettleClaimRequest { Key = Key("2102"), FixmedinsCode = Hospital, PsnNo = psnNo, Insutype = "390", TotalFen = 10_000, InlineEncounter = new EncounterDetails { MedType = "11", BeginAtMs = at } };
        request.InlineLine.Add(new FeeLine { FeedetlSn = "1", MedListCode = "A1", ProviderListCode = "A1", QuantityE4 = 10_000, UnitPriceMicroYuan = 100_000_000, OccurredAtMs = at, AmountFen = 10_000 });
        return await Client.SettleClaimAsync(request, CallTenant.For(County));
    }

    /// <returns>The refusal's code; null: it settled.</returns>
    public async Task<string?> Refused(string psnNo)
    {
        try
        {
            await Visit(psnNo);
            return null;
        }
        catch (Grpc.Core.RpcException e) when (RefusalStatus.FromRpcException(e) is { } refusal) { return refusal.Code; }
    }

    private static RequestKey Key(string transaction, string? id = null)
    {
        id ??= $"C{Interlocked.Increment(ref lastMessage):D12}";
        return new RequestKey { Sender = Hospital, MessageId = id, Transaction = transaction, ContentHash = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)) };
    }

    public Task<JsonElement> Get(string path) => Send(HttpMethod.Get, path, null);

    /// <summary>An operator's act; anything but success fails the test.</summary>
    public Task<JsonElement> Post(string path, object body) => Send(HttpMethod.Post, path, JsonContent.Create(body));

    /// <returns>The refusal's code; null: it was done.</returns>
    public async Task<string?> PostRefused(string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        return answer.IsSuccessStatusCode ? null : JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("code").GetString();
    }

    private async Task<JsonElement> Send(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new InvalidOperationException($"{path} on {Today}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>Returns when the condition holds: what is told is under way, and nobody can wait for it otherwise.</summary>
    public async Task Until(Func<Task<bool>> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            if (patience.IsCancellationRequested) throw new TimeoutException($"{what}: not on {Today}; health {lastHealth}");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
