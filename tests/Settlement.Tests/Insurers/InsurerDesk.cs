using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Embedded;
using MedInsure.Hosting;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Insurers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>
/// A city where an insurer and the agency meet: the whole service over the wire, on a real PostgreSQL. The counties are another process' worth: their
/// settlement where a test has one, and an enrollment that counts as the test says. Every test takes a contract of its own.
/// </summary>
public sealed class InsurerDesk : IAsyncDisposable
{
    public const string Insurer = "CXDESK", OperatorToken = "operator-token-of-the-test";
    private const int Contracts = 40;
    private const string ServiceToken = "service-token-of-the-test", Password = "test-only-password";

    private readonly InsurerKey key = new(Insurer), otherKey = new("HMDESK");
    private WebApplication app = null!, enrollment = null!;
    private CountyServer? county;
    private GrpcChannel channel = null!;
    private HttpClient operators = null!;
    private int lastContract, lastSettlement;

    private InsurerDesk(string city, SettlementNode? county)
    {
        City = city;
        Counties = [$"{city[..4]}01", $"{city[..4]}02", .. county is null ? Array.Empty<string>() : [county.Tenant.Code]];
    }

    public string City { get; }
    /// <summary>The first two have an enrollment only.</summary>
    public IReadOnlyList<string> Counties { get; }
    public SetTime Clock { get; } = new(SettlementNode.Start);
    public DateOnly Today { set => Clock.Now = new DateTimeOffset(value.ToDateTime(new TimeOnly(12, 0)), ChinaCalendar.Offset); }
    /// <summary>Persons covered, by county; one that is missing is away.</summary>
    public Dictionary<string, long> Heads { get; } = [];
    public CountCoveredRequest? LastCount { get; private set; }
    public InsurerExchange.InsurerExchangeClient Client => new(channel);
    public NpgsqlDataSource Database => app.Services.GetRequiredService<TenantDatabases>().For(City, SettlementModule.Service);
    public Metadata Headers => key.Calls(key.Token(Clock.Now));
    public Metadata OtherHeaders => otherKey.Calls(otherKey.Token(Clock.Now));

    /// <summary>A contract that no other test of this desk has: Harbin's terms, every county.</summary>
    public string Contract() => $"D-CI-{Interlocked.Increment(ref lastContract):D2}";
    /// <summary>One that shows names; one of a policy that persons buy.</summary>
    public const string Shown = "D-CI-SHOWN", Supplement = "D-SUP";

    private ContractLibrary Library()
    {
        var harbin = ContractLibrary.LoadEmbedded().Find("CX230100-CI-390")! with { Insurer = Insurer, City = City };
        return ContractLibrary.Of(
        [
            .. Enumerable.Range(1, Contracts).Select(i => harbin with { Number = $"D-CI-{i:D2}" }), harbin with { Number = Shown, ShowsPersonalData = true },
            harbin with { Number = Supplement, Kind = ContractKind.Supplement, FundPayType = "620100", Premium = null, Sharing = null },
        ]);
    }

    public static async Task<InsurerDesk> Open(PostgresServer server, SettlementNode? county = null)
    {
        var desk = new InsurerDesk($"{FreshTenant.City()}00", county);
        var city = new Tenant(desk.City, desk.City, desk.City, new Dictionary<string, string>());
        await FreshTenant.Make(server, city, SettlementModule.Service, Password, typeof(SettlementModule).Assembly);
        foreach (var code in desk.Counties.Take(2)) desk.Heads[code] = 100;
        if (county is not null) desk.county = await CountyServer.Start(county);
        await desk.OpenEnrollment();
        await desk.OpenCity(server);
        return desk;
    }

    private async Task OpenEnrollment()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        enrollment = builder.Build();
        enrollment.MapGrpcService<CountingEnrollment>();
        await enrollment.StartAsync();
    }

    private async Task OpenCity(PostgresServer server)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = ServiceToken, ["Secrets:OperatorToken"] = OperatorToken, ["Secrets:PersonKey"] = "a-person-key-of-forty-characters-0123456",
            ["Services:provider-registry:Address"] = "http://127.0.0.1:1", ["Services:enrollment:Address"] = enrollment.Urls.First(), ["Services:settlement:Address"] = county?.Address ?? "http://127.0.0.1:1",
            ["Logging:LogLevel:Default"] = "Error",
            [$"Insurers:{Insurer}:Keys:{key.Kid}"] = key.Private.ExportSubjectPublicKeyInfoPem(), [$"Insurers:{otherKey.Code}:Keys:{otherKey.Kid}"] = otherKey.Private.ExportSubjectPublicKeyInfoPem(),
            [$"Tenants:{City}:Database"] = server.Address, [$"Secrets:Database:{City}:{SettlementModule.Service}"] = Password,
        };
        foreach (var code in Counties.Append(City)) settings[$"Tenants:{code}:City"] = City;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2);
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.AddSettlement();
        builder.Services.AddSingleton(Library());
        app = builder.Build();
        app.MapPlatform();
        app.MapSettlement();
        await app.StartAsync();
        channel = GrpcChannel.ForAddress(app.Urls.First());
        operators = new HttpClient { BaseAddress = new Uri(app.Urls.Last()) };
    }

    /// <summary>The process of the county that has a settlement ends.</summary>
    public Task CountyGoesAway() => county!.Stop();

    // ---- the stream

    /// <summary>A settlement as the stream tells it. The contract bears <paramref name="fen"/>.</summary>
    public ClaimEvent Settled(long fen, int policyOn = 20260601, string? county = null, string? setlId = null) => new()
    {
        Kind = ClaimEventKind.Settled, SetlId = setlId ?? $"{City}S{Interlocked.Increment(ref lastSettlement):D12}", County = county ?? Counties[0], PolicyOn = policyOn, InsurerFen = fen, TotalFen = fen * 5,
        ProviderCode = "H1", ProviderCounty = Counties[0], ProviderLevel = "3", PersonKey = "0123456789abcdef", Insutype = "390", MedType = "21", SettledAtMs = 1_780_000_000_000,
    };

    public ClaimEvent Reversal(ClaimEvent of)
    {
        var reversal = of.Clone();
        (reversal.Kind, reversal.SetlId, reversal.ReversesSetlId) = (ClaimEventKind.Reversed, $"{City}S{Interlocked.Increment(ref lastSettlement):D12}", of.SetlId);
        (reversal.InsurerFen, reversal.TotalFen) = (-of.InsurerFen, -of.TotalFen);
        return reversal;
    }

    public async Task Tell(string contractNo, params ClaimEvent[] events)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var last = await InsurerFeed.Lock(connection, transaction, contractNo, CancellationToken.None);
        await InsurerFeed.Append(connection, transaction, contractNo, last, [.. events.Select(e => e.Clone())], CancellationToken.None);
        await transaction.CommitAsync();
    }

    /// <summary>A settled claim of a new contract.</summary>
    public async Task<(string Contract, string SetlId)> Claim(long fen = 10_000, int policyOn = 20260601)
    {
        var (contract, settled) = (Contract(), Settled(fen, policyOn));
        await Tell(contract, settled);
        return (contract, settled.SetlId);
    }

    public Task<List<ClaimEvent>> Feed(string contractNo) => InsurerFeed.ReadAfter(Database, contractNo, 0, int.MaxValue, CancellationToken.None);

    // ---- disputes

    public RaiseDisputeRequest Disputing(string contractNo, string setlId, long fen = 1_000, string number = "D1") =>
        new() { ContractNo = contractNo, DisputeNo = number, SetlId = setlId, ReasonCode = "calculation", Text = "起付线计算有误", DisputedFen = fen };

    public async Task<Dispute> Raised(RaiseDisputeRequest request) => await Client.RaiseDisputeAsync(request, Headers);

    public Task<(HttpStatusCode Status, JsonElement Body)> Decide(string contractNo, string number, object decision) => Post($"/insurers/{contractNo}/disputes/{number}/decision", decision);

    public static object Upholding(decimal adjusted, string reviewer = "王复核", string approver = "李审批", string text = "同意") => new { outcome = "upheld", adjusted, text, reviewer, approver };
    public static object Rejecting(string reviewer = "王复核", string approver = "李审批", string text = "不同意") => new { outcome = "rejected", text, reviewer, approver };

    // ---- the agency's operators

    public static object TwoPeople => new { reviewer = "王复核", approver = "李审批" };

    public Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, object body) => Send(HttpMethod.Post, path, JsonContent.Create(body, options: InsurerJson.Options));
    public Task<(HttpStatusCode Status, JsonElement Body)> PostText(string path, string text, string type = "application/json") => Send(HttpMethod.Post, path, new StringContent(text, Encoding.UTF8, type));
    public Task<(HttpStatusCode Status, JsonElement Body)> Get(string path, string token = OperatorToken) => Send(HttpMethod.Get, path, null, token);

    private async Task<(HttpStatusCode, JsonElement)> Send(HttpMethod method, string path, HttpContent? content, string token = OperatorToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.TryAddWithoutValidation("authorization", "Bearer " + token);
        using var answer = await operators.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>The refusal's code, with the status that it came in.</summary>
    public static (HttpStatusCode, string?) Refusal((HttpStatusCode Status, JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("code").GetString());

    /// <summary>The year's heads are fixed after its count day.</summary>
    public async Task HeadsFixed(string contractNo, int year = 2026)
    {
        var (status, body) = await Post($"/insurers/{contractNo}/premiums/{year}/head-count", TwoPeople);
        Assert.True(status == HttpStatusCode.OK, body.ToString());
    }

    public static async Task<(StatusCode Status, string? Code)> Refused(Func<Task> call)
    {
        var e = await Assert.ThrowsAsync<RpcException>(call);
        return (e.StatusCode, RefusalStatus.FromRpcException(e)?.Code);
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        operators.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await enrollment.DisposeAsync();
        if (county is not null) await county.DisposeAsync();
        key.Dispose();
        otherKey.Dispose();
    }

    private sealed class CountingEnrollment(InsurerDesk desk) : Protos.Enrollment.V1.Enrollment.EnrollmentBase
    {
        public override Task<CountCoveredReply> CountCovered(CountCoveredRequest request, ServerCallContext context)
        {
            desk.LastCount = request;
            return desk.Heads.TryGetValue(CallTenant.Require(context), out var heads) ? Task.FromResult(new CountCoveredReply { Persons = heads }) : throw new RpcException(new Status(StatusCode.Unavailable, "this county is away"));
        }
    }
}

/// <summary>One desk for the tests of a class.</summary>
public sealed class SharedDesk(SharedPostgres postgres) : IAsyncLifetime
{
    public InsurerDesk Desk { get; private set; } = null!;

    public async Task InitializeAsync() => Desk = await InsurerDesk.Open(postgres.Server);
    public Task DisposeAsync() => Desk.DisposeAsync().AsTask();
}
