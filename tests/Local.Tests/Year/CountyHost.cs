using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MedInsure.Billing;
using MedInsure.Embedded;
using MedInsure.Enrollment;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.ProviderRegistry;
using MedInsure.Settlement;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Local.Tests.Year;

/// <summary>A county's services in one process on a real PostgreSQL, on a day that the caller sets, with the bus in memory or on a real RabbitMQ.</summary>
public sealed class CountyHost : IAsyncDisposable
{
    private const string Operator = "operator-token-of-this-year", ChannelSecret = "secret of the channel";

    private readonly WebApplication app;
    private readonly HttpClient http;

    private readonly SettableDay clock;
    private readonly TimeSpan patience;

    private CountyHost(WebApplication app, string county, SettableDay clock, TimeSpan patience)
    {
        (this.app, County, this.clock, this.patience) = (app, county, clock, patience);
        http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), Timeout = TimeSpan.FromMinutes(30), DefaultRequestHeaders = { { "authorization", $"Bearer {Operator}" } } };
    }

    public string County { get; }
    public DateOnly Today { get => clock.Today; set => clock.Today = value; }

    /// <param name="patience">How long events and runs may be under way.</param>
    public static async Task<CountyHost> Start(PostgresServer postgres, RabbitMqServer? broker, string county, DateOnly today, TimeSpan patience)
    {
        var city = new Tenant($"{county[..4]}00", "生成市", $"{county[..4]}00", Packs);
        var (tenant, clock) = (new Tenant(county, "生成县", city.Code, Packs), new SettableDay { Today = today });
        var settings = new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = "service-token-of-this-year", ["Secrets:OperatorToken"] = Operator, ["Secrets:ECredential"] = "e-credential-key-of-this-year", ["Secrets:PaymentChannels"] = $"unionpay={ChannelSecret}",
            ["Secrets:InsurerPersonKey"] = Convert.ToBase64String(new byte[32]),
        };
        if (broker is not null)
        {
            settings["Bus:RabbitMq:Host"] = RabbitMqServer.Host;
            settings["Bus:RabbitMq:Port"] = $"{broker.Port}";
            settings["Bus:RabbitMq:User"] = RabbitMqServer.User;
            settings["Secrets:RabbitMq"] = broker.Password;
        }
        foreach (var of in (Tenant[])[city, tenant])
        {
            settings[$"Tenants:{of.Code}:Name"] = of.Name;
            settings[$"Tenants:{of.Code}:City"] = city.Code;
            settings[$"Tenants:{of.Code}:Database"] = postgres.Address;
            foreach (var (insutype, pack) in Packs) settings[$"Tenants:{of.Code}:Packs:{insutype}"] = pack;
        }
        foreach (var (of, service, assembly) in ((Tenant, string, System.Reflection.Assembly)[])
            [(city, ProviderRegistryModule.Service, typeof(ProviderRegistryModule).Assembly), (tenant, EnrollmentModule.Service, typeof(EnrollmentModule).Assembly),
             (tenant, SettlementModule.Service, typeof(SettlementModule).Assembly), (tenant, BillingModule.Service, typeof(BillingModule).Assembly)])
        {
            await TenantProvisioning.Provision(postgres.AdminConnectionString, of, service, $"password-{service}");
            await MigrationRunner.Apply(postgres.AdminConnectionString, of, service, assembly);
            settings[$"Secrets:Database:{of.Code}:{service}"] = $"password-{service}";
        }
        // As late as may be: nobody keeps it free for us.
        var port = FreePort();
        foreach (var service in (string[])[ProviderRegistryModule.Service, EnrollmentModule.Service, SettlementModule.Service, BillingModule.Service]) settings[$"Services:{service}:Address"] = $"http://127.0.0.1:{port}";

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, port, o => o.Protocols = HttpProtocols.Http2);
        });
        builder.AddProviderRegistry();
        builder.AddEnrollment();
        builder.AddSettlement();
        builder.AddBilling();
        // What goes wrong goes to standard error: a benchmark's answer is on the other one.
        builder.Logging.ClearProviders().AddFilter((_, level) => level >= LogLevel.Error).AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        var app = builder.Build();
        app.UseRouting();
        app.MapPlatform();
        app.MapProviderRegistry();
        app.MapEnrollment();
        app.MapSettlement();
        app.MapBilling();
        await app.StartAsync();
        return new CountyHost(app, county, clock, patience);
    }

    private static readonly Dictionary<string, string> Packs = new() { ["390"] = "guichi/resident", ["310"] = "harbin/employee" };

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public Task<JsonElement> Get(string path) => Send(HttpMethod.Get, path, null);

    /// <summary>An operator's act; anything but success is a failure of the year.</summary>
    public Task<JsonElement> Post(string path, object body) => Send(HttpMethod.Post, path, JsonContent.Create(body));

    public Task<JsonElement> Upload(string path, string file) => Send(HttpMethod.Post, path, new ByteArrayContent(Encoding.UTF8.GetBytes(file)));

    public Task<string> Text(string path) => http.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>A file as the import tool sends it: written while it is read.</summary>
    /// <returns>The result's line.</returns>
    public async Task<JsonElement> Import(string path, Action<TextWriter> write)
    {
        var name = Path.GetTempFileName();
        try
        {
            await using (var writer = new StreamWriter(name)) write(writer);
            await using var file = File.OpenRead(name);
            using var content = new StreamContent(file);
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
            var last = JsonElement.Parse((await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n')[^1]);
            return last.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{path}: {last}");
        }
        finally { File.Delete(name); }
    }

    /// <summary>As an online channel calls: without a token of ours, signed.</summary>
    public async Task<JsonElement> Callback(object body)
    {
        var path = $"/billing/{County}/online-callbacks/unionpay";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body);
        var time = $"{clock.GetUtcNow().ToUnixTimeSeconds()}";
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(bytes), Headers = { { "x-channel-timestamp", time } } };
        request.Headers.Add("x-channel-signature", Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(ChannelSecret), (byte[])[.. Encoding.UTF8.GetBytes($"{time}\n{path}\n"), .. bytes])));
        using var channel = new HttpClient { BaseAddress = http.BaseAddress };
        using var answer = await channel.SendAsync(request);
        return await Read(answer, path);
    }

    public NpgsqlDataSource Database(string service) => app.Services.GetRequiredService<TenantDatabases>().For(County, service);

    public async Task<T> Sql<T>(string service, string sql)
    {
        await using var command = Database(service).CreateCommand(sql);
        command.CommandTimeout = 300;
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Returns when the condition holds: events are on their way.</summary>
    public async Task Until(Func<Task<bool>> condition, string what)
    {
        for (var waited = Stopwatch.StartNew(); !await condition(); await Task.Delay(100))
            if (waited.Elapsed > patience) throw new TimeoutException($"{what}: not after {patience}");
    }

    private async Task<JsonElement> Send(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        using var answer = await http.SendAsync(request);
        return await Read(answer, path);
    }

    private static async Task<JsonElement> Read(HttpResponseMessage answer, string path)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>Ten in the morning in China of the day that is set.</summary>
public sealed class SettableDay : TimeProvider
{
    private DateTimeOffset now;

    public DateOnly Today
    {
        get => DateOnly.FromDateTime(now.ToOffset(ChinaCalendar.Offset).Date);
        set => now = new DateTimeOffset(value.ToDateTime(new TimeOnly(10, 0)), ChinaCalendar.Offset);
    }

    public override DateTimeOffset GetUtcNow() => now.ToUniversalTime();
}
