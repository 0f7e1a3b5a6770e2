using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Hosting.Dapr;

/// <summary>
/// The sidecar's HTTP API (docs.dapr.io, reference/api), as far as it is used: health, secrets, configuration. Address: 127.0.0.1 and DAPR_HTTP_PORT (3500);
/// DAPR_API_TOKEN, where set, goes with every call.
/// </summary>
internal sealed class DaprSidecar : IDisposable
{
    public const string TokenHeader = "dapr-api-token";

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    public DaprSidecar(IConfiguration configuration)
    {
        http.BaseAddress = new Uri($"http://127.0.0.1:{configuration["DAPR_HTTP_PORT"] ?? "3500"}");
        if (configuration["DAPR_API_TOKEN"] is { Length: > 0 } token) http.DefaultRequestHeaders.Add(TokenHeader, token);
    }

    public string Address => http.BaseAddress!.ToString();

    /// <summary>Whether its components are ready. Not /v1.0/healthz: that one waits for the application, which waits for its secrets.</summary>
    public async Task<bool> IsReady(CancellationToken cancellation)
    {
        using var answer = await http.GetAsync("/v1.0/healthz/outbound", cancellation);
        return answer.StatusCode == HttpStatusCode.NoContent;
    }

    /// <summary>A secret's keys and values; of a store without keys, one key that is its name. Null: there is no such secret.</summary>
    /// <exception cref="DaprException">Refused.</exception>
    public Task<Dictionary<string, string>?> GetSecret(string store, string name, CancellationToken cancellation) =>
        Get<Dictionary<string, string>>($"/v1.0/secrets/{Uri.EscapeDataString(store)}/{Uri.EscapeDataString(name)}", cancellation);

    /// <summary>All secrets of a store that this application may read, by name.</summary>
    /// <exception cref="DaprException">Refused.</exception>
    public async Task<Dictionary<string, Dictionary<string, string>>> GetBulkSecret(string store, CancellationToken cancellation) =>
        await Get<Dictionary<string, Dictionary<string, string>>>($"/v1.0/secrets/{Uri.EscapeDataString(store)}/bulk", cancellation) ?? [];

    /// <summary>All items of a configuration store, or those with these keys; what is not there is left out.</summary>
    /// <exception cref="DaprException">Refused.</exception>
    public async Task<Dictionary<string, string>> GetConfiguration(string store, IEnumerable<string> keys, CancellationToken cancellation)
    {
        var query = string.Join('&', keys.Select(key => $"key={Uri.EscapeDataString(key)}"));
        var items = await Get<Dictionary<string, Item>>($"/v1.0/configuration/{Uri.EscapeDataString(store)}{(query.Length == 0 ? "" : "?" + query)}", cancellation);
        return (items ?? []).ToDictionary(item => item.Key, item => item.Value.Value ?? "");
    }

    private async Task<T?> Get<T>(string path, CancellationToken cancellation) where T : class
    {
        using var answer = await http.GetAsync(path, cancellation);
        if (answer.StatusCode == HttpStatusCode.NoContent) return null;
        if (answer.IsSuccessStatusCode) return await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancellation);
        var body = await answer.Content.ReadAsStringAsync(cancellation);
        throw new DaprException(path, answer.StatusCode, Error.Of(body), body);
    }

    public void Dispose() => http.Dispose();

    private sealed record Item(string? Value, string? Version);

    private sealed record Error(string? ErrorCode, string? Message)
    {
        // A refused token is answered in plain text, everything else in JSON.
        public static string? Of(string body)
        {
            try { return JsonSerializer.Deserialize<Error>(body, JsonSerializerOptions.Web)?.ErrorCode; }
            catch (JsonException) { return null; }
        }
    }
}

/// <summary>The sidecar refused a call, or could not do it.</summary>
#pragma warning disable CA1032, CA1064 // Made in one place only.
internal sealed class DaprException(string path, HttpStatusCode status, string? errorCode, string body)
    : Exception($"Dapr answered {path} with {(int)status} {errorCode} {(body.Length > 300 ? body[..300] : body)}")
#pragma warning restore CA1032, CA1064
{
    public HttpStatusCode Status => status;
    /// <summary>ERR_…; null: none was sent.</summary>
    public string? ErrorCode => errorCode;
    /// <summary>A store that is away may come back; a name or a right that is missing will not.</summary>
    public bool MayPass => (int)status >= 500;
}
