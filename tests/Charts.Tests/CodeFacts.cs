using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MedInsure.Charts.Tests;

/// <summary>What a service's code says of itself, as _facts.tpl says it for the charts.</summary>
public sealed partial record CodeFacts(string Service, bool Database, string Rpc, bool Broker, bool Queue, bool Redis, IReadOnlyList<string> Calls, bool AsksCounties, bool TellsPeers, IReadOnlyList<string> Paths, bool Hospitals, string Insurers, bool Verify)
{
    /// <summary>The services whose folders exist.</summary>
    public static IReadOnlyList<string> Built { get; } = [.. Directory.GetDirectories(Repository.At("services")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    /// <summary>As shared/Hosting maps them.</summary>
    public static IReadOnlySet<string> HealthPaths { get; } =
        MapHealth().Matches(Repository.Text("shared", "Hosting", "Observability", "HealthEndpoints.cs")).Select(m => m.Groups[1].Value).ToHashSet();

    public static CodeFacts Of(string service) => Known.GetOrAdd(service, _ => Of(service,
        string.Join('\n', Repository.Code("services", service).Select(File.ReadAllText)),
        Directory.Exists(Repository.At("services", service, "migrations")), Protos()));

    private static readonly ConcurrentDictionary<string, CodeFacts> Known = new();

    /// <param name="code">All of the service's source.</param>
    /// <param name="protos">The gRPC services of the contracts, full name by the C# name.</param>
    public static CodeFacts Of(string service, string code, bool hasMigrations, IReadOnlyDictionary<string, string> protos)
    {
        var reference = code.Contains(".AddReferenceData(", StringComparison.Ordinal);
        var outbox = code.Contains(".AddOutbox(", StringComparison.Ordinal);
        var handler = code.Contains(".AddEventHandler<", StringComparison.Ordinal);
        string[] offered = [.. GrpcBase().Matches(code).Select(m => m.Groups[1].Value)];
        // A service that calls its own name asks that of other tenants: the city's side its counties'.
        var calls = ServiceClient().Matches(code).Select(m => m.Groups[1].Value is "Service" ? service : m.Groups[1].Value.Trim('"')).ToList();
        return new CodeFacts(service, hasMigrations,
            offered.Where(o => !o.StartsWith("Insurer", StringComparison.Ordinal) && !IsOwnDesk(o)).Select(o => protos[o]).SingleOrDefault() ?? "",
            outbox || handler || reference || code.Contains(".AddEventListener<", StringComparison.Ordinal), handler, reference,
            [.. (reference ? calls.Append("provider-registry") : calls).Where(c => c != service).Distinct().Order(StringComparer.Ordinal)], calls.Contains(service) && !code.Contains(".TakeReferralAsync(", StringComparison.Ordinal), // an audit asks its peers alone
            // What counties' settlements and audits tell each other.
            code.Contains(".TakeOffCountyClaimsAsync(", StringComparison.Ordinal) || code.Contains(".TakeReferralAsync(", StringComparison.Ordinal),
            [.. PathsOf(code).Distinct().Order(StringComparer.Ordinal)],
            code.Contains("\"/fsi/api/", StringComparison.Ordinal),
            offered.Where(o => o.StartsWith("Insurer", StringComparison.Ordinal)).Select(o => protos[o]).SingleOrDefault() ?? "",
            code.Contains("args is [\"verify\"]", StringComparison.Ordinal));
    }

    /// <summary>What persons and employers do themselves is called by the console beside the service's own contract, what the county's audit reads and books by fraud-audit, what the city's reporting reads, on the same port; no other county reaches it.</summary>
    private static bool IsOwnDesk(string offered) => offered.StartsWith("Person", StringComparison.Ordinal) || offered.StartsWith("Employer", StringComparison.Ordinal) || offered.StartsWith("Audit", StringComparison.Ordinal) || offered is "ReportFeed" or "ReportFund";

    private static IEnumerable<string> PathsOf(string code) =>
        MapImport().Matches(code).Select(m => m.Groups[1].Value).Concat(MapGet().Matches(code).Select(m => m.Groups[1].Value).Where(p => !p.StartsWith("/fsi", StringComparison.Ordinal)));

    private static Dictionary<string, string> Protos() => Directory.GetFiles(Repository.At("shared", "Protos"), "*.proto", SearchOption.AllDirectories)
        .Select(File.ReadAllText).SelectMany(text => ProtoService().Matches(text).Select(m => (Name: m.Groups[1].Value, Full: $"{ProtoPackage().Match(text).Groups[1].Value}.{m.Groups[1].Value}")))
        // Every service has a ReportFeed; each is told by its own contract.
        .Where(p => p.Name != "ReportFeed").ToDictionary(p => p.Name, p => p.Full);

    /// <summary>What _facts.tpl says, by service.</summary>
    public static JsonObject OfCharts() => OfCharts(Repository.Text("charts", "medinsure-lib", "templates", "_facts.tpl"));

    public static JsonObject OfCharts(string template) => (JsonObject)Json.OfYaml(FactsBlock().Match(template).Groups[1].Value)!;

    [GeneratedRegex(@"MapHealthChecks\(""([^""]+)""")]
    private static partial Regex MapHealth();

    [GeneratedRegex(@"\.AddServiceClient<[\w.]+>\((""[a-z-]+""|Service)\)")]
    private static partial Regex ServiceClient();

    [GeneratedRegex(@"\b(\w+)\.\1Base\b")]
    private static partial Regex GrpcBase();

    [GeneratedRegex(@"\.MapImport<[^>]+>\(""(/[^""]+)""\)")]
    private static partial Regex MapImport();

    [GeneratedRegex(@"\bapp\.Map(?:Get|Post|Group)\(""(/[\w-]+)")]
    private static partial Regex MapGet();

    [GeneratedRegex(@"^service (\w+)", RegexOptions.Multiline)]
    private static partial Regex ProtoService();

    [GeneratedRegex(@"^package ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex ProtoPackage();

    [GeneratedRegex(@"define ""medinsure\.facts"" -\}\}\n(.*?)\{\{- end \}\}", RegexOptions.Singleline)]
    private static partial Regex FactsBlock();
}
