using System.Reflection;
using MedInsure.Billing;
using MedInsure.Console;
using MedInsure.Embedded;
using MedInsure.Enrollment;
using MedInsure.FraudAudit;
using MedInsure.Gateway;
using MedInsure.Hosting.Tenancy;
using MedInsure.Local.Sample;
using MedInsure.ProviderRegistry;
using MedInsure.Reporting;
using MedInsure.Settlement;
using MedInsure.Tool;

namespace MedInsure.Local;

/// <summary>
/// What both forms of the local platform are made of: the sample's tenants with their databases, and the configuration of each service as its chart
/// would give it, its own secrets only. The one-process form has all of them together.
/// </summary>
internal sealed class LocalTenants(LocalSecrets secrets)
{
    /// <summary>Which service has a database in which kind of tenant, and where its migrations are.</summary>
    private static readonly (string Service, bool InCity, bool InCounty, Assembly Migrations)[] Databases =
    [
        (ProviderRegistryModule.Service, true, false, typeof(ProviderRegistryModule).Assembly),
        (EnrollmentModule.Service, false, true, typeof(EnrollmentModule).Assembly),
        (SettlementModule.Service, true, true, typeof(SettlementModule).Assembly),
        (BillingModule.Service, false, true, typeof(BillingModule).Assembly),
        (FraudAuditModule.Service, false, true, typeof(FraudAuditModule).Assembly),
        (ReportingModule.Service, true, false, typeof(ReportingModule).Assembly),
        (ConsoleModule.Service, true, false, typeof(ConsoleModule).Assembly),
    ];

    /// <summary>What each service calls, and which secrets it uses beside its databases'.</summary>
    private static readonly (string Service, string[] Calls, string[] Secrets)[] Needs =
    [
        (ProviderRegistryModule.Service, [], ["Secrets:ServiceToken", "Secrets:OperatorToken"]),
        (EnrollmentModule.Service, [SettlementModule.Service], ["Secrets:ServiceToken", "Secrets:OperatorToken", "Secrets:ECredential"]),
        (SettlementModule.Service, [EnrollmentModule.Service, FraudAuditModule.Service, ProviderRegistryModule.Service, SettlementModule.Service], ["Secrets:ServiceToken", "Secrets:OperatorToken"]),
        (BillingModule.Service, [EnrollmentModule.Service, SettlementModule.Service], ["Secrets:ServiceToken", "Secrets:OperatorToken"]),
        (FraudAuditModule.Service, [SettlementModule.Service, ProviderRegistryModule.Service], ["Secrets:ServiceToken", "Secrets:OperatorToken", "Secrets:TipKey"]),
        (ReportingModule.Service, [BillingModule.Service, EnrollmentModule.Service, FraudAuditModule.Service, ProviderRegistryModule.Service, SettlementModule.Service], ["Secrets:ServiceToken", "Secrets:OperatorToken"]),
        (GatewayModule.Service, [EnrollmentModule.Service, FraudAuditModule.Service, ProviderRegistryModule.Service, SettlementModule.Service], ["Secrets:ServiceToken", "Secrets:GatewaySignIn"]),
        (ConsoleModule.Service, [], ["Secrets:ServiceToken", "Secrets:OperatorToken"]),
    ];

    private readonly List<Tenant> all =
        [.. SampleCity.All.SelectMany(c => (Tenant[])[new Tenant(c.Code, c.Name, c.Code, c.Packs), .. c.Counties.Select(county => new Tenant(county.Code, county.Name, c.Code, c.Packs))])];

    /// <summary>All services, in the order in which they can be stopped last to first.</summary>
    public static IEnumerable<string> Services => Needs.Select(n => n.Service);

    /// <summary>Makes and migrates every database.</summary>
    /// <param name="of">A service's migrations; null: those of this build.</param>
    public async Task Prepare(PostgresServer postgres, TextWriter output, CancellationToken cancellation, Func<string, IReadOnlyList<MigrationRunner.Migration>>? of = null)
    {
        // Secrets are made one by one, before the tenants go their ways.
        var passwords = all.ToDictionary(t => t.Code, t => DatabasesOf(t).ToDictionary(d => d.Service, d => Password(t, d.Service)));
        await output.WriteLineAsync($"preparing {all.Count} tenants");
        var migrationsOf = Databases.ToDictionary(d => d.Service, d => of?.Invoke(d.Service) ?? MigrationRunner.Read(d.Migrations));
        // On their own databases, but the server makes one database at a time.
        await Task.WhenAll(all.Select(async tenant =>
        {
            foreach (var (service, _, _, _) in DatabasesOf(tenant))
            {
                await TenantProvisioning.Provision(postgres.AdminConnectionString, tenant, service, passwords[tenant.Code][service], cancellation);
                await MigrationRunner.Apply(postgres.AdminConnectionString, tenant, service, migrationsOf[service], cancellation);
            }
        }));
    }

    /// <summary>The configuration of a process that hosts these services.</summary>
    /// <param name="database">Address of the tenants' databases.</param>
    /// <param name="addressOf">Where a service answers gRPC.</param>
    /// <param name="desks">Where the operators' desks of all services answer.</param>
    public Dictionary<string, string?> Configuration(string database, Func<string, string> addressOf, string desks, params IReadOnlyCollection<string> services)
    {
        var settings = new Dictionary<string, string?>();
        foreach (var tenant in all)
        {
            settings[$"Tenants:{tenant.Code}:Name"] = tenant.Name;
            settings[$"Tenants:{tenant.Code}:City"] = tenant.CityCode;
            settings[$"Tenants:{tenant.Code}:Database"] = database;
            if (!tenant.IsCity) settings[$"Tenants:{tenant.Code}:Audit"] = "open";
            foreach (var (insutype, pack) in tenant.Packs) settings[$"Tenants:{tenant.Code}:Packs:{insutype}"] = pack;
            foreach (var (service, _, _, _) in DatabasesOf(tenant).Where(d => services.Contains(d.Service))) settings[$"Secrets:Database:{tenant.Code}:{service}"] = Password(tenant, service);
        }
        foreach (var (service, calls, names) in Needs.Where(n => services.Contains(n.Service)))
        {
            foreach (var called in calls) settings[$"Services:{called}:Address"] = addressOf(called);
            foreach (var name in names) settings[name] = secrets[name];
        }
        if (services.Contains(ConsoleModule.Service))
            foreach (var service in Services) settings[$"Services:{service}:Http"] = desks;
        if (services.Contains(SettlementModule.Service)) LocalInsurers.Configure(settings, secrets);
        return settings;
    }

    /// <summary>run.json without what only a running platform knows.</summary>
    public RunFile Addresses(LocalListeners listeners) =>
        new(listeners.GatewayAddress, listeners.PeopleAddress, listeners.GrpcAddress, listeners.ConsoleAddress, secrets["Secrets:OperatorToken"], secrets["Secrets:ServiceToken"],
            [.. SampleCity.All.SelectMany(c => c.Counties.Select(county => new RunTenant(county.Code, county.Name, c.Code, c.Name, c.Packs)))], [], [], [], [], []);

    private string Password(Tenant tenant, string service) => secrets[$"Secrets:Database:{tenant.Code}:{service}"];

    private static IEnumerable<(string Service, bool InCity, bool InCounty, Assembly Migrations)> DatabasesOf(Tenant tenant) => Databases.Where(d => tenant.IsCity ? d.InCity : d.InCounty);
}
