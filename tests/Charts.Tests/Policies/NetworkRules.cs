using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests.Policies;

/// <summary>Who may talk to whom: exactly what the code of the services does, and nothing that is not named.</summary>
public static class NetworkRules
{
    public static IEnumerable<string> Violations(Release release)
    {
        var policies = release.Of("NetworkPolicy").ToList();
        if (!policies.Any(p => p.Body.At("spec", "podSelector") is JsonObject { Count: 0 } && Types(p) is ["Egress", "Ingress"] && p.Body.At("spec", "ingress") is null && p.Body.At("spec", "egress") is null))
            yield return "nothing denies by default";
        foreach (var policy in policies)
        {
            if (policy.Body.At("spec", "podSelector") is JsonObject { Count: > 0 } && Types(policy) is not ["Egress", "Ingress"]) yield return $"{policy} leaves a direction open";
            foreach (var rule in policy.Body.List("spec", "ingress"))
                if (!rule.List("from").Any()) yield return $"{policy} lets anybody in";
            foreach (var rule in policy.Body.List("spec", "egress"))
                if (!rule.List("to").Any() && !rule.List("ports").Any()) yield return $"{policy} lets out to anywhere";
        }
        foreach (var service in release.Services)
        {
            var policy = release.Find("NetworkPolicy", service.Name);
            if (policy is null) { yield return $"{service} has no network policy"; continue; }
            foreach (var problem in Compare($"{service.Name} to", Wanted(release, service.Name), Edges(policy, "egress", "to"))) yield return problem;
            foreach (var problem in Compare($"{service.Name} from", Admitted(release, service.Name), Edges(policy, "ingress", "from"))) yield return problem;
        }
        foreach (var store in release.Of("StatefulSet"))
        {
            var callers = release.Services.Where(s => Uses(s.Name, store.Name)).Select(s => $"here {s.Name}:{store.Name}").ToHashSet();
            // Migrations, backups, verification.
            if (store.Name == "postgres") callers.Add("here all job:postgres");
            var policy = release.Find("NetworkPolicy", store.Name);
            if (policy is null) { yield return $"{store} has no network policy"; continue; }
            foreach (var problem in Compare($"{store.Name} from", callers, [.. Edges(policy, "ingress", "from").Where(e => e.StartsWith("here ", StringComparison.Ordinal))])) yield return problem;
        }
    }

    private static bool Uses(string service, string store) => CodeFacts.Of(service) is var code && store switch { "postgres" => code.Database, "rabbitmq" => code.Broker, _ => code.Redis };

    /// <summary>What a service reaches, by its code and the case's choice of stores.</summary>
    private static HashSet<string> Wanted(Release release, string name)
    {
        var (code, facts) = (CodeFacts.Of(name), CodeFacts.OfCharts()[name]);
        var running = release.Services.Select(s => s.Name).ToHashSet();
        var inCluster = release.Case.Has("stores.postgres.inCluster=true");
        var wanted = new HashSet<string>();
        foreach (var call in code.Calls)
            if (running.Contains(call)) wanted.Add($"here {call}:grpc");
            else if (!release.Case.IsCity) wanted.Add($"elsewhere {call}:grpc");
        // People of other counties: HomeCounty sends their bills home.
        if (!release.Case.IsCity && facts.Is(true, "visitors")) wanted.UnionWith(code.Calls.Where(c => c != "provider-registry").Select(c => $"elsewhere {c}:grpc"));
        if (!release.Case.IsCity && code.TellsPeers) wanted.Add($"elsewhere {name}:grpc");
        if (release.Case.IsCity) wanted.UnionWith(facts.List("counties").Select(c => $"elsewhere {c}:grpc"));
        if (code.Database) wanted.Add(inCluster ? "here postgres:5432" : "address 10.1.2.3/32:5432");
        if (code.Broker) wanted.Add(inCluster ? "here rabbitmq:5672" : "anywhere:5672");
        if (code.Redis) wanted.Add(inCluster ? "here redis:6379" : "anywhere:6379");
        if (!release.Case.Has("observability.collector.enabled=false")) wanted.Add("here collector:otlp");
        else if (release.Case.Has("observability.otlpEndpoint=http://otel.example:4317")) wanted.Add("anywhere:4317");
        if (release.Case.Has("dapr.enabled=true")) wanted.UnionWith(["namespace dapr-system:", "anywhere:443", "anywhere:6443"]);
        return wanted;
    }

    /// <summary>Who reaches a service, by the code of all services.</summary>
    private static HashSet<string> Admitted(Release release, string name)
    {
        var (code, facts, isCity) = (CodeFacts.Of(name), CodeFacts.OfCharts(), release.Case.IsCity);
        var admitted = release.Services.Where(s => CodeFacts.Of(s.Name).Calls.Contains(name)).Select(s => $"here {s.Name}:grpc").ToHashSet();
        foreach (var caller in CodeFacts.Built)
        {
            var calls = CodeFacts.Of(caller).Calls.Contains(name);
            if (isCity && name == "provider-registry" && calls) admitted.Add($"elsewhere {caller}:grpc");
            if (!isCity && caller == name && code.TellsPeers) admitted.Add($"elsewhere {caller}:grpc");
            if (!isCity && (calls && facts[caller].Is(true, "visitors") || facts[caller].List("counties").Any(c => c.Text() == name))) admitted.Add($"elsewhere {caller}:grpc");
        }
        var edge = !release.Case.Has("edge.kind=none");
        if (edge && (code.Hospitals || code.Paths.Count > 0)) admitted.Add("namespace ingress-nginx:http");
        var visited = isCity ? name == "provider-registry" : CodeFacts.Of("gateway").Calls.Contains(name);
        if (edge && (visited || code.Insurers.Length > 0)) admitted.Add("namespace ingress-nginx:grpc");
        if (release.Case.Has("dapr.enabled=true")) admitted.Add("namespace dapr-system:");
        return admitted;
    }

    private static IEnumerable<string> Compare(string what, HashSet<string> wanted, HashSet<string> allowed) =>
        wanted.Except(allowed).Select(e => $"{what} {e}: the code needs it, no policy allows it").Concat(allowed.Except(wanted).Select(e => $"{what} {e}: allowed, and nothing in the code needs it"));

    private static HashSet<string> Edges(Manifest policy, string direction, string peers) =>
        [.. policy.Body.List("spec", direction).SelectMany(rule =>
        {
            var ports = rule.List("ports").Select(p => p.Text("port")).DefaultIfEmpty("");
            return rule.List(peers).Select(Peer).DefaultIfEmpty("anywhere").SelectMany(peer => ports.Select(port => $"{peer}:{port}"));
        })];

    private static string Peer(JsonNode peer)
    {
        var name = peer.Text("podSelector", "matchLabels", "app.kubernetes.io/name");
        if (peer.At("ipBlock") is { } block) return $"address {block.Text("cidr")}";
        if (peer.At("namespaceSelector") is not { } elsewhere) return name.Length > 0 ? $"here {name}" : $"here all {peer.Text("podSelector", "matchLabels", "app.kubernetes.io/component")}";
        return name.Length > 0 ? $"elsewhere {name}" : $"namespace {elsewhere.Text("matchLabels", "kubernetes.io/metadata.name")}";
    }

    private static string[] Types(Manifest policy) => [.. policy.Body.List("spec", "policyTypes").Select(t => t.Text()).Order(StringComparer.Ordinal)];
}
