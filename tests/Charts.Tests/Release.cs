using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests;

/// <summary>A chart with a tenant's file and a choice of the switches.</summary>
/// <param name="Settings">As helm's --set takes them.</param>
public sealed record ReleaseCase(string Chart, string Tenant, IReadOnlyList<string> Settings)
{
    public bool IsCity => Chart == "medinsure-city";
    public string ReleaseName => $"medinsure-{Tenant}";
    public IReadOnlyList<string> Files => [Repository.At("charts", "tenants", $"{Tenant}.yaml")];

    public bool Has(string setting) => Settings.Contains(setting);

    public override string ToString() => $"{Chart} {Tenant} {string.Join(' ', Settings)}";
}

/// <summary>What Helm makes of a case.</summary>
public sealed record Release(ReleaseCase Case, IReadOnlyList<Manifest> Objects)
{
    public IEnumerable<Manifest> Of(string kind) => Objects.Where(o => o.Kind == kind);

    public Manifest One(string kind, string name) => Objects.Single(o => o.Kind == kind && o.Name == name);

    public Manifest? Find(string kind, string name) => Objects.SingleOrDefault(o => o.Kind == kind && o.Name == name);

    /// <summary>The deployments that run images of ours.</summary>
    public IEnumerable<Manifest> Services => Of("Deployment").Where(d => d.Body.Text("metadata", "labels", "app.kubernetes.io/component") == "service");

    public IEnumerable<Manifest> Workloads => Objects.Where(o => o.PodTemplate is not null);

    /// <summary>The same with one object changed: what a rule must find.</summary>
    public Release With(string kind, string name, Action<JsonNode> change)
    {
        var changed = new Manifest((JsonObject)One(kind, name).Body.DeepClone());
        change(changed.Body);
        return this with { Objects = [.. Objects.Select(o => o.Kind == kind && o.Name == name ? changed : o)] };
    }

    public Release Without(string kind, string name) => this with { Objects = [.. Objects.Where(o => o.Kind != kind || o.Name != name)] };

    /// <summary>Every case's release, rendered once for all tests.</summary>
    public static Task<IReadOnlyList<Release>> All => Rendered.Value;

    /// <summary>A county with everything on that can be.</summary>
    public static async Task<Release> Full() => (await All).First(r => r.Case is { Chart: "medinsure-county", Tenant: "230102" } && r.Case.Has("edge.kind=ingress") && r.Case.Has("dapr.enabled=false"));

    public static async Task<Release> FullCity() => (await All).First(r => r.Case is { Chart: "medinsure-city", Tenant: "230100" } && r.Case.Has("edge.kind=ingress") && r.Case.Has("dapr.enabled=false"));

    // Before what is made of them: fields are set in the order of the text.
    private static readonly string[] Hosts =
    [
        "edge.hospitals.host=hospitals.example", "edge.operators.enabled=true", "edge.operators.host=operators.example", "edge.insurers.enabled=true", "edge.insurers.host=insurers.example",
        "edge.insurers.clientCaSecret=insurers-ca", "edge.counties.enabled=true", "edge.counties.host=counties.example",
    ];

    public static IReadOnlyList<string> Tenants { get; } =
        [.. Directory.GetFiles(Repository.At("charts", "tenants"), "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    /// <summary>Every combination of the switches with a county and a city, and every other tenant's file with one of them in turn.</summary>
    public static IReadOnlyList<ReleaseCase> Cases { get; } = [.. MakeCases()];

    private static readonly Lazy<Task<IReadOnlyList<Release>>> Rendered = new(async () =>
    {
        var cases = Cases;
        var releases = new Release[cases.Count];
        await Parallel.ForAsync(0, cases.Count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, _) =>
        {
            var wanted = cases[i];
            releases[i] = new Release(wanted, Manifest.Parse(await Helm.Template(wanted.ReleaseName, wanted.Chart, wanted.Files, wanted.Settings, i % 2 == 0 ? "1.30.0" : "1.36.0")));
        });
        return releases;
    });

    private static IEnumerable<ReleaseCase> MakeCases()
    {
        string[][] stores =
        [
            ["stores.postgres.host=postgres.example", "stores.rabbitmq.host=rabbitmq.example", "stores.rabbitmq.tls=true", "stores.redis.host=redis.example", "stores.postgres.rootCertificate=true", "trust.secret=medinsure-ca",
                "stores.postgres.cidrs[0]=10.1.2.3/32"],
            ["stores.postgres.inCluster=true", "stores.rabbitmq.inCluster=true", "stores.redis.inCluster=true", "secrets.generate=true"],
        ];
        string[][] edges =
        [
            ["edge.kind=ingress", "edge.certManager.issuer=medinsure", .. Hosts],
            ["edge.kind=gateway", "edge.gatewayClass=nginx", "edge.certManager.issuer=medinsure", .. Hosts],
            ["edge.kind=none", "observability.collector.enabled=false"],
        ];
        string[][] dapr = [["dapr.enabled=false", "observability.serviceMonitor=true", "observability.prometheusRules=true", "observability.monitorLabels.release=prometheus"], ["dapr.enabled=true", "dapr.secretStore=true", "dapr.configurationStore=true", "dapr.cron=true", "observability.otlpEndpoint=http://otel.example:4317"]];
        var combinations = (from s in stores from e in edges from d in dapr select (string[])[.. s, .. e, .. d]).ToArray();

        foreach (var combination in combinations)
        {
            yield return new ReleaseCase("medinsure-county", "230102", combination);
            yield return new ReleaseCase("medinsure-city", "230100", combination);
        }
        var next = 0;
        foreach (var tenant in Tenants.Where(t => t is not ("230102" or "230100")))
            yield return new ReleaseCase(tenant.EndsWith("00", StringComparison.Ordinal) ? "medinsure-city" : "medinsure-county", tenant, combinations[next++ % combinations.Length]);
    }
}
