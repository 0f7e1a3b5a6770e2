using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests.Policies;

/// <summary>Whatever names another object names one that is there.</summary>
public static class ReferenceRules
{
    /// <summary>Secrets that charts/README.md tells an operator to make, with their keys.</summary>
    private static readonly Dictionary<string, string[]> Secrets = new()
    {
        ["medinsure-platform"] = ["service-token", "operator-token", "gateway-sign-in", "rabbitmq", "redis", "person-key", "insurer-call-key", "e-credential", "e-credential-other", "payment-channels", "tip-key", "app-api-token"],
        ["medinsure-database"] = [.. CodeFacts.Built],
        ["medinsure-database-admin"] = ["user", "password"],
    };

    /// <summary>Selectors take the pods that are meant, and no others.</summary>
    public static IEnumerable<string> Selectors(Release release)
    {
        var pods = release.Workloads.Select(w => (Workload: w, Labels: w.PodTemplate.At("metadata", "labels"))).ToList();
        foreach (var workload in release.Workloads.Where(w => w.Kind is "Deployment" or "StatefulSet"))
        {
            var taken = pods.Where(p => workload.Body.At("spec", "selector", "matchLabels").Selects(p.Labels)).Select(p => p.Workload).ToList();
            if (taken is not [var one] || one != workload) yield return $"{workload} selects {string.Join(", ", taken)}";
        }
        foreach (var service in release.Of("Service"))
        {
            var taken = pods.Where(p => service.Body.At("spec", "selector").Selects(p.Labels)).Select(p => p.Workload).ToList();
            if (taken is not [{ } target]) { yield return $"{service} selects {taken.Count} workloads"; continue; }
            foreach (var port in service.Body.List("spec", "ports"))
                if (!target.Containers.SelectMany(c => c.List("ports")).Any(p => p.Text("name") == port.Text("targetPort") && p.Text("containerPort") == port.Text("port"))) yield return $"{service}: {target} has no port {port.Text("targetPort")} {port.Text("port")}";
        }
        foreach (var other in release.Objects.Where(o => o.Kind is "PodDisruptionBudget" or "NetworkPolicy"))
        {
            var selector = other.Body.At("spec", other.Kind == "NetworkPolicy" ? "podSelector" : "selector");
            if (other.Kind == "NetworkPolicy" && selector is JsonObject { Count: 0 }) continue;
            if (!pods.Any(p => selector.At("matchLabels").Selects(p.Labels))) yield return $"{other} selects no pod";
        }
        foreach (var scaler in release.Of("HorizontalPodAutoscaler"))
            if (release.Find(scaler.Body.Text("spec", "scaleTargetRef", "kind"), scaler.Body.Text("spec", "scaleTargetRef", "name")) is null) yield return $"{scaler} scales nothing";
        foreach (var monitor in release.Of("ServiceMonitor"))
            if (!release.Of("Service").Any(s => monitor.Body.At("spec", "selector", "matchLabels").Selects(s.Body.At("metadata", "labels"))
                && monitor.Body.List("spec", "endpoints").All(e => s.Body.List("spec", "ports").Any(p => p.Text("name") == e.Text("port"))))) yield return $"{monitor} watches nothing";
    }

    /// <summary>Accounts, configuration, secrets and volumes of pods.</summary>
    public static IEnumerable<string> Pods(Release release)
    {
        foreach (var workload in release.Workloads)
        {
            var pod = workload.PodTemplate.At("spec");
            var hook = workload.Body.At("metadata", "annotations", "helm.sh/hook") is not null;
            var account = pod.Text("serviceAccountName");
            if (account.Length > 0 && release.Find("ServiceAccount", account) is null) yield return $"{workload} has no account {account}";
            // Before the first installation nothing else of the release exists.
            if (hook && (account.Length > 0 || workload.Containers.Any(c => c.List("envFrom").Any()))) yield return $"{workload} is a hook and needs what is not there yet";
            foreach (var container in workload.Containers)
            {
                foreach (var from in container.List("envFrom"))
                    if (release.Find("ConfigMap", from.Text("configMapRef", "name")) is null) yield return $"{workload} reads from {from.ToJsonString()}, which is not there";
                foreach (var variable in container.List("env"))
                    if (variable.At("valueFrom", "secretKeyRef") is { } key && Missing(release, key) is { } missing) yield return $"{workload}: {missing}";
                foreach (var mount in container.List("volumeMounts"))
                    if (!pod.List("volumes").Concat(workload.Body.List("spec", "volumeClaimTemplates").Select(t => t.At("metadata")!)).Any(v => v.Text("name") == mount.Text("name"))) yield return $"{workload} mounts {mount.Text("name")}, which is no volume of its";
            }
            foreach (var volume in pod.List("volumes"))
            {
                if (volume.Text("configMap", "name") is { Length: > 0 } map && release.Find("ConfigMap", map) is null) yield return $"{workload} mounts the ConfigMap {map}, which is not there";
                if (volume.Text("persistentVolumeClaim", "claimName") is { Length: > 0 } claim && release.Find("PersistentVolumeClaim", claim) is null) yield return $"{workload} mounts the claim {claim}, which is not there";
                if (volume.Text("secret", "secretName") is { Length: > 0 } secret && !release.Case.Has($"trust.secret={secret}")) yield return $"{workload} mounts the Secret {secret}";
            }
        }
    }

    private static string? Missing(Release release, JsonNode reference)
    {
        var (secret, key) = (reference.Text("name"), reference.Text("key"));
        if (!Secrets.TryGetValue(secret, out var keys) || !keys.Contains(key)) return $"charts/README.md names no Secret {secret} with {key}";
        if (!Repository.Text("charts", "README.md").Contains($"`{key}`", StringComparison.Ordinal) && secret != "medinsure-database") return $"charts/README.md does not say what {key} of {secret} is";
        if (!release.Case.Has("secrets.generate=true") || reference.Is(true, "optional")) return null;
        return release.Find("Secret", secret)?.Body.At("data", key) is null ? $"the trial makes no Secret {secret} with {key}" : null;
    }

    /// <summary>Ingresses and routes end at a port of a service, and hang on a listener that is there.</summary>
    public static IEnumerable<string> Edges(Release release)
    {
        foreach (var ingress in release.Of("Ingress"))
            foreach (var rule in ingress.Body.List("spec", "rules"))
            {
                if (!ingress.Body.List("spec", "tls").Any(t => t.List("hosts").Any(h => h.Text() == rule.Text("host")) && t.Text("secretName").Length > 0)) yield return $"{ingress} serves {rule.Text("host")} without TLS";
                foreach (var path in rule.List("http", "paths"))
                    if (!HasPort(path.Text("backend", "service", "name"), "name", path.Text("backend", "service", "port", "name"))) yield return $"{ingress} leads to {path.At("backend")!.ToJsonString()}";
            }
        foreach (var route in release.Objects.Where(o => o.Kind is "HTTPRoute" or "GRPCRoute"))
        {
            foreach (var parent in route.Body.List("spec", "parentRefs"))
                if (!release.Of("Gateway").Any(g => g.Name == parent.Text("name") && g.Body.List("spec", "listeners").Any(l =>
                    l.Text("name") == parent.Text("sectionName") && route.Body.List("spec", "hostnames").Any(h => h.Text() == l.Text("hostname"))))) yield return $"{route} hangs on {parent.ToJsonString()}, which is not there";
            foreach (var backend in route.Body.List("spec", "rules").SelectMany(r => r.List("backendRefs")))
                if (!HasPort(backend.Text("name"), "port", backend.Text("port"))) yield return $"{route} leads to {backend.ToJsonString()}";
        }
        // Insurers show a certificate, whichever way they come.
        foreach (var insurers in release.Of("Ingress").Where(i => i.Name == "insurers"))
            if (insurers.Body.Text("metadata", "annotations", "nginx.ingress.kubernetes.io/auth-tls-verify-client") != "on") yield return $"{insurers} asks for no certificate";
        foreach (var gateway in release.Of("Gateway").Where(g => g.Body.List("spec", "listeners").Any(l => l.Text("name") == "insurers")))
            if (!gateway.Body.List("spec", "tls", "frontend", "default", "validation", "caCertificateRefs").Any() || gateway.Body.List("spec", "listeners").Count() != 1) yield return $"{gateway} asks for no certificate, or others for one";

        bool HasPort(string service, string field, string value) => release.Find("Service", service)?.Body.List("spec", "ports").Any(p => p.Text(field) == value) == true;
    }
}
