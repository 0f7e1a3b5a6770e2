using System.Security.Cryptography;
using MedInsure.Charts.Tests.Policies;
using MedInsure.Embedded;

namespace MedInsure.Charts.Tests.Images;

/// <summary>
/// What the images would hold starts with what the charts configure: the migrations' jobs make the databases, a city's and a county's services become
/// ready and find each other, the journal is verified, and SIGTERM ends every process in good order. Only addresses are other ones than in a cluster.
/// </summary>
[Trait("Category", "Chart")]
public sealed class ChartProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Dictionary<(string Secret, string Key), string> secrets = [];
    private readonly Dictionary<string, (int Http, int Grpc)> ports = [];

    [Fact]
    public async Task CityAndCounty_StartAsTheChartsSay()
    {
        var (code, said) = await ImageContentTests.Publish();
        Assert.True(code == 0, said);
        await using var postgres = await PostgresServer.Start(new PostgresOptions { Durable = false });
        secrets[("medinsure-database-admin", "user")] = "postgres";
        secrets[("medinsure-database-admin", "password")] = await File.ReadAllTextAsync(Path.Combine(postgres.Folder, "superuser"));

        var (city, county) = (await Release.FullCity(), await Release.Full());
        (Release Release, string Service)[] places = [(city, "provider-registry"), (city, "settlement"), (city, "reporting"), (county, "enrollment"), (county, "settlement"), (county, "billing"), (county, "fraud-audit"), (county, "gateway")];
        foreach (var (release, service) in places) ports[$"{release.Case.Tenant} {service}"] = (ServiceProcess.FreePort(), ServiceProcess.FreePort());

        foreach (var (release, service) in places.Where(p => CodeFacts.Of(p.Service).Database))
            await RunJob(release, service, release.One("Job", $"{service}-migrate"), postgres);

        var running = new List<(string Place, ServiceProcess Process)>();
        try
        {
            foreach (var (release, service) in places)
            {
                var place = $"{release.Case.Tenant} {service}";
                running.Add((place, ServiceProcess.Start(Program(service), [], Variables(release, release.One("Deployment", service), postgres), ports[place].Http)));
            }
            // Ready: databases answer, and the city's publications were read from its registry.
            foreach (var (place, process) in running) Assert.Equal($"{place}: ready", $"{place}: {await process.Ready(Patience)}");
            await RunJob(county, "settlement", county.One("CronJob", "settlement-verify"), postgres);
            foreach (var (_, process) in running) process.Terminate();
            foreach (var (place, process) in running) Assert.Equal($"{place}: 0", $"{place}: {await process.End(Patience)}");
        }
        finally
        {
            foreach (var (_, process) in running) process.Dispose();
        }
    }

    private async Task RunJob(Release release, string service, Manifest job, PostgresServer postgres)
    {
        using var process = ServiceProcess.Start(Program(service), job.Containers.Single().List("args").Select(a => a.Text()), Variables(release, job, postgres), 0);
        var code = await process.End(Patience);
        Assert.True(code == 0, $"{job}: {code} {process.Said}");
    }

    private static string Program(string service) =>
        Repository.At("deploy", ".local", "images", service, "MedInsure." + string.Concat(service.Split('-').Select(p => char.ToUpperInvariant(p[0]) + p[1..])));

    /// <summary>A container's variables as the chart has them, with this machine's addresses for the cluster's and a random word for each secret.</summary>
    private Dictionary<string, string> Variables(Release release, Manifest workload, PostgresServer postgres)
    {
        var variables = new Dictionary<string, string>();
        foreach (var (name, value) in ConfigurationRules.Variables(release, workload))
        {
            if (Local(release, workload.Name, name, value, postgres) is { } text) variables[name] = text;
        }
        foreach (var variable in workload.Containers.Single().List("env"))
            if (variable.At("valueFrom", "secretKeyRef") is { } from)
            {
                var place = ($"{(from.Text("name") == "medinsure-database" ? release.Case.Tenant : "")}{from.Text("name")}", from.Text("key"));
                if (!secrets.TryGetValue(place, out var secret)) secrets[place] = secret = RandomNumberGenerator.GetHexString(40);
                variables[variable.Text("name")] = secret;
            }
        return variables;
    }

    private string? Local(Release release, string service, string name, string? value, PostgresServer postgres) => name switch
    {
        _ when value is null => null,
        _ when name.EndsWith("__Database", StringComparison.Ordinal) => postgres.Address,
        "Kestrel__Endpoints__Http__Url" => $"http://127.0.0.1:{ports[$"{release.Case.Tenant} {service}"].Http}",
        "Kestrel__Endpoints__Grpc__Url" => $"http://127.0.0.1:{ports[$"{release.Case.Tenant} {service}"].Grpc}",
        // No broker, Redis or collector here: the bus is in memory then, and the rest is optional.
        _ when name.StartsWith("Bus__", StringComparison.Ordinal) || name.StartsWith("Redis__", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal) => null,
        _ when name.StartsWith("Services__", StringComparison.Ordinal) => Address(release, value),
        "Shutdown__DrainSeconds" => "0.2",
        _ => value,
    };

    /// <summary>dns:///settlement-grpc:8082 → where that service of that tenant listens here; others of the city's counties are nowhere.</summary>
    private string Address(Release release, string value)
    {
        var host = value["dns:///".Length..].Split(':')[0].Split('.');
        var tenant = host.Length > 1 ? host[1]["medinsure-".Length..] : release.Case.Tenant;
        return ports.TryGetValue($"{tenant} {host[0][..^"-grpc".Length]}", out var port) ? $"http://127.0.0.1:{port.Grpc}" : "http://127.0.0.1:1";
    }
}
