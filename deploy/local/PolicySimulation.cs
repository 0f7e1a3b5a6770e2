using MedInsure.Embedded;
using MedInsure.Settlement;
using MedInsure.Settlement.Simulation;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Local;

/// <summary>deploy/policy simulate: the settlement program's command over the counties of the running local platform.</summary>
internal static class PolicySimulation
{
    public static async Task<int> Run(string folder, string[] arguments, TextWriter output, TextWriter errors)
    {
        var secrets = Path.Combine(folder, "secrets.json");
        if (!File.Exists(secrets) || LocalServer.Port(folder) is not { } port)
        {
            await errors.WriteLineAsync("the local platform does not run: deploy/up starts it");
            return 1;
        }
        var address = new NpgsqlConnectionStringBuilder { Host = PostgresServer.Host, Port = port }.ConnectionString;
        var settings = new LocalTenants(new LocalSecrets(secrets)).Configuration(address, _ => "", SettlementModule.Service);
        return await SimulateCommand.Run(arguments, new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), output, errors);
    }
}
