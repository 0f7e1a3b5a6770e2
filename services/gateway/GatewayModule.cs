using Grpc.Core;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Signature;
using MedInsure.Hosting;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;

namespace MedInsure.Gateway;

/// <summary>The national interface for hospital and pharmacy systems.</summary>
public static class GatewayModule
{
    public const string Service = "gateway";
    public const string CommonAddress = "/fsi/api/callService";
    public const string CatalogAddress = "/fsi/api/transactions";

    private const int CredentialPageSize = 1_000;

    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        builder.AddPlatform(Service);
        builder.AddReferenceData(Service);
        builder.AddServiceClient<Enrollment.EnrollmentClient>("enrollment");
        builder.AddServiceClient<ProviderRegistry.ProviderRegistryClient>("provider-registry");
        builder.AddServiceClient<Settlement.SettlementClient>("settlement");
        builder.AddServiceClient<FraudAudit.FraudAuditClient>("fraud-audit");

        var services = builder.Services;
        services.AddSingleton(s => GatewayOptions.Read(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton(s => new SignInSerial(s.GetRequiredService<GatewayOptions>().SignInKey));
        services.AddSingleton<NonceWindow>(_ => new NonceWindow());
        services.AddSingleton(s => new CredentialCache(
            cancellation => ReadCredentials(s.GetRequiredService<ProviderRegistry.ProviderRegistryClient>(), s.GetRequiredService<TenantDirectory>(), cancellation),
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<CredentialCache>>()));
        services.AddSingleton(s => new CallLimits(s.GetRequiredService<GatewayOptions>().Limits));
        services.AddSingleton<SignatureCheck>();
        services.AddSingleton<TransactionTable>();
        services.AddSingleton<Backends>();
        services.AddSingleton<CallEndpoint>();
        return builder;
    }

    /// <summary>Maps the common address, one address per transaction number, and the table of the transactions.</summary>
    public static WebApplication MapGateway(this WebApplication app)
    {
        // Made now: a missing key stops the start, not the first hospital. The endpoint itself waits for the first request: its clients ask
        // for the services' addresses, and the one-process platform knows its own only once it listens.
        app.Services.GetRequiredService<SignInSerial>();
        app.MapPost(CommonAddress, http => Endpoint(http).Serve(http, address: null));
        foreach (var transaction in TransactionTable.All)
            foreach (var number in transaction.Numbers)
                app.MapPost(AddressOf(transaction, number), http => Endpoint(http).Serve(http, number));
        app.MapGet(CatalogAddress, async http =>
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            await http.Response.BodyWriter.WriteAsync(TransactionCatalog.Json);
        });
        return app;
    }

    public static string AddressOf(Transaction transaction, string number) => $"/fsi/api/{transaction.Service}/{number}";

    private static CallEndpoint Endpoint(HttpContext http) => http.RequestServices.GetRequiredService<CallEndpoint>();

    private static async Task<IReadOnlyList<CallerCredential>> ReadCredentials(
        ProviderRegistry.ProviderRegistryClient registry, TenantDirectory tenants, CancellationToken cancellation)
    {
        var all = new List<CallerCredential>();
        foreach (var city in tenants.All.Select(t => t.CityCode).Distinct())
        {
            var request = new ListCredentialsRequest { PageSize = CredentialPageSize };
            do
            {
                var page = await registry.ListCredentialsAsync(request, new CallOptions(CallTenant.For(city), (TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(5)).UtcDateTime, cancellation));
                foreach (var credential in page.Credential)
                    if (CallerCredential.Of(credential.Paasid, credential.Token, credential.FixmedinsCode, city) is { } usable) all.Add(usable);
                request.AfterPaasid = page.NextAfterPaasid;
            }
            while (request.AfterPaasid.Length > 0);
        }
        return all;
    }
}
