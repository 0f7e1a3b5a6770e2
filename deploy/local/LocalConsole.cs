using System.Net;
using MedInsure.Console;
using MedInsure.Console.Access;
using MedInsure.Embedded;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Tool;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Npgsql;

namespace MedInsure.Local;

/// <summary>The console inside the one-process form: an application of its own with its own address, as its pages' paths and the services' are not told apart.</summary>
internal static class LocalConsole
{
    private const string Cashier = "county_cashier";

    public static async Task<WebApplication> Start(LocalOptions options, LocalListeners listeners, Dictionary<string, string?> settings, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(ConsoleModule).Assembly.GetName().Name });
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddInMemoryCollection(settings).AddInMemoryCollection(options.Settings);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, listeners.Console, listener => listener.Protocols = HttpProtocols.Http1));
        builder.Services.AddRoutingCore();
        builder.AddConsole();
        var app = builder.Build();
        app.MapPlatform();
        app.MapConsole();
        await app.StartAsync(cancellation);
        return app;
    }

    /// <summary>Of every role somebody, with a random password: of each county those whom the four acts of a payment need, a provider and a township; of each city two people of its own.</summary>
    public static IEnumerable<RunOperator> Operators(RunFile run, LocalSecrets secrets)
    {
        foreach (var city in run.Tenants.Select(t => t.City).Distinct())
            foreach (var (name, role) in ((string, string)[])
                [("city_manager", Roles.City), ("city_second", Roles.City), ("city_auditor", Roles.Auditor), ("city_finance", Roles.Finance), ("city_operations", Roles.Operations), ("city_operations_second", Roles.Operations), ("insurer", Roles.Insurer)])
                yield return Of(name, role, city);
        foreach (var county in run.Tenants.Select(t => t.County))
            foreach (var (name, role) in ((string, string)[])
                [("county_reviewer", Roles.County), ("county_second_reviewer", Roles.County), ("county_approver", Roles.County), (Cashier, Roles.Finance), ("county_auditor", Roles.Auditor), ("township", Roles.Township), ("provider", Roles.Provider)])
                yield return Of(name, role, county);

        RunOperator Of(string name, string role, string place) => new($"{name}-{place}", secrets[$"Secrets:Operator:{name}-{place}"], role, place);
    }

    /// <summary>Adds the run's operators to the cities' consoles; those that are there stay as they are.</summary>
    public static async Task AddOperators(RunFile run, string database, LocalSecrets secrets, CancellationToken cancellation)
    {
        foreach (var city in run.Tenants.Select(t => t.City).Distinct())
        {
            var own = run.Tenants.Where(t => t.City == city).Select(t => t.County).Append(city).ToHashSet();
            var address = new NpgsqlConnectionStringBuilder(database)
            {
                Database = TenantNames.Database(city), Username = TenantNames.Runtime(city, ConsoleModule.Service), Password = secrets[$"Secrets:Database:{city}:{ConsoleModule.Service}"], Pooling = false,
            };
            await using var source = NpgsqlDataSource.Create(address.ConnectionString);
            // A release before the console, at the start of an upgrade.
            await using (var there = source.CreateCommand("SELECT to_regclass('console_user') IS NOT NULL"))
                if (await there.ExecuteScalarAsync(cancellation) is not true) continue;
            await AddFirstUser.Execute(source,
            [
                .. run.Operators.Where(o => own.Contains(o.County)).Select(o => new AddFirstUser.Entry(o.User, o.User, o.Role, o.County, o.Password,
                    Township: o.Role == Roles.Township ? $"{o.County}001" : "",
                    // A sample without providers still has the account, which sees nothing.
                    Provider: o.Role == Roles.Provider ? run.Providers.FirstOrDefault(p => p.County == o.County)?.FixmedinsCode ?? $"P{o.County}00000" : "",
                    Insurer: o.Role == Roles.Insurer ? "PICC" : "")),
            ], cancellation);
        }
    }
}
