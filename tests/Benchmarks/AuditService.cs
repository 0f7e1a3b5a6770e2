using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using MedInsure.Embedded;
using MedInsure.FraudAudit;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Rules;
using MedInsure.Hosting;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using AuditClient = MedInsure.Protos.FraudAudit.V1.FraudAudit.FraudAuditClient;
using RegistryBase = MedInsure.Protos.ProviderRegistry.V1.ProviderRegistry.ProviderRegistryBase;

namespace MedInsure.Benchmarks;

/// <summary>fraud-audit as it runs, with the load's persons, points and catalog, asked over HTTP/2 through the platform's own client.</summary>
internal sealed class AuditService : IAsyncDisposable
{
    private const string Secret = "secret-of-the-benchmark";
    private readonly WebApplication app;

    private AuditService(WebApplication app) => this.app = app;

    public AuditClient Client => app.Services.GetRequiredService<AuditClient>();

    public static async Task<AuditService> Start(PostgresServer server, CheckLoad load, CancellationToken cancellation)
    {
        var county = new Tenant(CheckLoad.County, "测试县", CheckLoad.City, new Dictionary<string, string>());
        await TenantProvisioning.Provision(server.AdminConnectionString, county, FraudAuditModule.Service, Secret, cancellation);
        await MigrationRunner.Apply(server.AdminConnectionString, county, FraudAuditModule.Service, typeof(FraudAuditModule).Assembly, cancellation);
        var address = $"http://127.0.0.1:{FreePort()}";
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = Secret, ["Secrets:OperatorToken"] = Secret + "-operator", [$"Tenants:{county.Code}:Name"] = county.Name, [$"Tenants:{county.Code}:City"] = county.CityCode, [$"Tenants:{county.Code}:Database"] = server.Address,
            [$"Tenants:{county.CityCode}:Name"] = "测试市", [$"Secrets:Database:{county.Code}:{FraudAuditModule.Service}"] = Secret,
            ["Services:settlement:Address"] = address, ["Services:provider-registry:Address"] = address, ["Services:fraud-audit:Address"] = address, ["Checks:HistoryLinesMax"] = $"{4 * load.HistoryLines}",
        });
        builder.AddFraudAudit();
        builder.AddServiceClient<AuditClient>("fraud-audit");
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address).ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.MapPlatform();
        app.MapFraudAudit();
        app.MapGrpcService<Registry>();
        await Fill(app.Services.GetRequiredService<TenantDatabases>().For(county.Code, FraudAuditModule.Service), load, cancellation);
        await app.StartAsync(cancellation);
        await app.Services.GetRequiredService<ReferenceData>().EnsureAtLeast(county.CityCode, catalogVersion: 1, providerVersion: 1, cancellation: cancellation);
        return new AuditService(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static async Task Fill(NpgsqlDataSource database, CheckLoad load, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        foreach (var page in load.Histories.Chunk(2_000)) await ClaimStore.Keep(connection, transaction, page, cancellation);
        await using (var batch = new NpgsqlCommand("""
            INSERT INTO knowledge_batch (title, reason, imported_by, approved_by, imported_at, rows, changed) VALUES ('benchmark', 'benchmark', 'a', 'b', now(), 1, 1);
            UPDATE feed_position SET seq = 1000000000, idx = 0
            """, connection, transaction)) await batch.ExecuteNonQueryAsync(cancellation);
        await using (var rows = await connection.BeginBinaryImportAsync("COPY knowledge_point (rule, point_no, batch_no, item_name, codes, others, diagnoses, gend, age_min, age_max, insutypes, med_types, level_min, limit_value, window_text, basis, from_on) FROM STDIN (FORMAT binary)", cancellation))
        {
            foreach (var point in load.Rules.Points) await Write(rows, point, cancellation);
            await rows.CompleteAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
        await using var analyze = new NpgsqlCommand("ANALYZE audit_claim", connection);
        await analyze.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task Write(NpgsqlBinaryImporter rows, KnowledgePoint point, CancellationToken cancellation)
    {
        await rows.StartRowAsync(cancellation);
        await rows.WriteAsync(point.Rule, cancellation);
        await rows.WriteAsync(point.PointNo, cancellation);
        await rows.WriteAsync(1L, cancellation);
        await rows.WriteAsync(point.ItemName, cancellation);
        await rows.WriteAsync(point.Codes.ToArray(), cancellation);
        await rows.WriteAsync(point.Others.ToArray(), cancellation);
        await rows.WriteAsync(point.Diagnoses.ToArray(), cancellation);
        await rows.WriteAsync(point.Gend, cancellation);
        await rows.WriteAsync(point.AgeMin ?? 0, cancellation);
        await rows.WriteAsync(point.AgeMax ?? 200, cancellation);
        await rows.WriteAsync(point.Insutypes.ToArray(), cancellation);
        await rows.WriteAsync(point.MedTypes.ToArray(), cancellation);
        await rows.WriteAsync(point.LevelMin, cancellation);
        await rows.WriteAsync(point.LimitE4, cancellation);
        await rows.WriteAsync(point.Window, cancellation);
        await rows.WriteAsync(point.Basis, cancellation);
        await rows.WriteAsync(DayNumber.ToDate(point.FromOn), NpgsqlTypes.NpgsqlDbType.Date, cancellation);
    }

    private sealed class Registry : RegistryBase
    {
        public override Task<Versions> GetVersions(GetVersionsRequest request, ServerCallContext context) => Task.FromResult(new Versions { CatalogVersion = 1, DiseaseVersion = 1, ProviderVersion = 1 });
        public override Task<ListDiseasesReply> ListDiseases(ListRowsRequest request, ServerCallContext context) => Task.FromResult(new ListDiseasesReply { UpToVersion = 1 });
        public override Task<ListCatalogItemsReply> ListCatalogItems(ListRowsRequest request, ServerCallContext context) => Task.FromResult(new ListCatalogItemsReply { UpToVersion = 1, Item = { CheckLoad.Items } });
        public override Task<ListProvidersReply> ListProviders(ListRowsRequest request, ServerCallContext context) => Task.FromResult(new ListProvidersReply { UpToVersion = 1, Provider = { CheckLoad.Providers } });
    }
}
