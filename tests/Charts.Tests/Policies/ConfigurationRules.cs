using System.Text.RegularExpressions;

namespace MedInsure.Charts.Tests.Policies;

/// <summary>What the charts configure is what the code reads, at the ports where it listens; secrets stay in Secrets.</summary>
public static partial class ConfigurationRules
{
    /// <summary>A service's variables: of its ConfigMap and of its container, name and value (null: out of a Secret).</summary>
    public static IEnumerable<(string Name, string? Value)> Variables(Release release, Manifest workload) => workload.Containers.SelectMany(container =>
        container.List("envFrom").SelectMany(f => release.Find("ConfigMap", f.Text("configMapRef", "name"))?.Body.Map("data").Select(d => (d.Key, (string?)d.Value.Text())) ?? [])
            .Concat(container.List("env").Select(e => (e.Text("name"), e.At("valueFrom") is null ? (string?)e.Text("value") : null))));

    /// <summary>Every variable of a container of ours is a key that the code reads.</summary>
    public static IEnumerable<string> Keys(Release release) =>
        from workload in release.Workloads
        where workload.Containers.Any(c => c.Text("image").StartsWith("medinsure/", StringComparison.Ordinal))
        from variable in Variables(release, workload)
        // Dapr:Secrets:X says where Secrets:X is found.
        let key = Regex.Replace(variable.Name.Replace("__", ":", StringComparison.Ordinal), "^Dapr:(?=Secrets:)", "")
        where !Read.Any(pattern => pattern.IsMatch(key))
        select $"{workload} sets {variable.Name}, which no code reads";

    public static IEnumerable<string> Ports(Release release)
    {
        foreach (var service in release.Services)
        {
            var code = CodeFacts.Of(service.Name);
            var ports = service.Containers.First().List("ports").ToDictionary(p => p.Text("name"), p => p.Text("containerPort"));
            var variables = Variables(release, service).ToDictionary(v => v.Name, v => v.Value);
            if (variables.GetValueOrDefault("Kestrel__Endpoints__Http__Url") != $"http://*:{ports.GetValueOrDefault("http")}") yield return $"{service} listens elsewhere than at its port http";
            var speaks = code.Rpc.Length > 0 || code.Insurers.Length > 0;
            if (speaks != ports.ContainsKey("grpc")) yield return $"{service} {(speaks ? "serves gRPC and has no port for it" : "has a port for gRPC, which it does not serve")}";
            if (speaks && (variables.GetValueOrDefault("Kestrel__Endpoints__Grpc__Url") != $"http://*:{ports.GetValueOrDefault("grpc")}" || variables.GetValueOrDefault("Kestrel__Endpoints__Grpc__Protocols") != "Http2"))
                yield return $"{service} does not listen for HTTP/2 at its port grpc";
            // Where others look for it.
            foreach (var (name, address) in variables.Where(v => v.Key.StartsWith("Services__", StringComparison.Ordinal)))
                if (address is null || !Address().IsMatch(address)) yield return $"{service}: {name}={address} is no address of a headless service's port";
                else if (Address().Match(address).Groups[1].Value is var host && !host.Contains('.', StringComparison.Ordinal) && release.Find("Service", host)?.Body.Text("spec", "clusterIP") != "None")
                    yield return $"{service}: {host} is no headless service";
        }
    }

    public static IEnumerable<string> Secrecy(Release release)
    {
        foreach (var map in release.Of("ConfigMap"))
            foreach (var (key, value) in map.Body.Map("data"))
                if (SecretName().IsMatch(key) || SecretValue().IsMatch(value.Text())) yield return $"{map} holds {key}";
        foreach (var workload in release.Workloads)
            foreach (var variable in workload.Containers.SelectMany(c => c.List("env")))
                if (SecretName().IsMatch(variable.Text("name")) && (variable.At("value") is not null || variable.At("valueFrom", "secretKeyRef") is null)) yield return $"{workload} has {variable.Text("name")} in clear";
                else if (SecretValue().IsMatch(variable.Text("value"))) yield return $"{workload} has a secret in {variable.Text("name")}";
        if (!release.Case.Has("secrets.generate=true"))
            foreach (var secret in release.Of("Secret")) yield return $"{secret} comes with the chart";
    }

    // Kestrel's and the logging's own sections, OpenTelemetry's and OpenSSL's variables.
    private static readonly string[] Frameworks = ["Kestrel:Endpoints:[A-Za-z]+:(Url|Protocols)", "Logging:LogLevel:.+", "OTEL_(EXPORTER_OTLP_ENDPOINT|RESOURCE_ATTRIBUTES|SERVICE_NAME)", "SSL_CERT_DIR", "APP_API_TOKEN"];

    /// <summary>The keys that the code reads, as patterns: from its indexers, sections and values, and those of the frameworks that it uses.</summary>
    private static readonly IReadOnlyList<Regex> Read = [.. ReadKeys().Concat(Frameworks).Select(k => new Regex($"^{k}$"))];

    private static IEnumerable<string> ReadKeys()
    {
        foreach (var file in Repository.Code("services").Concat(Repository.Code("shared")))
        {
            var code = File.ReadAllText(file);
            foreach (Match match in WholeKey().Matches(code)) yield return Pattern(match.Groups[1].Value);
            foreach (Match section in Section().Matches(code))
                foreach (Match inner in InnerKey().Matches(code))
                    yield return $"{Pattern(section.Groups[1].Value)}(:[^:]+)?:{Regex.Escape(inner.Groups[1].Value)}(:[^:]+)?";
        }
    }

    /// <summary>Tenants:{code}:Database → Tenants:[^:]+:Database.</summary>
    private static string Pattern(string key) => Hole().Replace(key, "\0").Replace("\0", "[^:]+", StringComparison.Ordinal);

    // "A:B" and $"A:{x}:B", wherever they stand: whoever writes such a text means a key.
    [GeneratedRegex(@"\$?""([A-Z][A-Za-z]+(?::(?:[A-Za-z]+|\{[^{}""]+\}))+)""")]
    private static partial Regex WholeKey();

    [GeneratedRegex(@"GetSection\(""([A-Z][A-Za-z:]+)""\)")]
    private static partial Regex Section();

    [GeneratedRegex(@"(?:section|settings|Section)(?:\[|\.GetValue(?:<[^(]+>)?\(|\.GetSection\()""([A-Z][A-Za-z]+)""")]
    private static partial Regex InnerKey();

    [GeneratedRegex(@"\{[^{}]+\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"^dns:///([a-z-]+-grpc(?:\.[a-z0-9-]+\.svc)?):8082$")]
    private static partial Regex Address();

    // Not what says where Dapr finds one.
    [GeneratedRegex("(?i)^(?!Dapr__Secret)(?=.*(secret|password|token|credential))")]
    private static partial Regex SecretName();

    [GeneratedRegex("(?i)(password|pwd)=|PRIVATE KEY|://[^/@ ]+:[^/@ ]+@")]
    private static partial Regex SecretValue();
}
