using Microsoft.Extensions.Configuration;

namespace MedInsure.Hosting.Dapr;

/// <summary>
/// Fills the configuration from Dapr where Dapr:SecretStore or Dapr:ConfigurationStore names a component (medinsure-secrets, medinsure-config); what comes from
/// there wins over files and environment. Read once at the start: changed secrets come with a rolling restart.
/// <list type="bullet">
/// <item>Dapr:Secrets:&lt;path&gt; = &lt;secret&gt;/&lt;key&gt;, e.g. Dapr:Secrets:Database:230102:settlement = medinsure-database/settlement, fills Secrets:&lt;path&gt;;
/// without a key the secret's name is the key, as in stores of names and values.</item>
/// <item>Without Dapr:Secrets, every key of the store's secrets that reads Secrets:… or Secrets__… is taken.</item>
/// <item>Items of the configuration store are taken by their keys, __ for :, but for Secrets:… and Dapr:….</item>
/// </list>
/// </summary>
internal static class DaprConfiguration
{
    // The sidecar and its stores start beside the application; longer than this and Kubernetes' own restart says more.
    private const int StartSecondsDefault = 60;
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(50), PauseLast = TimeSpan.FromSeconds(1);

    /// <exception cref="InvalidOperationException">The sidecar, a store or a secret is missing, with the reason.</exception>
    public static void Add(ConfigurationManager configuration)
    {
        var (secrets, items) = (configuration["Dapr:SecretStore"], configuration["Dapr:ConfigurationStore"]);
        if (string.IsNullOrEmpty(secrets) && string.IsNullOrEmpty(items)) return;
        // Nothing of the process runs yet: there is nobody to hold up.
        configuration.AddInMemoryCollection(Read(configuration, secrets, items).GetAwaiter().GetResult());
    }

    private static async Task<Dictionary<string, string?>> Read(ConfigurationManager configuration, string? secretStore, string? configurationStore)
    {
        using var sidecar = new DaprSidecar(configuration);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(configuration.GetValue("Dapr:StartSeconds", StartSecondsDefault)));
        Exception? last = null;
        for (var pause = PauseFirst; ; pause = pause * 2 < PauseLast ? pause * 2 : PauseLast)
        {
            try
            {
                if (!await sidecar.IsReady(patience.Token)) last = new InvalidOperationException("its components are not ready");
                else
                {
                    var values = new Dictionary<string, string?>();
                    if (!string.IsNullOrEmpty(configurationStore)) await ReadItems(sidecar, configurationStore, values, patience.Token);
                    if (!string.IsNullOrEmpty(secretStore)) await ReadSecrets(sidecar, secretStore, configuration.GetSection("Dapr:Secrets"), values, patience.Token);
                    return values;
                }
            }
            catch (Exception e) when (e is HttpRequestException or DaprException { MayPass: true } or TaskCanceledException { InnerException: TimeoutException }) { last = e; }
            catch (DaprException e) { throw new InvalidOperationException($"configuration from Dapr at {sidecar.Address}: {e.Message}", e); }
            catch (OperationCanceledException) { /* Said below. */ }
            try { await Task.Delay(pause, patience.Token); }
            catch (OperationCanceledException) { throw new InvalidOperationException($"configuration from Dapr at {sidecar.Address} did not come in time: {last?.Message}", last); }
        }
    }

    private static async Task ReadItems(DaprSidecar sidecar, string store, Dictionary<string, string?> values, CancellationToken cancellation)
    {
        foreach (var (key, value) in await sidecar.GetConfiguration(store, [], cancellation))
            if (PathOf(key) is var path && !IsUnder("Secrets", path) && !IsUnder("Dapr", path)) values[path] = value;
    }

    private static async Task ReadSecrets(DaprSidecar sidecar, string store, IConfigurationSection wanted, Dictionary<string, string?> values, CancellationToken cancellation)
    {
        if (!wanted.Exists())
        {
            foreach (var (_, keys) in await sidecar.GetBulkSecret(store, cancellation))
                foreach (var (key, value) in keys)
                    if (PathOf(key) is var path && IsUnder("Secrets", path)) values[path] = value;
            return;
        }
        foreach (var secret in wanted.AsEnumerable(makePathsRelative: true).Where(entry => entry.Value is not null).Select(entry => (Path: entry.Key, Parts: entry.Value!.Split('/', 2))).GroupBy(entry => entry.Parts[0]))
        {
            var keys = await sidecar.GetSecret(store, secret.Key, cancellation) ?? throw new InvalidOperationException($"Dapr's secret store {store} has no secret {secret.Key}");
            foreach (var (path, parts) in secret)
                values[$"Secrets:{path}"] = keys.TryGetValue(parts[^1], out var value) ? value : throw new InvalidOperationException($"secret {secret.Key} of Dapr's secret store {store} has no key {parts[^1]}");
        }
    }

    /// <summary>Kubernetes allows no colon in a key.</summary>
    private static string PathOf(string key) => key.Replace("__", ":", StringComparison.Ordinal);

    private static bool IsUnder(string section, string path) => path.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase);
}
