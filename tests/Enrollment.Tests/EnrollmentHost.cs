using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Net.Client;
using MedInsure.Embedded;
using MedInsure.Enrollment.Employers;
using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Persons;
using MedInsure.Events;
using MedInsure.Hosting;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using EnrollmentClient = MedInsure.Protos.Enrollment.V1.Enrollment.EnrollmentClient;
using PersonDeskClient = MedInsure.Protos.Enrollment.V1.PersonDesk.PersonDeskClient;

namespace MedInsure.Enrollment.Tests;

/// <summary>One PostgreSQL for the assembly; every host takes counties that no other has.</summary>
public sealed class EnrollmentFixture : IAsyncLifetime
{
    private static int lastCounty = 650_200;

    public PostgresServer Server { get; private set; } = null!;

    public TermsServer Settlement { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await PostgresServer.StartForTests();
        Settlement = await TermsServer.Start(EnrollmentHost.Token);
    }

    public async Task DisposeAsync()
    {
        await Settlement.DisposeAsync();
        await Server.DisposeAsync();
    }

    public Task<EnrollmentHost> Start(int counties = 1, Action<WebApplicationBuilder>? configure = null) => EnrollmentHost.Start(Server, Settlement.Address, [.. Enumerable.Range(0, counties).Select(_ => $"{Interlocked.Increment(ref lastCounty)}")], configure);
}

[CollectionDefinition("enrollment")]
public sealed class EnrollmentCollection : ICollectionFixture<EnrollmentFixture>;

/// <summary>The service as it runs, with its counties' databases, on free ports.</summary>
public sealed class EnrollmentHost : IAsyncDisposable
{
    public const string City = "650200", OtherCounty = "659901";
    internal const string Token = "service-token-of-this-test";

    private readonly WebApplication app;
    private readonly HttpClient http;
    private readonly GrpcChannel channel;

    private EnrollmentHost(WebApplication app, IReadOnlyList<string> counties, SettableClock clock)
    {
        (this.app, Counties, Clock) = (app, counties, clock);
        var addresses = app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        http = new HttpClient { BaseAddress = new Uri(addresses[0]), Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Add("authorization", $"Bearer {Token}");
        channel = GrpcChannel.ForAddress(addresses[1]);
        Client = new EnrollmentClient(channel);
        EmployerDesk = new Protos.Enrollment.V1.EmployerDesk.EmployerDeskClient(channel);
        Desk = new PersonDeskClient(channel);
        Feed = new Protos.Enrollment.V1.ReportFeed.ReportFeedClient(channel);
    }

    public IReadOnlyList<string> Counties { get; }
    public string County => Counties[0];
    public SettableClock Clock { get; }
    public EnrollmentClient Client { get; }
    public Protos.Enrollment.V1.EmployerDesk.EmployerDeskClient EmployerDesk { get; }
    public PersonDeskClient Desk { get; }
    public Protos.Enrollment.V1.ReportFeed.ReportFeedClient Feed { get; }
    public TenantDatabases Databases => app.Services.GetRequiredService<TenantDatabases>();
    public IConfiguration Configuration => app.Services.GetRequiredService<IConfiguration>();
    internal ChinaCalendar Calendar => app.Services.GetRequiredService<ChinaCalendar>();

    public static async Task<EnrollmentHost> Start(PostgresServer server, string settlement, IReadOnlyList<string> counties, Action<WebApplicationBuilder>? configure)
    {
        var clock = new SettableClock();
        var settings = new Dictionary<string, string?> { ["Secrets:ServiceToken"] = Token, ["Secrets:ECredential"] = "e-credential-key-of-this-test", ["Services:settlement:Address"] = settlement };
        foreach (var county in counties)
        {
            var tenant = new Tenant(county, $"测试{county}", City, new Dictionary<string, string>());
            await FreshTenant.Make(server, tenant, EnrollmentModule.Service, $"secret-{county}", typeof(EnrollmentModule).Assembly);
            settings[$"Tenants:{county}:Name"] = tenant.Name;
            settings[$"Tenants:{county}:City"] = tenant.CityCode;
            settings[$"Tenants:{county}:Database"] = server.Address;
            settings[$"Secrets:Database:{county}:{EnrollmentModule.Service}"] = $"secret-{county}";
        }

        // Known, but served by others: the city, and a county of its own release.
        settings[$"Tenants:{City}:Name"] = "测试市";
        settings[$"Tenants:{OtherCounty}:Name"] = "别处";

        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(clock);
        // Without the module's dispatcher, unless asked for: the outbox stays to be looked at.
        if (configure is null)
        {
            builder.AddPlatform(EnrollmentModule.Service);
            builder.Services.AddSingleton<ServedCounties>().AddSingleton<StaffDesk>().AddSingleton<EmployerLedger>().AddSingleton<EmployerDeskGrpc>();
            builder.AddServiceClient<Protos.Settlement.V1.Settlement.SettlementClient>("settlement");
        }
        else
        {
            builder.AddEnrollment();
            configure(builder);
        }
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.MapPlatform();
        app.MapEnrollment();
        await app.StartAsync();
        return new EnrollmentHost(app, counties, clock);
    }

    public Grpc.Core.Metadata Headers(string? county = null)
    {
        var headers = CallTenant.For(county ?? County);
        headers.Add("authorization", $"Bearer {Token}");
        return headers;
    }

    /// <summary>POSTs a file as the import tool does and reads the last line of the answer.</summary>
    public async Task<JsonElement> Post(string kind, string csv, bool partial = false)
    {
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var answer = await http.PostAsync($"/import/{kind}{(partial ? "?accept_partial=true" : "")}", content);
        var text = await answer.Content.ReadAsStringAsync();
        return JsonDocument.Parse(text.TrimEnd('\n').Split('\n')[^1]).RootElement;
    }

    /// <summary>POSTs a file to /enrolment/{county}/… and reads the last line of the answer.</summary>
    public async Task<JsonElement> PostFile(string path, string csv)
    {
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var answer = await http.PostAsync($"/enrolment/{County}/{path}", content);
        return JsonDocument.Parse((await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n')[^1]).RootElement;
    }

    /// <summary>An operator's request below /enrolment/{county}/: GET without a body, POST with one.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Ask(string path, object? body = null)
    {
        using var content = body is null ? null : new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = body is null ? await http.GetAsync($"/enrolment/{County}/{path}") : await http.PostAsync($"/enrolment/{County}/{path}", content);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    public Task<string> Text(string path) => http.GetStringAsync($"/enrolment/{County}/{path}");

    /// <summary>Imports without HTTP, as another process would.</summary>
    internal static async Task<ImportResult> Import<TRow>(CsvImport<TRow> kind, string csv, bool partial = false) where TRow : class
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        return await Import(kind, file, partial);
    }

    internal static async Task<ImportResult> Import<TRow>(CsvImport<TRow> kind, Stream file, bool partial = false) where TRow : class
    {
        var outcome = await CsvFile.Import(file, kind, new ImportRun(partial));
        return outcome.Refusal is { } refusal ? throw new InvalidOperationException(refusal.Code) : outcome.Value;
    }

    internal ImportPersons Persons() => ActivatorUtilities.CreateInstance<ImportPersons>(app.Services);
    internal Enrollment.Register.CompareRegister Register() => ActivatorUtilities.CreateInstance<Enrollment.Register.CompareRegister>(app.Services, County);
    internal Enrollment.Enrolments.ImportStudents Students(Enrollment.Enrolments.StudentOrder order) => ActivatorUtilities.CreateInstance<Enrollment.Enrolments.ImportStudents>(app.Services, County, order);
    internal ImportEmployers Employers() => ActivatorUtilities.CreateInstance<ImportEmployers>(app.Services);

    public async Task<T> Sql<T>(string sql, string? county = null)
    {
        await using var command = Databases.For(county ?? County, EnrollmentModule.Service).CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<long> Count(string table, string? county = null) => Sql<long>($"SELECT count(*) FROM {table}", county);

    /// <summary>What the service does after a large file: every changed person into the outbox.</summary>
    public async Task TellChanged(string? county = null)
    {
        while (await ChangedPersons.TellNext(Databases.For(county ?? County, EnrollmentModule.Service), default)) { }
    }

    /// <summary>The events of one kind waiting in the outbox, in their order.</summary>
    public async Task<List<T>> Told<T>()
    {
        await using var command = Databases.For(County, EnrollmentModule.Service).CreateCommand($"SELECT payload FROM outbox WHERE type = '{typeof(T).Name}' ORDER BY seq");
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<T>();
        while (await reader.ReadAsync()) events.Add(EventJson.Read<T>((byte[])reader[0]));
        return events;
    }

    /// <summary>The events waiting in the outbox, in their order.</summary>
    public async Task<List<InsuredPersonChanged>> Events(string? county = null)
    {
        await using var command = Databases.For(county ?? County, EnrollmentModule.Service).CreateCommand("SELECT payload FROM outbox ORDER BY seq");
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<InsuredPersonChanged>();
        while (await reader.ReadAsync()) events.Add(EventJson.Read<InsuredPersonChanged>((byte[])reader[0]));
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>Stands still until it is set: 2026-11-21, 10:00 in China.</summary>
public sealed class SettableClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 2, 0, 0, TimeSpan.Zero);
    public DateOnly Today { set => Now = new DateTimeOffset(value.ToDateTime(new TimeOnly(10, 0)), ChinaCalendar.Offset); }
    public override DateTimeOffset GetUtcNow() => Now;
}
