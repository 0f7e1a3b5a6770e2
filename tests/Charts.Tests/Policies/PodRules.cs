using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests.Policies;

/// <summary>What every pod of ours keeps to. Each rule names what breaks it.</summary>
public static class PodRules
{
    /// <summary>The "restricted" level of the Pod Security Standards, a read-only root, and no token of the service account (but for Dapr's secret store).</summary>
    public static IEnumerable<string> Security(Release release)
    {
        foreach (var workload in release.Workloads)
        {
            var pod = workload.PodTemplate.At("spec");
            var security = pod.At("securityContext");
            if (!security.Is(true, "runAsNonRoot")) yield return $"{workload} may run as root";
            if (security.Text("runAsUser") is "" or "0") yield return $"{workload} names no user";
            if (security.Text("seccompProfile", "type") != "RuntimeDefault") yield return $"{workload} has no seccomp profile";
            var token = release.Case.Has("dapr.secretStore=true") && release.Services.Contains(workload);
            if (!pod.Is(token, "automountServiceAccountToken")) yield return $"{workload} {(token ? "lacks" : "gets")} the service account's token";
            foreach (var shared in (string[])["hostNetwork", "hostPID", "hostIPC"])
                if (pod.At(shared) is not null) yield return $"{workload} uses {shared}";
            foreach (var volume in pod.List("volumes"))
                if (volume.At("hostPath") is not null) yield return $"{workload} mounts a path of the node";
            foreach (var container in workload.Containers)
            {
                var name = $"{workload}, container {container.Text("name")},";
                var own = container.At("securityContext");
                if (!own.Is(false, "allowPrivilegeEscalation")) yield return $"{name} may gain privileges";
                if (!own.Is(true, "readOnlyRootFilesystem")) yield return $"{name} may write to its root";
                if (own.At("privileged") is not null) yield return $"{name} is privileged";
                if (!own.List("capabilities", "drop").Any(c => c.Text() == "ALL") || own.At("capabilities", "add") is not null) yield return $"{name} keeps capabilities";
                foreach (var port in container.List("ports"))
                    if (port.At("hostPort") is not null) yield return $"{name} takes a port of the node";
            }
        }
    }

    /// <summary>Requests and limits of processor and memory, none above its limit.</summary>
    public static IEnumerable<string> Resources(Release release) =>
        from workload in release.Workloads
        from container in workload.Containers
        from resource in (string[])["cpu", "memory"]
        let asked = Amount(container.Text("resources", "requests", resource))
        let limit = Amount(container.Text("resources", "limits", resource))
        where asked <= 0 || limit < asked
        select $"{workload}, container {container.Text("name")}: {resource} asks for {asked} of {limit}";

    /// <summary>All pods of a release at their most, with one more of each deployment during a rollout, fit into the namespace's quota.</summary>
    public static IEnumerable<string> Quota(Release release)
    {
        if (release.Find("ResourceQuota", "medinsure") is not { } quota) yield break;
        foreach (var (hard, part, resource) in ((string, string, string)[])[("requests.cpu", "requests", "cpu"), ("requests.memory", "requests", "memory"), ("limits.cpu", "limits", "cpu"), ("limits.memory", "limits", "memory")])
        {
            var needed = release.Workloads.Sum(w => (Pods(release, w) + (w.Kind == "Deployment" ? 1 : 0)) * w.Containers.Sum(c => Amount(c.Text("resources", part, resource))));
            var allowed = Amount(quota.Body.Text("spec", "hard", hard));
            if (needed > allowed) yield return $"the quota allows {hard} {allowed}, the pods at their most need {needed}";
        }
        var pods = release.Workloads.Sum(w => Pods(release, w) + (w.Kind == "Deployment" ? 1 : 0));
        if (pods > Amount(quota.Body.Text("spec", "hard", "pods"))) yield return $"the quota allows fewer pods than {pods}";
    }

    private static long Pods(Release release, Manifest workload) =>
        release.Find("HorizontalPodAutoscaler", workload.Name) is { } scaler && workload.Kind == "Deployment" ? long.Parse(scaler.Body.Text("spec", "maxReplicas"), null)
        : workload.Body.Text("spec", "replicas") is { Length: > 0 } replicas ? long.Parse(replicas, null) : 1;

    /// <summary>Long-running containers are asked whether they started, live and are ready, at a port of theirs; ours at the paths that the code maps.</summary>
    public static IEnumerable<string> Probes(Release release)
    {
        var ours = CodeFacts.HealthPaths;
        foreach (var workload in release.Of("Deployment"))
            foreach (var container in workload.Containers)
                foreach (var (probe, path) in ((string, string)[])[("startupProbe", "/health/live"), ("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready")])
                {
                    var asked = container.At(probe, "httpGet");
                    if (asked is null) { yield return $"{workload} has no {probe}"; continue; }
                    if (!container.List("ports").Any(p => p.Text("name") == asked.Text("port"))) yield return $"{workload}: {probe} asks at a port {asked.Text("port")} that it has not";
                    if (!release.Services.Contains(workload)) continue;
                    if (asked.Text("path") != path || !ours.Contains(path)) yield return $"{workload}: {probe} asks at {asked.Text("path")}";
                    // The check of the database takes up to five seconds.
                    if (probe == "readinessProbe" && int.Parse(container.Text(probe, "timeoutSeconds"), null) <= 5) yield return $"{workload}: {probe} gives up before the database check does";
                }
        foreach (var store in release.Of("StatefulSet"))
            foreach (var container in store.Containers)
                if (container.At("readinessProbe") is null) yield return $"{store} has no readinessProbe";
    }

    /// <summary>A replacement costs no answer: the new pod first, time to drain and to finish what is in flight, one disruption at a time, spread over zones and nodes.</summary>
    public static IEnumerable<string> Rollout(Release release)
    {
        foreach (var service in release.Services)
        {
            var spec = service.Body.At("spec");
            if (spec.Text("strategy", "rollingUpdate", "maxUnavailable") != "0") yield return $"{service} ends a pod before there is another";
            // Callers ask for addresses again after five seconds (shared/Hosting/README.md).
            if (!(int.TryParse(spec.Text("minReadySeconds"), out var ready) && ready > 5)) yield return $"{service} goes on before its callers know the new pod";
            var pod = service.PodTemplate.At("spec");
            var drain = release.One("ConfigMap", service.Name).Body.Text("data", "Shutdown__DrainSeconds");
            // What is in flight may take 30 s.
            if (!(int.TryParse(pod.Text("terminationGracePeriodSeconds"), out var grace) && int.TryParse(drain, out var drains) && grace >= drains + 35)) yield return $"{service} is killed before it has finished";
            if (pod.List("topologySpreadConstraints").Count() < 2) yield return $"{service} is not spread over zones and nodes";
            if (release.Find("PodDisruptionBudget", service.Name)?.Body.Text("spec", "maxUnavailable") != "1") yield return $"{service} has no disruption budget";
            if (release.Find("HorizontalPodAutoscaler", service.Name) is null && spec.At("replicas") is null) yield return $"{service} has neither replicas nor an autoscaler";
        }
    }

    /// <summary>Images of ours are called as the folders of the services; all have a version.</summary>
    public static IEnumerable<string> Images(Release release)
    {
        var folders = Directory.GetDirectories(Repository.At("services")).Select(f => Path.GetFileName(f)!).ToHashSet();
        foreach (var workload in release.Workloads)
            foreach (var container in workload.Containers)
            {
                var image = container.Text("image");
                var name = image.Split('@')[0];
                if (name.LastIndexOf(':') < name.LastIndexOf('/') && !image.Contains('@', StringComparison.Ordinal) || name.EndsWith(":latest", StringComparison.Ordinal)) yield return $"{workload}: {image} has no version";
                if (image.StartsWith("medinsure/", StringComparison.Ordinal) && !folders.Contains(name["medinsure/".Length..].Split(':')[0])) yield return $"{workload}: no service is called as {image}";
            }
        foreach (var service in release.Services)
            if (!service.Containers.First().Text("image").StartsWith($"medinsure/{service.Name}:", StringComparison.Ordinal)) yield return $"{service} runs {service.Containers.First().Text("image")}";
    }

    /// <summary>Cores or bytes; -1: none.</summary>
    internal static decimal Amount(string text)
    {
        (string Suffix, decimal Factor)[] units = [("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024), ("m", 0.001m)];
        foreach (var (suffix, factor) in units)
            if (text.EndsWith(suffix, StringComparison.Ordinal)) return decimal.Parse(text[..^suffix.Length], System.Globalization.CultureInfo.InvariantCulture) * factor;
        return text.Length == 0 ? -1 : decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}
